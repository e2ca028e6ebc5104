// SPDX-License-Identifier: BSD-3-Clause
// Discovery, and fifteen ways and more in which an authorization server can be wrong.
#include "auth/oauth2.h"

#include <gtest/gtest.h>

#include "auth/login_attempt.h"
#include "auth/places.h"
#include "auth/token_endpoint.h"
#include "dhis2/error.h"
#include "tests/auth/oauth2_login.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

using test::Browser;
using test::endpoint_of;
using test::Misbehaviour;
using test::PracticeOAuth2;
using test::profile_of;

const WallTime kNow{std::chrono::seconds(1'800'000'000)};
const Patience kPatience{.stop = {}, .budget = std::chrono::milliseconds(800)};

struct Outcome {
  std::string account, error;
};

// A whole login, from discovery to /api/me.
Outcome log_in(PracticeOAuth2& dhis2, bool legacy = false) {
  try {
    auto browser = std::make_unique<Browser>();
    Browser& person = *browser;
    LoginAttempt attempt(profile_of(dhis2, legacy), endpoint_of(dhis2, legacy),
                         legacy ? "" : "openid username", std::move(browser));
    const std::string target = dhis2.approve(attempt.url());
    person.queries = {target.substr(target.find('?') + 1)};
    return {attempt.wait({}, {}).account, {}};
  } catch (const Error& error) {
    return {{}, std::string(error.what()) + " | " + error.hint};
  }
}

TEST(OAuth2, LogsInToAServerThatBehaves) {
  for (const char* auth : {"basic", "post"}) {
    PracticeOAuth2 dhis2;
    dhis2.client_auth = auth;
    const Outcome outcome = log_in(dhis2);
    EXPECT_EQ(outcome.account, "analyste") << auth << outcome.error;
    EXPECT_EQ(dhis2.token_posts(), 1);
  }
}

TEST(OAuth2, TakesEachMisbehaviourForWhatItIs) {
  struct Case {
    Misbehaviour misbehaviour;
    const char* says;  // nullptr: it is harmless
    int posts;         // requests to the token endpoint
  };
  const Case cases[] = {
      {Misbehaviour::wrong_issuer, "calls itself https://evil.example.org", 0},
      {Misbehaviour::token_elsewhere, "its token_endpoint is http://169.254.169.254", 0},
      {Misbehaviour::no_pkce, "PKCE with S256", 0},
      {Misbehaviour::html_discovery, "switched off", 0},
      {Misbehaviour::wrong_iss, "another server, https://evil.example.org", 0},
      {Misbehaviour::missing_iss, "nobody in particular", 0},
      {Misbehaviour::html_token, "a page instead of tokens", 1},
      {Misbehaviour::no_expires_in, nullptr, 1},
      {Misbehaviour::past_expires_in, "expired already", 1},
      {Misbehaviour::text_expires_in, nullptr, 1},
      {Misbehaviour::mac_token, "type mac", 1},
      {Misbehaviour::no_access_token, "no access_token", 1},
      {Misbehaviour::newline_token, "characters that no token has", 1},
      {Misbehaviour::huge_token, "characters that no token has", 1},
      {Misbehaviour::not_json, "no JSON", 1},
      {Misbehaviour::redirecting_token, "no OAuth2 server", 1},
      {Misbehaviour::unavailable_token, "HTTP 503", 1},
  };
  for (const Case& one : cases) {
    PracticeOAuth2 dhis2;
    dhis2.misbehaviour = one.misbehaviour;

    const Outcome outcome = log_in(dhis2);

    SCOPED_TRACE(static_cast<int>(one.misbehaviour));
    if (one.says == nullptr) {
      EXPECT_EQ(outcome.account, "analyste") << outcome.error;
    } else {
      EXPECT_NE(outcome.error.find(one.says), std::string::npos) << outcome.error;
      EXPECT_EQ(outcome.account, "");
    }
    EXPECT_EQ(dhis2.token_posts(), one.posts);
    for (const std::string& secret : dhis2.secrets()) {
      EXPECT_EQ(outcome.error.find(secret), std::string::npos) << "a secret is in the error";
    }
  }
}

TEST(OAuth2, GivesUpOnASlowServerInTime) {
  PracticeOAuth2 dhis2;
  const TokenEndpoint endpoint = endpoint_of(dhis2);
  dhis2.misbehaviour = Misbehaviour::slow_token;
  try {
    endpoint.refresh(Secret("x"), kNow, kPatience);
    FAIL() << "it was not slow";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
  }
}

TEST(OAuth2, KnowsWhichServersHaveWhichOAuth2) {
  struct Case {
    const char* version;
    bool legacy_works, works;
    const char* scope;
  };
  // /uaa up to 2.41, the authorization server from 2.42 on.
  const Case cases[] = {{"2.37.9", true, false, ""},
                        {"2.38.1", true, false, ""},
                        {"2.39.4", true, false, ""},
                        {"2.40.3", true, false, ""},
                        {"2.41.2", true, false, ""},
                        {"2.42.0", false, true, "openid email"},
                        {"2.42.4", false, true, "openid email"},
                        {"2.42.5", false, true, "openid username"},
                        {"2.43.1", false, true, "openid username"}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.version);
    PracticeOAuth2 dhis2(one.version);
    Client client(BaseUrl::parse(dhis2.url()));
    if (one.works) {
      EXPECT_EQ(discover(client, {}).token_path, "/oauth2/token");
      EXPECT_EQ(needed_scope(version_without_sign_in(client, {})), one.scope);
    } else {
      EXPECT_THROW(discover(client, {}), Error);
    }
    if (one.legacy_works) {
      EXPECT_EQ(legacy_server(client, {}).token_path, "/uaa/oauth/token");
      EXPECT_EQ(log_in(dhis2, true).account, "analyste");
    } else {
      EXPECT_THROW(legacy_server(client, {}), Error);
    }
  }
}

TEST(OAuth2, TellsAnAdministratorTheLinesThatAreMissing) {
  for (const auto& [version, line] :
       {std::pair("2.43.1", "oauth2.server.enabled = on"),
        std::pair("2.42.3", "oidc.provider.dhis2.mapping_claim = email")}) {
    PracticeOAuth2 dhis2(version);
    dhis2.switched_off = true;
    Client client(BaseUrl::parse(dhis2.url()));
    try {
      discover(client, {});
      FAIL() << "nothing is there";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::unsupported_version);
      EXPECT_NE(error.hint.find(line), std::string::npos) << error.hint;
      EXPECT_NE(error.hint.find("server.base.url = " + dhis2.url()), std::string::npos);
    }
  }
}

TEST(OAuth2, ReadsRefusalsOfTheTokenEndpoint) {
  PracticeOAuth2 dhis2;
  TokenEndpoint good = endpoint_of(dhis2);
  dhis2.client_secret = "changed";
  try {
    good.refresh(Secret("x"), kNow, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "invalid_client");
    EXPECT_NE(error.hint.find("--client-auth"), std::string::npos);
  }
  PracticeOAuth2 old("2.40.3");
  const TokenEndpoint legacy = endpoint_of(old, true);
  try {
    legacy.password("admin", Secret("mistyped"), kNow, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "invalid_grant");
    EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
    EXPECT_NE(std::string(error.what()).find("password is wrong"), std::string::npos);
  }
  for (const test::Seen& seen : old.http.seen()) {
    EXPECT_EQ(seen.header("Accept"), "application/json") << seen.path;
  }
}

}  // namespace
}  // namespace dhis2mcp
