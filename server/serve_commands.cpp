// SPDX-License-Identifier: BSD-3-Clause
// Signals, log and transport around one App.
#include "server/serve_commands.h"

#include <unistd.h>

#include <algorithm>

#include "dhis2/url.h"
#include "server/app.h"
#include "server/http_token.h"
#include "server/http_transport.h"
#include "server/proxy_origins.h"
#include "server/proxy_server.h"
#include "server/shutdown.h"
#include "server/stdio_transport.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStdioLimit{1700}, kHttpLimit{4500};

void log_start(const Options& options, std::string_view transport) {
  start_log(log_options(options, LogLevel::info));
  log_event(LogLevel::info, "start",
            {{"version", std::string_view(DHIS2_MCP_VERSION)},
             {"pid", static_cast<std::size_t>(getpid())},
             {"over", transport},
             {"profile", options.profile},
             {"toolsets", options.toolsets},
             {"read_only", std::string_view(options.read_only ? "true" : "")}});
}

// What a person has to know of each origin; every line of it goes to the terminal alone.
std::string words_about(const OriginTokens& tokens) {
  std::string text;
  for (const ProxyToken& each : tokens.all) {
    const auto made = std::find_if(tokens.made.begin(), tokens.made.end(),
                                   [&](const auto& fresh) { return fresh.first == each.origin; });
    text.append("\n").append(each.origin);
    if (made == tokens.made.end()) {
      text.append(" keeps its token; --new-token ").append(each.origin).append(" replaces it");
    } else {
      text.append(" sends Authorization: Bearer ").append(made->second.reveal());
    }
    const BaseUrl page = BaseUrl::parse(each.origin);
    if (!page.https() && !page.loopback()) {
      text.append(
          "\n  Its pages come over plain http: whoever can change them on the way reads "
          "what they read.");
    }
  }
  if (!tokens.made.empty()) text.append("\nTokens are shown once; only their hashes are kept.");
  return text;
}

}  // namespace

int serve_stdio_command(const Console& console, const Options& options) {
  StdioOptions line;
  line.output = console.answers();
  line.stop = catch_stop_signals(kStdioLimit);
  line.on_ending = [] { leave_within(kStdioLimit); };
  App app(options);
  log_start(options, "stdio");
  serve_stdio(app.dispatcher, app.pool, line);
  log_event(LogLevel::info, "end", {});
  return kDone;
}

int serve_http_command(const Console& console, const Options& options, const HttpRequest& request) {
  const int stop = catch_stop_signals(kHttpLimit);
  App app(options);
  HttpServer server(app.dispatcher,
                    {.bind = request.bind, .port = request.port, .stop = stop, .limits = {}});
  Secret token = http_token(app.places, request.new_token);
  const std::string token_file = app.places.http_token().string();
  const bool v6 = request.bind.find(':') != std::string::npos;
  const std::string url = "http://" + (v6 ? "[" + request.bind + "]" : request.bind) + ":" +
                          std::to_string(server.port()) + "/mcp";
  const PortFile port_file(app.places, server.port(), url);
  console.say("MCP at " + url + "\nToken in " + token_file + "\nTry: curl -s " + url +
              " -H \"Authorization: Bearer $(cat " + token_file +
              ")\" -H 'Content-Type: application/json' -d "
              "'{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}'");
  log_start(options, "http");
  server.run(std::move(token), token_file);
  log_event(LogLevel::info, "end", {});
  return kDone;
}

int serve_proxy_command(const Console& console, const Options& options,
                        const ProxyRequest& request) {
  for (const std::string& origin : request.origins) web_origin(origin);
  const int stop = catch_stop_signals(kHttpLimit);
  Ground ground(options);
  ProxyOptions proxy;
  proxy.http.port = request.port;
  proxy.http.stop = stop;
  proxy.http.command = "proxy";
  proxy.only_profile = options.profile;
  ProxyServer server(ground.connections, proxy);
  OriginTokens tokens =
      origin_tokens(ground.connections.store(), request.origins, request.new_tokens);
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  console.say("Proxy at " + url + "\nDHIS2 at " + url + "/" +
              (options.profile.empty() ? "PROFILE" : options.profile) +
              "/api/..., GET and HEAD, for pages of" + words_about(tokens));
  log_start(options, "proxy");
  server.run(std::move(tokens.all));
  log_event(LogLevel::info, "end", {});
  return kDone;
}

}  // namespace dhis2mcp
