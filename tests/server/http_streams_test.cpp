// SPDX-License-Identifier: BSD-3-Clause
// What only HTTP can do well or badly: headers, streams, sessions, and the streams of
// subscriptions/listen.
#include <gtest/gtest.h>

#include "server/http_answer.h"
#include "server/streams.h"
#include "tests/server/client.h"
#include "tests/server/peer.h"

namespace dhis2mcp {
namespace {

using test::Came;
using test::Client;
using test::code;
using test::Way;

// One refusal each: what is sent instead of a good head, and the status.
TEST(HttpStreams, RefusesBeforeItReads) {
  test::HttpFixture http;
  const std::string post = http.post(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = post;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string host = "Host: 127.0.0.1:" + std::to_string(http.port());
  struct {
    const char* what;
    std::string text;
    int status;
    const char* header;
  } const cases[] = {
      {"host", with(host, "Host: evil.org"), 403, "connection"},
      {"origin", with(host, host + "\r\nOrigin: http://evil.org"), 403, "connection"},
      {"null origin", with(host, host + "\r\nOrigin: null"), 403, "connection"},
      {"token", with("Bearer ", "Bearer x"), 401, "www-authenticate"},
      {"media type", with("application/json", "text/plain"), 415, "connection"},
      {"verb", with("POST", "PUT"), 405, "allow"},
      {"path", with("/mcp", "/"), 404, "connection"},
      {"size", with("Content-Length: ", "Content-Length: 99999"), 413, "connection"},
  };
  for (const auto& each : cases) {
    const test::HttpResponse got = test::Peer(http.port()).ask(each.text);
    EXPECT_EQ(got.status, each.status) << each.what;
    EXPECT_EQ(got.headers.count(each.header), 1u) << each.what;
    const Json body = Json::parse(got.body, nullptr, false);
    EXPECT_TRUE(body.is_object() && body.contains("error") && !body.contains("id")) << each.what;
  }
  EXPECT_EQ(
      test::Peer(http.port())
          .ask(with(host, host + "\r\nOrigin: http://localhost:" + std::to_string(http.port())))
          .status,
      200);
}

TEST(HttpStreams, ListensOnThisMachineAlone) {
  test::FakeServer fake;
  for (const char* bind : {"0.0.0.0", "::"}) {
    EXPECT_THROW(HttpServer(fake.dispatcher, {.bind = bind, .port = 0, .limits = {}}), Error);
  }
}

TEST(HttpStreams, TakesNoTokenFromTheQuery) {
  test::HttpFixture http;
  std::string text = http.post("{}");
  text.replace(text.find("/mcp"), 4, std::string("/mcp?access_token=") + test::HttpFixture::kToken);
  EXPECT_EQ(test::Peer(http.port()).ask(text).status, 404);
}

TEST(HttpStreams, DemandsBothFormsOfOlderClientsAndIsLenientWithNewOnes) {
  Client client(Way::http);
  client.accept = "application/json";
  EXPECT_THROW(client.speak(Revision::r2025_11_25), std::exception);
  client.accept = "*/*";
  client.speak(Revision::r2025_11_25);
  client.accept = "text/event-stream";
  client.request("ping");
  EXPECT_EQ(client.next().status, 406);
  client.speak(Revision::r2026_07_28);
  for (const char* accept : {"application/json", "*/*"}) {
    client.accept = accept;
    client.call("echo");
    EXPECT_FALSE(client.next().streamed);
  }
  client.accept = "text/event-stream";
  client.call("echo");
  const Came came = client.next();
  EXPECT_TRUE(came.streamed);
  EXPECT_TRUE(came.json().contains("result"));
}

TEST(HttpStreams, StreamsOnlyWhereThereIsSomethingToSay) {
  Client client(Way::http);
  client.speak(Revision::r2026_07_28);
  client.call("progress");
  EXPECT_EQ(client.next().headers["content-type"], "application/json");
  client.meta += R"(,"progressToken":1)";
  client.call("progress");
  EXPECT_TRUE(client.next().streamed);
}

TEST(HttpStreams, SaysThatAStreamIsNotToBeKept) {
  Client client(Way::http);
  client.speak(Revision::r2026_07_28);
  client.meta += R"(,"progressToken":1)";
  const std::string id = client.call("progress");
  Came came = client.next();
  EXPECT_EQ(came.headers["cache-control"], "no-cache, no-transform");
  EXPECT_EQ(came.headers["x-accel-buffering"], "no");
  EXPECT_EQ(came.headers.count("mcp-session-id"), 0u);
  client.response(id);
  came = client.next();
  EXPECT_EQ(came.event_id, "end");
}

TEST(HttpStreams, BeatsWhileAnAnswerTakesLong) {
  HttpLimits limits;
  limits.beat = limits.sweep = std::chrono::milliseconds(5);
  test::HttpFixture http(limits);
  test::Peer peer(http.port());
  peer.send(http.post(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"}})",
                      "Accept: application/json, text/event-stream\r\n"));
  EXPECT_TRUE(peer.shows(http_chunk(": \n\n")));
  http.fake.toolbox.release();
  EXPECT_NE(peer.receive().body.find("released"), std::string::npos);
}

TEST(HttpStreams, WritesEventsAndChunksAsTheProtocolsHaveThem) {
  EXPECT_EQ(stream_event({}), ": \n\n");
  EXPECT_EQ(stream_event({"{\n}", "1-2", 5}), "retry: 5\nid: 1-2\ndata: {\ndata: }\n\n");
  EXPECT_EQ(stream_event({"", "1-0", 0}), "id: 1-0\ndata: \n\n");
  EXPECT_EQ(http_chunk(": \n\n"), "4\r\n: \n\n\r\n");
}

TEST(HttpStreams, CancelsWithTheConnectionWhereThereIsNoSession) {
  Client client(Way::http);
  client.speak(Revision::r2026_07_28);
  client.call("wait");
  ASSERT_TRUE(client.server.toolbox.wait_begun(1));
  client.cut();
  EXPECT_TRUE(client.server.toolbox.wait_stopped(1));
}

TEST(HttpStreams, GoesOnWithoutTheConnectionInASession) {
  Client client(Way::http);
  client.speak(Revision::r2025_06_18);
  const std::string id = client.call("wait");
  ASSERT_TRUE(client.server.toolbox.wait_begun(1));
  client.cut();
  EXPECT_TRUE(client.ask("ping").contains("result"));
  client.send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id +
              "}}");
  EXPECT_TRUE(client.server.toolbox.wait_stopped(1));
}

TEST(HttpStreams, HoldsHeadersAgainstTheBody) {
  Client client(Way::http);
  client.speak(Revision::r2026_07_28);
  const std::string version = "MCP-Protocol-Version: 2026-07-28\r\n";
  const auto call = [&](const std::string& params, const std::string& headers) {
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{)" + params +
                    R"(,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)" +
                    client.meta + "}}}",
                version + "Mcp-Method: tools/call\r\n" + headers);
    const Came came = client.next();
    EXPECT_TRUE(came.headers.count("mcp-session-id") == 0);
    return std::pair(came.status, code(came.json()));
  };
  const std::pair refused(400, static_cast<int>(kHeaderMismatch)), served(200, 0);
  const std::string echo = R"("name":"echo","arguments":{})";
  EXPECT_EQ(call(echo, "Mcp-Name: echo\r\n"), served);
  EXPECT_EQ(call(echo, "mcp-name:   echo  \r\nMcp-Session-Id: x\r\nLast-Event-ID: 1-1\r\n"),
            served);
  EXPECT_EQ(call(echo, "Mcp-Name: =?base64?ZWNobw==?=\r\n"), served);
  for (const char* name : {"", "Mcp-Name: Echo\r\n", "Mcp-Name: =?base64?ZWNobw=?=\r\n",
                           "Mcp-Name: =?base64?ZWN*bw==?=\r\n", "Mcp-Name: =?base64?/w==?=\r\n",
                           "Mcp-Name: e\xc3\xa9\r\n"}) {
    EXPECT_EQ(call(echo, name), refused) << name;
  }
  const std::string region = "Mcp-Name: region\r\n";
  const auto with = [](const std::string& arguments) {
    return R"("name":"region","arguments":{)" + arguments + "}";
  };
  struct {
    std::string arguments, headers;
    bool good;
  } const cases[] = {
      {"", "", true},
      {R"("where":"a b")", "Mcp-Param-Region: a b\r\n", true},
      {R"("where":"a b")", "MCP-PARAM-REGION: =?base64?YSBi?=\r\n", true},
      {R"("where":null)", "", true},
      {R"("where":"a")", "", false},
      {R"("where":"a")", "Mcp-Param-Region: A\r\n", false},
      {R"("where":"a")", "Mcp-Param-Region: =?base64?YQ?=\r\n", false},
      {"", "Mcp-Param-Region: a\r\n", false},
      {R"("where":null)", "Mcp-Param-Region: a\r\n", false},
      {R"("deep":{"n":42})", "Mcp-Param-Count: 42.0\r\n", true},
      {R"("deep":{"n":42})", "Mcp-Param-Count: 43\r\n", false},
      {R"("deep":{"n":42})", "Mcp-Param-Count: x\r\n", false},
      {"", "Mcp-Param-Unknown: x\r\n", true},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(call(with(each.arguments), region + each.headers), each.good ? served : refused)
        << each.arguments << " " << each.headers;
  }
}

TEST(HttpStreams, KeepsSessionsApart) {
  Client client(Way::http);
  client.speak(Revision::r2025_11_25);
  const std::string first = client.session;
  EXPECT_EQ(first.size(), 32u);
  client.session.clear();
  client.request("ping");
  EXPECT_EQ(client.next().status, 400);
  client.session = "0123456789abcdef0123456789abcdef";
  client.request("ping");
  EXPECT_EQ(client.next().status, 404);
  client.session.clear();
  client.speak(Revision::r2025_11_25);
  EXPECT_NE(client.session, first);
  client.verb("DELETE", client.session_header());
  EXPECT_EQ(client.next().status, 204);
  client.request("ping");
  EXPECT_EQ(client.next().status, 404);
}

TEST(HttpStreams, OpensOneStreamForASession) {
  Client client(Way::http);
  client.speak(Revision::r2025_11_25);
  const std::string stream = "Accept: text/event-stream\r\n" + client.session_header();
  client.verb("GET", stream);
  const Came primed = client.next();
  EXPECT_TRUE(primed.streamed);
  EXPECT_NE(primed.event_id, "");
  client.verb("GET", stream);
  EXPECT_EQ(client.next().status, 409);
  client.verb("GET", "Accept: text/event-stream\r\n");
  EXPECT_EQ(client.next().status, 400);
  client.verb("GET", "Accept: text/event-stream\r\nMcp-Session-Id: none\r\n");
  EXPECT_EQ(client.next().status, 404);
  client.verb("GET", "Accept: application/json\r\n" + client.session_header());
  EXPECT_EQ(client.next().status, 406);
  client.verb("GET", stream + "MCP-Protocol-Version: 2026-07-28\r\n");
  EXPECT_EQ(client.next().status, 400);
  client.verb("DELETE", client.session_header());
  const std::string ends[] = {client.next().event_id, client.next().event_id};
  EXPECT_TRUE(ends[0] == "end" || ends[1] == "end");
}

TEST(HttpStreams, SendsEachMessageOnOneStream) {
  Client client(Way::http);
  client.speak(Revision::r2025_11_25);
  client.verb("GET", "Accept: text/event-stream\r\n" + client.session_header());
  client.next();
  client.response(client.call("log"));
  std::size_t logs = client.before.size();
  client.call("change");
  for (int changes = 0; changes < 3;) {
    const Json message = client.next().json();
    if (!message.is_object() || !message.contains("method")) continue;
    changes += message["method"] != "notifications/message" ? 1 : 0;
    logs += message["method"] == "notifications/message" ? 1 : 0;
  }
  EXPECT_EQ(logs, 7u);
}

TEST(HttpStreams, GivesThoseWhoComeBackWhatTheyMissed) {
  Client client(Way::http);
  client.speak(Revision::r2025_11_25);
  const std::string id = client.call("poll");
  const Came primed = client.next();
  EXPECT_TRUE(primed.streamed);
  EXPECT_EQ(primed.text, "");
  EXPECT_EQ(primed.headers.at("retry"), "1000");
  EXPECT_EQ(client.next().event_id, "end");
  ASSERT_TRUE(client.server.toolbox.wait_begun(1));
  client.verb("GET", "Accept: text/event-stream\r\nLast-Event-ID: " + primed.event_id + "\r\n" +
                         client.session_header());
  client.server.toolbox.release();
  const Json response = client.response(id);
  EXPECT_EQ(response["result"]["content"][0]["text"], "released");
}

TEST(HttpStreams, ReplaysOnlyTheStreamThatBroke) {
  Client client(Way::http);
  client.speak(Revision::r2025_06_18);
  client.call("log");
  std::vector<Came> seen;
  for (int i = 0; i < 8; ++i) seen.push_back(client.next());
  EXPECT_TRUE(seen[7].json().contains("result"));
  EXPECT_EQ(client.next().event_id, "end");
  client.response(client.call("log"));
  EXPECT_EQ(client.next().event_id, "end");
  client.verb("GET", "Accept: text/event-stream\r\nLast-Event-ID: " + seen[4].event_id + "\r\n" +
                         client.session_header());
  for (int i = 5; i < 8; ++i) {
    const Came again = client.next();
    EXPECT_EQ(again.text, seen[static_cast<std::size_t>(i)].text);
    EXPECT_EQ(again.event_id, seen[static_cast<std::size_t>(i)].event_id);
  }
  EXPECT_EQ(client.next().event_id, "end");
}

TEST(HttpStreams, RepeatsNothingToThoseWhoDoNotSayWhatTheyMissed) {
  struct Kept final : Outlet {
    bool speaks() const override { return true; }
    void say(Event event) override { said.push_back(std::move(event)); }
    void send(Reply) override {}
    bool open() const override { return opened; }
    std::vector<Event> said;
    bool opened = true;
  };
  Streams streams;
  const auto first = std::make_shared<Kept>(), second = std::make_shared<Kept>(),
             third = std::make_shared<Kept>();
  ASSERT_TRUE(streams.stand(first, true));
  EXPECT_FALSE(streams.stand(second, true));
  streams.push("a");
  first->opened = false;
  streams.push("b");
  ASSERT_TRUE(streams.stand(second, true));
  ASSERT_EQ(second->said.size(), 1u);
  EXPECT_EQ(second->said[0].text, "");
  EXPECT_NE(second->said[0].id, first->said[0].id);
  ASSERT_TRUE(streams.resume(first->said[1].id, third));
  ASSERT_EQ(third->said.size(), 2u);
  EXPECT_EQ(third->said[1].text, "b");
  for (const char* id : {"", "1", "9-1", "a-b", "1-", "-1", "1-1x"}) {
    EXPECT_FALSE(streams.resume(id, second)) << id;
  }
}

TEST(HttpStreams, ChecksTheVersionHeaderOfASession) {
  Client client(Way::http);
  client.speak(Revision::r2025_03_26);
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  for (const auto& [version, status] : {std::pair{"", 200},
                                        {"MCP-Protocol-Version: 2025-03-26\r\n", 200},
                                        {"MCP-Protocol-Version: 2025-06-18\r\n", 200},
                                        {"MCP-Protocol-Version: 2025-01-01\r\n", 400},
                                        {"MCP-Protocol-Version: soon\r\n", 400}}) {
    client.send(ping, client.session_header() + version);
    EXPECT_EQ(client.next().status, status) << version;
  }
}

class Listen : public ::testing::TestWithParam<Way> {
 protected:
  Client client_{GetParam()};

