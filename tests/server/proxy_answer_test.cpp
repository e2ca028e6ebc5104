// SPDX-License-Identifier: BSD-3-Clause
// What of DHIS2's answers reaches a page, and in what words we refuse.
#include "server/proxy_answer.h"

#include <gtest/gtest.h>

#include "dhis2/json.h"

namespace dhis2mcp {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ProxyAnswer, LetsAFewHeadersThroughAndAddsItsOwn) {
  const Headers upstream = {{"Content-Type", "text/html;charset=UTF-8"},
                            {"ETag", "\"7\""},
                            {"Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT"},
                            {"Content-Length", "12"},
                            {"Set-Cookie", "JSESSIONID=S; Path=/"},
                            {"Server", "Apache-Coyote/1.1"},
                            {"X-Powered-By", "x"},
                            {"WWW-Authenticate", "Basic realm=\"DHIS2\""},
                            {"Access-Control-Allow-Origin", "*"},
                            {"Access-Control-Allow-Credentials", "true"},
                            {"Cache-Control", "public, max-age=9999"},
                            {"Content-Security-Policy", "script-src *"},
                            {"Location", "https://evil.example/"},
                            {"Link", "<https://evil.example/>; rel=preload"},
                            {"Refresh", "0; url=https://evil.example/"},
                            {"Clear-Site-Data", "\"*\""},
                            {"Content-Disposition", "attachment"}};
  const std::string head =
      proxy_head(200, upstream, Framing::length, cors_lines("https://a"), true);

  for (const char* kept :
       {"HTTP/1.1 200 OK\r\n", "\r\nContent-Type: text/html;charset=UTF-8\r\n",
        "\r\nETag: \"7\"\r\n", "\r\nLast-Modified: Sat, 21 Nov 2026 10:00:00 GMT\r\n",
        "\r\nContent-Length: 12\r\n", "\r\nCache-Control: no-store\r\n",
        "\r\nX-Content-Type-Options: nosniff\r\n", "\r\nContent-Security-Policy: sandbox;",
        "\r\nVary: Origin\r\n", "\r\nAccess-Control-Allow-Origin: https://a\r\n"}) {
    EXPECT_TRUE(has(head, kept)) << kept << head;
  }
  for (const char* dropped : {"Cookie", "Coyote", "Powered", "WWW-", "Allow-Origin: *",
                              "Credentials", "max-age", "script-src", "evil", "Clear", "attach"}) {
    EXPECT_FALSE(has(head, dropped)) << dropped;
  }
}

TEST(ProxyAnswer, LetsNoHeaderSmuggleAnother) {
  const std::string head =
      proxy_head(200, {{"ETag", "a\r\nSet-Cookie: x=y"}, {"Content-Type", "text/\xc3\xa9"}},
                 Framing::none, "", true);
  EXPECT_FALSE(has(head, "Cookie"));
  EXPECT_FALSE(has(head, "Content-Type:"));
}

TEST(ProxyAnswer, TrustsOneSoundLength) {
  EXPECT_EQ(length_of({{"Content-Length", "0"}}), "0");
  EXPECT_EQ(length_of({{"content-length", "104857600"}}), "104857600");
  const Headers none[] = {{},
                          {{"Content-Length", ""}},
                          {{"Content-Length", "-1"}},
                          {{"Content-Length", "0x10"}},
                          {{"Content-Length", "99999999999999999999"}},
                          {{"Content-Length", "5"}, {"Content-Length", "5"}}};
  for (const Headers& headers : none) EXPECT_EQ(length_of(headers), std::nullopt);
}

TEST(ProxyAnswer, KnowsScripts) {
  for (const char* type : {"application/javascript", "text/javascript;charset=UTF-8",
                           "Application/X-JavaScript", "text/ecmascript", "application/jsonp"}) {
    EXPECT_TRUE(is_script({{"Content-Type", type}})) << type;
  }
  for (const char* type : {"application/json", "text/html", "text/csv", "image/svg+xml", ""}) {
    EXPECT_FALSE(is_script({{"Content-Type", type}})) << type;
  }
  EXPECT_FALSE(is_script({}));
}

TEST(ProxyAnswer, RefusesInTheShapeOfAWebMessage) {
  const std::string text = proxy_message({403, "No \"such\" thing.\n", "X-Y: z\r\n"});
  const Json body = Json::parse(text.substr(text.find("\r\n\r\n") + 4));
  EXPECT_EQ(body, Json::parse(R"({"httpStatus":"Forbidden","httpStatusCode":403,"status":"ERROR",
                                  "message":"No \"such\" thing.\n"})"));
  EXPECT_TRUE(has(text, "\r\nX-Y: z\r\n"));
  EXPECT_TRUE(has(text, "\r\nConnection: close\r\n"));
  EXPECT_TRUE(has(text, "\r\nContent-Security-Policy: sandbox"));
  const std::string to_head = proxy_message(502, "gone", "", false, true);
  EXPECT_TRUE(to_head.ends_with("\r\n\r\n"));
}

TEST(ProxyAnswer, AllowsReadingAndForAMinute) {
  ProxyCall call;
  call.cors = cors_lines("https://a");
  const std::string plain = preflight_answer(call, true);
  EXPECT_TRUE(has(plain, "HTTP/1.1 204 "));
  EXPECT_TRUE(has(plain, "\r\nAccess-Control-Allow-Methods: GET, HEAD\r\n"));
  EXPECT_TRUE(has(plain, "\r\nAccess-Control-Allow-Headers: Authorization, "));
  EXPECT_TRUE(has(plain, "\r\nAccess-Control-Max-Age: 60\r\n"));
  EXPECT_TRUE(has(plain, "\r\nVary: Origin\r\n"));
  EXPECT_FALSE(has(plain, "Private-Network"));
  EXPECT_FALSE(has(plain, "Credentials"));
  call.private_network = true;
  EXPECT_TRUE(has(preflight_answer(call, true), "Allow-Private-Network: true\r\n"));
}

TEST(ProxyAnswer, LeadsRedirectsThroughItself) {
  Profile profile;
  profile.name = "demo";
  profile.url = "https://h.example/dhis";
  const std::pair<const char*, std::optional<std::string>> cases[] = {
      {"https://h.example/dhis/api/me", "/demo/api/me"},
      {"/dhis/api/41/me?fields=id", "/demo/api/me?fields=id"},
      {"other?a=b", "/demo/api/dataElements/other?a=b"},
      {"https://evil.example/dhis/api/me", std::nullopt},
      {"//evil.example/dhis/api/me", std::nullopt},
      {"http://h.example/dhis/api/me", std::nullopt},
      {"https://h.example:8443/dhis/api/me", std::nullopt},
      {"https://h.example/api/me", std::nullopt},
      {"/dhis/dhis-web-login/", std::nullopt},
      {"/dhis/api/apps/x", std::nullopt},
      {"/dhis/api/routes/x/run", std::nullopt},
      {"/dhis/api/../api/routes/x/run", std::nullopt},
      {"/dhis/api/%61pps", std::nullopt},
      {"/dhis/api/me\r\nSet-Cookie: x=y", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [location, path] : cases) {
    Response response;
    response.status = 302;
    response.target = "/dhis/api/dataElements/x";
    response.headers = {{"Location", location}};
    EXPECT_EQ(rewritten_location(profile, response), path) << location;
  }
  EXPECT_EQ(rewritten_location(profile, {}), std::nullopt);
}

}  // namespace
}  // namespace dhis2mcp
