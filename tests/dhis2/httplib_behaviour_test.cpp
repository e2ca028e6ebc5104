// SPDX-License-Identifier: BSD-3-Clause
// What the HTTP library does by itself and the client relies on, or works around. A newer version
// that moves fails here, by name.
#include <gtest/gtest.h>
#include <httplib.h>

#include "tests/support/raw_server.h"

namespace dhis2mcp {
namespace {

using support::http_answer;
using support::RawConnection;
using support::RawServer;

httplib::Result ask(const RawServer& server, const std::string& path = "/") {
  httplib::ClientImpl client("127.0.0.1", server.port());
  client.set_follow_location(false);
  client.set_decompress(false);
  client.set_path_encode(false);
  httplib::Request request;
  request.method = "GET";
  request.path = path;
  return client.send(request);
}

TEST(Httplib, ASettingOfOursReachesIt) {
  EXPECT_EQ(CPPHTTPLIB_MAX_LINE_LENGTH, 9216);
  EXPECT_EQ(CPPHTTPLIB_EXPECT_100_THRESHOLD, 0);
}

TEST(Httplib, EncodesTheQueryAgainWithoutChangingItsMeaning) {
  std::string target;
  RawServer server(RawServer::answering([&](const std::string& request) {
    target = support::target_of(request);
    return http_answer(200, "");
  }));
  ask(server, "/api/x?b=%5Ba%5D&a=x%2By%20z%26%3D%25&b=%7C%3A&c=");
  EXPECT_EQ(target, "/api/x?b=%5Ba%5D&a=x%2By+z%26%3D%25&b=%7C:&c=");
}

TEST(Httplib, SendsAPathAsItIs) {
  std::string target;
  RawServer server(RawServer::answering([&](const std::string& request) {
    target = support::target_of(request);
    return http_answer(200, "");
  }));
  ask(server, "/api/a%20b~c");
  EXPECT_EQ(target, "/api/a%20b~c");
}

TEST(Httplib, LeavesRedirectsAndCodingsToUs) {
  RawServer server(RawServer::saying(
      http_answer(302, "\x1f\x8b", "Location: /x\r\nContent-Encoding: gzip\r\n")));
  const auto result = ask(server);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 302);
  EXPECT_EQ(result->body, "\x1f\x8b");
}

TEST(Httplib, DecodesHeaderValuesButNotLocation) {
  RawServer server(
      RawServer::saying(http_answer(200, "", "Location: /a%20b\r\nX-A: c%0d%0ad\r\n")));
  const auto result = ask(server);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->get_header_value("Location"), "/a%20b");
  EXPECT_EQ(result->get_header_value("X-A"), "c\r\nd");
}

TEST(Httplib, TakesABodyThatIsShorterThanItsLengthForAnError) {
  RawServer server(RawServer::saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_EQ(ask(server).error(), httplib::Error::Read);
}

TEST(Httplib, TellsConnectionFailuresFromTheRest) {
  int port = 0;
  {
    const RawServer gone([](RawConnection&) {});
    port = gone.port();
  }
  httplib::ClientImpl client("127.0.0.1", port);
  EXPECT_EQ(client.Get("/").error(), httplib::Error::Connection);
}

TEST(Httplib, CallsTheSocketOptionsBeforeItConnects) {
  RawServer server(RawServer::saying(http_answer(200, "")));
  httplib::ClientImpl client("localhost", server.port());
  client.set_hostname_addr_map({{"localhost", "127.0.0.1"}});
  int calls = 0;
  client.set_socket_options([&](socket_t socket) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    calls += getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0 ? 100 : 1;
  });
  EXPECT_TRUE(client.Get("/"));
  EXPECT_EQ(calls, 1);
}

TEST(Httplib, StopsWhenTheReceiverHasEnough) {
  RawServer server(RawServer::saying(http_answer(200, std::string(100'000, 'x'))));
  httplib::ClientImpl client("127.0.0.1", server.port());
  const auto result = client.Get("/", [](const char*, std::size_t) { return false; });
  EXPECT_EQ(result.error(), httplib::Error::Canceled);
}

}  // namespace
}  // namespace dhis2mcp
