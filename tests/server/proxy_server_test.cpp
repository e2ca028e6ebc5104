// SPDX-License-Identifier: BSD-3-Clause
// The proxy with real sockets and a DHIS2 that counts: attacks reach it never, pages read it.
#include "server/proxy_server.h"

#include <gtest/gtest.h>

#include "dhis2/json.h"
#include "tests/server/proxy_fixture.h"
#include "tests/support/fake_http.h"

namespace dhis2mcp {
namespace {

using test::FakeHttp;
using test::HttpResponse;
using test::kApp;
using test::kOther;
using test::Peer;
using test::ProxyFixture;
using test::Reply;

struct ProxyTest : testing::Test {
  FakeHttp dhis2;
  ProxyFixture proxy{dhis2.url()};

  HttpResponse ask(const std::string& request) const {
    return Peer(proxy.port()).ask(request, request.rfind("HEAD ", 0) != 0);
  }
};

TEST_F(ProxyTest, ReadsForAListedPage) {
  dhis2.on("GET", "/api/me",
           Reply{200,
                 R"({"username":"admin"})",
                 "application/json",
                 {{"Set-Cookie", "JSESSIONID=S; Path=/"},
                  {"Server", "Coyote"},
                  {"Access-Control-Allow-Origin", "*"},
                  {"ETag", "\"7\""}}});
  const HttpResponse answer =
      ask(proxy.get("/demo/api/me?fields=username", "Accept-Language: fr\r\n"));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"username":"admin"})");
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(answer.headers.at("etag"), "\"7\"");
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), kApp);
  EXPECT_EQ(answer.headers.at("vary"), "Origin");
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.headers.at("content-security-policy").rfind("sandbox", 0), 0U);
  for (const char* name : {"set-cookie", "server", "access-control-allow-credentials"}) {
    EXPECT_EQ(answer.headers.count(name), 0U) << name;
  }
  const auto seen = dhis2.seen();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].query, "fields=username");
  EXPECT_EQ(seen[0].header("Accept-Language"), "fr");
}

// Nothing of a browser's own goes upstream: not its cookies, its origin, the proxy's token.
TEST_F(ProxyTest, SendsNothingOfThePageButItsQuestion) {
  dhis2.get("/api/me", "{}");
  ask(proxy.get("/demo/api/me",
                "Cookie: JSESSIONID=fixed; a=b\r\nReferer: https://app.example.org/secret\r\n"
                "X-Forwarded-For: 1.2.3.4\r\nX-Requested-With: evil\r\nUser-Agent: Browser\r\n"
                "X-HTTP-Method-Override: DELETE\r\nSec-Fetch-Site: cross-site\r\nDNT: 1\r\n"));
  const auto seen = dhis2.seen();
  ASSERT_EQ(seen.size(), 1U);
  std::string names;
  for (const auto& [name, value] : seen[0].headers) {
    names += name + " ";
    EXPECT_EQ(value.find(proxy.token()), std::string::npos);
    EXPECT_EQ(value.find("evil"), std::string::npos);
    EXPECT_EQ(value.find("app.example.org"), std::string::npos);
  }
  EXPECT_EQ(seen[0].header("Authorization"), "ApiToken d2p_practice-token");
  for (const char* name :
       {"Cookie", "Origin", "Referer", "X-Forwarded-For", "X-HTTP-Method-Override", "DNT"}) {
    EXPECT_EQ(seen[0].header(name), "") << names;
  }
}

// A page that plants a cookie here or a session upstream gains nothing: neither is ever read.
TEST_F(ProxyTest, FixesNobodysSession) {
  dhis2.on("GET", "/api/me",
           Reply{200, "{}", "application/json", {{"Set-Cookie", "JSESSIONID=planted; Path=/"}}});
  for (int i = 0; i < 3; ++i) ask(proxy.get("/demo/api/me", "Cookie: JSESSIONID=attacker\r\n"));
  for (const auto& seen : dhis2.seen()) EXPECT_EQ(seen.header("Cookie"), "");
  EXPECT_EQ(ask(proxy.request("GET", "/demo/api/me",
                              "Origin: " + kApp + "\r\nCookie: token=" + proxy.token() + "\r\n"))
                .status,
            401);
  EXPECT_EQ(dhis2.seen().size(), 3U);
}

struct Attack {
  const char* what;
  std::string request;
  int status;
};

