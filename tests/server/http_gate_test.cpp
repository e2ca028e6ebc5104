// SPDX-License-Identifier: BSD-3-Clause
// Who may speak to the HTTP front: tables of hosts, origins, types and tokens.
#include "server/http_gate.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

const std::string kToken(64, 'a');
const HttpGate::Time kNow{};

HttpGate gate(std::uint16_t port = 3447) {
  return {"127.0.0.1", port, Secret(std::string(kToken)), "/home/x/http-token"};
}

// A request that passes.
HttpHead good() {
  static const std::string kBearer = "Bearer " + kToken;
  HttpHead head;
  head.method = "POST";
  head.target = "/mcp";
  head.host = "127.0.0.1:3447";
  head.authorization = kBearer;
  head.content_type = "application/json";
  return head;
}

int status_of(const HttpHead& head, std::uint16_t port = 3447) {
  try {
    gate(port).pass(head, kNow);
    return 200;
  } catch (const HttpRefusal& refusal) {
    return refusal.status;
  }
}

TEST(HttpGate, LetsAGoodRequestPass) { EXPECT_EQ(gate().pass(good(), kNow), Route::message); }

TEST(HttpGate, ServesOnlyItsOwnNames) {
  const std::pair<const char*, int> cases[] = {
      {"127.0.0.1:3447", 200},
      {"localhost:3447", 200},
      {"LOCALHOST:3447", 200},
      {"[::1]:3447", 200},
      {"127.0.0.1", 403},
      {"localhost", 403},
      {"127.0.0.1:80", 403},
      {"127.0.0.1:34470", 403},
      {"127.0.0.1:3447.", 403},
      {"localhost.:3447", 403},
      {"localhost.evil.org:3447", 403},
      {"evil.org:3447", 403},
      {"evil.org", 403},
      {"127.0.0.2:3447", 403},
      {"127.1:3447", 403},
      {"2130706433:3447", 403},
      {"0x7f000001:3447", 403},
      {"0.0.0.0:3447", 403},
      {"[::]:3447", 403},
      {"[::ffff:127.0.0.1]:3447", 403},
      {"::1:3447", 403},
      {"user@127.0.0.1:3447", 403},
      {"127.0.0.1:3447@evil.org", 403},
      {"", 403},
      {"127.0.0.1:3447,evil.org", 403},
      {"localhost:3447/x", 403},
      {"127.0.0.1:03447", 403},
  };
  for (const auto& [host, status] : cases) {
    HttpHead head = good();
    head.host = host;
    EXPECT_EQ(status_of(head), status) << host;
  }
  HttpHead head = good();
  head.host.reset();
  EXPECT_EQ(status_of(head), 400);
}

TEST(HttpGate, TakesAHostWithoutPortOnPort80) {
  HttpHead head = good();
  head.host = "localhost";
  EXPECT_EQ(status_of(head, 80), 200);
}

TEST(HttpGate, ServesNoPageOfAnotherOrigin) {
  const std::pair<const char*, int> cases[] = {
      {"http://127.0.0.1:3447", 200},
      {"http://localhost:3447", 200},
      {"null", 403},
      {"", 403},
      {"http://localhost", 403},
      {"https://localhost:3447", 403},
      {"http://localhost:3448", 403},
      {"http://localhost:34470", 403},
      {"http://localhost:3447/", 403},
      {"http://localhost.:3447", 403},
      {"http://LOCALHOST:3447", 403},
      {"http://evil.org", 403},
      {"http://evil.org:3447", 403},
      {"http://localhost:3447.evil.org", 403},
      {"http://localhost:3447@evil.org", 403},
      {"http://user@localhost:3447", 403},
      {"http://notlocalhost:3447", 403},
      {"http://127.0.0.1.evil.org:3447", 403},
      {"http://[::1]:3447", 403},
      {"file://", 403},
      {"http://xn--lcalhost-3fg:3447", 403},
      {"http://127.0.0.1:3447 http://evil.org", 403},
      {"chrome-extension://abc", 403},
      {"localhost:3447", 403},
  };
  for (const auto& [origin, status] : cases) {
    HttpHead head = good();
    head.origin = origin;
    EXPECT_EQ(status_of(head), status) << origin;
  }
}

