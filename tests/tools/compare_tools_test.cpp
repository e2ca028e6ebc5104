// SPDX-License-Identifier: BSD-3-Clause
// What metadata_compare calls a difference, and what it does not.
#include <gtest/gtest.h>

#include "tests/tools/two_instances.h"

namespace dhis2mcp::test {
namespace {

std::string rows_of(const Json& answer) {
  if (!answer.contains("rows")) return answer.dump();
  std::string rows;
  for (const Json& row : answer["rows"]) {
    for (std::size_t i = 0; i < 4; ++i) rows += (i == 0 ? "" : " | ") + row[i].dump();
    rows += "\n";
  }
  return rows;
}

std::string element(const std::string& members) {
  const std::string start = R"([{"id":"aaaaaaaaaa1","code":"A","name":"Cases")";
  return start + (members.empty() ? "" : ",") + members + "}]";
}

TEST(MetadataCompare, KnowsWhatIsADifferenceOfOneObject) {
  struct Case {
    const char *here, *there, *rows;
  };
  const Case cases[] = {
      {R"("zeroIsSignificant":false,"lastUpdated":"2026","href":"x","createdBy":{"id":"u"})",
       R"("zeroIsSignificant":false,"lastUpdated":"2025","version":3)", ""},
      {R"("fieldMask":"","aggregationLevels":[],"style":{})", "", ""},
      {R"("aggregationLevels":[2,3])", R"("aggregationLevels":[3.0,2.0])", ""},
      {R"("valueType":"NUMBER")", R"("valueType":"INTEGER")",
       R"("data element Cases" | "valueType" | "NUMBER" | "INTEGER")"},
      {R"("description":"Seen")", "", R"("data element Cases" | "description" | "Seen" | null)"},
      {R"("categoryCombo":{"id":"ccccccccc01","name":"Sex"})",
       R"("categoryCombo":{"id":"ccccccccc02","name":"Sex"})", ""},
      {R"("categoryCombo":{"id":"ccccccccc01","name":"Sex"})",
       R"("categoryCombo":{"id":"ccccccccc02","name":"Age"})",
       R"("data element Cases" | "categoryCombo" | "Sex" | "Age")"},
      {R"("legendSets":[{"id":"lllllllll01","name":"L"},{"id":"lllllllll02","name":"M"}])",
       R"("legendSets":[{"id":"lllllllll02","name":"M"},{"id":"lllllllll01","name":"L"}])",
       R"x("data element Cases" | "legendSets (order)" | "L | M" | "M | L")x"},
      {R"("attributeValues":[{"value":"1","attribute":{"id":"vvvvvvvvv01","name":"DATIM"}}])",
       R"("attributeValues":[{"value":"2","attribute":{"id":"vvvvvvvvv02","name":"DATIM"}}])",
       R"("data element Cases, DATIM" | "attributeValues.value" | "1" | "2")"},
      {R"("sharing":{"public":"--------","users":{},"userGroups":{}})",
       R"("sharing":{"owner":"x"})", ""},
      {R"("sharing":{"public":"rw------"})", R"("sharing":{"public":"r-------"})",
       R"("data element Cases" | "sharing.public" | "rw------" | "r-------")"},
      {R"("sharing":{"userGroups":{"ggggggggg01":{"displayName":"Team","access":"rw------"}}})",
       R"("sharing":{"userGroups":{"ggggggggg02":{"displayName":"Team","access":"r-------"}}})",
       R"("data element Cases" | "sharing.userGroups: user group Team" | "rw------" | "r-------")"},
  };
  for (const Case& one : cases) {
    TwoInstances instances;
    instances.serve_both("dataElements", element(one.here), element(one.there));
    for (const char* collection : {"categoryCombos", "userGroups"}) {
      instances.serve_both(collection, "[]", "[]");
    }
    const Json answer = instances.compare("data element");
    EXPECT_EQ(rows_of(answer), std::string(one.rows) + (*one.rows == '\0' ? "" : "\n")) << one.here;
  }
}

TEST(MetadataCompare, MatchesByUidThenCodeThenNameAndTellsWhich) {
  TwoInstances instances;
  instances.serve_both("constants",
                       R"([{"id":"aaaaaaaaaa1","code":"A","name":"One"},
                           {"id":"aaaaaaaaaa2","code":"B","name":"Two"},
                           {"id":"aaaaaaaaaa3","name":"Three"},{"id":"aaaaaaaaaa4","name":"Four"}])",
                       R"([{"id":"bbbbbbbbbb2","code":"B","name":"Second"},
                           {"id":"aaaaaaaaaa1","code":"Z","name":"Two"},
                           {"id":"bbbbbbbbbb3","name":"Three"},{"id":"bbbbbbbbbb5","name":"Five"}])");

  const Json answer = instances.compare("constant");

  EXPECT_EQ(rows_of(answer),
            "\"constant One\" | \"code\" | \"A\" | \"Z\"\n"
            "\"constant One\" | \"name\" | \"One\" | \"Two\"\n"
            "\"constant Two\" | \"name\" | \"Two\" | \"Second\"\n"
            "\"constant Four\" | \"whole object\" | \"exists\" | null\n"
            "\"constant Five\" | \"whole object\" | null | \"exists\"\n");
  EXPECT_EQ(answer["rows"][3][4], "Create it on other, or delete it on demo.");
  EXPECT_EQ(answer["rows"][4][4], "Create it on demo, or delete it on other.");
  EXPECT_NE(answer["notes"].dump().find("1 by UID, 1 by code, 1 by name"), std::string::npos);
  EXPECT_NE(answer["read_as"].dump().find(
                "Two = constant aaaaaaaaaa2 on demo, bbbbbbbbbb2 on other (same code)"),
            std::string::npos)
      << answer["read_as"];
  EXPECT_EQ(answer["columns"], Json({"Object", "Property", "demo", "other", "To do"}));
  EXPECT_NE(answer["source"].get<std::string>().find("; other: boss at "), std::string::npos);
}

