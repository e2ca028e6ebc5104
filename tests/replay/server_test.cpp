// SPDX-License-Identifier: BSD-3-Clause
// What a client of the replay sees on the wire.
#include "tests/replay/server.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace replay {
namespace {

Recording recorded(const std::string& path, int status,
                   std::vector<std::pair<std::string, std::string>> headers,
                   const std::string& body = "") {
  Recording recording;
  recording.method = "GET";
  recording.sent = path;
  recording.target = read_target(path);
  recording.status = status;
  recording.headers = std::move(headers);
  recording.body = body;
  return recording;
}

// Sends bytes that no well-behaved client library would, and reads to the end.
std::string send_raw(int port, const std::string& bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string reply;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
    std::array<char, 4096> block{};
    ssize_t got = 0;
    while ((got = recv(fd, block.data(), block.size(), 0)) > 0) {
      reply.append(block.data(), static_cast<std::size_t>(got));
    }
  }
  close(fd);
  return reply;
}

int port_of(const std::string& base_url) {
  return std::stoi(base_url.substr(std::string("http://127.0.0.1:").size()));
}

std::string origin_of(const Server& server) {
  return "http://127.0.0.1:" + std::to_string(port_of(server.base_url()));
}

TEST(ReplayServer, SendsStatusHeadersAndBodyAsRecorded) {
  Tape tape({recorded("/api/x?a=1", 409,
                      {{"Content-Type", "application/json;charset=UTF-8"},
                       {"Content-Length", "9999"},
                       {"Set-Cookie", "JSESSIONID=A"},
                       {"Set-Cookie", "other=B"},
                       {"Transfer-Encoding", "chunked"},
                       {"Content-Encoding", "gzip"}},
                      R"({"status":"ERROR"})")});
  const Server server(tape, 0, "");

  const auto reply = httplib::Client(server.base_url()).Get("/api/x?a=1");

  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 409);
  EXPECT_EQ(reply->body, R"({"status":"ERROR"})");
  EXPECT_EQ(reply->get_header_value("Content-Type"), "application/json;charset=UTF-8");
  EXPECT_EQ(reply->get_header_value_count("Set-Cookie"), 2U);
  EXPECT_EQ(reply->get_header_value("Content-Length"), "18");
  EXPECT_EQ(reply->get_header_value("X-Replay"), "exact");
  EXPECT_FALSE(reply->has_header("Content-Encoding"));
}

TEST(ReplayServer, LivesBelowItsContextPath) {
  Tape tape({recorded("/api/ping", 200, {{"Content-Type", "text/plain"}}, "pong")});
  const Server server(tape, 0, "/hmis");
  httplib::Client client(origin_of(server));

  EXPECT_EQ(server.base_url(), origin_of(server) + "/hmis");
  EXPECT_EQ(client.Get("/hmis/api/ping")->body, "pong");
  EXPECT_EQ(client.Get("/api/ping")->get_header_value("X-Replay"), "outside-context");
  EXPECT_EQ(client.Get("/hmistake/api/ping")->status, 404);
}

TEST(ReplayServer, LeadsRedirectsOfTheRecordedServerToItself) {
  Tape tape({recorded("/api/a", 302, {{"Location", "http://127.0.0.1:8040/login.action?x=1"}}),
             recorded("/api/b", 302, {{"Location", "/login"}}),
             recorded("/api/c", 302, {{"Location", "https://elsewhere.example/cb"}}),
             recorded("/api/d", 302, {{"Location", "http://127.0.0.1:8040/"}})});
  const Server server(tape, 0, "/hmis");
  httplib::Client client(origin_of(server));

  const auto location = [&](const char* path) {
    return client.Get(path)->get_header_value("Location");
  };

  EXPECT_EQ(location("/hmis/api/a"), server.base_url() + "/login.action?x=1");
  EXPECT_EQ(location("/hmis/api/b"), "/hmis/login");
  EXPECT_EQ(location("/hmis/api/c"), "https://elsewhere.example/cb");
}

TEST(ReplayServer, TakesRawCharactersAndLongQueries) {
  const std::string many(8'400, 'x');
  Tape tape({recorded("/api/x?filter=a[b]|{c}\"<\xC3\xA9>^`", 200, {}, "raw"),
             recorded("/api/long?dx=" + many, 200, {}, "long")});
  const Server server(tape, 0, "");
  const int port = port_of(server.base_url());
  const std::string rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  EXPECT_NE(send_raw(port, "GET /api/x?filter=a[b]|{c}\"<\xC3\xA9>^`" + rest).find("\r\n\r\nraw"),
            std::string::npos);
  EXPECT_NE(send_raw(port, "GET /api/long?dx=" + many + rest).find("\r\n\r\nlong"),
            std::string::npos);
}

TEST(ReplayServer, SaysWhatIsNearestInAHeader) {
  Tape tape({recorded("/api/x?filter=\xC3\xA9 b", 200, {}, "")});
  const Server server(tape, 0, "");

  const auto reply = httplib::Client(server.base_url()).Get("/api/x?filter=c");

  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->get_header_value("X-Replay"), "no-recording");
  // The client library decodes what it reads; on the wire it is percent-encoded.
  EXPECT_EQ(reply->get_header_value("X-Replay-Nearest"), "GET /api/x?filter=\xC3\xA9 b");
}

TEST(ReplayServer, ReadsTheBodyOfAPostBeforeItAnswers) {
  Recording post = recorded("/api/x", 201, {}, "made");
  post.method = "POST";
  Tape tape({post, recorded("/api/x", 200, {}, "read")});
  const Server server(tape, 0, "");
  httplib::Client client(server.base_url());
  client.set_keep_alive(true);

  EXPECT_EQ(client.Post("/api/x", "{}", "application/json")->body, "made");
  EXPECT_EQ(client.Get("/api/x")->body, "read");
}

TEST(ReplayServer, SaysWhenItsPortIsTaken) {
  Tape tape({});
  const Server first(tape, 0, "");

  EXPECT_THROW(Server(tape, port_of(first.base_url()), ""), std::runtime_error);
}

}  // namespace
}  // namespace replay
