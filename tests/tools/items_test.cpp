// SPDX-License-Identifier: BSD-3-Clause
// The items of an answer are read as they stand, and found again.
#include "tools/items.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr char kMetadata[] = R"({"items":{"ou":{"name":"Organisation unit"},
    "o1":{"uid":"o1","name":"Bo","dimensionItemType":"ORGANISATION_UNIT"},
    "o2":{"name":"Province de l\u2019Est"},"o3":{"name":"Bo"},
    "d1":{"name":"ANC","dimensionItemType":"INDICATOR","aggregationType":"AVERAGE",
          "legendSet":{"name":"not the name"}}},
  "dimensions":{"dx":["d1"],"ou":["o2","o1","o9"],"pe":[]},
  "ouHierarchy":{"o1":"root/o2"},"timeTaken":5,"more":[{"items":{"x":{"name":"y"}}}]})";

std::vector<std::string> ids(const Items& items, const char* dimension) {
  std::vector<std::string> out;
  for (const Items::Number item : items.dimension(dimension)) out.emplace_back(items.id(item));
  return out;
}

TEST(Items, KnowsNamesKindsAndPaths) {
  Items items;
  items.read(kMetadata);

  EXPECT_EQ(items.name(*items.find("o2")), "Province de l\u2019Est");
  EXPECT_EQ(items.name(*items.find("d1")), "ANC");
  EXPECT_EQ(items.kind(*items.find("d1")), "INDICATOR");
  EXPECT_EQ(items.aggregation(*items.find("d1")), "AVERAGE");
  EXPECT_EQ(items.aggregation(*items.find("o1")), "");
  EXPECT_EQ(items.path(*items.find("o1")), "root/o2");
  EXPECT_EQ(items.path(*items.find("o2")), "");
  EXPECT_FALSE(items.find("x"));
}

TEST(Items, KeepsTheOrderOfADimension) {
  Items items;
  items.read(kMetadata);
  EXPECT_EQ(ids(items, "ou"), (std::vector<std::string>{"o2", "o1", "o9"}));
  EXPECT_TRUE(items.dimension("pe").empty());
  EXPECT_TRUE(items.dimension("nope").empty());
}

TEST(Items, ShowsTheIdBesideANameThatTwoShare) {
  Items items;
  items.read(kMetadata);
  EXPECT_EQ(items.shown(*items.find("o1")), "Bo (o1)");
  EXPECT_EQ(items.shown(*items.find("o2")), "Province de l\u2019Est");
  EXPECT_EQ(items.shown(*items.find("o9")), "o9");
  EXPECT_EQ(items.shown(items.number("new")), "new");
}

TEST(Items, SharesNoNameWithAnItemThatIsNotShown) {
  constexpr char kCombo[] = R"({"items":{"m1":{"name":"Male"},"c1":{"name":"Male"},
      "m2":{"name":"Male"}},"dimensions":{"sex":["m1"],"co":["c1"]}})";
  constexpr char kOther[] = R"({"items":{},"dimensions":{"age":["m2"]}})";
  Items items;
  items.show_only({"sex"});
  items.read(kCombo);
  items.read(kOther);
  EXPECT_EQ(items.shown(*items.find("m1")), "Male");
  items.show_only({"sex", "co"});
  EXPECT_EQ(items.shown(*items.find("m1")), "Male (m1)");
  EXPECT_EQ(items.shown(*items.find("c1")), "Male (c1)");
}

TEST(Items, AddsUpWhatSeveralAnswersName) {
  Items items;
  items.read(kMetadata);
  items.read(R"({"items":{"o9":{"name":"Kenema"},"o1":{"name":"Bo"}},
                 "dimensions":{"dx":["d1","d2"],"ou":["o1","o5"]}})");

  EXPECT_EQ(ids(items, "ou"), (std::vector<std::string>{"o2", "o1", "o9", "o5"}));
  EXPECT_EQ(ids(items, "dx"), (std::vector<std::string>{"d1", "d2"}));
  EXPECT_EQ(items.shown(*items.find("o9")), "Kenema");
}

TEST(Items, FindsEachOfMany) {
  Items items;
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_EQ(items.number("unit" + std::to_string(i)), static_cast<Items::Number>(i));
  }
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(items.find("unit" + std::to_string(i)), static_cast<Items::Number>(i));
  }
  EXPECT_FALSE(items.find("unit20000"));
}

TEST(Items, RefusesWhatIsNoJson) {
  for (const std::string_view text :
       {"", "{", R"({"items":{"a":)", "{\"items\":{\"a\":{\"name\":\"\xff\"}}}"}) {
    Items items;
    EXPECT_THROW(items.read(text), Error) << text;
  }
  for (const std::string_view text :
       {"null", "[]", "7", R"({"items":[],"dimensions":{"ou":"x"}})"}) {
    Items items;
    items.read(text);
    EXPECT_EQ(items.size(), 0u) << text;
  }
}

}  // namespace
}  // namespace dhis2mcp
