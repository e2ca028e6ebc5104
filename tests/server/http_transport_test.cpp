// SPDX-License-Identifier: BSD-3-Clause
// The HTTP front with real sockets: good requests, hostile ones, slow ones, many at once.
#include "server/http_transport.h"

#include <gtest/gtest.h>

#include "tests/server/peer.h"

namespace dhis2mcp {
namespace {

using test::HttpFixture;
using test::HttpResponse;
using test::Peer;

constexpr const char* kPingList = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";

std::string call(const std::string& tool, const std::string& id = "1") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{"name":")" + tool +
         R"(","arguments":{"a":1}}})";
}

TEST(HttpServer, AnswersAOneShotCallWithoutAHandshake) {
  HttpFixture http;
  Peer peer(http.port());
  const HttpResponse list = peer.ask(http.post(kPingList));
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.headers.at("content-type"), "application/json");
  EXPECT_EQ(list.headers.count("mcp-session-id"), 0u);
  EXPECT_NE(list.body.find(R"("name":"echo")"), std::string::npos);
  const HttpResponse echo = peer.ask(http.post(call("echo")));
  EXPECT_NE(echo.body.find(R"("structuredContent":{"object":{"a":1}})"), std::string::npos);
  EXPECT_NE(peer.ask(http.post(call("slow_echo"))).body.find("structuredContent"),
            std::string::npos);
}

TEST(HttpServer, SaysThatItIsWell) {
  HttpFixture http;
  const HttpResponse health =
      Peer(http.port())
          .ask("GET /health HTTP/1.1\r\nHost: localhost:" + std::to_string(http.port()) +
               "\r\n\r\n");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, R"({"status":"ok","version":")" DHIS2_MCP_VERSION R"("})");
}

TEST(HttpServer, KeepsASessionUntilItIsDeleted) {
  HttpFixture http;
  Peer peer(http.port());
  const HttpResponse opened =
      peer.ask(http.post(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":)"
                         R"({"protocolVersion":"2025-06-18","capabilities":{}}})"));
  ASSERT_EQ(opened.headers.count("mcp-session-id"), 1u);
  const std::string id = opened.headers.at("mcp-session-id");
  const std::string session = "Mcp-Session-Id: " + id + "\r\n";
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  EXPECT_EQ(
      peer.ask(http.post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})", session))
          .status,
      202);
  EXPECT_EQ(peer.ask(http.post(ping, session)).status, 200);
  EXPECT_EQ(peer.ask(http.post(ping, session + "MCP-Protocol-Version: 2025-06-18\r\n")).status,
            200);
  // What was agreed on counts; some clients name another revision that we speak.
  EXPECT_EQ(peer.ask(http.post(ping, session + "MCP-Protocol-Version: 2025-11-25\r\n")).status,
            200);
  EXPECT_EQ(peer.ask(http.post(ping, session + "MCP-Protocol-Version: 2023-01-01\r\n")).status,
            400);
  EXPECT_EQ(peer.ask(http.post(ping)).status, 400);
  EXPECT_EQ(peer.ask(http.post(ping, "Mcp-Session-Id: nope\r\n")).status, 404);
  const std::string rest = " /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(http.port()) +
                           "\r\nAuthorization: Bearer " + HttpFixture::kToken + "\r\n";
  EXPECT_EQ(Peer(http.port()).ask("DELETE" + rest + "\r\n").status, 400);
  EXPECT_EQ(Peer(http.port()).ask("DELETE" + rest + session + "\r\n").status, 204);
  EXPECT_EQ(Peer(http.port()).ask("DELETE" + rest + session + "\r\n").status, 404);
  EXPECT_EQ(peer.ask(http.post(ping, session)).status, 404);
  EXPECT_EQ(Peer(http.port()).ask("GET" + rest + session + "\r\n").status, 404);
  EXPECT_EQ(Peer(http.port()).ask("GET" + rest + "\r\n").status, 400);
  const HttpResponse put = Peer(http.port()).ask("PUT" + rest + "\r\n");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.headers.at("allow"), "GET, POST, DELETE");
}

struct RawCase {
  const char* what;
  std::string text;
  int status;
};

