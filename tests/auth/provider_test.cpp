// SPDX-License-Identifier: BSD-3-Clause
// What Basic and personal access tokens send, and when they no longer do.
#include "auth/provider.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

const WallTime kNow{std::chrono::seconds(1'800'000'000)};

std::string authorization(AuthProvider& provider) {
  const Signature signature = provider.headers(kNow);
  const std::string* value = find_header(signature.headers, "Authorization");
  return value == nullptr ? "none" : *value;
}

Error refusal_of(AuthProvider& provider) {
  try {
    provider.headers(kNow);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::internal, "nothing thrown"};
}

TEST(BasicProvider, SendsUserAndPasswordAsRfc7617Says) {
  // The example of section 2, and the UTF-8 one of section 2.1.
  EXPECT_EQ(authorization(*basic_provider("demo", "Aladdin", Secret("open sesame"))),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(authorization(*basic_provider("demo", "test", Secret("123\xc2\xa3"))),
            "Basic dGVzdDoxMjPCow==");
}

TEST(BasicProvider, RefusesUserNamesThatWouldMeanAnotherUser) {
  for (const char* user : {"", "a:b", "a\nb", "a\r", "a\x7f"}) {
    const auto provider = basic_provider("demo", user, Secret("p"));
    EXPECT_EQ(refusal_of(*provider).kind, ErrorKind::sign_in_required) << user;
  }
}

TEST(PatProvider, SendsTheTokenAndTheRefererThatItsRulesWant) {
  const auto plain = pat_provider("demo", Secret("d2p_token"), "");
  EXPECT_EQ(authorization(*plain), "ApiToken d2p_token");
  EXPECT_EQ(plain->headers(kNow).headers.size(), 1U);

  const auto limited = pat_provider("demo", Secret("d2p_token"), "https://app.example.org");
  const Signature signature = limited->headers(kNow);
  EXPECT_EQ(*find_header(signature.headers, "Referer"), "https://app.example.org");
}

TEST(PatProvider, RefusesTokensThatWouldBreakTheHeader) {
  for (const char* token : {"a b", "a\nb", "token\r\n", "a\x01"}) {
    const auto provider = pat_provider("demo", Secret(token), "");
    const Error error = refusal_of(*provider);
    EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
    EXPECT_EQ(std::string(error.what()).find("token\r"), std::string::npos);
  }
}

TEST(StaticProviders, SendNothingAgainOnceRefused) {
  std::unique_ptr<AuthProvider> providers[] = {basic_provider("demo", "admin", Secret("district")),
                                               pat_provider("demo", Secret("d2p_token"), "")};
  for (auto& provider : providers) {
    EXPECT_TRUE(provider->refresh_if_needed(kNow));
    const std::uint64_t generation = provider->headers(kNow).generation;

    EXPECT_FALSE(provider->refresh_if_needed(kNow, generation));

    EXPECT_FALSE(provider->refresh_if_needed(kNow + std::chrono::hours(24)));
    const Error error = refusal_of(*provider);
    EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
    EXPECT_NE(error.hint.find("dhis2-mcp profile add demo"), std::string::npos) << error.hint;
  }
}

TEST(StaticProviders, AreNotHurtByTheRefusalOfAnotherGeneration) {
  const auto provider = pat_provider("demo", Secret("d2p_token"), "");

  EXPECT_FALSE(provider->refresh_if_needed(kNow, provider->headers(kNow).generation + 1));

  EXPECT_EQ(authorization(*provider), "ApiToken d2p_token");
}

TEST(StaticProviders, SayWhatIsMissing) {
  const auto provider = basic_provider("demo", "admin", Secret());

  const Error error = refusal_of(*provider);

  EXPECT_EQ(error.kind, ErrorKind::sign_in_required);
  EXPECT_STREQ(error.what(), "No password is stored for profile 'demo'.");
  EXPECT_FALSE(provider->refresh_if_needed(kNow));
  EXPECT_NE(
      refusal_of(*pat_provider("env", Secret(), "")).hint.find("DHIS2_PAT in the environment"),
      std::string::npos);
  EXPECT_NE(refusal_of(*basic_provider("env", "amy", Secret())).hint.find("DHIS2_PASSWORD"),
            std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp
