// SPDX-License-Identifier: BSD-3-Clause
// Bodies on their way through the proxy: large, slow, cut, given up, and many at once.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/server/proxy_fixture.h"
#include "tests/support/count.h"
#include "tests/support/raw_server.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using support::RawConnection;
using support::RawServer;
using test::Count;
using test::HttpResponse;
using test::kApp;
using test::kOther;
using test::Peer;
using test::ProxyFixture;

std::string patterned(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 + i / 997);
  return text;
}

TEST(ProxyStream, HandsLargeBodiesOnByteForByte) {
  const std::string body = patterned(8'000'000);
  const RawServer dhis2(RawServer::answering([&](const std::string& request) {
    if (support::target_of(request) == "/api/chunks") {
      std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
      for (std::size_t at = 0; at < body.size(); at += 100'000) {
        text += "186a0\r\n" + body.substr(at, 100'000) + "\r\n";
      }
      return text + "0\r\n\r\n";
    }
    return support::http_answer(200, body, "Content-Type: application/octet-stream\r\n");
  }));
  const ProxyFixture proxy(dhis2.url());
  Peer peer(proxy.port());
  const HttpResponse whole = peer.ask(proxy.get("/demo/api/length"));
  EXPECT_EQ(whole.headers.at("content-length"), std::to_string(body.size()));
  EXPECT_TRUE(whole.body == body);
  const HttpResponse chunks = peer.ask(proxy.get("/demo/api/chunks"));
  EXPECT_EQ(chunks.headers.at("transfer-encoding"), "chunked");
  EXPECT_TRUE(chunks.body == body);
}

TEST(ProxyStream, LeavesCompressionToBothEnds) {
  const RawServer dhis2(RawServer::answering([](const std::string& request) {
    return support::http_answer(200, "\x1f\x8b as asked: " + request,
                                "Content-Encoding: gzip\r\nContent-Type: application/json\r\n");
  }));
  const ProxyFixture proxy(dhis2.url());
  const auto asked = [&](const std::string& line) {
    const HttpResponse answer = Peer(proxy.port()).ask(proxy.get("/demo/api/x", line));
    EXPECT_EQ(answer.headers.at("content-encoding"), "gzip");
    EXPECT_EQ(answer.body.rfind("\x1f\x8b", 0), 0U);
    return answer.body;
  };
  EXPECT_NE(asked("Accept-Encoding: gzip, br\r\n").find("Accept-Encoding: gzip\r\n"),
            std::string::npos);
  for (const char* line : {"", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0\r\n"}) {
    EXPECT_NE(asked(line).find("Accept-Encoding: identity\r\n"), std::string::npos) << line;
  }
}

TEST(ProxyStream, SaysThatNothingChanged) {
  const RawServer dhis2(RawServer::answering([](const std::string& request) {
    return request.find("If-None-Match: \"7\"\r\n") != std::string::npos
               ? std::string("HTTP/1.1 304 Not Modified\r\nETag: \"7\"\r\n\r\n")
               : support::http_answer(200, "{}", "ETag: \"7\"\r\n");
  }));
  const ProxyFixture proxy(dhis2.url());
  Peer peer(proxy.port());
  const HttpResponse first = peer.ask(proxy.get("/demo/api/x"));
  EXPECT_EQ(first.headers.at("etag"), "\"7\"");
  for (int i = 0; i < 2; ++i) {
    const HttpResponse again =
        peer.ask(proxy.get("/demo/api/x", "If-None-Match: " + first.headers.at("etag") + "\r\n"));
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.headers.at("etag"), "\"7\"");
    EXPECT_EQ(again.body, "");
  }
}

TEST(ProxyStream, LetsNobodyTakeTheHalfForTheWhole) {
  const RawServer dhis2([](RawConnection& connection) {
    const std::string target = support::target_of(connection.read_request());
    const std::string rest = target == "/api/chunks"
                                 ? "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n9\r\nof it"
                                 : "Content-Length: 100\r\n\r\nhalf";
    connection.send("HTTP/1.1 200 OK\r\n" + rest);
  });
  const ProxyFixture proxy(dhis2.url());
  for (const char* path : {"/demo/api/length", "/demo/api/chunks"}) {
    EXPECT_NE(Peer(proxy.port()).ask(proxy.get(path)).status, 200) << path;
  }
  // HTTP/1.0 has no chunks: the end of the connection is the end of the body, a reset is not.
  std::string old = proxy.get("/demo/api/chunks");
  old.replace(old.find("HTTP/1.1"), 8, "HTTP/1.0");
  Peer peer(proxy.port());
  peer.send(old);
  EXPECT_TRUE(peer.reset());
}

TEST(ProxyStream, StopsDhis2WhenTheClientLeaves) {
  Count begun, ended;
  const RawServer dhis2([&](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nbegin");
    ++begun;
    connection.hold();
    if (!connection.stopping()) ++ended;
  });
  const ProxyFixture proxy(dhis2.url());
  {
    Peer peer(proxy.port());
    peer.send(proxy.get("/demo/api/x"));
    ASSERT_TRUE(begun.reaches(1));
  }
  EXPECT_TRUE(ended.reaches(1));
}

TEST(ProxyStream, StopsDhis2BeforeItHasSaidAWord) {
  Count begun, ended;
  const RawServer dhis2([&](RawConnection& connection) {
    connection.read_request();
    ++begun;
    connection.hold();
    if (!connection.stopping()) ++ended;
  });
  const ProxyFixture proxy(dhis2.url());
  {
    Peer peer(proxy.port());
    peer.send(proxy.get("/demo/api/x"));
    ASSERT_TRUE(begun.reaches(1));
  }
  EXPECT_TRUE(ended.reaches(1));
}

// As much as anybody wants; what the reader does not take is not read from DHIS2 either.
class Endless {
 public:
  RawServer::Script script() {
    return [this](RawConnection& connection) {
      const std::string target = support::target_of(connection.read_request());
      if (target.find("small") != std::string::npos) {
        connection.send(support::json_answer(200, "{}"));
        return;
      }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n");
      ++readers;
      const std::string piece(64 * 1024, 'x');
      while (connection.send(piece)) sent += piece.size();
      if (!connection.stopping()) ++left;
    };
  }
  std::atomic<std::size_t> sent = 0;
  Count readers, left;
};

TEST(ProxyStream, HoldsNobodyBackForASlowReader) {
  Endless endless;
  const RawServer dhis2(endless.script());
  const ProxyFixture proxy(dhis2.url());
  std::vector<std::unique_ptr<Peer>> slow;
  for (int i = 0; i < 6; ++i) {
    slow.push_back(std::make_unique<Peer>(proxy.port()));
    slow.back()->send(proxy.get("/demo/api/large"));
  }
  ASSERT_TRUE(endless.readers.reaches(6));
  // All places of the one origin are taken, and the other one feels nothing of it.
  Peer peer(proxy.port());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(peer.ask(proxy.request("GET", "/demo/api/small", proxy.page(kOther))).status, 200);
  }
  // What was read ahead lies in the kernel's buffers, not here.
  EXPECT_LT(endless.sent, 6U * 64 * 1024 * 1024);
  // One of the same origin waits for a place, and has it when a reader leaves.
  Peer waiting(proxy.port());
  waiting.send(proxy.get("/demo/api/small"));
  slow.pop_back();
  EXPECT_EQ(waiting.receive().status, 200);
  EXPECT_TRUE(endless.left.reaches(1));
}

