// SPDX-License-Identifier: BSD-3-Clause
// The authorization server of 2.42 and later, driven as a client and a person would.
#include <gtest/gtest.h>

#include <regex>

#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/jose.h"
#include "tests/sandbox/oauth_faults.h"
#include "tests/sandbox/pages.h"

namespace sandbox {
namespace {

constexpr const char* kSecret = "a-practice-secret";
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

std::string bcrypt_of_secret() {
  return "$2a$04$abcdefghijklmnopqrstuuVUIVp4nyaUZBU5oK8q1Ls7vFKMoYMyG";
}

std::string cookie_in(const HttpAnswer& answer) {
  const std::string line = answer.header("Set-Cookie");
  return line.substr(0, line.find(';'));
}

std::string part(const std::string& address, const std::string& name) {
  std::smatch found;
  const std::regex pattern("[?&]" + name + "=([^&]*)");
  return std::regex_search(address, found, pattern) ? found[1].str() : "";
}

// One server, one client and one person on it.
struct Flow {
  explicit Flow(const Settings& settings = {}, const Fault& fault = {})
      : server(settings, 0, fault) {}

  std::string make_client(const std::string& more = "") {
    const std::string body =
        R"({"clientId":"agent","name":"Agent","clientSecret":")" + bcrypt_of_secret() +
        R"(","clientAuthenticationMethods":"client_secret_basic,client_secret_post",)"
        R"("authorizationGrantTypes":"authorization_code,refresh_token",)"
        R"("redirectUris":"http://127.0.0.1/callback","scopes":"openid,username,email")" +
        more + "}";
    httplib::Headers headers = basic("admin", "district");
    headers.emplace("Content-Type", "application/json");
    return send(server, "POST", "/api/oAuth2Clients", headers, body).body;
  }

  void sign_in(const std::string& user) {
    const Json body = {{"username", user}, {"password", "Baralia-2026!"}};
    cookie = cookie_in(send(server, "POST", "/api/auth/login",
                            {{"Content-Type", "application/json"}}, body.dump()));
  }

  HttpAnswer authorize(const std::string& scope, const std::string& more = "") {
    const std::string target =
        "/oauth2/authorize?response_type=code&client_id=agent&state=s1" +
        std::string("&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback") +
        "&code_challenge_method=S256&code_challenge=" + base64url(sha256(kVerifier)) +
        "&scope=" + uri_encoded(scope) + more;
    return send(server, "GET", target, {{"Cookie", cookie}, {"Accept", "text/html"}});
  }

  HttpAnswer consent(const HttpAnswer& page, const std::string& scopes) {
    std::smatch state;
    std::regex_search(page.body, state, std::regex("name=\"state\" value=\"([^\"]*)\""));
    return send(server, "POST", "/oauth2/authorize",
                {{"Cookie", cookie}, {"Content-Type", "application/x-www-form-urlencoded"}},
                "client_id=agent&state=" + uri_encoded(state[1].str()) + scopes);
  }

  HttpAnswer token(const std::string& form) {
    httplib::Headers headers = basic("agent", kSecret);
    headers.emplace("Content-Type", "application/x-www-form-urlencoded");
    return send(server, "POST", "/oauth2/token", headers, form);
  }

  HttpAnswer exchange(const std::string& code) {
    return token("grant_type=authorization_code&code=" + code + "&code_verifier=" + kVerifier +
                 "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback");
  }

  // The whole way from the client to its tokens.
  Json tokens(const std::string& scope = "openid username", const std::string& more = "") {
    make_client(more);
    sign_in("analyste");
    const HttpAnswer page = authorize(scope);
    std::string boxes;
    for (const std::string& one : pieces(scope, ' ')) {
      if (one != "openid") boxes += "&scope=" + one;
    }
    return exchange(part(consent(page, boxes).header("Location"), "code")).json();
  }

  HttpAnswer me(const std::string& access) {
    return send(server, "GET", "/api/me?fields=username", {{"Authorization", "Bearer " + access}});
  }

  Server server;
  std::string cookie;
};

Settings release(const std::string& version) {
  Settings settings;
  settings.major = std::stoi(version.substr(2, 2));
  settings.release = version;
  return settings;
}

