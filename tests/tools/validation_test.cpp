// SPDX-License-Identifier: BSD-3-Clause
// validation_check against scripted rules and values: strategies for missing values, pairs, longer
// periods, levels, and what is left out by name.
#include <gtest/gtest.h>

#include <initializer_list>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

bool says(const Json& lines, const std::string& text) {
  return lines.dump().find(text) != std::string::npos;
}

Json rule(const std::string& uid, const std::string& left, const std::string& sign,
          const std::string& right, const std::string& missing = "NEVER_SKIP") {
  return {{"id", uid},
          {"displayName", "Rule " + uid},
          {"importance", "MEDIUM"},
          {"operator", sign},
          {"periodType", "Monthly"},
          {"leftSide", {{"expression", left}, {"missingValueStrategy", missing}}},
          {"rightSide", {{"expression", right}, {"missingValueStrategy", missing}}}};
}

class Checked {
 public:
  Checked(std::initializer_list<Json> rules) {
    Json list = Json::array();
    for (const Json& one : rules) list.push_back(one);
    dhis2.instance.server.get("/api/validationRules", Json{{"validationRules", list}}.dump());
    dhis2.instance.server.on("GET", "/api/dataElements", [](const Seen&) {
      return Reply{200, R"({"dataElements":[
        {"id":"CasesOfMal1","displayName":"Malaria cases","valueType":"INTEGER",
         "dataSetElements":[{"dataSet":{"id":"SetOfMonth1","periodType":"Monthly"}}]},
        {"id":"TestsOfMal1","displayName":"Malaria tests","valueType":"NUMBER",
         "dataSetElements":[{"dataSet":{"id":"SetOfYear01","periodType":"Yearly"}}]},
        {"id":"TextElemen1","displayName":"Remark","valueType":"TEXT","dataSetElements":[]}]})"};
    });
    dhis2.instance.server.on("GET", "/api/organisationUnits", [](const Seen&) {
      return Reply{200, R"({"organisationUnits":[
        {"id":"NorthDistr1","displayName":"North","level":2},
        {"id":"UpperClinc1","displayName":"Clinic","level":3,"parent":{"displayName":"North"}},
        {"id":"LowerClinc1","displayName":"Lower clinic","level":3}]})"};
    });
  }

  // Values as {element, period, unit, value}.
  void values(const std::vector<std::array<std::string, 4>>& rows) {
    Json list = Json::array();
    for (const auto& [element, period, unit, value] : rows) {
      list.push_back({{"dataElement", element},
                      {"period", period},
                      {"orgUnit", unit},
                      {"categoryOptionCombo", kMale},
                      {"attributeOptionCombo", kDefault},
                      {"value", value}});
    }
    dhis2.values(Json{{"dataValues", list}}.dump());
  }

  Json answer(
      const std::string& arguments = R"({"periods":["202608"],"org_units":["NorthDistr1"]})") {
    return dhis2.instance.answer("validation_check", arguments);
  }

  StoredData dhis2;
};

TEST(ValidationCheck, ShowsBothSidesAndTheRuleInNames) {
  Checked check({rule("RuleeeeeeA1", "#{CasesOfMal1}", "less_than_or_equal_to", "#{TestsOfMal1}"),
                 rule("RuleeeeeeB1", "#{CasesOfMal1.MaleeeeCoc1}", "greater_than", "0")});
  check.values({{kCases, "202608", kUpper, "9"},
                {kTests, "202608", kUpper, "7"},
                {kCases, "202608", kLower, "4"},
                {kTests, "202608", kLower, "4"}});

  const Json answer = check.answer();

  EXPECT_EQ(answer["columns"], Json({"Rule", "Importance", "Org unit", "Period", "Left side",
                                     "Must be", "Right side"}))
      << answer.dump();
  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["Rule RuleeeeeeA1","MEDIUM","Clinic","202608",9,"<=",7]])").dump());
  EXPECT_TRUE(says(answer["read_as"], "validationRule RuleeeeeeA1: [Malaria cases] <= [Malaria"))
      << answer["read_as"];
  EXPECT_TRUE(says(answer["notes"], "1 violation among 4 values of 1 periods, by 2 rules"));
  EXPECT_TRUE(says(answer["notes"], "No violation of: \\\"Rule RuleeeeeeB1"));
  EXPECT_EQ(*check.dhis2.asked("/api/dataValueSets").find("children"), "true");
  for (const Seen& seen : check.dhis2.instance.server.seen()) EXPECT_EQ(seen.method, "GET");
}