TEST(ProxyStream, LetsGoOfAReaderWhoTakesNothing) {
  Endless endless;
  const RawServer dhis2(endless.script());
  ProxyOptions options;
  options.http.limits.write = milliseconds(100);
  const ProxyFixture proxy(dhis2.url(), options);
  Peer peer(proxy.port());
  peer.send(proxy.get("/demo/api/large"));
  EXPECT_TRUE(endless.left.reaches(1));
}

TEST(ProxyStream, TellsWhoWaitedTooLong) {
  Endless endless;
  const RawServer dhis2(endless.script());
  ProxyOptions options;
  options.line = milliseconds(100);
  options.http.limits.sweep = milliseconds(20);
  const ProxyFixture proxy(dhis2.url(), options);
  std::vector<std::unique_ptr<Peer>> slow;
  for (int i = 0; i < 6; ++i) {
    slow.push_back(std::make_unique<Peer>(proxy.port()));
    slow.back()->send(proxy.get("/demo/api/large"));
  }
  ASSERT_TRUE(endless.readers.reaches(6));
  const HttpResponse late = Peer(proxy.port()).ask(proxy.get("/demo/api/small"));
  EXPECT_EQ(late.status, 429);
  EXPECT_EQ(late.headers.at("retry-after"), "5");
  EXPECT_EQ(late.headers.at("access-control-allow-origin"), kApp);
}

TEST(ProxyStream, AnswersACrowdOfManyOrigins) {
  const RawServer dhis2(RawServer::answering([](const std::string& request) {
    return support::json_answer(200, support::target_of(request));
  }));
  const ProxyFixture proxy(dhis2.url());
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 64; ++i) peers.push_back(std::make_unique<Peer>(proxy.port()));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      peers[i]->send(proxy.request("GET", "/demo/api/n" + std::to_string(i),
                                   proxy.page(i % 2 == 0 ? kApp : kOther)));
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
      EXPECT_EQ(peers[i]->receive().body, "/api/n" + std::to_string(i));
    }
  }
}

TEST(ProxyStream, AnswersRequestsThatCameInOnePiece) {
  const RawServer dhis2(RawServer::answering([](const std::string& request) {
    return support::json_answer(200, support::target_of(request));
  }));
  const ProxyFixture proxy(dhis2.url());
  Peer peer(proxy.port());
  peer.send(proxy.get("/demo/api/a") + proxy.get("/demo/api/b") + proxy.get("/demo/api/c"));
  for (const char* path : {"/api/a", "/api/b", "/api/c"}) EXPECT_EQ(peer.receive().body, path);
}

TEST(ProxyStream, EndsThoughAnswersAreUnderWay) {
  Endless endless;
  const RawServer dhis2(endless.script());
  ProxyOptions options;
  options.http.limits.grace = milliseconds(50);
  ProxyFixture proxy(dhis2.url(), options);
  Peer idle(proxy.port()), slow(proxy.port());
  EXPECT_EQ(idle.ask(proxy.get("/demo/api/small")).status, 200);
  slow.send(proxy.get("/demo/api/large"));
  ASSERT_TRUE(endless.readers.reaches(1));
  proxy.stop();
  EXPECT_TRUE(idle.closed());
  EXPECT_TRUE(endless.left.reaches(1));
}

}  // namespace
}  // namespace dhis2mcp
