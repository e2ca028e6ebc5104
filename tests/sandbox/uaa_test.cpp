// SPDX-License-Identifier: BSD-3-Clause
// The authorization server of 2.37 to 2.41, and the sign-in of people in each version.
#include <gtest/gtest.h>

#include <ctime>

#include "tests/sandbox/accounts.h"
#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/jose.h"
#include "tests/sandbox/target.h"

namespace sandbox {
namespace {

constexpr const char* kSecret = "0a1b2c3d-0000-4000-a000-0123456789ab";
constexpr const char* kForm = "application/x-www-form-urlencoded";

Settings of_major(int major) {
  Settings settings;
  settings.major = major;
  return settings;
}

std::string cookie_in(const HttpAnswer& answer) {
  const std::string line = answer.header("Set-Cookie");
  return line.substr(0, line.find(';'));
}

httplib::Headers admin_json() {
  httplib::Headers headers = basic("admin", "district");
  headers.emplace("Content-Type", "application/json");
  return headers;
}

void make_client(const Server& server) {
  send(server, "POST", "/api/oAuth2Clients", admin_json(),
       R"({"name":"Agent","cid":"agent","secret":")" + std::string(kSecret) +
           R"(","grantTypes":["password","refresh_token","authorization_code"],)"
           R"("redirectUris":["http://127.0.0.1/callback"]})");
}

HttpAnswer token(const Server& server, const std::string& form,
                 const std::string& secret = kSecret) {
  httplib::Headers headers = basic("agent", secret);
  headers.emplace("Content-Type", kForm);
  return send(server, "POST", "/uaa/oauth/token", headers, form);
}

HttpAnswer form_login(const Server& server, const std::string& form,
                      const httplib::Headers& more = {}) {
  httplib::Headers headers = more;
  headers.emplace("Content-Type", kForm);
  return send(server, "POST", "/dhis-web-commons-security/login.action", headers, form);
}

TEST(Uaa, GivesOnePairForEachClientAndUser) {
  const Server server(of_major(40));
  make_client(server);
  const std::string good = "grant_type=password&username=analyste&password=Baralia-2026!";

  const Json first = token(server, good).json();
  EXPECT_EQ(first["token_type"], "bearer");
  EXPECT_EQ(first["expires_in"], 43199);
  EXPECT_EQ(token(server, good).json()["access_token"], first["access_token"]);
  const std::string refresh = first["refresh_token"], access = first["access_token"];
  const auto me = [&](const std::string& bearer, const char* accept) {
    return send(server, "GET", "/api/me?fields=username",
                {{"Authorization", "Bearer " + bearer}, {"Accept", accept}});
  };
  EXPECT_EQ(me(access, "*/*").json()["username"], "analyste");

  // A refresh keeps the refresh token and ends the access token at once.
  const Json next = token(server, "grant_type=refresh_token&refresh_token=" + refresh).json();
  EXPECT_EQ(next["refresh_token"], refresh);
  EXPECT_EQ(me(access, "application/json").json()["error"], "invalid_token");
  EXPECT_TRUE(me(access, "*/*").body.starts_with("<InvalidTokenException>"));
  EXPECT_EQ(me(access, "text/html").status, 406);
  EXPECT_EQ(me(next["access_token"], "*/*").status, 200);
}

TEST(Uaa, RefusesGrantsInItsOwnWords) {
  const Server server(of_major(41));
  make_client(server);
  struct Case {
    const char* form;
    int status;
    const char* error;
    const char* description;
  };
  const Case cases[] = {
      {"a=b", 400, "invalid_request", "Missing grant type"},
      {"grant_type=banana", 400, "unsupported_grant_type", "Unsupported grant type"},
      {"grant_type=client_credentials", 401, "invalid_client", "Unauthorized grant type"},
      {"grant_type=password&username=analyste&password=x", 400, "invalid_grant", "Bad credentials"},
      {"grant_type=password&username=desactive&password=x", 400, "invalid_grant",
       "User is disabled"},
      {"grant_type=password&username=expire&password=x", 400, "invalid_grant",
       "User account has expired"},
      {"grant_type=password&username=deuxfa&password=Baralia-2026!", 401, "unauthorized",
       "User has 2FA enabled, but attempted to authenticate with a non-form based login method: "
       "deuxfa"},
      {"grant_type=refresh_token&refresh_token=x", 400, "invalid_grant", "Invalid refresh token"},
      {"grant_type=authorization_code&code=x", 400, "invalid_grant", "Invalid authorization code"}};
  for (const Case& one : cases) {
    const HttpAnswer answer = token(server, one.form);
    EXPECT_EQ(answer.status, one.status) << one.form;
    EXPECT_EQ(answer.json()["error"], one.error) << one.form;
    EXPECT_EQ(answer.json()["error_description"], one.description) << one.form;
  }
  const HttpAnswer wrong = token(server, "grant_type=password", "wrong");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.header("WWW-Authenticate"), "Basic realm=\"oauth2/client\"");
  EXPECT_EQ(
      send(server_of(42), "POST", "/uaa/oauth/token", {{"Content-Type", kForm}}, "a=b").status,
      302);
}