TEST_F(ProxyTest, LetsNoAttackReachDhis2) {
  const std::string port = std::to_string(proxy.port());
  const std::string token = "Authorization: Bearer " + proxy.token() + "\r\n";
  const auto raw = [](const std::string& method, const std::string& target,
                      const std::string& lines) {
    return method + " " + target + " HTTP/1.1\r\n" + lines + "\r\n";
  };
  const auto from = [](const std::string& origin) { return "Origin: " + origin + "\r\n"; };
  const std::string me = "/demo/api/me";
  const Attack attacks[] = {
      {"rebound name", raw("GET", me, "Host: evil.example:" + port + "\r\n" + proxy.page()), 403},
      {"rebound name, no origin", raw("GET", me, "Host: evil.example\r\n" + token), 403},
      {"no host", raw("GET", me, proxy.page()), 400},
      {"two hosts", raw("GET", me, proxy.host() + "Host: evil\r\n" + proxy.page()), 400},
      {"unlisted origin", proxy.request("GET", me, from("https://evil.example") + token), 403},
      {"null origin", proxy.request("GET", me, from("null") + token), 403},
      {"prefix", proxy.request("GET", me, from(kApp + ".evil.example") + token), 403},
      {"suffix", proxy.request("GET", me, from("https://evil." + kApp.substr(8)) + token), 403},
      {"wildcard", proxy.request("GET", me, from("*") + token), 403},
      {"other port", proxy.request("GET", me, from(kApp + ":8443") + token), 403},
      {"two origins", proxy.request("GET", me, from(kApp) + from("https://evil") + token), 400},
      {"no token", proxy.request("GET", me, from(kApp)), 401},
      {"wrong token", proxy.request("GET", me, from(kApp) + "Authorization: Bearer x\r\n"), 401},
      {"token of another origin", proxy.request("GET", me, from(kOther) + token), 401},
      {"two tokens", proxy.request("GET", me, from(kApp) + token + token), 400},
      {"password", proxy.request("GET", me, from(kApp) + "Authorization: Basic YTpi\r\n"), 401},
      {"image or script tag", proxy.request("GET", me, ""), 401},
      {"form post",
       proxy.request("POST", me, from(kApp) + "Content-Type: text/plain\r\nContent-Length: 2\r\n") +
           "{}",
       405},
      {"form post with a token",
       proxy.request("POST", me,
                     proxy.page() + "Content-Type: text/plain\r\nContent-Length: 2\r\n") +
           "{}",
       405},
      {"form post of an unlisted page",
       proxy.request("POST", me, from("https://evil") + "Content-Length: 2\r\n") + "{}", 403},
      {"urlencoded form",
       proxy.request(
           "POST", me,
           proxy.page() +
               "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n") +
           "a=b",
       405},
      {"delete", proxy.request("DELETE", "/demo/api/dataElements/x", proxy.page()), 405},
      {"body of a get", proxy.get(me, "Content-Length: 2\r\n") + "{}", 400},
      {"chunked body of a get", proxy.get(me, "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
      {"two lengths", proxy.get(me, "Content-Length: 0\r\nContent-Length: 0\r\n"), 400},
      {"folded header", proxy.get(me, "X: a\r\n b\r\n"), 400},
      {"absolute target", proxy.get("http://evil.example/demo/api/me"), 404},
      {"unknown profile", proxy.get("/nobody/api/me"), 404},
      {"outside of /api", proxy.get("/demo/dhis-web-login/"), 404},
      {"jsonp", proxy.get("/demo/api/geoFeatures?callback=f"), 403},
      {"persons", proxy.get("/demo/api/tracker/trackedEntities?program=x"), 403},
      {"persons of old", proxy.get("/demo/api/trackedEntityInstances/query.csv"), 403},
      {"persons in a line list", proxy.get("/demo/api/analytics/events/query/x"), 403},
      {"a photo", proxy.get("/demo/api/fileResources/x/data"), 403},
  };
  for (const Attack& each : attacks) {
    const HttpResponse answer = ask(each.request);
    EXPECT_EQ(answer.status, each.status) << each.what << ": " << answer.body;
    EXPECT_EQ(answer.headers.count("set-cookie"), 0U) << each.what;
    EXPECT_EQ(dhis2.seen().size(), 0U) << each.what;
    dhis2.forget();
  }
  // The proxy is well after all of it.
  dhis2.get("/api/me", "{}");
  EXPECT_EQ(ask(proxy.get(me)).status, 200);
}

// Each denied path in the eight encodings of which servers undo some.
TEST_F(ProxyTest, LetsNoPathTrickReachDhis2) {
  for (const std::string path :
       {"apps/x", "users/abc", "me/password", "routes/x/run", "sqlViews/x/data", "apiToken",
        "oAuth2Clients", "email/test", "2fa/qrCode", "account/verifyEmail",
        "messageConversations/x", "trackedEntityAttributes/x/generate", "maintenance/cacheClear",
        "eventHooks", "userDataStore/a"}) {
    const std::string first = path.substr(0, path.find('/'));
    const std::string rest = path.substr(first.size());
    const std::string spellings[] = {path,
                                     "%2e/" + path,
                                     first + "%2f" + rest.substr(rest.empty() ? 0 : 1),
                                     first + "%252f" + rest,
                                     first + ";x=y" + rest,
                                     "/" + path,
                                     "42/" + path,
                                     "x/../" + path,
                                     path + ".",
                                     "%61" + rest};
    for (const std::string& spelling : spellings) {
      const HttpResponse answer = ask(proxy.get("/demo/api/" + spelling));
      EXPECT_TRUE(answer.status == 403 || answer.status == 400) << spelling << answer.status;
    }
    std::string upper = first;
    std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
    EXPECT_EQ(ask(proxy.get("/demo/api/" + upper + rest)).status, 403) << upper;
  }
  EXPECT_EQ(dhis2.seen().size(), 0U);
}

TEST_F(ProxyTest, AnswersPreflightsItself) {
  const std::string asks =
      "Access-Control-Request-Method: GET\r\n"
      "Access-Control-Request-Headers: authorization\r\n"
      "Access-Control-Request-Private-Network: true\r\n";
  const HttpResponse good =
      ask(proxy.request("OPTIONS", "/demo/api/me", "Origin: " + kApp + "\r\n" + asks));
  EXPECT_EQ(good.status, 204);
  EXPECT_EQ(good.headers.at("access-control-allow-origin"), kApp);
  EXPECT_EQ(good.headers.at("access-control-allow-methods"), "GET, HEAD");
  EXPECT_EQ(good.headers.at("access-control-allow-private-network"), "true");
  EXPECT_EQ(good.headers.count("access-control-allow-credentials"), 0U);
  // A page may ask for more, and reads what it gets.
  EXPECT_EQ(ask(proxy.request("OPTIONS", "/demo/api/me",
                              "Origin: " + kApp + "\r\nAccess-Control-Request-Method: PUT\r\n"))
                .headers.at("access-control-allow-methods"),
            "GET, HEAD");
  for (const char* origin : {"https://evil.example", "null", "https://app.example.org.evil"}) {
    const HttpResponse bad = ask(
        proxy.request("OPTIONS", "/demo/api/me", std::string("Origin: ") + origin + "\r\n" + asks));
    EXPECT_EQ(bad.status, 403) << origin;
    EXPECT_EQ(bad.headers.count("access-control-allow-origin"), 0U);
    EXPECT_EQ(bad.headers.count("access-control-allow-private-network"), 0U);
  }
  EXPECT_EQ(dhis2.seen().size(), 0U);
}

TEST_F(ProxyTest, KeepsStatusAndWordsOfDhis2AndReadsHeads) {
  dhis2.on("GET", "/api/conflict", Reply{409, R"({"message":"E1"})"});
  dhis2.on("", "/api/text", Reply{200, "plain words", "text/plain"});
  EXPECT_EQ(ask(proxy.get("/demo/api/conflict")).status, 409);
  EXPECT_EQ(ask(proxy.get("/demo/api/conflict")).body, R"({"message":"E1"})");
  EXPECT_EQ(ask(proxy.get("/demo/api/nothing")).status, 404);
  Peer peer(proxy.port());
  const HttpResponse head = peer.ask(proxy.request("HEAD", "/demo/api/text", proxy.page()), false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "11");
  // No body came behind it: the next answer on this connection is whole.
  EXPECT_EQ(peer.ask(proxy.get("/demo/api/text")).body, "plain words");
}

TEST_F(ProxyTest, ServesWhoIsNoPageWithATokenAndWithoutCorsHeaders) {
  dhis2.get("/api/me", "{}");
  const HttpResponse answer =
      ask(proxy.request("GET", "/demo/api/me", "Authorization: Bearer " + proxy.token() + "\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.count("access-control-allow-origin"), 0U);
}

TEST_F(ProxyTest, LetsPersonsPassWhereTheProfileAllowsThem) {
  dhis2.get("/api/tracker/trackedEntities", R"({"trackedEntities":[]})");
  EXPECT_EQ(ask(proxy.get("/open/api/tracker/trackedEntities")).status, 200);
  EXPECT_EQ(ask(proxy.get("/demo/api/tracker/trackedEntities")).status, 403);
  EXPECT_EQ(dhis2.seen().size(), 1U);
}

// What would run in a browser comes in a sandbox, or not at all.
TEST_F(ProxyTest, PutsPagesIntoASandboxAndPassesOnNoScripts) {
  dhis2.on("GET", "/api/dataSets/x/form", Reply{200, "<script>alert(1)</script>", "text/html"});
  dhis2.on("GET", "/api/documents/x/data", Reply{200, "<svg onload='x'/>", "image/svg+xml"});
  dhis2.on("GET", "/api/geoFeatures", Reply{200, "f([])", "application/javascript"});
  for (const char* path : {"/demo/api/dataSets/x/form", "/demo/api/documents/x/data"}) {
    const HttpResponse answer = ask(proxy.get(path));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-security-policy").rfind("sandbox", 0), 0U) << path;
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.headers.at("cross-origin-resource-policy"), "same-origin");
  }
  const HttpResponse script = ask(proxy.get("/demo/api/geoFeatures"));
  EXPECT_EQ(script.status, 403);
  EXPECT_EQ(script.body.find("f([])"), std::string::npos);
}

TEST_F(ProxyTest, LeadsRedirectsThroughItselfAndFollowsNone) {
  FakeHttp elsewhere;
  const auto redirect = [&](const std::string& path, const std::string& to) {
    dhis2.on("GET", "/api/" + path, Reply{302, "", "", {{"Location", to}}});
  };
  redirect("near", dhis2.url() + "/api/dataElements/x?fields=id");
  redirect("far", elsewhere.url() + "/api/me");
  redirect("denied", "/api/routes/x/run");
  const HttpResponse near = ask(proxy.get("/demo/api/near"));
  EXPECT_EQ(near.status, 302);
  EXPECT_EQ(near.headers.at("location"), "/demo/api/dataElements/x?fields=id");
  for (const char* path : {"/demo/api/far", "/demo/api/denied"}) {
    const HttpResponse answer = ask(proxy.get(path));
    EXPECT_EQ(answer.status, 502) << path;
    EXPECT_EQ(answer.headers.count("location"), 0U) << path;
  }
  EXPECT_EQ(elsewhere.seen().size(), 0U);
  EXPECT_EQ(dhis2.seen().size(), 3U);
}

TEST_F(ProxyTest, TellsAWrongSignInApartFromAWrongToken) {
  dhis2.on("GET", "/api/me",
           Reply{401,
                 R"({"httpStatusCode":401,"status":"ERROR","message":"Unauthorized"})",
                 "application/json",
                 {{"WWW-Authenticate", "Basic realm=\"DHIS2\""}}});
  for (int i = 0; i < 3; ++i) {
    const HttpResponse answer = ask(proxy.get("/demo/api/me"));
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(Json::parse(answer.body)["httpStatusCode"], 502);
    EXPECT_EQ(answer.headers.count("www-authenticate"), 0U);
    EXPECT_EQ(answer.headers.at("access-control-allow-origin"), kApp);
    EXPECT_EQ(answer.body.find("practice-token"), std::string::npos);
  }
  EXPECT_EQ(dhis2.seen().size(), 1U);
}

TEST_F(ProxyTest, ServesOneProfileAloneWhenItIsNamed) {
  dhis2.get("/api/me", "{}");
  ProxyOptions options;
  options.only_profile = "open";
  const ProxyFixture one(dhis2.url(), options);
  EXPECT_EQ(Peer(one.port()).ask(one.get("/open/api/me")).status, 200);
  EXPECT_EQ(Peer(one.port()).ask(one.get("/demo/api/me")).status, 404);
}

TEST_F(ProxyTest, LeavesAPortThatIsTakenAlone) {
  Connections none(Places::from_environment(), {}, std::nullopt);
  ProxyOptions options;
  options.http.port = proxy.port();
  EXPECT_THROW(ProxyServer(none, options), PortTaken);
}

}  // namespace
}  // namespace dhis2mcp