TEST(HttpGate, ChecksInTheOrderOfTheRefusals) {
  HttpHead head;
  head.method = "PUT";
  head.target = "/other";
  head.host = "evil.org";
  head.origin = "http://evil.org";
  head.content_length = "99999999";
  const auto next = [&](int status, auto mend) {
    EXPECT_EQ(status_of(head), status);
    mend();
  };
  next(403, [&] { head.host = "localhost:3447"; });
  next(403, [&] { head.origin.reset(); });
  next(404, [&] { head.target = "/mcp"; });
  next(401, [&] { head.authorization = good().authorization; });
  next(405, [&] { head.method = "POST"; });
  next(415, [&] { head.content_type = "application/json; charset=utf-8"; });
  head.accept = "text/html";
  next(406, [&] { head.accept = "application/json, text/event-stream"; });
  next(413, [&] { head.content_length = "10"; });
  EXPECT_EQ(status_of(head), 200);
}

TEST(HttpGate, DemandsTheToken) {
  const std::pair<std::string, int> cases[] = {
      {"Bearer " + kToken, 200},
      {"bearer " + kToken, 200},
      {"BEARER   " + kToken, 200},
      {"Bearer " + kToken + "a", 401},
      {"Bearer aaaa", 401},
      {"Bearer ", 401},
      {"Bearer", 401},
      {kToken, 401},
      {"Basic " + kToken, 401},
      {"Bearer" + kToken, 401},
      {"", 401},
  };
  for (const auto& [value, status] : cases) {
    HttpHead head = good();
    head.authorization = value;
    EXPECT_EQ(status_of(head), status) << value;
  }
}

TEST(HttpGate, LetsEverybodyInWhereThereIsNoToken) {
  HttpGate open("127.0.0.1", 3447, Secret(), {});
  HttpHead head = good();
  head.authorization.reset();
  for (const char* target : {"/mcp", "/"}) {
    head.target = target;
    EXPECT_EQ(open.pass(head, kNow), Route::message) << target;
  }
  head.host = "evil.example";
  EXPECT_THROW(open.pass(head, kNow), HttpRefusal);
}

TEST(HttpGate, NamesTheTokenFileAndNotTheToken) {
  HttpHead head = good();
  head.authorization.reset();
  try {
    gate().pass(head, kNow);
    FAIL();
  } catch (const HttpRefusal& refusal) {
    EXPECT_NE(refusal.message.find("/home/x/http-token"), std::string::npos);
    EXPECT_EQ(refusal.message.find(kToken), std::string::npos);
    EXPECT_NE(refusal.headers.find("WWW-Authenticate: Bearer"), std::string::npos);
  }
}

TEST(HttpGate, SlowsDownGuessingButNeverTheOwner) {
  HttpGate one = gate();
  HttpHead wrong = good();
  wrong.authorization = "Bearer nope";
  const auto guess = [&](HttpGate::Time now) {
    try {
      one.pass(wrong, now);
      return 200;
    } catch (const HttpRefusal& refusal) {
      return refusal.status;
    }
  };
  for (std::size_t i = 0; i < kBadTokens; ++i) EXPECT_EQ(guess(kNow), 401);
  EXPECT_EQ(guess(kNow + std::chrono::seconds(59)), 429);
  EXPECT_EQ(one.pass(good(), kNow), Route::message);
  EXPECT_EQ(guess(kNow + std::chrono::seconds(60)), 401);
}

TEST(HttpGate, AnswersHealthWithoutAToken) {
  HttpHead head = good();
  head.authorization.reset();
  head.target = "/health";
  head.method = "GET";
  EXPECT_EQ(gate().pass(head, kNow), Route::health);
  head.method = "POST";
  EXPECT_EQ(status_of(head), 405);
  head.method = "GET";
  head.host = "evil.org";
  EXPECT_EQ(status_of(head), 403);
}

