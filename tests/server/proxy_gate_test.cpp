// SPDX-License-Identifier: BSD-3-Clause
// Who may read what through the proxy: tables of hosts, origins, tokens, verbs and paths.
#include "server/proxy_gate.h"

#include <gtest/gtest.h>

#include "auth/text_codes.h"

namespace dhis2mcp {
namespace {

const std::string kApp = "https://app.example.org", kOther = "http://localhost:5173";
const std::string kAppBearer = "Bearer token-of-app", kOtherBearer = "Bearer token-of-other";
const ProxyGate::Time kNow{};

ProxyGate gate(const std::string& only_profile = "") {
  return {"127.0.0.1",
          3448,
          {{kApp, sha256("token-of-app")}, {kOther, sha256("token-of-other")}},
          only_profile};
}

// A request that passes.
HttpHead good() {
  HttpHead head;
  head.method = "GET";
  head.target = "/demo/api/me";
  head.host = "127.0.0.1:3448";
  head.origin = kApp;
  head.authorization = kAppBearer;
  return head;
}

HttpRefusal refusal_of(const HttpHead& head, const std::string& only_profile = "") {
  try {
    gate(only_profile).pass(head, kNow);
    return {200, {}, {}};
  } catch (const HttpRefusal& refusal) {
    return refusal;
  }
}

int status_of(const HttpHead& head, const std::string& only_profile = "") {
  return refusal_of(head, only_profile).status;
}

TEST(ProxyGate, ReadsWhatAGoodRequestAsksFor) {
  HttpHead head = good();
  head.target = "/demo/api/41/dataElements?fields=id,name&filter=name:like:a%20b";
  head.accept_encoding = "gzip, deflate, br";
  head.if_none_match = "\"7\"";
  const ProxyCall call = gate().pass(head, kNow);
  EXPECT_FALSE(call.preflight);
  EXPECT_EQ(call.origin, 0U);
  EXPECT_EQ(call.profile, "demo");
  EXPECT_EQ(call.method, Method::get);
  EXPECT_EQ(call.read.path, "/api/dataElements");
  EXPECT_EQ(call.read.query.text(), "fields=id%2Cname&filter=name%3Alike%3Aa%20b");
  EXPECT_EQ(call.if_none_match, "\"7\"");
  EXPECT_TRUE(call.gzip);
  EXPECT_NE(call.cors.find("Access-Control-Allow-Origin: " + kApp + "\r\n"), std::string::npos);
  EXPECT_EQ(call.cors.find("Credentials"), std::string::npos);
}

// DNS rebinding: the page's own name now leads here, and the browser says so.
TEST(ProxyGate, ServesOnlyItsOwnNames) {
  const std::pair<const char*, int> cases[] = {
      {"127.0.0.1:3448", 200},
      {"localhost:3448", 200},
      {"LOCALHOST:3448", 200},
      {"[::1]:3448", 200},
      {"127.0.0.1", 403},
      {"127.0.0.1:3447", 403},
      {"127.0.0.1:34480", 403},
      {"localhost.:3448", 403},
      {"evil.example", 403},
      {"evil.example:3448", 403},
      {"app.example.org", 403},
      {"app.example.org:3448", 403},
      {"localhost.evil:3448", 403},
      {"127.0.0.1.nip.io:3448", 403},
      {"2130706433:3448", 403},
      {"0x7f000001:3448", 403},
      {"127.1:3448", 403},
      {"0.0.0.0:3448", 403},
      {"[::ffff:127.0.0.1]:3448", 403},
      {"user@127.0.0.1:3448", 403},
      {"", 403},
      {"127.0.0.1:3448, evil.example", 403},
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

TEST(ProxyGate, ComparesOriginsByteByByte) {
  const std::pair<const char*, int> cases[] = {
      {"https://app.example.org", 200},
      {"null", 403},
      {"", 403},
      {"*", 403},
      {"https://app.example.org/", 403},
      {"https://app.example.org:443", 403},
      {"https://app.example.org.", 403},
      {"https://app.example.org.evil.example", 403},
      {"https://app.example.orgevil.example", 403},
      {"https://app.example.or", 403},
      {"https://evil.example/https://app.example.org", 403},
      {"https://xapp.example.org", 403},
      {"https://evil.app.example.org", 403},
      {"https://app.example.org@evil.example", 403},
      {"https://user@app.example.org", 403},
      {"http://app.example.org", 403},
      {"HTTPS://app.example.org", 403},
      {"https://APP.example.org", 403},
      {"https://app.example.org https://evil.example", 403},
      {"https://app.example.org,https://evil.example", 403},
      {"app.example.org", 403},
      {"//app.example.org", 403},
      {"https://xn--pp-example-xya.org", 403},
      {"http://127.0.0.1:3448", 403},
      {"http://localhost:3448", 403},
      {"http://localhost", 403},
      {"http://localhost:51730", 403},
      {"file://", 403},
      {"chrome-extension://abc", 403},
  };
  for (const auto& [origin, status] : cases) {
    HttpHead head = good();
    head.origin = origin;
    const HttpRefusal refusal = refusal_of(head);
    EXPECT_EQ(refusal.status, status) << origin;
    EXPECT_EQ(refusal.headers, "") << origin;
  }
}

TEST(ProxyGate, TakesTheTokenOfThatOriginAlone) {
  struct Case {
    std::optional<std::string_view> origin, authorization;
    int status;
  };
  const Case cases[] = {
      {kApp, kAppBearer, 200},
      {kOther, kOtherBearer, 200},
      {kApp, "bearer   token-of-app", 200},
      {kApp, kOtherBearer, 401},
      {kOther, kAppBearer, 401},
      {kApp, std::nullopt, 401},
      {kApp, "", 401},
      {kApp, "Bearer", 401},
      {kApp, "Bearer ", 401},
      {kApp, "token-of-app", 401},
      {kApp, "Basic token-of-app", 401},
      {kApp, "ApiToken token-of-app", 401},
      {kApp, "Bearer token-of-ap", 401},
      {kApp, "Bearer token-of-apps", 401},
      {kApp, "Bearer TOKEN-OF-APP", 401},
      // Who is no page needs a token too, and any will do.
      {std::nullopt, kAppBearer, 200},
      {std::nullopt, kOtherBearer, 200},
      {std::nullopt, "Bearer x", 401},
      {std::nullopt, std::nullopt, 401},
  };
  for (const Case& each : cases) {
    HttpHead head = good();
    head.origin = each.origin;
    head.authorization = each.authorization;
    EXPECT_EQ(status_of(head), each.status)
        << each.origin.value_or("none") << ": " << each.authorization.value_or("none");
  }
  // The hash that lies in the store opens nothing.
  const std::string hash = "Bearer " + to_hex(sha256("token-of-app"));
  HttpHead head = good();
  head.authorization = hash;
  EXPECT_EQ(status_of(head), 401);
}

TEST(ProxyGate, TellsAListedPageWhyItIsRefusedAndNobodyElse) {
  HttpHead head = good();
  head.authorization.reset();
  EXPECT_NE(refusal_of(head).headers.find("Access-Control-Allow-Origin: " + kApp + "\r\n"),
            std::string::npos);
  head.origin = "https://evil.example";
  EXPECT_EQ(refusal_of(head).headers, "");
  head.origin.reset();
  EXPECT_EQ(refusal_of(head).headers.find("Access-Control"), std::string::npos);
}

TEST(ProxyGate, SlowsDownGuessingOfEachOriginAloneAndNeverTheOwner) {
  ProxyGate one = gate();
  HttpHead wrong = good();
  wrong.authorization = "Bearer nope";
  const auto guess = [&](const std::string& origin) {
    wrong.origin = origin;
    try {
      one.pass(wrong, kNow);
      return 200;
    } catch (const HttpRefusal& refusal) {
      return refusal.status;
    }
  };
  for (std::size_t i = 0; i < kBadTokens; ++i) EXPECT_EQ(guess(kApp), 401);
  EXPECT_EQ(guess(kApp), 429);
  EXPECT_EQ(guess(kOther), 401);
  EXPECT_EQ(one.pass(good(), kNow).profile, "demo");
}

// The simple requests of a form and all that changes something.
TEST(ProxyGate, ReadsAndNothingElse) {
  for (const char* method :
       {"POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get", "OPTIONS", "PROPFIND"}) {
    HttpHead head = good();
    head.method = method;
    head.content_type = "text/plain";
    EXPECT_EQ(status_of(head), 405) << method;
  }
  HttpHead head = good();
  head.method = "HEAD";
  EXPECT_EQ(gate().pass(head, kNow).method, Method::head);
}

TEST(ProxyGate, KnowsPreflightsOfListedPagesAlone) {
  HttpHead head = good();
  head.method = "OPTIONS";
  head.authorization.reset();
  head.wanted_method = "GET";
  EXPECT_TRUE(gate().pass(head, kNow).preflight);
  EXPECT_FALSE(gate().pass(head, kNow).private_network);
  head.private_network = "true";
  EXPECT_TRUE(gate().pass(head, kNow).private_network);
  for (const char* origin : {"null", "https://evil.example", "https://app.example.org.evil"}) {
    head.origin = origin;
    EXPECT_EQ(status_of(head), 403) << origin;
  }
  head.origin.reset();
  EXPECT_EQ(status_of(head), 405);
}

TEST(ProxyGate, KnowsThePlaceOfDhis2) {
  const std::pair<const char*, int> cases[] = {
      {"/demo/api/me", 200},
      {"/my-demo_2.40/api/me", 200},
      {"/demo/api/", 400},
      {"/demo/api", 404},
      {"/demo", 404},
      {"/", 404},
      {"*", 404},
      {"demo/api/me", 404},
      {"/api/me", 404},
      {"//api/me", 404},
      {"/demo/dhis-web-login", 404},
      {"/demo/oauth2/token", 404},
      {"/demo//api/me", 404},
      {"/%64emo/api/me", 404},
      {"/../api/me", 404},
      {"http://evil.example/demo/api/me", 404},
      {"http://127.0.0.1:3448/demo/api/me", 404},
      {"/demo@evil/api/me", 404},
  };
  for (const auto& [target, status] : cases) {
    HttpHead head = good();
    head.target = target;
    EXPECT_EQ(status_of(head), status) << target;
  }
  EXPECT_EQ(status_of(good(), "demo"), 200);
  EXPECT_EQ(status_of(good(), "other"), 404);
}

TEST(ProxyGate, HoldsTheReadPolicy) {
  for (const char* path : {"apps",
                           "apps/x/index.html",
                           "users",
                           "users?fields=*",
                           "users/abc",
                           "me/password",
                           "routes/x/run",
                           "sqlViews/x/data",
                           "apiToken",
                           "oAuth2Clients",
                           "email/test",
                           "2fa/qrCode",
                           "messageConversations",
                           "account/verifyEmail",
                           "trackedEntityAttributes/x/generate",
                           "dataElements/../apps",
                           "41/apps",
                           "%61pps",
                           "a%2fb",
                           "a;b",
                           "a//b"}) {
    HttpHead head = good();
    const std::string target = std::string("/demo/api/") + path;
    head.target = target;
    EXPECT_EQ(status_of(head), 403) << path;
  }
}

TEST(ProxyGate, PassesOnNoScripts) {
  for (const char* path :
       {"geoFeatures.jsonp", "geoFeatures?callback=f", "me.js", "me?jsonp=f", "me?callback="}) {
    HttpHead head = good();
    const std::string target = std::string("/demo/api/") + path;
    head.target = target;
    EXPECT_EQ(status_of(head), 403) << path;
  }
}

}  // namespace
}  // namespace dhis2mcp
