// SPDX-License-Identifier: BSD-3-Clause
// The vector of RFC 7636, and verifiers that nobody guesses.
#include "auth/pkce.h"

#include <gtest/gtest.h>

#include <set>

namespace dhis2mcp {
namespace {

TEST(Pkce, MakesTheChallengeOfTheStandardsAppendix) {
  EXPECT_EQ(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Pkce, NeverRepeatsAVerifierOrAState) {
  std::set<std::string> seen;
  constexpr std::size_t kTries = 10'000;
  for (std::size_t i = 0; i < kTries; ++i) {
    const Pkce pkce = new_pkce();
    ASSERT_EQ(pkce.verifier.reveal().size(), 43U);
    ASSERT_EQ(pkce.challenge, challenge_of(pkce.verifier.reveal()));
    seen.emplace(pkce.verifier.reveal());
    seen.insert(new_state());
  }
  EXPECT_EQ(seen.size(), 2 * kTries);
}

}  // namespace
}  // namespace dhis2mcp
