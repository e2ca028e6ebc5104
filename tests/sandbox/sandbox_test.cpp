// SPDX-License-Identifier: BSD-3-Clause
// The practice country: its objects, its figures, and what scale and variants make of it.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/sandbox/country.h"

namespace sandbox {
namespace {

int count(const Country& country, const std::string& sql) {
  SQLite::Database database = country.database();
  return database.execAndGet(sql).getInt();
}

Settings settings_of_major(int major) {
  Settings settings;
  settings.major = major;
  return settings;
}

TEST(Country, HoldsThePayloadAndWhatAServerIsBornWith) {
  const Country country(settings_of_major(42));

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
  const Country country(settings_of_major(40)), newest(settings_of_major(43));

  EXPECT_EQ(country.find("categoryOptionCombos", "Kvzo0qtYzbr"), nullptr);
  EXPECT_NE(newest.find("categoryOptionCombos", "Kvzo0qtYzbr"), nullptr);
  EXPECT_EQ(
      count(country, "SELECT COUNT(*) FROM data_value WHERE category_option_combo='Kvzo0qtYzbr'"),
      0);
  // The sum over the combos of a figure is the same on both.
  const char* total =
      "SELECT SUM(value) FROM data_value WHERE data_element='hwKdrDIQkLU' AND period='202609'";
  EXPECT_EQ(count(country, total), count(Country(settings_of_major(42)), total));
}

// The recorded 2.43 server was loaded with other figures behind its first two districts.
TEST(Country, HoldsOtherFiguresOn43ButInTheFirstDistricts) {
  const Country country(settings_of_major(43)), payload(settings_of_major(42));
  const std::string sum =
      "SELECT SUM(value) FROM data_value WHERE data_element='y7qh476Nmd3' AND period='202609'";
  const std::string there = " AND org_unit IN ('S3DWx9jT5VC', 'CPPjAayipHh', 'XhsHGLNrNkh')";

  EXPECT_EQ(count(payload, sum), 5349);
  EXPECT_EQ(count(country, sum), 5312);
  EXPECT_EQ(count(country, sum + there), count(payload, sum + there));
  const std::string one = sum + " AND org_unit='IYPUW2PMI9a'";
  EXPECT_EQ(count(payload, one), 0);
  EXPECT_EQ(count(country, one), 31);
}

TEST(Country, KeepsWhatIsEnteredApartFromWhatAnalyticsReads) {
  const Country country(Settings{});
  const int before = count(country, "SELECT COUNT(*) FROM completeness");

  country.writable().exec("DELETE FROM completeness");
  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM completeness"), before);
  EXPECT_EQ(country.stored().execAndGet("SELECT COUNT(*) FROM completeness").getInt(), 0);
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

  std::set<std::string> changed;
  for (const std::string& plural : plain.plurals()) {
    ASSERT_EQ(plain.list(plural).size(), drifted.list(plural).size()) << plural;
    for (const Json& object : plain.list(plural)) {
      const Json& other = *drifted.find(plural, object["id"].get<std::string>());
      for (const auto& [name, value] : object.items()) {
        if (other.at(name) != value) {
          changed.insert(plural + "." + object.value("code", "") + "." + name);
        }
      }
    }
  }
  // The member's own list of data sets is the other side of the same difference.
  std::erase_if(changed, [](const std::string& place) {
    return place.starts_with("dataElements.") && place.ends_with(".dataSetElements");
  });
  EXPECT_EQ(changed,
            (std::set<std::string>{"dataSets.DS_RMA.categoryCombo",
                                   "dataSets.DS_RMA.dataSetElements", "dataSets.DS_RMA.sharing"}));
  const char* values = "SELECT COUNT(*) FROM data_value";
  EXPECT_EQ(count(plain, values), count(drifted, values));
}

Settings settings_of(const std::string& variant, int major = 43) {
  Settings settings = settings_of_major(major);
  settings.variant = variant;
  return settings;
}

const Json& by_code(const Country& country, const std::string& plural, const std::string& code) {
  static const Json none;
  for (const Json& object : country.list(plural)) {
    if (object.value("code", "") == code) return object;
  }
  return none;
}

TEST(Country, HasFormsOfEachSizeToCompare) {
  const Country forms(settings_of("forms")), drifted(settings_of("forms-drift"));

  for (const size_t size : {10, 100, 500}) {
    const std::string code = "PF" + std::to_string(size);
    const Json& set = by_code(forms, "dataSets", code);
    EXPECT_EQ(set["dataSetElements"].size(), size);
    EXPECT_EQ(set["id"], by_code(drifted, "dataSets", code)["id"]);
    EXPECT_EQ(by_code(drifted, "dataSets", code)["dataSetElements"].size(),
              size == 100 ? size : size - 1);
    for (const Json& section : set["sections"]) {
      EXPECT_NE(forms.find("sections", section["id"].get<std::string>()), nullptr);
    }
  }
  EXPECT_EQ(forms.list("dataElements").size(), drifted.list("dataElements").size() + 1);
}

TEST(Country, MakesFormsAnewWithOtherUids) {
  const Country forms(settings_of("forms")), anew(settings_of("forms-remade"));

  for (const char* plural : {"dataElements", "categories", "categoryOptions", "categoryCombos",
                             "options", "optionSets", "legendSets", "indicators", "sections"}) {
    EXPECT_EQ(forms.list(plural).size(), anew.list(plural).size()) << plural;
    for (const Json& object : forms.list(plural)) {
      if (!object.value("code", "").starts_with("PF")) continue;
      EXPECT_NE(object["id"], by_code(anew, plural, object["code"])["id"]) << object["code"];
    }
  }
}

TEST(Uids, DependOnTheirSeedAlone) {
  EXPECT_EQ(uid_of("a"), uid_of("a"));
  EXPECT_NE(uid_of("a"), uid_of("b"));
  EXPECT_EQ(uid_of("a").size(), 11u);
}

}  // namespace
}  // namespace sandbox