TEST(Oauth2Server, TellsWhereItsEndpointsAre) {
  for (const int major : {42, 43}) {
    const Server& server = server_of(major);
    const Json told = send(server, "GET", "/.well-known/openid-configuration", {}).json();
    EXPECT_EQ(told["issuer"], server.base_url() + "/");
    EXPECT_EQ(told["token_endpoint"], server.base_url() + "/oauth2/token");
    EXPECT_EQ(told["userinfo_endpoint"], server.base_url() + "/userinfo");
    EXPECT_EQ(told["code_challenge_methods_supported"].dump(), R"(["S256"])");
    EXPECT_EQ(told.contains("pushed_authorization_request_endpoint"), major == 43);
  }
  EXPECT_EQ(send(server_of(41), "GET", "/.well-known/openid-configuration", {}).status, 302);
  const Server older(release("2.42.4"));
  const Json told = send(older, "GET", "/.well-known/openid-configuration", {}).json();
  EXPECT_EQ(told["issuer"], older.base_url());
  EXPECT_FALSE(told.contains("registration_endpoint"));
}

TEST(Oauth2Server, LeadsAPersonThroughLoginAndConsentToACode) {
  Flow flow;
  flow.make_client();

  const HttpAnswer away = flow.authorize("openid username");
  EXPECT_EQ(away.status, 302);
  EXPECT_EQ(away.header("Location"), flow.server.base_url() + "/login/");
  const HttpAnswer login = send(flow.server, "POST", "/api/auth/login",
                                {{"Content-Type", "application/json"}, {"Cookie", cookie_in(away)}},
                                R"({"username":"analyste","password":"Baralia-2026!"})");
  const std::string way = login.json()["redirectUrl"];
  EXPECT_TRUE(way.starts_with("/oauth2/authorize?response_type=code&client_id=agent")) << way;
  flow.cookie = cookie_in(login);

  const HttpAnswer page =
      send(flow.server, "GET", way, {{"Cookie", flow.cookie}, {"Accept", "text/html"}});
  EXPECT_NE(page.body.find("<title>Consent required</title>"), std::string::npos);
  EXPECT_NE(page.body.find("value=\"username\""), std::string::npos);
  EXPECT_EQ(page.body.find("value=\"openid\""), std::string::npos);
  const HttpAnswer back = flow.consent(page, "&scope=username");
  EXPECT_TRUE(back.header("Location").starts_with("http://127.0.0.1:4711/callback?code="));
  EXPECT_EQ(part(back.header("Location"), "state"), "s1");

  // What was consented to once is not asked again.
  EXPECT_EQ(flow.authorize("openid username").status, 302);
}

TEST(Oauth2Server, TellsTheClientThatThePersonDeclined) {
  Flow flow;
  flow.make_client();
  flow.sign_in("analyste");

  const HttpAnswer back = flow.consent(flow.authorize("openid username"), "");

  EXPECT_EQ(part(back.header("Location"), "error"), "access_denied");
  EXPECT_EQ(part(back.header("Location"), "state"), "s1");
}

TEST(Oauth2Server, RefusesRequestsThatItCannotTrust) {
  Flow flow;
  flow.make_client();
  flow.sign_in("analyste");
  struct Case {
    const char* query;
    int status;
    const char* told;  // in the page, or in the address of the redirect
  };
  const std::string good = "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback&scope=openid";
  const Case cases[] = {
      {"client_id=agent", 400, "[invalid_request] OAuth 2.0 Parameter: response_type"},
      {"response_type=token&client_id=agent", 400, "[unsupported_response_type]"},
      {"response_type=code&client_id=nobody", 400, "OAuth 2.0 Parameter: client_id"},
      {"response_type=code&client_id=agent&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback", 400,
       "OAuth 2.0 Parameter: redirect_uri"},
      {"response_type=code&client_id=agent&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback"
       "&scope=banana",
       302, "error=invalid_scope"},
      {"response_type=code&client_id=agent&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback"
       "&code_challenge=x&code_challenge_method=plain",
       302, "error=invalid_request"},
  };
  for (const Case& one : cases) {
    const HttpAnswer answer =
        send(flow.server, "GET", std::string("/oauth2/authorize?") + one.query,
             {{"Cookie", flow.cookie}, {"Accept", "text/html"}});
    EXPECT_EQ(answer.status, one.status) << one.query;
    EXPECT_NE((answer.body + answer.header("Location")).find(one.told), std::string::npos)
        << one.query;
  }
  const HttpAnswer silent = send(
      flow.server, "GET", "/oauth2/authorize?response_type=code&client_id=agent&prompt=none" + good,
      {{"Accept", "text/html"}});
  EXPECT_EQ(part(silent.header("Location"), "error"), "login_required");
  const HttpAnswer script =
      send(flow.server, "GET", "/oauth2/authorize?response_type=code&client_id=agent" + good,
           {{"Accept", "application/json"}});
  EXPECT_EQ(script.status, 401);
  EXPECT_EQ(script.header("WWW-Authenticate"), "Bearer");
}

