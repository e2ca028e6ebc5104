// SPDX-License-Identifier: BSD-3-Clause
// rmcp with one tool: peer-rmcp stdio, or peer-rmcp http, whose first line is its address. A number
// behind that is how many tools it lists.
use std::sync::Arc;

use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use rmcp::{
    ServerHandler, ServiceExt,
    handler::server::{router::tool::ToolRouter, wrapper::Parameters},
    model::{JsonObject, ToolAnnotations},
    tool, tool_handler, tool_router,
    transport::{
        io::stdio_pipes,
        streamable_http_server::{
            StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
        },
    },
};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Echo {
    text: Option<String>,
}

const ANSWER: &str = r#"{"type":"object","properties":{"source":{"type":"string"},
    "columns":{"type":"array","items":{"type":"string"}},
    "rows":{"type":"array","items":{"type":"array"}},"object":{"type":"object"},
    "total":{"type":"integer"},"truncated":{"type":"boolean"},"result":{"type":"string"},
    "notes":{"type":"array","items":{"type":"string"}}},"required":["source"]}"#;

#[derive(Clone)]
struct Peer {
    router: Arc<ToolRouter<Peer>>,
}

#[tool_router]
impl Peer {
    #[tool(description = "Echo")]
    fn echo(&self, Parameters(Echo { text }): Parameters<Echo>) -> String {
        text.unwrap_or_else(|| "nothing".into())
    }

    fn with_tools(count: usize) -> Self {
        let mut router = Self::tool_router();
        let echo = router.map["echo"].clone();
        // What dhis2-mcp says of a tool, for lists that can be compared.
        let answer: JsonObject = serde_json::from_str(ANSWER).expect("a schema");
        for number in 1..count {
            let mut tool = echo.clone();
            tool.attr.name = format!("echo_{number}").into();
            tool.attr.title = Some(format!("Echo {number}"));
            tool.attr.output_schema = Some(Arc::new(answer.clone()));
            tool.attr.annotations = Some(
                ToolAnnotations::new()
                    .read_only(true)
                    .destructive(false)
                    .idempotent(true)
                    .open_world(true),
            );
            router.add_route(tool);
        }
        Peer {
            router: Arc::new(router),
        }
    }
}

#[tool_handler(router = self.router)]
impl ServerHandler for Peer {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::args().nth(2).map_or(Ok(1), |text| text.parse())?;
    let peer = Peer::with_tools(count);
    if std::env::args().nth(1).as_deref() == Some("stdio") {
        peer.serve(stdio_pipes()).await?.waiting().await?;
        return Ok(());
    }
    let mut config = StreamableHttpServerConfig::default();
    config.legacy_session_mode = false;
    config.json_response = true;
    let service = StreamableHttpService::new(
        move || Ok(peer.clone()),
        Arc::new(LocalSessionManager::default()),
        config,
    );
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    let listener = socket.listen(1024)?;
    println!("http://{}/mcp", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
