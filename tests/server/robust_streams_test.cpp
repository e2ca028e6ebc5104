// SPDX-License-Identifier: BSD-3-Clause
// Streams that stay open beside a crowd of callers: they hold no thread, miss no news, and whoever
// closes one takes no other along.
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "server/http_transport.h"
#include "tests/server/full_toolbox.h"
#include "tests/server/peer.h"

namespace dhis2mcp {
namespace {

using test::FullServer;
using test::HttpResponse;
using test::Peer;

constexpr const char* kToken = "0123456789abcdef";

class RobustStreams : public ::testing::Test {
 protected:
  RobustStreams()
      : http_(std::make_unique<HttpServer>(full_.dispatcher, HttpOptions{})),
        thread_([this] { http_->run(Secret(std::string(kToken)), "/home/x/http-token"); }) {}
  ~RobustStreams() override { stop(); }

  void stop() {
    http_->stop();
    if (thread_.joinable()) thread_.join();
  }

  // A request of 2026-07-28, `params` being its members behind `_meta`.
  std::string post(const std::string& id, const std::string& method, const std::string& name,
                   const std::string& params) const {
    const std::string body = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method +
                             R"(","params":{"_meta":{)" +
                             R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                             R"("io.modelcontextprotocol/clientCapabilities":{}},)" +
                             params + "}}";
    return "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(http_->port()) +
           "\r\nAuthorization: Bearer " + kToken +
           "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
           "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " +
           method + "\r\n" + (name.empty() ? "" : "Mcp-Name: " + name + "\r\n") +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  std::string listen(const std::string& id) const {
    return post(id, "subscriptions/listen", "", R"("notifications":{"toolsListChanged":true})");
  }

  std::string call(const std::string& id, const std::string& tool) const {
    return post(id, "tools/call", tool, R"("name":")" + tool + R"(","arguments":{"n":)" + id + "}");
  }

  std::uint16_t port() const { return http_->port(); }

  FullServer full_;
  std::unique_ptr<HttpServer> http_;
  std::thread thread_;
};

// A socket on which an answer never ends.
class Stream {
 public:
  Stream(std::uint16_t port, const std::string& request) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("cannot open a stream");
    }
  }
  ~Stream() { close(fd_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // What came up to the next event with the word, that event included; empty when none came within
  // ten seconds.
  std::string until(const std::string& word) {
    for (;;) {
      const std::size_t at = got_.find(word);
      const std::size_t end = at == std::string::npos ? at : got_.find("\n\n", at);
      if (end != std::string::npos) {
        std::string text = got_.substr(0, end);
        got_.erase(0, end);
        return text;
      }
      pollfd wait{fd_, POLLIN, 0};
      if (poll(&wait, 1, 10'000) <= 0) return {};
      char piece[4096];
      const ssize_t count = recv(fd_, piece, sizeof piece, 0);
      if (count <= 0) return {};
      got_.append(piece, static_cast<std::size_t>(count));
    }
  }

 private:
  int fd_ = -1;
  std::string got_;
};

using Streams = std::vector<std::unique_ptr<Stream>>;

std::string subscription(std::size_t i) {
  // The id comes back with its type, so every other one is a number.
  return i % 2 == 0 ? std::to_string(i) : "\"s" + std::to_string(i) + "\"";
}

void expect_news(const Streams& streams, const std::string& word) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string event = streams[i]->until(word);
    EXPECT_NE(event.find(R"("io.modelcontextprotocol/subscriptionId":)" + subscription(i)),
              std::string::npos)
        << i << ": " << event;
  }
}

TEST_F(RobustStreams, ServesACrowdBesideSixtyFourOpenOnes) {
  Streams streams;
  for (std::size_t i = 0; i < 64; ++i) {
    streams.push_back(std::make_unique<Stream>(port(), listen(subscription(i))));
  }
  expect_news(streams, "notifications/subscriptions/acknowledged");

  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 256; ++i) peers.push_back(std::make_unique<Peer>(port()));
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      peers[i]->send(call(std::to_string(i), "echo"));
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
      const HttpResponse response = peers[i]->receive();
      EXPECT_EQ(response.status, 200);
      EXPECT_TRUE(response.body.starts_with(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + ","));
    }
  }

  EXPECT_EQ(Peer(port()).ask(call("1", "change")).status, 200);
  expect_news(streams, "notifications/tools/list_changed");
}

TEST_F(RobustStreams, GoesOnForThoseWhoStay) {
  Streams streams;
  for (std::size_t i = 0; i < 64; ++i) {
    streams.push_back(std::make_unique<Stream>(port(), listen(subscription(i))));
  }
  expect_news(streams, "notifications/subscriptions/acknowledged");

  streams.resize(32);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Peer(port()).ask(call("1", "change")).status, 200);
    expect_news(streams, "notifications/tools/list_changed");
  }

  std::thread ending([this] { stop(); });
  expect_news(streams, R"("resultType":"complete")");
  ending.join();
}

TEST_F(RobustStreams, OpensAndClosesThemInNumbers) {
  for (int round = 0; round < 5; ++round) {
    Streams streams;
    for (std::size_t i = 0; i < 50; ++i) {
      streams.push_back(std::make_unique<Stream>(port(), listen(subscription(i))));
    }
    // Half of them are closed before anybody read a byte of theirs.
    streams.resize(25);
    expect_news(streams, "notifications/subscriptions/acknowledged");
  }
  EXPECT_EQ(Peer(port()).ask(call("1", "echo")).status, 200);
}

}  // namespace
}  // namespace dhis2mcp
