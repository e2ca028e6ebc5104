// SPDX-License-Identifier: BSD-3-Clause
// Personal access tokens and OAuth2 clients as each version wants them made.
#include <crypt.h>
#include <gtest/gtest.h>

#include "auth/connections.h"
#include "auth/oauth2_clients.h"
#include "auth/owned_tokens.h"
#include "auth/registration.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "tests/support/practice_oauth2.h"

namespace dhis2mcp {
namespace {

using test::PracticeOAuth2;
using test::Reply;
using test::Seen;

const WallTime kNow{std::chrono::seconds(1'800'000'000)};

struct Issued : testing::Test {
  test::FakeHttp dhis2;

  Issued() { play("2.43.1"); }
  void play(const std::string& version) {
    dhis2.get("/api/me", R"({"id":"x","username":"admin"})");
    dhis2.get("/api/system/info", R"({"version":")" + version + R"("})");
    dhis2.get("/api/loginConfig", R"({"apiVersion":")" + version + R"("})");
    const std::string base = dhis2.url();
    dhis2.get("/.well-known/openid-configuration",
              R"({"issuer":")" + base + R"(/","authorization_endpoint":")" + base +
                  R"(/oauth2/authorize","token_endpoint":")" + base +
                  R"(/oauth2/token","registration_endpoint":")" + base +
                  R"(/connect/register","code_challenge_methods_supported":["S256"]})");
    dhis2.on("GET", "/uaa/oauth/token", Reply{401, "", "", {{"WWW-Authenticate", "Basic"}}});
  }
  std::unique_ptr<SignedClient> client() const {
    Profile profile;
    profile.name = "admin";
    profile.url = dhis2.url();
    profile.method = AuthMethod::basic;
    profile.user = "admin";
    return connect(profile, Secret("district"), nullptr);
  }
  Json body_of(const std::string& path) const {
    for (const Seen& seen : dhis2.seen()) {
      if (seen.path == path && seen.method == "POST") return parse_json(seen.body);
    }
    return {};
  }
};

TEST_F(Issued, MakesAReadOnlyTokenThatEnds) {
  dhis2.on("POST", "/api/apiToken", Reply{201, R"({"response":{"key":"d2p_key","uid":"abc"}})"});
  TokenWish wish;
  wish.expires = kNow + std::chrono::hours(24);
  wish.ips = {"192.0.2.7"};

  const NewToken made = create_token(*client(), wish, kNow, {});

  EXPECT_EQ(made.uid, "abc");
  EXPECT_EQ(made.key, Secret("d2p_key"));
  EXPECT_EQ(body_of("/api/apiToken"), Json::parse(R"({"expire":1800086400000,"attributes":[
              {"type":"MethodAllowedList","allowedMethods":["GET","HEAD"]},
              {"type":"IpAllowedList","allowedIps":["192.0.2.7"]}]})"));
}

TEST_F(Issued, RefusesTokensThatWouldBeDeadOrUseless) {
  TokenWish past;
  past.expires = kNow - std::chrono::seconds(1);
  EXPECT_THROW(create_token(*client(), past, kNow, {}), Error);
  TokenWish odd;
  odd.expires = kNow + std::chrono::hours(1);
  odd.methods = {"FLY"};
  EXPECT_THROW(create_token(*client(), odd, kNow, {}), Error);
  EXPECT_EQ(dhis2.count("/api/apiToken"), 0U);
}

TEST_F(Issued, NamesTheDefectOfOnePatchRelease) {
  play("2.42.5");
  dhis2.on("POST", "/api/apiToken", Reply{500, R"({"httpStatusCode":500,"message":"x"})"});
  TokenWish wish;
  wish.expires = kNow + std::chrono::hours(1);
  try {
    create_token(*client(), wish, kNow, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint.find("2.42.5.1"), std::string::npos) << error.hint;
  }
}

TEST_F(Issued, ListsTokensWithTheirLimitsSoonestFirst) {
  dhis2.get("/api/apiToken", R"({"apiToken":[
      {"id":"never","expire":253402300799000},
      {"id":"later","expire":1900000000000,"attributes":[]},
      {"id":"soon","code":"C","expire":1800000001000,"attributes":[
        {"type":"MethodAllowedList","allowedMethods":["GET"]},
        {"type":"RefererAllowedList","allowedReferrers":["https://a"]}]}]})");

  const auto tokens = owned_tokens(*client(), {});

  ASSERT_EQ(tokens.size(), 3U);
  EXPECT_EQ(tokens[0].uid, "soon");
  EXPECT_EQ(tokens[0].expires, kNow + std::chrono::seconds(1));
  EXPECT_EQ(tokens[0].methods, std::vector<std::string>{"GET"});
  EXPECT_EQ(tokens[0].referrers, std::vector<std::string>{"https://a"});
  EXPECT_TRUE(tokens[1].methods.empty());
  EXPECT_EQ(tokens[2].uid, "never");  // in the year 9999, which the clock does not reach
}

TEST_F(Issued, SaysWhereARevocationDoesNotActAtOnce) {
  dhis2.on("DELETE", "/api/apiToken/abc", Reply{200, "{}"});
  EXPECT_EQ(revoke_token(*client(), "abc", {}), "");
  play("2.40.3");
  EXPECT_NE(revoke_token(*client(), "abc", {}).find("caches"), std::string::npos);
  EXPECT_THROW(revoke_token(*client(), "../me", {}), Error);
}