TEST(Oauth2Server, IssuesTokensThatOpenTheApi) {
  Flow flow;
  const Json tokens = flow.tokens();
  const std::string access = tokens["access_token"];

  EXPECT_EQ(tokens["token_type"], "Bearer");
  EXPECT_EQ(tokens["expires_in"], 299);
  EXPECT_EQ(tokens["scope"], "openid username");
  EXPECT_EQ(flow.me(access).json()["username"], "analyste");
  const auto signed_token = parse_token(access);
  ASSERT_TRUE(signed_token);
  EXPECT_TRUE(signed_by(send(flow.server, "GET", "/oauth2/jwks", {}).json(), *signed_token));
  EXPECT_EQ(signed_token->claims["iss"], flow.server.base_url() + "/");
  EXPECT_EQ(signed_token->claims["aud"], "agent");
  EXPECT_EQ(
      send(flow.server, "GET", "/userinfo", {{"Authorization", "Bearer " + access}}).json().dump(),
      R"({"sub":"analyste"})");
}

TEST(Oauth2Server, FindsUsersByTheClaimOfItsVersion) {
  Flow newer;
  const HttpAnswer refused = newer.me(newer.tokens("openid email")["access_token"]);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json()["devMessage"],
            "Found no matching DHIS2 user for the mapping claim: 'username' with the value: "
            "'null'");

  Flow older(release("2.42.4"));
  EXPECT_EQ(older.me(older.tokens("openid email")["access_token"]).json()["username"], "analyste");
  Flow older_again(release("2.42.4"));
  EXPECT_EQ(older_again.me(older_again.tokens()["access_token"]).status, 401);
}

