// SPDX-License-Identifier: BSD-3-Clause
// Certificates good and bad, made for the test, against names and addresses.
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "dhis2/client.h"
#include "dhis2/error.h"
#include "tests/dhis2/get_it.h"
#include "tests/support/raw_server.h"
#include "tests/support/tls_server.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using support::Certificate;
using support::CertificateWish;
using support::make_certificate;
using support::RawServer;
using support::ScratchFolder;
using support::TlsServer;

void say_ok(const httplib::Request&, httplib::Response& response) {
  response.set_content("{\"ok\":true}", "application/json");
}

// "ok", or what the error says.
std::string ask(const std::string& url, const std::string& ca_file) {
  Client client(BaseUrl::parse(url), {.ca_file = ca_file, .pause = [](milliseconds) {}});
  try {
    return client.send(get_it(), {{}, milliseconds(5'000)}).status == 200 ? "ok" : "status";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_FALSE(error.hint.empty());
    return error.what() + std::string(" -- ") + error.hint;
  }
}

class Tls : public ::testing::Test {
 protected:
  Tls() { write_certificate(folder_ / "ca.pem", authority_); }

  std::string ca() const { return (folder_ / "ca.pem").string(); }
  Certificate issued(const CertificateWish& wish) const {
    return make_certificate(wish, &authority_);
  }

  ScratchFolder folder_;
  const Certificate authority_ =
      make_certificate({.common_name = "Authority of the test", .authority = true});
};

struct Row {
  const char* name;
  CertificateWish wish;
  const char* host;
  const char* says;  // "ok" or part of the error
};

TEST_F(Tls, VerifiesNameAndDates) {
  const Row rows[] = {
      {"name", {"x", "DNS:localhost"}, "localhost", "ok"},
      {"address", {"x", "IP:127.0.0.1"}, "127.0.0.1", "ok"},
      {"other name", {"x", "DNS:other.example"}, "localhost", "another host name"},
      {"right CN, other alternative name",
       {"localhost", "DNS:other.example"},
       "localhost",
       "another host name"},
      {"a star alone", {"x", "DNS:*"}, "localhost", "another host name"},
      {"the address as a name", {"x", "DNS:127.0.0.1"}, "127.0.0.1", "another host name"},
      {"the name as a suffix",
       {"x", "DNS:localhost.evil.example"},
       "localhost",
       "another host name"},
      {"other address", {"x", "IP:127.0.0.2"}, "127.0.0.1", "another host name"},
      {"expired", {"x", "DNS:localhost", -30, -1}, "localhost", "expired"},
      {"not yet valid", {"x", "DNS:localhost", 5, 30}, "localhost", "not yet valid"},
  };
  for (const Row& row : rows) {
    const TlsServer server(issued(row.wish), say_ok);
    const std::string said = ask(server.url(row.host), ca());
    EXPECT_NE(said.find(row.says), std::string::npos) << row.name << ": " << said;
  }
}

TEST_F(Tls, KnowsNoAuthorityThatNobodyNamed) {
  const TlsServer server(issued({"x", "DNS:localhost"}), say_ok);
  const std::string said = ask(server.url("localhost"), "");
  EXPECT_NE(said.find("not accepted"), std::string::npos) << said;
  EXPECT_NE(said.find("`ca_file`"), std::string::npos) << said;
}

TEST_F(Tls, TakesASelfSignedCertificateOnlyWhenItIsNamed) {
  const Certificate own = make_certificate({"x", "DNS:localhost"});
  const TlsServer server(own, say_ok);
  const std::string said = ask(server.url("localhost"), "");
  EXPECT_NE(said.find("self-signed"), std::string::npos) << said;
  write_certificate(folder_ / "own.pem", own);
  EXPECT_EQ(ask(server.url("localhost"), (folder_ / "own.pem").string()), "ok");
  EXPECT_NE(ask(server.url("127.0.0.1"), (folder_ / "own.pem").string()).find("another host name"),
            std::string::npos);
}

TEST_F(Tls, SpeaksNothingOlderThan12) {
  const TlsServer old(issued({"x", "DNS:localhost"}), say_ok, TLS1_1_VERSION);
  EXPECT_NE(ask(old.url("localhost"), ca()).find("no TLS connection"), std::string::npos);
  const TlsServer good(issued({"x", "DNS:localhost"}), say_ok, TLS1_2_VERSION);
  EXPECT_EQ(ask(good.url("localhost"), ca()), "ok");
}

TEST_F(Tls, KeepsItsConnection) {
  std::atomic<int> requests = 0;
  std::set<int> peers;
  const TlsServer server(issued({"x", "DNS:localhost"}),
                         [&](const httplib::Request& request, httplib::Response& response) {
                           ++requests;
                           peers.insert(request.remote_port);
                           say_ok(request, response);
                         });
  Client client(BaseUrl::parse(server.url("localhost")), {.ca_file = ca(), .pause = {}});
  for (int i = 0; i < 5; ++i) client.send(get_it(), {{}, milliseconds(5'000)});
  EXPECT_EQ(requests, 5);
  EXPECT_EQ(peers.size(), 1U);
}

TEST_F(Tls, SaysThatAPlainServerSpeaksNone) {
  RawServer talker([](support::RawConnection& connection) {
    connection.send(support::http_answer(400, "what?"));
  });
  const std::string said = ask("https://127.0.0.1:" + std::to_string(talker.port()), "");
  EXPECT_NE(said.find("speaks no TLS"), std::string::npos) << said;
  EXPECT_NE(said.find("http://"), std::string::npos) << said;
}

TEST_F(Tls, AHandshakeThatNeverEndsEndsAtTheDeadline) {
  RawServer server([](support::RawConnection& connection) { connection.hold(); });
  Client client(BaseUrl::parse("https://127.0.0.1:" + std::to_string(server.port())));
  try {
    client.send(get_it(), {{}, milliseconds(100)});
    ADD_FAILURE() << "the handshake ended";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable) << error.what();
    EXPECT_NE(std::string(error.what()).find("in time"), std::string::npos) << error.what();
  }
}

TEST_F(Tls, RefusesACaFileThatIsNone) {
  const BaseUrl base = BaseUrl::parse("https://localhost:1");
  EXPECT_THROW(Client(base, {.ca_file = (folder_ / "none.pem").string(), .pause = {}}),
               ConfigurationError);
  support::write_key(folder_ / "key.pem", authority_);
  EXPECT_THROW(Client(base, {.ca_file = (folder_ / "key.pem").string(), .pause = {}}),
               ConfigurationError);
}

}  // namespace
}  // namespace dhis2mcp