TEST(Uaa, LeadsAPersonThroughLoginAndConsentToACode) {
  const Server server(of_major(40));
  make_client(server);
  const std::string target =
      "/uaa/oauth/authorize?response_type=code&client_id=agent&state=s1"
      "&redirect_uri=http://127.0.0.1/callback";
  const HttpAnswer away = send(server, "GET", target, {{"Accept", "text/html"}});
  EXPECT_EQ(away.header("Location"), server.base_url() + "/dhis-web-commons/security/login.action");
  const HttpAnswer login = form_login(server, "j_username=analyste&j_password=Baralia-2026!",
                                      {{"Cookie", cookie_in(away)}});
  EXPECT_EQ(percent_decoded(login.header("Location"), false),
            server.base_url() + percent_decoded(target, false));
  const httplib::Headers headers = {{"Cookie", cookie_in(login)}, {"Content-Type", kForm}};
  EXPECT_NE(send(server, "GET", target, headers).body.find("OAuth2 Confirm Access"),
            std::string::npos);
  const HttpAnswer back =
      send(server, "POST", "/uaa/oauth/authorize", headers, "user_oauth_approval=true");
  EXPECT_EQ(back.status, 303);
  const std::string address = back.header("Location");
  ASSERT_TRUE(address.starts_with("http://127.0.0.1/callback?code="));
  const std::string code = address.substr(31, 6);
  const std::string form = "grant_type=authorization_code&code=" + code +
                           "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback";
  EXPECT_EQ(token(server, form).status, 200);
  EXPECT_EQ(token(server, form).json()["error_description"], "Invalid authorization code");

  send(server, "GET", target, headers);
  const HttpAnswer denied =
      send(server, "POST", "/uaa/oauth/authorize", headers, "user_oauth_approval=false");
  EXPECT_NE(denied.header("Location").find("error=access_denied"), std::string::npos);
}

TEST(Login, TellsByJsonWhyItRefuses) {
  const auto status = [](int major, const char* user, const char* password, const char* code) {
    Json body = {{"username", user}, {"password", password}, {"twoFactorCode", code}};
    return send(server_of(major), "POST", "/api/auth/login", {{"Content-Type", "application/json"}},
                body.dump());
  };
  EXPECT_EQ(status(43, "desactive", "Baralia-2026!", "").json()["loginStatus"], "ACCOUNT_DISABLED");
  EXPECT_EQ(status(43, "expire", "Baralia-2026!", "").json()["loginStatus"], "ACCOUNT_EXPIRED");
  EXPECT_EQ(status(43, "deuxfa", "Baralia-2026!", "").json()["loginStatus"],
            "INCORRECT_TWO_FACTOR_CODE_TOTP");
  EXPECT_EQ(status(41, "deuxfa", "Baralia-2026!", "").json()["loginStatus"],
            "INCORRECT_TWO_FACTOR_CODE");
  EXPECT_EQ(status(43, "admin", "wrong", "").status, 401);
  const std::string code = one_time_code(kPracticeSecret, std::time(nullptr));
  EXPECT_EQ(status(43, "deuxfa", "Baralia-2026!", code.c_str()).json()["loginStatus"], "SUCCESS");
  EXPECT_EQ(status(40, "admin", "district", "").status, 302);
}

