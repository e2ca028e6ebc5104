// SPDX-License-Identifier: BSD-3-Clause
// Which mistyped names are recognised, and what a misspelling is answered with.
#include "auth/nearest.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using Names = std::vector<std::string>;

TEST(Nearest, FindsTheNameThatWasMeant) {
  const Names names = {"demo", "prod", "prod-test", "training", "uat"};
  const std::pair<const char*, const char*> cases[] = {
      {"demo", "demo"},   // the name itself
      {"dmo", "demo"},    // one left out
      {"demmo", "demo"},  // one too many
      {"demi", "demo"},   // one replaced
      {"dmeo", "demo"},   // two swapped
      {"DEMO", "demo"},   // capitals
      {"trainign", "training"},
      {"train", "training"},   // is held
      {"production", "prod"},  // holds it
      {"p", ""},
      {"xyz", ""},  // every letter another
      {"weather_today", ""},
      {"", ""},
  };
  for (const auto& [wanted, found] : cases) {
    const Names near = nearest_names(wanted, names, 1);
    EXPECT_EQ(near.empty() ? "" : near.front(), found) << wanted;
  }
}

TEST(Nearest, RanksSeveral) {
  const Names tools = {"profile_list", "profile_status", "metadata_find", "metadata_get"};

  EXPECT_EQ(nearest_names("metadata_fnd", tools, 1), Names{"metadata_find"});
  EXPECT_EQ(nearest_names("status", tools, 1), Names{"profile_status"});
  EXPECT_EQ(nearest_names("profile", tools), (Names{"profile_list", "profile_status"}));
}

TEST(Nearest, AsksInASentence) {
  EXPECT_EQ(did_you_mean(Names{}), "");
  EXPECT_EQ(did_you_mean(Names{"a"}), "Did you mean a?");
  EXPECT_EQ(did_you_mean(Names{"a", "b", "c"}), "Did you mean a, b or c?");
  EXPECT_EQ(did_you_mean("dem", {"demo"}), "Did you mean demo? ");
  EXPECT_EQ(did_you_mean("demo", {}), "");
}

TEST(Nearest, LeavesVeryLongTextsAlone) {
  EXPECT_TRUE(nearest_names(std::string(1'000'000, 'x'), {"demo", "profile_list"}).empty());
  EXPECT_TRUE(nearest_names("demo", {std::string(100'000, 'a')}).empty());
}

}  // namespace
}  // namespace dhis2mcp