constexpr char kFormula[] = R"([{"id":"iiiiiiiiii1","name":"Rate","numerator":")";

TEST(MetadataCompare, ReadsFormulasForWhatTheyMean) {
  const auto rate = [](const std::string& numerator) { return kFormula + numerator + "\"}]"; };
  struct Case {
    const char *here, *there, *rows;
  };
  const Case cases[] = {
      {"#{aaaaaaaaaa1}", " #{aaaaaaaaaa1} ", ""},
      {"#{aaaaaaaaaa1.ooooooooo01}", "#{aaaaaaaaaa1.ooooooooo02}", ""},
      {"#{aaaaaaaaaa1.ooooooooo01}", "#{bbbbbbbbbb1.ooooooooo02}", ""},
      {"#{aaaaaaaaaa1}*2", "#{bbbbbbbbbb1}*3",
       "\"indicator Rate\" | \"numerator\" | \"[Cases]*2\" | \"[Cases]*3\"\n"},
      {"#{aaaaaaaaaa1}", "#{bbbbbbbbbb9}",
       "\"indicator Rate\" | \"numerator\" | \"[Cases]\" | \"[Deaths]\"\n"},
  };
  for (const Case& one : cases) {
    TwoInstances instances;
    instances.serve_both("indicators", rate(one.here), rate(one.there));
    instances.serve_both(
        "dataElements", R"([{"id":"aaaaaaaaaa1","name":"Cases"}])",
        R"([{"id":"aaaaaaaaaa1","name":"Cases"},{"id":"bbbbbbbbbb1","name":"Cases"},
                             {"id":"bbbbbbbbbb9","name":"Deaths"}])");
    instances.serve_both("categoryOptionCombos", R"([{"id":"ooooooooo01","name":"Male, <5"}])",
                         R"([{"id":"ooooooooo02","name":"<5, Male"}])");
    EXPECT_EQ(rows_of(instances.compare("indicator")), one.rows) << one.here;
  }
}

TEST(MetadataCompare, FollowsDisaggregationsDownToTheirOptions) {
  TwoInstances instances;
  const auto sets = [](const std::string& combo) {
    return R"([{"id":"dddddddddd1","name":"Form","dataSetElements":[{"dataElement":
        {"id":"aaaaaaaaaa1","name":"Cases","categoryCombo":{"id":")" +
           combo + R"(","name":"Sex"}}}]}])";
  };
  const auto combos = [](const std::string& uid, const std::string& options) {
    return R"([{"id":")" + uid + R"(","name":"Sex","categories":[{"id":"tttttttttt1","name":"Sex",
        "categoryOptions":[)" +
           options + "]}]}]";
  };
  instances.serve_both("dataSets", sets("ccccccccc01"), sets("ccccccccc02"));
  instances.serve_both(
      "categoryCombos",
      combos("ccccccccc01",
             R"({"id":"ppppppppp01","name":"Male"},{"id":"ppppppppp03","name":"X"})"),
      combos("ccccccccc02", R"({"id":"ppppppppp02","name":"Male","shortName":"M"})"));
  instances.serve_both("categoryOptions", "[]", "[]");

  const Json answer = instances.compare("data set", {{"objects", {"dddddddddd1"}}});

  EXPECT_EQ(rows_of(answer),
            "\"category option Male\" | \"shortName\" | null | \"M\"\n"
            "\"category Sex\" | \"categoryOptions\" | \"X\" | null\n");
  EXPECT_EQ(answer["rows"][1][4], "Create it on other and add it there, or take it out on demo.");
  const std::string notes = answer["notes"].dump();
  EXPECT_NE(notes.find("Missing on other, to be created there first: category option \\\"X\\\""),
            std::string::npos)
      << notes;
  EXPECT_NE(notes.find("matched by name: category combination \\\"Sex\\\", category option "),
            std::string::npos)
      << notes;
  EXPECT_EQ(instances.server.count("/api/categoryCombos"), 1U);
}