TEST(Login, TellsByTheFormWhereToGo) {
  const Server& server = server_of(40);
  const std::string page = "/dhis-web-commons/security/login.action";
  EXPECT_EQ(form_login(server, "j_username=admin&j_password=district").header("Location"), "/");
  EXPECT_EQ(form_login(server, "j_username=admin&j_password=x").header("Location"),
            page + "?failed=true");
  EXPECT_EQ(form_login(server, "j_username=deuxfa&j_password=Baralia-2026!").header("Location"),
            page + "?twoFactor=true");
}

TEST(SecondFactor, IsBegunEndedAndTakesTheOtherWaysIn) {
  const Server server(of_major(43));
  const auto login = [&](const std::string& code) {
    const Json body = {
        {"username", "sansmail"}, {"password", "Baralia-2026!"}, {"twoFactorCode", code}};
    return send(server, "POST", "/api/auth/login", {{"Content-Type", "application/json"}},
                body.dump());
  };
  const httplib::Headers session = {{"Cookie", cookie_in(login(""))},
                                    {"Content-Type", "application/json"}};
  const auto call = [&](const char* method, const char* what, const std::string& body = "") {
    return send(server, method, std::string("/api/2fa/") + what, session, body);
  };
  EXPECT_EQ(call("GET", "qrCodeJson").json()["errorCode"], "E3047");
  EXPECT_EQ(call("POST", "enrollTOTP2FA").status, 200);
  const std::string secret = call("GET", "qrCodeJson").json()["base32Secret"];
  EXPECT_EQ(call("POST", "enable", R"({"code":"000000"})").json()["errorCode"], "E3023");
  const std::string code = one_time_code(secret, std::time(nullptr));
  EXPECT_EQ(call("POST", "enable", R"({"code":")" + code + "\"}").status, 200);
  EXPECT_EQ(call("GET", "enabled").body, "true");

  EXPECT_EQ(send(server, "GET", "/api/me", basic("sansmail", "Baralia-2026!")).status, 401);
  EXPECT_EQ(login("").json()["loginStatus"], "INCORRECT_TWO_FACTOR_CODE_TOTP");
  EXPECT_EQ(login(one_time_code(secret, std::time(nullptr))).json()["loginStatus"], "SUCCESS");
}

TEST(Pats, KeepTheRulesOfTheirFirstUse) {
  for (const int major : {40, 43}) {
    const Server server(of_major(major));
    const Json made = send(server, "POST", "/api/apiToken", admin_json(), "{}").json()["response"];
    const std::string key = made["key"], uid = made["uid"];
    const auto use = [&] {
      return send(server, "GET", "/api/me", {{"Authorization", "ApiToken " + key}}).status;
    };
    EXPECT_EQ(use(), 200);
    EXPECT_EQ(send(server, "DELETE", "/api/apiToken/" + uid, admin_json()).status, 200);
    EXPECT_EQ(use(), major == 40 ? 200 : 401);
    send(server, "POST", "/api/maintenance?cacheClear=true", admin_json());
    EXPECT_EQ(use(), 401);
  }
}

TEST(Cors, IgnoresOriginsThatAreNotListedFrom242On) {
  const Server server(of_major(43));
  httplib::Headers from = basic("admin", "district");
  from.emplace("Origin", "https://app.example");
  EXPECT_EQ(send(server, "GET", "/api/me", from).body, "");
  EXPECT_EQ(send(server, "POST", "/api/configuration/corsWhitelist", admin_json(),
                 R"(["https://app.example"])")
                .status,
            204);
  EXPECT_EQ(send(server, "GET", "/api/me", from).header("Access-Control-Allow-Origin"),
            "https://app.example");
  EXPECT_EQ(send(server_of(40), "GET", "/api/me?fields=id", from).status, 200);
  EXPECT_NE(send(server_of(40), "GET", "/api/me?fields=id", from).body, "");
}

}  // namespace
}  // namespace sandbox
