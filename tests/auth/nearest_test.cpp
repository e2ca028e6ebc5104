// SPDX-License-Identifier: BSD-3-Clause
// Which mistyped names are recognised.
#include "auth/nearest.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Nearest, FindsTheNameThatWasMeant) {
  const std::vector<std::string> names = {"demo", "prod", "prod-test", "training", "uat"};
  const std::pair<const char*, const char*> cases[] = {
      {"demo", "demo"},   // the name itself
      {"dmo", "demo"},    // one left out
      {"demmo", "demo"},  // one too many
      {"demi", "demo"},   // one replaced
      {"dmeo", "demo"},   // two swapped
      {"DEMO", "demo"},   // capitals
      {"trainign", "training"},
      {"train", "training"},  // begins one name only
      {"p", ""},              // begins two
      {"xyz", ""},            // every letter another
      {"", ""},
      {"production", ""},
  };
  for (const auto& [wanted, found] : cases) {
    EXPECT_EQ(nearest(wanted, names), found) << wanted;
  }
}

TEST(Nearest, OffersNothingWhereThereIsNothing) {
  EXPECT_EQ(nearest("demo", {}), "");
  EXPECT_EQ(did_you_mean("demo", {}), "");
  EXPECT_EQ(did_you_mean("dem", {"demo"}), "Did you mean 'demo'? ");
}

TEST(Nearest, LeavesVeryLongTextsAlone) {
  EXPECT_EQ(nearest(std::string(100'000, 'a'), {"demo"}), "");
  EXPECT_EQ(nearest("demo", {std::string(100'000, 'a')}), "");
}

}  // namespace
}  // namespace dhis2mcp