TEST(Oauth2Server, UsesACodeOnceAndForgivesAWrongVerifier) {
  Flow flow;
  flow.make_client(
      R"(,"clientSettings":"{\"settings.client.require-authorization-consent\":false}")");
  flow.sign_in("analyste");
  const std::string code = part(flow.authorize("openid username").header("Location"), "code");
  const std::string form = "grant_type=authorization_code&code=" + code +
                           "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback&code_verifier=";

  EXPECT_EQ(flow.token(form + std::string(43, 'x')).json()["error"], "invalid_grant");
  const Json tokens = flow.token(form + kVerifier).json();
  EXPECT_EQ(flow.token(form + kVerifier).json()["error"], "invalid_grant");

  // The second use costs the refresh token; the access token goes on.
  EXPECT_EQ(flow.me(tokens["access_token"]).status, 200);
  const std::string refresh = tokens["refresh_token"];
  EXPECT_EQ(flow.token("grant_type=refresh_token&refresh_token=" + refresh).json()["error"],
            "invalid_grant");
}

TEST(Oauth2Server, KeepsOrRotatesRefreshTokensAsTheClientSays) {
  Flow keeping;
  const std::string kept = keeping.tokens()["refresh_token"];
  const Json again = keeping.token("grant_type=refresh_token&refresh_token=" + kept).json();
  EXPECT_EQ(again["refresh_token"], kept);

  Flow rotating;
  const std::string first = rotating.tokens(
      "openid username",
      R"(,"tokenSettings":"{\"settings.token.reuse-refresh-tokens\":false}")")["refresh_token"];
  const Json next = rotating.token("grant_type=refresh_token&refresh_token=" + first).json();
  const std::string second = next["refresh_token"];
  EXPECT_NE(second, first);
  EXPECT_EQ(rotating.token("grant_type=refresh_token&refresh_token=" + first).json()["error"],
            "invalid_grant");
  EXPECT_EQ(rotating.token("grant_type=refresh_token&refresh_token=" + second).status, 200);
}

TEST(Oauth2Server, RevokesRefreshTokensButNotWhatIsSigned) {
  Flow flow;
  const Json tokens = flow.tokens();
  const std::string refresh = tokens["refresh_token"], access = tokens["access_token"];
  httplib::Headers headers = basic("agent", kSecret);
  headers.emplace("Content-Type", "application/x-www-form-urlencoded");
  const auto introspect = [&](const std::string& token) {
    return send(flow.server, "POST", "/oauth2/introspect", headers, "token=" + token);
  };

  EXPECT_EQ(introspect(access).status, 500);
  EXPECT_EQ(send(flow.server, "POST", "/oauth2/revoke", headers, "token=" + refresh).status, 200);

  EXPECT_EQ(introspect(access).body, R"({"active":false})");
  EXPECT_EQ(flow.token("grant_type=refresh_token&refresh_token=" + refresh).status, 400);
  EXPECT_EQ(flow.me(access).status, 200);
}

TEST(Oauth2Server, RefusesClientsInTheWordsOfSpring) {
  Flow flow;
  flow.make_client();
  const auto post = [&](httplib::Headers headers, const std::string& form) {
    headers.emplace("Content-Type", "application/x-www-form-urlencoded");
    return send(flow.server, "POST", "/oauth2/token", headers, form);
  };
  const std::string refresh = "grant_type=refresh_token&refresh_token=x";
  EXPECT_EQ(post(basic("agent", "wrong"), refresh).status, 401);
  EXPECT_EQ(post(basic("nobody", kSecret), refresh).json()["error"], "invalid_client");
  EXPECT_EQ(post({}, refresh + "&client_id=agent").status, 302);
  EXPECT_EQ(post({}, refresh + "&client_id=agent&client_secret=" + kSecret).json()["error"],
            "invalid_grant");
  EXPECT_EQ(post(basic("agent", kSecret), "grant_type=password").json()["error"],
            "unsupported_grant_type");
  EXPECT_EQ(post(basic("agent", kSecret), "a=b").json()["error"], "invalid_request");
}

TEST(Oauth2Server, LosesItsKeyAtARestartUnlessAFileKeepsIt) {
  Flow flow;
  const Json tokens = flow.tokens();
  flow.server.restart();
  const HttpAnswer lost = flow.me(tokens["access_token"]);
  EXPECT_EQ(lost.status, 401);
  EXPECT_NE(lost.header("WWW-Authenticate").find("no matching key(s) found"), std::string::npos);
  // Refresh tokens lie in the database.
  const std::string refresh = tokens["refresh_token"];
  EXPECT_EQ(flow.token("grant_type=refresh_token&refresh_token=" + refresh).status, 200);

  Settings keeping;
  keeping.conf["oauth2.server.jwt.keystore.path"] = testing::TempDir() + "/practice-key.pem";
  Flow kept(keeping);
  const std::string access = kept.tokens()["access_token"];
  kept.server.restart();
  EXPECT_EQ(kept.me(access).status, 200);
}

TEST(Oauth2Server, RegistersADeviceThatAPersonEnrolled) {
  Flow flow;
  flow.sign_in("analyste");
  const HttpAnswer enrolled =
      send(flow.server, "GET", "/api/auth/enrollDevice?redirectUri=dhis2oauth://oauth&state=s",
           {{"Cookie", flow.cookie}});
  const std::string initial = part(enrolled.header("Location"), "iat");
  const SigningKey device;
  const Json body = {{"client_name", "Device"},
                     {"redirect_uris", Json::array({"http://127.0.0.1/cb"})},
                     {"token_endpoint_auth_method", "private_key_jwt"},
                     {"jwks", device.jwks()}};
  const httplib::Headers headers = {{"Authorization", "Bearer " + initial},
                                    {"Content-Type", "application/json"}};
  const HttpAnswer made = send(flow.server, "POST", "/connect/register", headers, body.dump());
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = made.json()["client_id"];
  EXPECT_EQ(send(flow.server, "POST", "/connect/register", headers, body.dump()).status, 401);

  const std::string base = flow.server.base_url();
  const HttpAnswer back = send(
      flow.server, "GET",
      "/oauth2/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&client_id=" +
          id + "&scope=openid%20username&code_challenge_method=S256&code_challenge=" +
          base64url(sha256(kVerifier)),
      {{"Cookie", flow.cookie}});
  const auto exchange = [&](const std::string& audience) {
    Json claims = {{"iss", id}, {"sub", id}, {"aud", audience}};
    claims["exp"] = 4102444800;
    return send(flow.server, "POST", "/oauth2/token",
                {{"Content-Type", "application/x-www-form-urlencoded"}},
                "grant_type=authorization_code&code=" + part(back.header("Location"), "code") +
                    "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&code_verifier=" + kVerifier +
                    "&client_assertion=" + device.sign(claims));
  };
  EXPECT_EQ(exchange("https://elsewhere.example.org").status, 401);
  EXPECT_EQ(exchange(base + "/oauth2/token").status, 200);
}

TEST(Oauth2Clients, AreKeptAsTheyWereSentAndTripWhenTheyAreUsed) {
  Flow flow;
  httplib::Headers headers = basic("admin", "district");
  headers.emplace("Content-Type", "application/json");
  const auto post = [&](const std::string& body) {
    return send(flow.server, "POST", "/api/oAuth2Clients", headers, body);
  };
  EXPECT_EQ(post("{}").json()["response"]["errorReports"].size(), 2u);
  EXPECT_EQ(post(R"({"clientId":"a","authorizationGrantTypes":["authorization_code"]})").status,
            201);
  EXPECT_EQ(post(R"({"clientId":"a"})").status, 409);
  EXPECT_EQ(post(R"({"clientId":"b","authorizationGrantTypes":"password"})").status, 409);
  EXPECT_EQ(post(R"({"clientId":"c","redirectUris":"myapp://cb"})").json()["errorCode"], "E1004");
  EXPECT_EQ(
      send(flow.server, "GET", "/api/oAuth2Clients", basic("analyste", "Baralia-2026!")).status,
      403);
  flow.sign_in("analyste");
  EXPECT_EQ(send(flow.server, "GET",
                 "/oauth2/authorize?response_type=code&client_id=a&redirect_uri=http://x",
                 {{"Cookie", flow.cookie}})
                .status,
            500);
}

TEST(OauthFaults, BendTheAnswersThatTheyName) {
  const auto answer = [](const std::string& kind) {
    Flow flow({}, Fault::parse("oauth:" + kind));
    return flow.tokens();
  };
  EXPECT_EQ(answer("mac")["token_type"], "mac");
  EXPECT_FALSE(answer("no-expires").contains("expires_in"));
  EXPECT_FALSE(answer("no-access-token").contains("access_token"));
  EXPECT_TRUE(answer("bad-json").is_discarded());
  EXPECT_EQ(answer("huge:1")["padding"].get<std::string>().size(), 1000000u);

  Flow stranger({}, Fault::parse("oauth:wrong-state"));
  stranger.make_client();
  stranger.sign_in("analyste");
  EXPECT_EQ(part(stranger.authorize("openid").header("Location"), "state"), "of-someone-else");

  Flow dead({}, Fault::parse("oauth:expired"));
  EXPECT_EQ(dead.me(dead.tokens()["access_token"]).status, 401);

  Flow spent({}, Fault::parse("oauth:no-rotation"));
  const std::string refresh = spent.tokens()["refresh_token"];
  EXPECT_FALSE(spent.token("grant_type=refresh_token&refresh_token=" + refresh)
                   .json()
                   .contains("refresh_token"));
  EXPECT_EQ(spent.token("grant_type=refresh_token&refresh_token=" + refresh).status, 400);

  EXPECT_GE(oauth_faults().size(), 15u);
  EXPECT_THROW(Fault::parse("oauth:nonsense"), std::invalid_argument);
}

TEST(Conf, SwitchesTheServersOff) {
  Settings off;
  off.conf["oauth2.server.enabled"] = "off";
  off.conf["http.security.csrf.enabled"] = "on";
  const Server server(off);
  EXPECT_EQ(send(server, "GET", "/.well-known/openid-configuration", {}).status, 302);
  EXPECT_EQ(send(server, "GET", "/api/me", {{"Authorization", "Bearer x"}}).status, 302);
  httplib::Headers headers = basic("admin", "district");
  EXPECT_EQ(send(server, "POST", "/api/apiToken", headers, "{}").status, 403);
  headers.emplace("Content-Type", "application/json");
  headers.emplace("Cookie", "XSRF-TOKEN=word");
  headers.emplace("X-XSRF-TOKEN", "word");
  EXPECT_EQ(send(server, "POST", "/api/apiToken", headers, "{}").status, 201);
}

}  // namespace
}  // namespace sandbox
