// SPDX-License-Identifier: BSD-3-Clause
// The practice country: its objects, its figures, and what scale and variants make of it.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/sandbox/country.h"

namespace sandbox {
namespace {

int count(const Country& country, const std::string& sql) {
  SQLite::Database database = country.database();
  return database.execAndGet(sql).getInt();
}

TEST(Country, HoldsThePayloadAndWhatAServerIsBornWith) {
  const Country country(Settings{});

  EXPECT_EQ(country.units().size(), 138u);
  EXPECT_EQ(country.list("dataElements").size(), 66u);
  EXPECT_EQ(country.list("categoryCombos").size(), 6u);
  EXPECT_EQ(country.list("categoryOptionCombos").size(), 20u);
  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM data_value"), 83519);
  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM completeness"), 3627);
  ASSERT_NE(country.user("admin"), nullptr);
  EXPECT_TRUE(country.user("admin")->has("F_ANYTHING"));
}

TEST(Country, KeepsTextsCommentsAndFollowUpsOfItsFigures) {
  const Country country(Settings{});

  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM data_value WHERE comment IS NOT NULL"), 336);
  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM data_value WHERE follow_up = 1"), 225);
  EXPECT_GT(count(country,
                  "SELECT COUNT(*) FROM data_value WHERE value LIKE '%' || char(10) || "
                  "'Page 2'"),
            0);
}

TEST(Country, KnowsBothSidesOfALink) {
  const Country country(Settings{});

  const Json& element = *country.find("dataElements", "y7qh476Nmd3");
  EXPECT_EQ(element["dataElementGroups"].dump(), R"([{"id":"mvhAIYgQ54V"}])");
  EXPECT_EQ(element["dataSetElements"][0]["dataSet"]["id"], "lc4Jz2USVpu");
  const OrgUnit* facility = country.unit("S3DWx9jT5VC");
  ASSERT_NE(facility, nullptr);
  EXPECT_EQ(facility->path, "/UvePRDui19N/dol0EV0KIzB/CQChkRGX1me/S3DWx9jT5VC");
  EXPECT_EQ(facility->level, 4);
}

TEST(Country, GivesEachMajorOptionCombosOfItsOwn) {
  Settings older;
  older.major = 40;
  const Country country(older), newest(Settings{});

  EXPECT_EQ(country.find("categoryOptionCombos", "Kvzo0qtYzbr"), nullptr);
  EXPECT_NE(newest.find("categoryOptionCombos", "Kvzo0qtYzbr"), nullptr);
  EXPECT_EQ(
      count(country, "SELECT COUNT(*) FROM data_value WHERE category_option_combo='Kvzo0qtYzbr'"),
      0);
  // The sum over the combos of a figure is the same on both.
  const char* total =
      "SELECT SUM(value) FROM data_value WHERE data_element='hwKdrDIQkLU' AND period='202609'";
  EXPECT_EQ(count(country, total), count(newest, total));
}

TEST(Country, GrowsWithScale) {
  Settings settings;
  settings.scale = 3;
  const Country country(settings), again(settings);

  EXPECT_EQ(country.units().size(), 138u + 2 * 119u);
  EXPECT_EQ(count(country, "SELECT COUNT(DISTINCT substr(period,1,4)) FROM data_value"), 9);
  EXPECT_EQ(count(country, "SELECT COUNT(DISTINCT org_unit) FROM data_value"), 133 + 2 * 119);
  EXPECT_EQ(country.units().back().uid, again.units().back().uid);
}

TEST(Country, DriftsInThreePlacesOfOneDataSet) {
  Settings settings;
  settings.variant = "drift";
  const Country drifted(settings), plain(Settings{});

  size_t changed = 0;
  for (const Json& set : plain.list("dataSets")) {
    const Json& other = *drifted.find("dataSets", set["id"].get<std::string>());
    for (const auto& [name, value] : set.items()) changed += other[name] != value;
  }
  EXPECT_EQ(changed, 3u);
}

TEST(Uids, DependOnTheirSeedAlone) {
  EXPECT_EQ(uid_of("a"), uid_of("a"));
  EXPECT_NE(uid_of("a"), uid_of("b"));
  EXPECT_EQ(uid_of("a").size(), 11u);
}

}  // namespace
}  // namespace sandbox