TEST(MetadataCompare, TellsWhatAVersionDoesNotHaveInsteadOfADifference) {
  TwoInstances instances("2.40.1", "2.43.1");
  instances.serve_both("dataSets", R"([{"id":"dddddddddd1","name":"Form"}])",
                       R"([{"id":"dddddddddd1","name":"Form","displayOptions":"{\"a\":1}"}])");
  instances.serve_both(
      "programs", R"([{"id":"gggggggggg1","name":"ANC"}])",
      R"([{"id":"gggggggggg1","name":"ANC","enableChangeLog":true,"newThing":false}])");

  for (const char* type : {"data set", "program"}) {
    const Json answer = instances.compare(type);
    EXPECT_EQ(rows_of(answer), "") << type;
    EXPECT_NE(answer["notes"].dump().find("one version does not have it: "), std::string::npos)
        << answer.dump();
  }
}

TEST(MetadataCompare, LeavesOutWhatIsToBeIgnored) {
  TwoInstances instances;
  instances.serve_both("dataElements", element(R"("description":"a","valueType":"TEXT")"),
                       element(R"("description":"b","valueType":"NUMBER")"));

  const Json answer = instances.compare("data element", {{"ignore", {"description", "colour"}}});

  EXPECT_EQ(answer["rows"].size(), 1U) << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("has \\\"colour\\\""), std::string::npos);
}

TEST(MetadataCompare, ComparesOtherTypesByWhatTheyShow) {
  TwoInstances instances;
  instances.serve_both("programRules",
                       R"([{"id":"rrrrrrrrrr1","name":"R","condition":"#{x} > 1","priority":1,
                            "program":{"id":"gggggggggg1"},"programRuleActions":[{"id":"x1"}]}])",
                       R"([{"id":"rrrrrrrrrr1","name":"R","condition":"#{x} > 2","priority":1,
                            "program":{"id":"gggggggggg2"},"programRuleActions":[{"id":"x1"}]}])");
  instances.serve_both("programs", R"([{"id":"gggggggggg1","name":"ANC"}])",
                       R"([{"id":"gggggggggg2","name":"ANC"}])");

  EXPECT_EQ(rows_of(instances.compare("program rule")),
            "\"program rule R\" | \"condition\" | \"[x] > 1\" | \"[x] > 2\"\n");
}

TEST(MetadataCompare, TakesObjectsThatOnlyOneSideHas) {
  TwoInstances instances;
  instances.serve_both(
      "constants", R"([{"id":"aaaaaaaaaa1","name":"One"}])",
      R"([{"id":"bbbbbbbbbb2","name":"Two"},{"id":"bbbbbbbbbb3","name":"Three"}])");

  const Json answer = instances.compare("constant", {{"objects", {"One", "Two"}}});

  EXPECT_EQ(rows_of(answer),
            "\"constant One\" | \"whole object\" | \"exists\" | null\n"
            "\"constant Two\" | \"whole object\" | null | \"exists\"\n");
}

TEST(MetadataCompare, SaysWhatIsWrongWithAQuestion) {
  TwoInstances instances;
  instances.serve_both("constants", "[]", "[]");
  const std::pair<Json, const char*> cases[] = {
      {{{"with_profile", "demo"}}, "Both sides are the profile demo."},
      {{{"with_profile", "nobody"}}, "nobody"},
      {{{"type", "moon"}}, "moon"},
      {{{"objects", {"Pi"}}}, "Neither demo nor other has it: "},
      {{{"objects", {"aaaaaaaaaa9"}}}, "Neither demo nor other has a constant aaaaaaaaaa9."},
  };
  for (const auto& [more, words] : cases) {
    const Json answer = instances.compare("constant", more);
    ASSERT_TRUE(answer.contains("error")) << answer.dump();
    EXPECT_NE(answer["error"].get<std::string>().find(words), std::string::npos) << answer.dump();
  }
}

TEST(MetadataCompare, FailsWholeWhenOneSideCannotBeRead) {
  TwoInstances instances;
  serve(instances.server, "constants", "[]");
  instances.other.on("GET", "/api/constants",
                     {403, R"({"status":"ERROR","httpStatusCode":403,"message":"no access"})"});

  const Json answer = instances.compare("constant");

  ASSERT_TRUE(answer.contains("error")) << answer.dump();
  EXPECT_NE(answer["error"].get<std::string>().find("no access"), std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp::test
