// SPDX-License-Identifier: BSD-3-Clause
// Requests that go through the proxy of the environment.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <vector>

#include "dhis2/client.h"
#include "dhis2/error.h"
#include "tests/dhis2/get_it.h"
#include "tests/support/raw_server.h"
#include "tests/support/tls_server.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using support::http_answer;
using support::RawConnection;
using support::RawServer;

// A variable of the environment for the time of a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::string with_user(const RawServer& proxy) {
  return "http://me:pass@127.0.0.1:" + std::to_string(proxy.port());
}

TEST(Proxy, IsAskedForWholeUrlsWithoutTls) {
  std::string seen;
  RawServer proxy(RawServer::answering([&](const std::string& request) {
    seen = request;
    return http_answer(200, "{}");
  }));
  const Variable variable("http_proxy", with_user(proxy));
  Client client(BaseUrl::parse("http://dhis2.example.org/dhis"));

  EXPECT_EQ(client.send(get_it(), {{}, milliseconds(2'000)}).status, 200);

  EXPECT_TRUE(seen.starts_with("GET http://dhis2.example.org")) << seen;
  EXPECT_NE(seen.find("/dhis/api/x HTTP/1.1\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("Host: dhis2.example.org\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("Proxy-Authorization: Basic bWU6cGFzcw==\r\n"), std::string::npos) << seen;
}

TEST(Proxy, TunnelsTlsThatIsVerifiedToItsEnd) {
  const auto certificate =
      support::make_certificate({.common_name = "x", .alternative_names = "DNS:dhis2.example.org"});
  const support::ScratchFolder folder;
  support::write_certificate(folder / "own.pem", certificate);
  bool credentials_reached_the_server = false;
  const support::TlsServer server(
      certificate, [&](const httplib::Request& request, httplib::Response& response) {
        credentials_reached_the_server |= request.has_header("Proxy-Authorization");
        response.set_content("{}", "application/json");
      });
  std::string seen;
  RawServer proxy([&](RawConnection& connection) {
    seen = connection.read_request();
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    connection.tunnel_to(server.port());
  });
  const Variable variable("HTTPS_PROXY", with_user(proxy));
  const WireOptions options{.ca_file = (folder / "own.pem").string(), .pause = {}};

  Client client(BaseUrl::parse("https://dhis2.example.org"), options);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.send(get_it(), {{}, milliseconds(3'000)}).status, 200);
  }
  EXPECT_TRUE(seen.starts_with("CONNECT dhis2.example.org:443 HTTP/1.1\r\n")) << seen;
  EXPECT_EQ(seen.find("X-Requested-With"), std::string::npos);
  EXPECT_EQ(proxy.connections(), 1);
  EXPECT_FALSE(credentials_reached_the_server);

  Client wrong(BaseUrl::parse("https://other.example.org"), options);
  EXPECT_THROW(wrong.send(get_it(), {{}, milliseconds(3'000)}), Error);
}

TEST(Proxy, SaysWhyItDoesNotConnect) {
  const std::pair<int, const char*> rows[] = {
      {407, "user name and password"}, {403, "NO_PROXY"}, {502, "NO_PROXY"}};
  for (const auto& [status, hint] : rows) {
    RawServer proxy(
        RawServer::answering([status = status](const auto&) { return http_answer(status, "no"); }));
    const Variable variable("HTTPS_PROXY", with_user(proxy));
    Client client(BaseUrl::parse("https://dhis2.example.org"));
    try {
      client.send(get_it(), {{}, milliseconds(2'000)});
      ADD_FAILURE() << status;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::unavailable);
      EXPECT_NE(std::string(error.what()).find(std::to_string(status)), std::string::npos);
      EXPECT_NE(error.hint.find(hint), std::string::npos) << error.hint;
    }
  }
}

// A port of this machine that nobody listens on.
int free_port() {
  return RawServer([](RawConnection&) {}).port();
}

struct Dead {
  const char* variable;
  std::string proxy, url;
  std::vector<std::string> says, hints;
};

TEST(Proxy, ThatIsDeadIsNamedInsteadOfDhis2) {
  RawServer closing([](RawConnection& connection) { connection.read_request(); });
  const std::string closed = "127.0.0.1:" + std::to_string(closing.port());
  const std::string dead = "127.0.0.1:" + std::to_string(free_port());
  const Dead rows[] = {
      {"HTTPS_PROXY", dead, "https://dhis2.example.org", {dead, "HTTPS_PROXY"}, {"HTTPS_PROXY"}},
      {"http_proxy", dead, "http://dhis2.example.org", {dead, "http_proxy"}, {"http_proxy"}},
      {"HTTPS_PROXY",
       "proxy.invalid:3128",
       "https://dhis2.example.org",
       {"proxy.invalid:3128", "does not resolve", "HTTPS_PROXY"},
       {"HTTPS_PROXY"}},
      {"HTTPS_PROXY", closed, "https://dhis2.example.org", {closed}, {"HTTPS_PROXY"}},
      {"http_proxy", closed, "http://dhis2.example.org", {closed}, {"http_proxy"}},
  };
  for (const Dead& row : rows) {
    const Variable variable(row.variable, "http://me:pass@" + row.proxy);
    Client client(BaseUrl::parse(row.url), {.ca_file = {}, .pause = [](milliseconds) {}});
    try {
      client.send(get_it(), {{}, milliseconds(5'000)});
      ADD_FAILURE() << row.proxy;
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(error.kind, ErrorKind::unavailable);
      for (const auto& part : row.says) EXPECT_NE(message.find(part), std::string::npos) << message;
      for (const auto& part : row.hints) EXPECT_NE(error.hint.find(part), std::string::npos);
      EXPECT_NE(error.hint.find("NO_PROXY"), std::string::npos) << error.hint;
      EXPECT_EQ(message.find("pass"), std::string::npos) << message;
    }
  }
}

TEST(Proxy, ThatSaysNothingEndsAtTheDeadlineAndIsNamed) {
  RawServer proxy([](RawConnection& connection) { connection.hold(); });
  const Variable variable("HTTPS_PROXY", with_user(proxy));
  Client client(BaseUrl::parse("https://dhis2.example.org"));
  try {
    client.send(get_it(), {{}, milliseconds(100)});
    ADD_FAILURE();
  } catch (const Error& error) {
    const std::string port = "127.0.0.1:" + std::to_string(proxy.port());
    EXPECT_NE(std::string(error.what()).find(port), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("in time"), std::string::npos) << error.what();
    EXPECT_NE(error.hint.find("NO_PROXY"), std::string::npos) << error.hint;
  }
}

}  // namespace
}  // namespace dhis2mcp
