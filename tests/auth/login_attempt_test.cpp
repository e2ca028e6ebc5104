// SPDX-License-Identifier: BSD-3-Clause
// One login: what it asks for, and which of the answers that come back end it.
#include "auth/login_attempt.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"
#include "tests/auth/oauth2_login.h"

namespace dhis2mcp {
namespace {

using test::Browser;
using test::endpoint_of;
using test::PracticeOAuth2;
using test::profile_of;

TEST(LoginAttempt, AsksWithStatePkceAndTheScopes) {
  PracticeOAuth2 dhis2;
  const LoginAttempt attempt(profile_of(dhis2), endpoint_of(dhis2), "openid username",
                             std::make_unique<Browser>());

  const std::string url = attempt.url();
  const auto asked = test::form_of(url.substr(url.find('?') + 1));

  EXPECT_EQ(url.substr(0, url.find('?')), dhis2.url() + "/oauth2/authorize");
  EXPECT_EQ(asked.at("response_type"), "code");
  EXPECT_EQ(asked.at("client_id"), "agent");
  EXPECT_EQ(asked.at("scope"), "openid username");
  EXPECT_EQ(asked.at("code_challenge_method"), "S256");
  EXPECT_EQ(asked.at("code_challenge").size(), 43U);
  EXPECT_EQ(asked.at("state").size(), 43U);
  EXPECT_EQ(asked.at("redirect_uri"), "http://127.0.0.1:3449/callback");
}

TEST(LoginAttempt, IsNotEndedByWhoeverDoesNotKnowTheState) {
  PracticeOAuth2 dhis2;
  auto browser = std::make_unique<Browser>();
  Browser& person = *browser;
  LoginAttempt attempt(profile_of(dhis2), endpoint_of(dhis2), "openid username",
                       std::move(browser));
  const std::string target = dhis2.approve(attempt.url());
  const std::string good = target.substr(target.find('?') + 1);
  const std::string code = good.substr(0, good.find("&state="));
  person.queries = {"error=access_denied",
                    "error=access_denied&state=wrong",
                    code,
                    code + "&state=",
                    code + "&state=wrong",
                    "state=",
                    good,
                    good};

  EXPECT_EQ(attempt.wait({}, {}).account, "analyste");
  EXPECT_EQ(dhis2.token_posts(), 1) << "a code was sent without the right state";
}

TEST(LoginAttempt, EndsWithWhatTheServerSays) {
  struct Case {
    const char* error;
    const char* says;
  };
  for (const Case& one : {Case{"access_denied", "consent page"}, Case{"invalid_scope", "scopes"},
                          Case{"server_error", "server_error"}}) {
    PracticeOAuth2 dhis2;
    auto browser = std::make_unique<Browser>();
    Browser& person = *browser;
    LoginAttempt attempt(profile_of(dhis2), endpoint_of(dhis2), "openid username",
                         std::move(browser));
    const std::string url = attempt.url();
    const auto state = test::form_of(url.substr(url.find('?') + 1)).at("state");
    person.queries = {std::string("error=") + one.error + "&state=" + state};
    try {
      attempt.wait({}, {});
      FAIL() << one.error;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(one.says), std::string::npos) << error.what();
    }
    EXPECT_EQ(dhis2.token_posts(), 0);
  }
}

TEST(LoginAttempt, RefusesAnotherAccountInOneSentenceAndGivesItBack) {
  PracticeOAuth2 dhis2;
  Profile profile = profile_of(dhis2);
  profile.user = "admin";
  auto browser = std::make_unique<Browser>();
  Browser& person = *browser;
  LoginAttempt attempt(profile, endpoint_of(dhis2), "openid username", std::move(browser));
  const std::string target = dhis2.approve(attempt.url(), "analyste");
  person.queries = {target.substr(target.find('?') + 1)};
  try {
    attempt.wait({}, {});
    FAIL() << "somebody else got in";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "analyste signed in, but profile 'me' is for admin, so nothing was kept.");
  }
  EXPECT_EQ(dhis2.http.count("/oauth2/revoke"), 1U);
}

TEST(LoginAttempt, SaysThatAScopeIsMissing) {
  PracticeOAuth2 dhis2;
  auto browser = std::make_unique<Browser>();
  Browser& person = *browser;
  LoginAttempt attempt(profile_of(dhis2), endpoint_of(dhis2), "openid", std::move(browser));
  const std::string target = dhis2.approve(attempt.url());
  person.queries = {target.substr(target.find('?') + 1)};
  try {
    attempt.wait({}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint.find("--scope \"openid username\""), std::string::npos) << error.hint;
  }
}

}  // namespace
}  // namespace dhis2mcp
