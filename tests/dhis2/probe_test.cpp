// SPDX-License-Identifier: BSD-3-Clause
// What answers at a URL: DHIS2 of every age, the wrong path, the wrong site, another product.
#include "dhis2/probe.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"
#include "tests/support/raw_server.h"
#include "tests/support/tls_server.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;
using support::http_answer;
using support::json_answer;
using support::RawServer;
using support::target_of;

const WireOptions kHurried{.ca_file = {}, .pause = [](milliseconds) {}};

std::string page(int status, const std::string& title) {
  return http_answer(status,
                     "<!doctype html><html><head><title>" + title + "</title></head></html>",
                     "Content-Type: text/html;charset=utf-8\r\n");
}

std::string moved(const std::string& location) {
  return http_answer(302, "", "Location: " + location + "\r\n");
}

// What the probe found: "BASE VERSION TITLE", or the message and hint of its error.
std::string found(const std::string& url, const WireOptions& options = kHurried,
                  milliseconds budget = milliseconds(5'000)) {
  try {
    const Probe probe = dhis2mcp::probe(BaseUrl::parse(url), options, {{}, budget});
    return probe.base.text() + " " + (probe.version ? to_string(*probe.version) : "?") + " " +
           probe.title;
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint.empty()) << error.what();
    return std::string(to_string(error.kind)) + ": " + error.what() + " -- " + error.hint;
  }
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kLoginConfig =
    R"({"apiVersion":"2.42.5.2","applicationTitle":"Health of Here","oidcProviders":[]})";

TEST(Probe, ReadsTheLoginConfigFrom241On) {
  RawServer server(RawServer::answering([](const std::string& request) {
    return target_of(request) == "/dhis/api/loginConfig" ? json_answer(200, kLoginConfig)
                                                         : page(404, "Not Found");
  }));
  EXPECT_EQ(found(server.url("/dhis")), server.url("/dhis") + " 2.42.5.2 Health of Here");
  EXPECT_EQ(found(server.url("/dhis/api/me")), server.url("/dhis") + " 2.42.5.2 Health of Here");
}

TEST(Probe, SendsNoCredentials) {
  std::string seen;
  RawServer server(RawServer::answering([&](const std::string& request) {
    seen += request;
    return json_answer(200, kLoginConfig);
  }));
  found(server.url());
  EXPECT_FALSE(has(seen, "Authorization"));
  EXPECT_FALSE(has(seen, "Cookie"));
}

TEST(Probe, KnowsOldServersByTheirRefusal) {
  const std::string refusals[] = {
      moved("/dhis-web-commons/security/login.action"),
      json_answer(401, R"({"httpStatus":"Unauthorized","httpStatusCode":401,"status":"ERROR"})"),
      json_answer(404, R"({"httpStatus":"Not Found","httpStatusCode":404,"status":"ERROR"})"),
  };
  for (const std::string& refusal : refusals) {
    RawServer server(RawServer::answering([&](const auto&) { return refusal; }));
    EXPECT_EQ(found(server.url()), server.url() + " ? ") << refusal;
  }
}

TEST(Probe, AsksPingWhereTheRefusalSaysNothing) {
  RawServer server(RawServer::answering([](const std::string& request) {
    return target_of(request) == "/api/ping" ? http_answer(200, "") : page(403, "Forbidden");
  }));
  EXPECT_EQ(found(server.url()), server.url() + " ? ");
}

TEST(Probe, FindsTheContextPathThatEveryPathLeadsTo) {
  RawServer server(RawServer::answering([](const std::string& request) {
    const std::string target = target_of(request);
    if (target == "/40/api/loginConfig") return json_answer(200, kLoginConfig);
    return target.starts_with("/40") ? page(404, "Not Found") : moved("/40/");
  }));
  EXPECT_EQ(found(server.url()), server.url("/40") + " 2.42.5.2 Health of Here");
}

TEST(Probe, FindsTheContextPathOfAnOldServersLogin) {
  RawServer server(RawServer::answering([](const std::string& request) {
    return target_of(request).starts_with("/dhis/")
               ? json_answer(401, R"({"httpStatusCode":401,"status":"ERROR"})")
               : moved("/dhis/dhis-web-commons/security/login.action");
  }));
  EXPECT_EQ(found(server.url()), server.url("/dhis") + " ? ");
}

TEST(Probe, NamesTheRightContextPathForAWrongOne) {
  RawServer server(RawServer::answering([](const std::string& request) {
    return target_of(request) == "/" ? moved("/hmis/") : page(404, "HTTP Status 404 - Not Found");
  }));
  for (const char* context : {"", "/dhis"}) {
    const std::string said = found(server.url(context));
    EXPECT_TRUE(has(said, "bad_input: no DHIS2 at " + server.url(context))) << said;
    EXPECT_TRUE(has(said, "Use " + server.url("/hmis"))) << said;
  }
}

TEST(Probe, NamesTheProductThatIsNotDhis2) {
  const std::pair<std::string, std::string> rows[] = {
      {page(200, "Welcome to nginx!"), "Welcome to nginx!"},
      {page(404, "Object not found"), "Object not found"},
      {json_answer(200, R"({"name":"other","version":"1.2"})"), "is not DHIS2 (HTTP 200)"},
      {json_answer(404, R"({"detail":"Not found."})"), "is not DHIS2 (HTTP 404)"},
      {http_answer(200, ""), "is not DHIS2"},
      {http_answer(200, "[1,2]"), "is not DHIS2"},
      {http_answer(200, "{broken"), "is not DHIS2"},
  };
  for (const auto& [answer, says] : rows) {
    RawServer server(RawServer::answering([&](const auto&) { return answer; }));
    const std::string said = found(server.url("/x"));
    EXPECT_TRUE(has(said, "bad_input: ")) << said;
    EXPECT_TRUE(has(said, says)) << said;
  }
}

TEST(Probe, DoesNotFollowToAnotherSite) {
  RawServer other(RawServer::answering([](const auto&) { return json_answer(200, kLoginConfig); }));
  RawServer server(
      RawServer::answering([&](const auto&) { return moved(other.url("/dhis/api/loginConfig")); }));
  const std::string said = found(server.url());
  EXPECT_TRUE(has(said, "redirects to another site: " + other.url("/dhis"))) << said;
  EXPECT_EQ(other.connections(), 0);
}

TEST(Probe, GivesUpOnACircle) {
  int turn = 0;
  RawServer server(RawServer::answering(
      [&](const auto&) { return moved("/c" + std::to_string(++turn) + "/dhis-web-login/"); }));
  EXPECT_TRUE(has(found(server.url()), "circle"));
}

TEST(Probe, PassesOnThatAServerIsDownOrDead) {
  RawServer down(RawServer::answering([](const auto&) { return page(503, "Maintenance"); }));
  const std::string said = found(down.url());
  EXPECT_TRUE(has(said, "unavailable: ")) << said;
  EXPECT_TRUE(has(said, "Maintenance")) << said;
  int port = 0;
  {
    const RawServer gone([](support::RawConnection&) {});
    port = gone.port();
  }
  EXPECT_TRUE(has(found("http://127.0.0.1:" + std::to_string(port)), "refused"));
  EXPECT_TRUE(has(found("http://no-such-host.invalid"), "does not resolve"));
}

TEST(Probe, DoubtsThePortOfAServerThatSaysNothing) {
  RawServer silent([](support::RawConnection& connection) { connection.hold(); });
  const std::string said = found(silent.url(), kHurried, milliseconds(100));
  EXPECT_TRUE(has(said, "did not answer GET /api/loginConfig in time")) << said;
  EXPECT_TRUE(has(said, "Check the port")) << said;
  EXPECT_FALSE(has(said, "Ask for less")) << said;
}

class ProbeOverTls : public ::testing::Test {
 protected:
  ProbeOverTls() { support::write_certificate(folder_ / "ca.pem", certificate_); }

  WireOptions trusting() const {
    return {.ca_file = (folder_ / "ca.pem").string(), .pause = [](milliseconds) {}};
  }

  support::ScratchFolder folder_;
  const support::Certificate certificate_ =
      support::make_certificate({"x", "DNS:localhost,IP:127.0.0.1"});
};

TEST_F(ProbeOverTls, MovesToHttpsOnTheSameHost) {
  const support::TlsServer secure(certificate_, [](const auto&, httplib::Response& response) {
    response.set_content(kLoginConfig, "application/json");
  });
  RawServer plain(RawServer::answering([&](const std::string& request) {
    return moved(secure.url("127.0.0.1") + target_of(request));
  }));
  EXPECT_EQ(found(plain.url("/dhis"), trusting()),
            secure.url("127.0.0.1") + "/dhis 2.42.5.2 Health of Here");
}

TEST_F(ProbeOverTls, DoesNotMoveFromTlsToNone) {
  RawServer plain(RawServer::answering([](const auto&) { return json_answer(200, kLoginConfig); }));
  const support::TlsServer secure(certificate_, [&](const auto&, httplib::Response& response) {
    response.set_redirect(plain.url("/api/loginConfig"));
  });
  const std::string said = found(secure.url("127.0.0.1"), trusting());
  EXPECT_TRUE(has(said, "from TLS to no TLS")) << said;
  EXPECT_EQ(plain.connections(), 0);
}

TEST_F(ProbeOverTls, SaysThatHttpWasAskedWhereTlsIsSpoken) {
  const support::TlsServer secure(certificate_, [](const auto&, httplib::Response& response) {
    response.set_content(kLoginConfig, "application/json");
  });
  const std::string said = found("http://127.0.0.1:" + std::to_string(secure.port()) + "/dhis");
  EXPECT_TRUE(has(said, "speaks TLS")) << said;
  EXPECT_TRUE(has(said, "Use https://127.0.0.1:")) << said;
}

TEST_F(ProbeOverTls, NamesTheTroubleWithTheCertificate) {
  const support::TlsServer secure(certificate_, [](const auto&, httplib::Response& response) {
    response.set_content(kLoginConfig, "application/json");
  });
  EXPECT_TRUE(has(found(secure.url("127.0.0.1")), "self-signed"));
}

}  // namespace
}  // namespace dhis2mcp