// Each on a connection of its own; PORT and TOKEN are filled in.
TEST(HttpServer, RefusesWhatIsNoGoodRequest) {
  HttpFixture http;
  const std::string host = "Host: 127.0.0.1:" + std::to_string(http.port()) + "\r\n";
  const std::string bearer = std::string("Authorization: Bearer ") + HttpFixture::kToken + "\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  const std::string post = "POST /mcp HTTP/1.1\r\n";
  const RawCase cases[] = {
      {"no host", post + bearer + json + "Content-Length: 2\r\n\r\n{}", 400},
      {"two hosts", post + host + host + bearer + json + "Content-Length: 2\r\n\r\n{}", 400},
      {"bad host", post + "Host: evil.org\r\n\r\n", 403},
      {"no token", post + host + json + "Content-Length: 2\r\n\r\n{}", 401},
      {"no type", post + host + bearer + "Content-Length: 2\r\n\r\n{}", 415},
      {"form", post + host + bearer + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
       415},
      {"announced 5 MB", http.head(5'000'000) + "\r\n", 413},
      {"xchunked", post + host + bearer + json + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
       400},
      {"chunked and length",
       post + host + bearer + json + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
       400},
      {"two lengths",
       post + host + bearer + json + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400},
      {"negative length", post + host + bearer + json + "Content-Length: -2\r\n\r\n{}", 400},
      {"folded", post + host + bearer + json + "X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}", 400},
      {"bare LF", "POST /mcp HTTP/1.1\n" + host + "\n", 400},
      {"space before colon", post + "Host : a\r\n\r\n", 400},
      {"control", post + host + "X: a\x01z\r\n\r\n", 400},
      {"no HTTP", "hello\r\n\r\n", 400},
      {"long line", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", 431},
      {"many headers", post + std::string(20'000, 'x') + ": 1\r\n\r\n", 431},
      {"expects", http.head(2, "Expect: miracles\r\n") + "\r\n", 417},
      {"bad chunk", post + host + bearer + json + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n",
       400},
      {"absolute target", "POST http://evil.org/mcp HTTP/1.1\r\n" + host + "\r\n", 404},
      {"dot segments", "POST /mcp/../mcp HTTP/1.1\r\n" + host + "\r\n", 404},
      {"health with a body", "GET /health HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}",
       400},
  };
  for (const RawCase& each : cases) {
    Peer peer(http.port());
    const HttpResponse response = peer.ask(each.text);
    EXPECT_EQ(response.status, each.status) << each.what << ": " << response.body;
    EXPECT_EQ(response.headers.count("connection"), 1u) << each.what;
    EXPECT_TRUE(peer.closed()) << each.what;
  }
  EXPECT_EQ(Peer(http.port()).ask(http.post(kPingList)).status, 200);
}

TEST(HttpServer, ReadsNoMoreThanFourMebibytesOfChunks) {
  HttpFixture http;
  Peer peer(http.port());
  std::string head = http.head(0);
  head = head.substr(0, head.find("Content-Length")) + "Transfer-Encoding: chunked\r\n\r\n";
  peer.send(head);
  const std::string chunk = "100000\r\n" + std::string(0x100000, ' ') + "\r\n";
  for (int i = 0; i < 6 && peer.send(chunk); ++i) {
  }
  EXPECT_EQ(peer.receive().status, 413);
}

TEST(HttpServer, TakesChunksAndPiecesOfAnySize) {
  HttpFixture http;
  Peer peer(http.port());
  std::string request = http.head(0);
  request =
      request.substr(0, request.find("Content-Length")) + "Transfer-Encoding: chunked\r\n\r\n";
  const std::string body = call("echo");
  for (const char c : body) request += std::string("1\r\n") + c + "\r\n";
  request += "0\r\n\r\n";
  for (std::size_t at = 0; at < request.size(); at += 7) peer.send(request.substr(at, 7));
  EXPECT_EQ(peer.receive().status, 200);
}

TEST(HttpServer, AnswersRequestsThatCameInOnePiece) {
  HttpFixture http;
  Peer peer(http.port());
  peer.send(http.post(call("slow_echo", "1")) + http.post(call("echo", "2")) +
            http.post(call("slow_echo", "3")));
  for (const char* id : {"1", "2", "3"}) {
    EXPECT_NE(peer.receive().body.find(std::string(R"("id":)") + id), std::string::npos);
  }
}

TEST(HttpServer, SaysContinueToThoseWhoAsk) {
  HttpFixture http;
  Peer peer(http.port());
  const std::string body = call("echo");
  peer.send(http.head(body.size(), "Expect: 100-continue\r\n") + "\r\n");
  EXPECT_EQ(peer.receive().status, 100);
  EXPECT_EQ(peer.ask(body).status, 200);
}

TEST(HttpServer, ClosesForThoseWhoAsk) {
  HttpFixture http;
  Peer peer(http.port());
  EXPECT_EQ(peer.ask(http.post(kPingList, "Connection: close\r\n")).status, 200);
  EXPECT_TRUE(peer.closed());
}

TEST(HttpServer, StopsTheCallOfAClientThatWentAway) {
  HttpFixture http;
  {
    Peer peer(http.port());
    peer.send(http.post(call("wait")));
    ASSERT_TRUE(http.fake.toolbox.wait_begun(1));
  }
  EXPECT_TRUE(http.fake.toolbox.wait_stopped(1));
}

TEST(HttpServer, ServesManyAtOnceBesideThoseWhoSayNothing) {
  HttpFixture http;
  std::vector<std::unique_ptr<Peer>> silent, honest;
  for (int i = 0; i < 150; ++i) {
    silent.push_back(std::make_unique<Peer>(http.port()));
    if (i % 2 == 0) silent.back()->send("POST /mcp HT");
  }
  for (int i = 0; i < 256; ++i) honest.push_back(std::make_unique<Peer>(http.port()));
  for (int round = 0; round < 3; ++round) {
    for (const auto& peer : honest) ASSERT_TRUE(peer->send(http.post(call("slow_echo"))));
    for (const auto& peer : honest) ASSERT_EQ(peer->receive().status, 200);
  }
}

TEST(HttpServer, ClosesTheLongestIdleWhenThereAreTooMany) {
  HttpLimits limits;
  limits.connections = 3;
  HttpFixture http(limits);
  Peer first(http.port());
  EXPECT_EQ(first.ask(http.post(kPingList)).status, 200);
  std::vector<std::unique_ptr<Peer>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_unique<Peer>(http.port()));
    EXPECT_EQ(others.back()->ask(http.post(kPingList)).status, 200);
  }
  EXPECT_TRUE(first.closed());
}

TEST(HttpServer, ServesWhoeverAsksBesideTooManyHalfRequests) {
  HttpLimits limits;
  limits.connections = 3;
  HttpFixture http(limits);
  std::vector<std::unique_ptr<Peer>> halves;
  for (int i = 0; i < 3; ++i) {
    halves.push_back(std::make_unique<Peer>(http.port()));
    EXPECT_EQ(halves.back()->ask(http.post(kPingList)).status, 200);
    halves.back()->send("POST /mcp HT");
  }
  EXPECT_EQ(Peer(http.port()).ask(http.post(kPingList)).status, 200);
}

TEST(HttpServer, DropsPeersThatDawdle) {
  using std::chrono::milliseconds;
  HttpLimits limits;
  limits.head = limits.body = limits.idle = milliseconds(100);
  limits.sweep = milliseconds(20);
  HttpFixture http(limits);
  Peer silent(http.port()), half_head(http.port()), half_body(http.port()), idle(http.port()),
      waiting(http.port());
  half_head.send("POST /mcp HTTP/1.1\r\n");
  half_body.send(http.head(100) + "\r\n{");
  EXPECT_EQ(idle.ask(http.post(kPingList)).status, 200);
  waiting.send(http.post(call("wait")));
  for (Peer* peer : {&silent, &half_head, &half_body, &idle}) EXPECT_TRUE(peer->closed());
  http.fake.toolbox.release();
  EXPECT_EQ(waiting.receive().status, 200);
}

TEST(HttpServer, LetsCallsEndBeforeItEnds) {
  HttpFixture http;
  Peer peer(http.port()), idle(http.port());
  EXPECT_EQ(idle.ask(http.post(kPingList)).status, 200);
  peer.send(http.post(call("wait")));
  ASSERT_TRUE(http.fake.toolbox.wait_begun(1));
  std::thread stopping([&] { http.stop(); });
  EXPECT_TRUE(idle.closed());
  http.fake.toolbox.release();
  EXPECT_EQ(peer.receive().status, 200);
  stopping.join();
  EXPECT_THROW(Peer(http.port()), std::runtime_error);
}

TEST(HttpServer, StopsCallsThatDoNotEnd) {
  HttpLimits limits;
  limits.grace = std::chrono::milliseconds(50);
  HttpFixture http(limits);
  Peer peer(http.port());
  peer.send(http.post(call("wait")));
  ASSERT_TRUE(http.fake.toolbox.wait_begun(1));
  http.stop();
  EXPECT_TRUE(http.fake.toolbox.wait_stopped(1));
  EXPECT_NE(peer.receive().body.find("was stopped"), std::string::npos);
}

TEST(HttpServer, LeavesAPortThatIsTakenAlone) {
  HttpFixture http;
  test::FakeServer second;
  EXPECT_THROW(
      HttpServer(second.dispatcher, {.bind = "127.0.0.1", .port = http.port(), .limits = {}}),
      PortTaken);
}

TEST(HttpServer, ListensOnOneAddressOnly) {
  test::FakeServer fake;
  for (const char* bind : {"0.0.0.0", "::", "example.org", "", "203.0.113.1"}) {
    EXPECT_THROW(HttpServer(fake.dispatcher, {.bind = bind, .port = 0, .limits = {}}), Error)
        << bind;
  }
}

}  // namespace
}  // namespace dhis2mcp
