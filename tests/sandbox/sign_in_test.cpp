// SPDX-License-Identifier: BSD-3-Clause
// Who is let in, and how the others are turned away, for each major.
#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/pat.h"

namespace sandbox {
namespace {

std::string practice_token(int major, const std::string& label, size_t version) {
  Settings settings;
  settings.major = major;
  for (const Pat& pat : practice_pats(settings)) {
    const bool fits = pat.key.starts_with(version == 2 ? "d2p_" : "d2pat_");
    if (fits && pat.key.find("practice" + label + "0") != std::string::npos) return pat.key;
  }
  return "";
}

httplib::Headers token(const std::string& text) { return {{"Authorization", "ApiToken " + text}}; }

TEST(SignIn, SendsAnonymousCallersToTheLoginPageOfTheVersion) {
  const std::map<int, std::string> pages = {{37, "/dhis-web-commons/security/login.action"},
                                            {40, "/dhis-web-commons/security/login.action"},
                                            {41, "/dhis-web-login"},
                                            {42, "/dhis-web-login/"},
                                            {43, "/login/"}};
  for (const auto& [major, page] : pages) {
    const Server& server = server_of(major);
    for (const char* target : {"/api/me", "/api/nosuch", "/"}) {
      const HttpAnswer answer = send(server, "GET", target, {{"Accept", "application/json"}});
      EXPECT_EQ(answer.status, 302) << major << target;
      EXPECT_EQ(answer.header("Location"), server.base_url() + page);
    }
    const HttpAnswer script =
        send(server, "GET", "/api/me", {{"X-Requested-With", "XMLHttpRequest"}});
    EXPECT_EQ(script.status, 401);
    EXPECT_EQ(script.json()["message"], "Unauthorized");
  }
}

TEST(SignIn, TellsWhatItTellsWithoutALogin) {
  for (const int major : {37, 40, 41, 42, 43}) {
    EXPECT_EQ(send(server_of(major), "GET", "/api/ping", {}).status, 200);
    const HttpAnswer config = send(server_of(major), "GET", "/api/loginConfig", {});
    EXPECT_EQ(config.status, major >= 41 ? 200 : 302) << major;
    if (major < 41) continue;
    EXPECT_EQ(config.json()["apiVersion"].get<std::string>().substr(0, 4),
              "2." + std::to_string(major));
  }
}

TEST(SignIn, ChecksNamesAndPasswords) {
  struct Case {
    const char* user;
    const char* password;
    int status;
    const char* message;
  };
  const Case cases[] = {{"admin", "district", 200, ""},
                        {"analyste", "Baralia-2026!", 200, ""},
                        {"ADMIN", "district", 401, "Unauthorized"},
                        {"admin", "wrong", 401, "Unauthorized"},
                        {"nobody", "x", 401, "Unauthorized"},
                        {"desactive", "Baralia-2026!", 401, "Account disabled"},
                        {"expire", "Baralia-2026!", 401, "Unauthorized"},
                        {"deuxfa", "Baralia-2026!", 401, "Unauthorized"}};
  for (const Case& one : cases) {
    const HttpAnswer answer =
        send(server_of(43), "GET", "/api/me?fields=username", basic(one.user, one.password));
    EXPECT_EQ(answer.status, one.status) << one.user;
    if (one.status == 200) {
      EXPECT_EQ(answer.json()["username"], one.user);
    } else {
      EXPECT_EQ(answer.json()["message"], one.message) << one.user;
    }
  }
}

TEST(SignIn, OpensASessionThatWorksAlone) {
  const HttpAnswer first = get(server_of(43), "/api/me?fields=id");
  const std::string cookie = first.header("Set-Cookie");
  ASSERT_TRUE(cookie.starts_with("JSESSIONID="));
  const std::string pair = cookie.substr(0, cookie.find(';'));

  const HttpAnswer second =
      send(server_of(43), "GET", "/api/me?fields=username", {{"Cookie", pair}});

  EXPECT_EQ(second.json()["username"], "admin");
  EXPECT_EQ(second.header("Set-Cookie").find("JSESSIONID"), std::string::npos);
  EXPECT_EQ(send(server_of(43), "GET", "/api/me", {{"Cookie", "JSESSIONID=0"}}).status, 302);
}

TEST(SignIn, LocksAnAccountAfterFourFailuresOnceThatIsSwitchedOn) {
  const Server server(Settings{});
  const auto wrong = [&] { return send(server, "GET", "/api/me", basic("verrou", "x")); };
  for (int i = 0; i < 6; ++i) EXPECT_EQ(wrong().json()["message"], "Unauthorized");

  send(server, "POST", "/api/systemSettings/keyLockMultipleFailedLogins?value=true",
       basic("admin", "district"));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(wrong().json()["message"], "Unauthorized");

  EXPECT_EQ(wrong().json()["message"], "Account locked");
  const HttpAnswer right = send(server, "GET", "/api/me", basic("verrou", "Baralia-2026!"));
  EXPECT_EQ(right.status, 401);
  EXPECT_EQ(right.json()["message"], "Account locked");
}

TEST(Pats, AreTakenOrRefusedInTheWordsOfTheVersion) {
  struct Case {
    const char* label;
    int status;
    const char* message;
  };
  const Case cases[] = {
      {"admin", 200, ""},
      {"analyste", 200, ""},
      {"getonly", 200, ""},
      {"expired", 401, "Failed to authenticate API token, token has expired."},
      {"otherip", 401, "Failed to authenticate API token, request ip address is not allowed."},
      {"referer", 401,
       "Failed to authenticate API token, request http referrer is missing or not allowed."},
      {"deuxfa", 401, "The API token is disabled, locked or 2FA is enabled."},
      {"desactive", 401, "The API token is disabled, locked or 2FA is enabled."}};
  for (const Case& one : cases) {
    for (const size_t version : {1u, 2u}) {
      const HttpAnswer answer = send(server_of(43), "GET", "/api/me?fields=id",
                                     token(practice_token(43, one.label, version)));
      EXPECT_EQ(answer.status, one.status) << one.label;
      if (one.status == 200) continue;
      EXPECT_EQ(answer.json()["message"], one.message);
      EXPECT_EQ(answer.header("WWW-Authenticate"), "ApiToken");
    }
    // 2.40 says nothing at all.
    const HttpAnswer older =
        send(server_of(40), "GET", "/api/me?fields=id", token(practice_token(40, one.label, 1)));
    EXPECT_EQ(older.status, one.status) << one.label;
    if (one.status != 200) {
      EXPECT_EQ(older.body, "");
    }
  }
}

TEST(Pats, AreRefusedForTheirShape) {
  const std::string good = practice_token(43, "admin", 2);
  std::string changed = good;
  changed[10] = changed[10] == 'x' ? 'y' : 'x';
  for (const std::string& text : {changed, good + "0", good.substr(1), std::string("abc")}) {
    const HttpAnswer answer = send(server_of(43), "GET", "/api/me", token(text));
    EXPECT_EQ(answer.status, 400) << text;
    EXPECT_EQ(answer.json()["message"], "Checksum validation failed");
  }
  const httplib::Headers bare = {{"Authorization", "ApiToken"}};
  EXPECT_EQ(send(server_of(43), "GET", "/api/me", bare).json()["message"],
            "Api token is malformed");
  EXPECT_EQ(send(server_of(43), "GET", "/api/me", token("a b")).status, 400);
  EXPECT_EQ(send(server_of(43), "GET", "/api/me", token(v2_token(std::string(44, 'q'))))
                .json()["message"],
            "The API token does not exists");
}

TEST(Pats, AreOffIn237) {
  const HttpAnswer answer =
      send(server_of(37), "GET", "/api/me", token(practice_token(37, "admin", 1)));
  EXPECT_EQ(answer.status, 302);
}

TEST(Pats, AreMadeUsedAndRevoked) {
  const Server server(Settings{});
  httplib::Headers headers = basic("admin", "district");
  headers.emplace("Content-Type", "application/json");
  const HttpAnswer made = send(server, "POST", "/api/apiToken", headers,
                               R"({"attributes":[{"type":"MethodAllowedList",)"
                               R"("allowedMethods":["GET"]}]})");
  ASSERT_EQ(made.status, 201);
  const std::string key = made.json()["response"]["key"];
  const std::string uid = made.json()["response"]["uid"];

  EXPECT_EQ(send(server, "GET", "/api/me", token(key)).status, 200);
  EXPECT_EQ(send(server, "HEAD", "/api/me", token(key)).status, 401);
  EXPECT_EQ(
      send(server, "DELETE", "/api/apiToken/" + uid, basic("analyste", "Baralia-2026!")).status,
      404);
  EXPECT_EQ(send(server, "DELETE", "/api/apiToken/" + uid, headers).status, 200);
  EXPECT_EQ(send(server, "GET", "/api/me", token(key)).status, 401);
}

TEST(Tokens, HaveTheChecksumsOfRealServers) {
  // The check digits were computed with the CRC-32 of zlib over body and zero bytes.
  EXPECT_TRUE(good_checksum(v2_token(std::string(44, 'a')), 41));
  EXPECT_FALSE(good_checksum(v2_token(std::string(44, 'a')), 40));
  EXPECT_FALSE(good_checksum(v1_token(std::string(32, 'a'), 40), 41));
  EXPECT_EQ(v1_token(std::string(32, 'a'), 40).size(), 48u);
}

}  // namespace
}  // namespace sandbox