TEST(ValidationCheck, JudgesMissingValuesAsEachRuleSays) {
  const struct {
    const char *sign, *missing;
    std::size_t violations;
  } cases[] = {{"less_than_or_equal_to", "NEVER_SKIP", 1},
               {"less_than_or_equal_to", "SKIP_IF_ANY_VALUE_MISSING", 0},
               {"less_than_or_equal_to", "SKIP_IF_ALL_VALUES_MISSING", 0},
               {"compulsory_pair", "SKIP_IF_ALL_VALUES_MISSING", 1},
               {"exclusive_pair", "SKIP_IF_ALL_VALUES_MISSING", 0},
               {"equal_to", "NEVER_SKIP", 1},
               {"not_equal_to", "NEVER_SKIP", 0},
               {"greater_than_or_equal_to", "NEVER_SKIP", 0},
               {"less_than", "NEVER_SKIP", 1}};
  for (const auto& one : cases) {
    Checked check({rule("RuleeeeeeA1", "#{CasesOfMal1}", one.sign, "#{TestsOfMal1}", one.missing)});
    check.values({{kCases, "202608", kUpper, "9"}});
    const Json answer = check.answer();
    EXPECT_EQ(answer["total"], one.violations) << one.sign << one.missing << answer.dump();
  }
}

TEST(ValidationCheck, CountsAValueOfALongerPeriodWhereThereIsNoShorterOne) {
  Checked check({rule("RuleeeeeeA1", "#{CasesOfMal1}", "less_than", "#{TestsOfMal1}")});
  check.values({{kCases, "202608", kUpper, "9"},
                {kTests, "2026", kUpper, "7"},
                {kCases, "202608", kLower, "9"},
                {kTests, "2026", kLower, "7"},
                {kTests, "202608", kLower, "12"}});

  const Json answer = check.answer();

  ASSERT_EQ(answer["total"], 1) << answer.dump();
  EXPECT_EQ(answer["rows"][0][6], 7);
  EXPECT_TRUE(says(answer["rows"], "\"Clinic\""));
  EXPECT_EQ(check.dhis2.asked_all("/api/dataValueSets", "period"),
            (std::vector<std::string>{"2026", "202608"}));
}

TEST(ValidationCheck, KeepsToTheLevelsOfARule) {
  Json levelled = rule("RuleeeeeeA1", "#{CasesOfMal1}", "less_than", "5");
  levelled["organisationUnitLevels"] = {2};
  Checked check({levelled});
  check.values({{kCases, "202608", kUpper, "9"}, {kCases, "202608", kNorth, "8"}});

  const Json answer = check.answer();

  ASSERT_EQ(answer["total"], 1) << answer.dump();
  EXPECT_EQ(answer["rows"][0][4], 8);
}

TEST(ValidationCheck, NamesTheRulesThatItDoesNotCheck) {
  Json weekly = rule("RuleeeeeeW1", "#{CasesOfMal1}", "less_than", "5");
  weekly["periodType"] = "Yearly";
  Checked check({rule("RuleeeeeeA1", "#{CasesOfMal1}", "less_than", "5"),
                 rule("RuleeeeeeP1", "I{Programindi}", "less_than", "5"),
                 rule("RuleeeeeeT1", "#{TextElemen1}", "equal_to", "5"), weekly});
  check.values({{kCases, "202608", kUpper, "9"}});

  const Json answer = check.answer();

  EXPECT_EQ(answer["total"], 1) << answer.dump();
  EXPECT_TRUE(says(answer["notes"], "Rule RuleeeeeeP1\\\" ([Programindi])")) << answer["notes"];
  EXPECT_TRUE(says(answer["notes"], "Rule RuleeeeeeT1\\\" (Remark is no number)"))
      << answer["notes"];
  EXPECT_TRUE(says(answer["notes"], "periods hold none of theirs (Yearly): \\\"Rule RuleeeeeeW1"))
      << answer["notes"];
}

TEST(ValidationCheck, SaysThatNothingWasThereToCheck) {
  Checked check({rule("RuleeeeeeA1", "#{CasesOfMal1}", "less_than", "5")});
  check.values({});
  const Json notes = check.answer()["notes"];
  EXPECT_TRUE(says(notes, "No value is stored there, so nothing could be")) << notes;
  EXPECT_FALSE(says(notes, "No violation of")) << notes;

  Checked none(std::initializer_list<Json>{});
  EXPECT_TRUE(says(none.answer(), "There is no validation rule on this instance"));
  EXPECT_TRUE(says(check.answer(R"({"periods":["2026W30"],"org_units":["NorthDistr1"]})")["error"],
                   "Monthly"));
}

}  // namespace
}  // namespace dhis2mcp::test