TEST(HttpGate, RoutesGetAndDeleteAndRefusesOtherVerbs) {
  HttpHead head = good();
  head.method = "DELETE";
  head.content_type.reset();
  EXPECT_EQ(gate().pass(head, kNow), Route::end_session);
  head.method = "GET";
  EXPECT_EQ(gate().pass(head, kNow), Route::stream);
  head.accept = "application/json";
  EXPECT_EQ(status_of(head), 406);
  for (const char* method : {"PUT", "HEAD", "OPTIONS", "PATCH", "TRACE"}) {
    head.method = method;
    EXPECT_EQ(status_of(head), 405) << method;
  }
}

TEST(HttpGate, KnowsJsonTypes) {
  EXPECT_TRUE(is_json_type("application/json"));
  EXPECT_TRUE(is_json_type("Application/JSON ; charset=utf-8"));
  for (const char* type : {"", "text/plain", "application/jsonp", "application/json2", "json",
                           "application/x-www-form-urlencoded", "multipart/form-data",
                           "text/plain; application/json"}) {
    EXPECT_FALSE(is_json_type(type)) << type;
  }
}

TEST(HttpGate, KnowsWhatAcceptLetsThrough) {
  const std::pair<const char*, bool> cases[] = {
      {"", true},
      {"*/*", true},
      {"application/json", true},
      {"application/*", true},
      {"application/json, text/event-stream", true},
      {"text/event-stream, application/json;q=0.1", true},
      {"text/event-stream", false},
      {"text/html", false},
      {"application/json;q=0", false},
      {"*/*, application/json;q=0.0", false},
      {"text/html, */*;q=0.8", true},
  };
  for (const auto& [accept, taken] : cases)
    EXPECT_EQ(accepts(accept, "application/json"), taken) << accept;
}

TEST(HttpHead, RefusesWhatWouldBeReadInTwoWays) {
  const HeaderViews bad[] = {
      {{"Host", "a"}, {"host", "b"}},
      {{"Content-Length", "1"}, {"Content-Length", "1"}},
      {{"Origin", "a"}, {"ORIGIN", "a"}},
      {{"Authorization", "a"}, {"Authorization", "b"}},
      {{"Mcp-Session-Id", "a"}, {"mcp-session-id", "b"}},
      {{"Transfer-Encoding", "xchunked"}},
      {{"Transfer-Encoding", "gzip, chunked"}},
      {{"Transfer-Encoding", "Chunked"}},
      {{"X-Any", "a\tb"}},
      {{"X-Any", "a\x01"}},
      {{"X-Any", "a\x7f"}},
  };
  for (const HeaderViews& headers : bad) {
    EXPECT_THROW(read_head("POST", "/mcp", headers), HttpRefusal) << headers.front().first;
  }
  const HttpHead head = read_head("POST", "/mcp",
                                  {{"hOsT", " a "},
                                   {"accept", "text/html"},
                                   {"Accept", "application/json"},
                                   {"Transfer-Encoding", "chunked"}});
  EXPECT_EQ(head.host, "a");
  EXPECT_EQ(head.accept, "application/json");
}

TEST(HttpHead, RefusesFoldedLinesAndBareLineFeeds) {
  EXPECT_NO_THROW(check_raw_head("POST / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_THROW(check_raw_head("POST / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"), HttpRefusal);
  EXPECT_THROW(check_raw_head("POST / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n"), HttpRefusal);
  EXPECT_THROW(check_raw_head("POST / HTTP/1.1\nHost: a\n\n"), HttpRefusal);
}

TEST(HttpHead, DecodesHeaderTextStrictly) {
  EXPECT_EQ(header_text("system_info"), "system_info");
  EXPECT_EQ(header_text("=?base64?c3lzdGVtX2luZm8=?="), "system_info");
  EXPECT_EQ(header_text("=?base64?w6k=?="), "\xC3\xA9");
  for (const char* bad : {"=?base64?c3lzdGVtX2luZm8?=", "=?base64?c3lz!GVt?=", "=?base64?/w==?=",
                          "=?base64?QR==?="}) {
    EXPECT_EQ(header_text(bad), std::nullopt) << bad;
  }
  // Half a wrapper is none.
  for (const char* plain : {"=?base64?abc", "=?base64?", "=?base64?=", "c3lz?=", "?="}) {
    EXPECT_EQ(header_text(plain), plain);
  }
}

}  // namespace
}  // namespace dhis2mcp
