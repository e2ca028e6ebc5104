// SPDX-License-Identifier: BSD-3-Clause
// Each answer of a real DHIS2 to a credential that it does not take, and what is made of it.
#include "auth/refusal.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

Response answer(int status, const std::string& message, Headers headers = {}) {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  if (!message.empty()) {
    response.headers.emplace_back("Content-Type", "application/json;charset=UTF-8");
    response.body =
        R"({"httpStatus":"Unauthorized","httpStatusCode":401,"status":"ERROR","message":")" +
        message + R"("})";
  }
  return response;
}

const Headers kToken = {{"WWW-Authenticate", "ApiToken"}};
const Headers kLogin = {{"Location", "http://h/dhis-web-commons/security/login.action"}};

Profile with(AuthMethod method) {
  Profile profile;
  profile.name = "demo";
  profile.url = "https://h";
  profile.method = method;
  return profile;
}

TEST(Refusal, TellsTheCausesApart) {
  struct Case {
    AuthMethod method;
    Response response;
    const char* cause;
    bool of_credential;
  };
  constexpr auto basic = AuthMethod::basic;
  constexpr auto pat = AuthMethod::pat;
  const Case cases[] = {
      {basic, answer(401, "Unauthorized"), "the user name or the password is wrong", true},
      {basic, answer(401, "Account locked"), "locked this account", true},
      {basic, answer(401, "Account disabled"), "account is disabled", true},
      {basic, answer(302, "", kLogin), "did not read the password", false},
      {pat, answer(401, "The API token does not exists", kToken), "does not know this token", true},
      {pat, answer(401, "The API token owner does not exists.", kToken), "or its owner", true},
      {pat, answer(401, "Failed to authenticate API token, token has expired.", kToken),
       "has expired", true},
      {pat,
       answer(401, "Failed to authenticate API token, request ip address is not allowed.", kToken),
       "other IP addresses", true},
      {pat,
       answer(401, "Failed to authenticate API token, request http method is not allowed.", kToken),
       "other HTTP methods", false},
      {pat,
       answer(401,
              "Failed to authenticate API token, request http referrer is missing or not allowed.",
              kToken),
       "given referrer", true},
      {pat, answer(401, "The API token is disabled, locked or 2FA is enabled.", kToken),
       "two-factor", true},
      {pat, answer(400, "Checksum validation failed", kToken), "mistyped", true},
      {pat, answer(400, "Api token is malformed", kToken), "no token of DHIS2", true},
      {pat, answer(401, "", kToken), "without a reason", true},  // 2.40
      {pat, answer(401, "Unauthorized"), "switched off", true},  // 2.37, with X-Requested-With
      {pat, answer(302, "", kLogin), "switched off", false},
  };
  for (const Case& one : cases) {
    const auto read = refusal(with(one.method), Request{}, one.response, {});

    ASSERT_TRUE(read) << one.cause;
    EXPECT_NE(read->cause.find(one.cause), std::string::npos) << read->cause;
    EXPECT_FALSE(read->next_step.empty());
    EXPECT_EQ(read->of_credential, one.of_credential) << one.cause;
  }
}

TEST(Refusal, IsNotSeenInOtherAnswers) {
  for (const int status : {200, 204, 301, 400, 403, 404, 409, 500, 503}) {
    EXPECT_FALSE(refusal(with(AuthMethod::basic), {}, answer(status, "Unauthorized"), {}))
        << status;
    EXPECT_FALSE(refusal(with(AuthMethod::pat), {}, answer(status, "has expired"), {})) << status;
  }
  const Headers elsewhere = {{"Location", "http://h/api/dataElements/x"}};
  EXPECT_FALSE(refusal(with(AuthMethod::basic), {}, answer(302, "", elsewhere), {}));
}

TEST(Refusal, DoesNotBlameTheCredentialForWhatAUserMayNotDo) {
  const char* const messages[] = {
      "You don't have access to fileResource 'x' or this fileResource is not available",
      "OWNERSHIP_ACCESS_DENIED"};
  for (const char* said : messages) {
    for (const auto method : {AuthMethod::basic, AuthMethod::pat, AuthMethod::oauth2}) {
      const auto read = refusal(with(method), {}, answer(401, said), {});
      ASSERT_TRUE(read);
      EXPECT_EQ(read->kind, ErrorKind::forbidden) << said;
      EXPECT_FALSE(read->of_credential) << said;
    }
  }
}

TEST(Refusal, BlamesTheCredentialWhenAProxySaysNoInItsOwnWords) {
  Response page;
  page.status = 401;
  page.headers = {{"Content-Type", "text/html"}, {"WWW-Authenticate", "Basic realm=\"x\""}};
  page.body = "<html>401 Authorization Required</html>";

  EXPECT_TRUE(refusal(with(AuthMethod::basic), {}, page, {})->of_credential);
  EXPECT_TRUE(refusal(with(AuthMethod::oauth2), {}, page, {})->of_credential);
}

TEST(Refusal, SeesTheLoginPageWhereDataWasAsked) {
  Response page;
  page.status = 200;
  page.headers = {{"Content-Type", "text/html;charset=UTF-8"}, {"Login-Page", "true"}};
  EXPECT_TRUE(refusal(with(AuthMethod::pat), Request{}, page, {}));

  Request for_html;
  for_html.accept = "text/html";
  EXPECT_FALSE(refusal(with(AuthMethod::pat), for_html, page, {}));
}

TEST(Refusal, OffersTwoFactorOwnersWhatTheirVersionHas) {
  const Response refused = answer(401, "Unauthorized");
  const auto next = [&](const std::optional<Version>& version) {
    return refusal(with(AuthMethod::basic), {}, refused, version)->next_step;
  };
  EXPECT_NE(next(Version{41, 3, 0}).find("browser only, up to DHIS2 2.41"), std::string::npos);
  EXPECT_NE(next(Version{42, 0, 0}).find("needs --oauth2"), std::string::npos);
  EXPECT_NE(next({}).find("from DHIS2 2.42 on"), std::string::npos);
}

TEST(Refusal, DoesNotBlameTheTokenForAnotherMethodThanGet) {
  Request head;
  head.method = Method::head;
  EXPECT_FALSE(refusal(with(AuthMethod::pat), head, answer(401, "", kToken), {})->of_credential);

  const auto by_rule = refusal(
      with(AuthMethod::pat), {},
      answer(401, "Failed to authenticate API token, request http method is not allowed.", kToken),
      {});
  EXPECT_EQ(by_rule->kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace dhis2mcp