  // Until it is acknowledged.
  std::string listen(const std::string& wanted) {
    client_.revision = Revision::r2026_07_28;
    const std::string id =
        client_.request("subscriptions/listen", R"("notifications":{)" + wanted + "}");
    acknowledged_ = client_.next().json();
    EXPECT_EQ(acknowledged_["method"], "notifications/subscriptions/acknowledged");
    return id;
  }

  Json acknowledged_;
};

INSTANTIATE_TEST_SUITE_P(Ways, Listen, ::testing::ValuesIn(test::kWays),
                         ::testing::PrintToStringParamName());

TEST_P(Listen, SendsWhatWasAskedForUnderTheIdOfTheRequest) {
  const std::string id =
      listen(R"("toolsListChanged":true,"resourceSubscriptions":["test://r/1","test://r/2"])");
  EXPECT_EQ(acknowledged_["params"]["notifications"], Json::parse(R"({"toolsListChanged":true,
                "resourceSubscriptions":["test://r/1","test://r/2"]})"));
  client_.response(client_.call("change"));
  while (client_.before.size() < 2) client_.before.push_back(client_.next().json());
  EXPECT_EQ(client_.before[0]["method"], "notifications/tools/list_changed");
  EXPECT_EQ(client_.before[1]["params"]["uri"], "test://r/1");
  for (const Json& message : client_.before) {
    EXPECT_EQ(to_text(message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"]), id);
  }
  client_.response(client_.call("contents"));
  EXPECT_EQ(client_.before.size(), 2u);
}

TEST_P(Listen, EndsWithAResultWhenTheServerEnds) {
  const std::string id = listen("");
  EXPECT_EQ(acknowledged_["params"]["notifications"], Json::object());
  client_.end();
  const Json result = client_.response(id)["result"];
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_EQ(to_text(result["_meta"]["io.modelcontextprotocol/subscriptionId"]), id);
}

TEST_P(Listen, EndsSilentlyWhenTheClientSaysSo) {
  if (GetParam() == Way::http) GTEST_SKIP() << "over HTTP the client closes the connection";
  const std::string id = listen(R"("toolsListChanged":true)");
  client_.send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
               id + "}}");
  client_.response(client_.call("change"));
  EXPECT_TRUE(client_.before.empty());
}

TEST_P(Listen, RefusesAFilterOfTheWrongShape) {
  client_.speak(Revision::r2026_07_28);
  for (const char* params :
       {"", R"("notifications":[])", R"("notifications":{"toolsListChanged":1})",
        R"("notifications":{"resourceSubscriptions":"x"})",
        R"("notifications":{"resourceSubscriptions":[1]})"}) {
    EXPECT_EQ(code(client_.ask("subscriptions/listen", params)), kInvalidParams) << params;
  }
}

TEST(HttpServer, HoldsSixtyFourStreamsBesideManyCalls) {
  Client client(Way::http);
  client.revision = Revision::r2026_07_28;
  for (int i = 0; i < 64; ++i) {
    client.request("subscriptions/listen", R"("notifications":{"toolsListChanged":true})");
    client.next();
  }
  for (int i = 0; i < 256; ++i) client.call("contents");
  int answers = 0;
  for (int i = 0; i < 256; ++i) answers += client.next().json().contains("result") ? 1 : 0;
  EXPECT_EQ(answers, 256);
}

TEST(HttpServer, CompletesManySessionsAndForgetsTheOldest) {
  Client client(Way::http);
  client.speak(Revision::r2025_06_18);
  const std::string first = client.session;
  for (std::size_t i = 0; i < kMostSessions; ++i) client.speak(Revision::r2025_06_18);
  EXPECT_TRUE(client.ask("ping").contains("result"));
  client.session = first;
  client.request("ping");
  EXPECT_EQ(client.next().status, 404);
}

}  // namespace
}  // namespace dhis2mcp
