// SPDX-License-Identifier: BSD-3-Clause
// Nearest names: what a misspelling is answered with.
#include "tools/suggest.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using Names = std::vector<std::string>;

TEST(Suggest, FindsTheNearestName) {
  const Names tools = {"profile_list", "profile_status", "metadata_find", "metadata_get"};

  EXPECT_EQ(nearest_names("metadata_fnd", tools, 1), Names{"metadata_find"});
  EXPECT_EQ(nearest_names("Profile_List", tools, 1), Names{"profile_list"});
  EXPECT_EQ(nearest_names("status", tools, 1), Names{"profile_status"});
  EXPECT_EQ(nearest_names("profile", tools), (Names{"profile_list", "profile_status"}));
}

TEST(Suggest, StaysSilentWhenNothingIsNear) {
  EXPECT_TRUE(nearest_names("weather_today", {"profile_list", "result_page"}).empty());
  EXPECT_TRUE(nearest_names("", {"profile_list"}).empty());
}

TEST(Suggest, BoundsWhatItCompares) {
  const std::string long_name(1'000'000, 'x');

  EXPECT_TRUE(nearest_names(long_name, {"profile_list", "result_page"}).empty());
}

TEST(Suggest, AsksInASentence) {
  EXPECT_EQ(did_you_mean({}), "");
  EXPECT_EQ(did_you_mean({"a"}), "Did you mean a?");
  EXPECT_EQ(did_you_mean({"a", "b", "c"}), "Did you mean a, b or c?");
}

}  // namespace
}  // namespace dhis2mcp