TEST_F(Issued, RegistersAClientInTheShapeOfEachVersion) {
  const ClientWish wish{"Agent", "agent", {"http://127.0.0.1/callback"}, false};
  for (const char* version : {"2.37.9", "2.40.3", "2.41.2"}) {
    play(version);
    dhis2.forget();
    dhis2.on("POST", "/api/oAuth2Clients", Reply{201, R"({"response":{"uid":"abc"}})"});

    const NewClient made = create_client(*client(), wish, {});

    const Json body = body_of("/api/oAuth2Clients");
    EXPECT_EQ(made.uid, "abc");
    EXPECT_EQ(body["cid"], "agent") << version;
    EXPECT_EQ(body["secret"], made.secret.reveal());
    EXPECT_EQ(made.secret.reveal().size(), 36U);
    EXPECT_EQ(body["grantTypes"], Json::parse(R"(["authorization_code","refresh_token"])"));
    EXPECT_EQ(body["redirectUris"], Json::parse(R"(["http://127.0.0.1/callback"])"));
  }
  for (const auto& [version, scopes] :
       {std::pair("2.42.3", "openid,profile,email"), std::pair("2.42.5", "openid,profile,username"),
        std::pair("2.43.1", "openid,profile,username")}) {
    play(version);
    dhis2.forget();

    const NewClient made = create_client(*client(), wish, {});

    const Json body = body_of("/api/oAuth2Clients");
    EXPECT_EQ(body["clientId"], "agent") << version;
    EXPECT_EQ(body["scopes"], scopes) << version;
    EXPECT_EQ(body["redirectUris"], "http://127.0.0.1/callback");
    EXPECT_EQ(body["authorizationGrantTypes"], "authorization_code,refresh_token");
    ASSERT_TRUE(body["clientSettings"].is_string());
    EXPECT_EQ(
        parse_json(body["clientSettings"].get<std::string>())["settings.client.require-proof-key"],
        true);
    const std::string hash = body["clientSecret"];
    EXPECT_EQ(hash.substr(0, 7), "$2a$10$");
    crypt_data memory{};
    EXPECT_EQ(hash, crypt_r(std::string(made.secret.reveal()).c_str(), hash.c_str(), &memory));
  }
}

TEST_F(Issued, ChecksOAuth2IsOnBeforeItRegistersAClient) {
  dhis2.on("GET", "/.well-known/openid-configuration",
           Reply{302, "", "", {{"Location", "/login/"}}});
  try {
    create_client(*client(), {"", "agent", {"http://127.0.0.1/callback"}, false}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint.find("oauth2.server.enabled = on"), std::string::npos);
  }
  EXPECT_EQ(dhis2.count("/api/oAuth2Clients"), 0U);
}

TEST_F(Issued, ShowsClientsOfBothShapesWithoutTheirSecrets) {
  dhis2.get("/api/oAuth2Clients", R"({"oAuth2Clients":[
      {"id":"a","name":"New","clientId":"n","clientAuthenticationMethods":"client_secret_basic",
       "authorizationGrantTypes":"authorization_code,refresh_token","redirectUris":"http://a,http://b",
       "scopes":"openid,username","clientSecret":"$2a$10$x"},
      {"id":"b","name":"Old","cid":"o","grantTypes":["password"],"redirectUris":["http://c"],
       "secret":"plain"}]})");

  const auto clients = registered_clients(*client(), {});

  ASSERT_EQ(clients.size(), 2U);
  EXPECT_EQ(clients[0].redirect_uris, (std::vector<std::string>{"http://a", "http://b"}));
  EXPECT_EQ(clients[1].client_id, "o");
  EXPECT_EQ(clients[1].grant_types, std::vector<std::string>{"password"});
  EXPECT_EQ(registered_client(*client(), "Old", {}).uid, "b");
  EXPECT_THROW(registered_client(*client(), "nobody", {}), Error);
  for (const Seen& seen : dhis2.seen()) {
    EXPECT_EQ(seen.query.find("ecret"), std::string::npos) << "the secret was asked for";
  }
}

TEST_F(Issued, RegistersItselfWithAKeyOfItsOwn) {
  dhis2.on("POST", "/connect/register", Reply{201, R"({"client_id":"made-by-dhis2"})"});
  Profile profile;
  profile.name = "me";
  profile.url = dhis2.url();
  profile.method = AuthMethod::oauth2;

  const Registered made =
      register_client(profile, Secret("iat-canary"), "http://127.0.0.1/callback", {});

  EXPECT_EQ(made.client_id, "made-by-dhis2");
  EXPECT_NE(made.key.reveal().find("PRIVATE KEY"), std::string_view::npos);
  const Json body = body_of("/connect/register");
  EXPECT_EQ(body["token_endpoint_auth_method"], "private_key_jwt");
  EXPECT_EQ(body["jwks"]["keys"][0]["kty"], "RSA");
  EXPECT_FALSE(body["jwks"]["keys"][0].contains("d")) << "the private half was sent";

  dhis2.on("POST", "/connect/register", Reply{401, R"({"error":"invalid_token"})"});
  try {
    register_client(profile, Secret("iat-canary"), "http://127.0.0.1/callback", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
    EXPECT_EQ(std::string(error.what()).find("iat-canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace dhis2mcp
