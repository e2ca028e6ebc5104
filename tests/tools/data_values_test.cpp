// SPDX-License-Identifier: BSD-3-Clause
// Raw values: what is asked of each version, how the table is laid out, and what is told besides.
#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

constexpr char kOneClinic[] =
    R"({"data_set":"Monthly report","periods":["202608"],"org_units":["LowerClinc1"]})";

// From 2.43 on the common members stand once, before the rows.
constexpr char kNewShape[] = R"({"dataSet":"SetOfMonth1","period":"202608","orgUnit":"LowerClinc1",
  "dataValues":[
   {"dataElement":"CasesOfMal1","categoryOptionCombo":"MaleeeeCoc1",
    "attributeOptionCombo":"DefaultCoc1","value":"12","storedBy":"ada",
    "lastUpdated":"2026-09-03T09:45:34.291+0000"},
   {"dataElement":"CasesOfMal1","categoryOptionCombo":"FemaleeCoc1",
    "attributeOptionCombo":"DefaultCoc1","value":"9.50","storedBy":"ada",
    "lastUpdated":"2026-09-01T09:45:34.291+0000"},
   {"dataElement":"TestsOfMal1","categoryOptionCombo":"DefaultCoc1",
    "attributeOptionCombo":"DefaultCoc1","value":"40","storedBy":"ada",
    "lastUpdated":"2026-09-03T09:45:34.291+0000"}]})";

// Up to 2.42 each row holds everything, empty members as null.
std::string old_value(const std::string& unit, const std::string& period, const std::string& value,
                      const std::string& more = R"("comment":null,"followup":false)") {
  return R"({"dataElement":"CasesOfMal1","period":")" + period + R"(","orgUnit":")" + unit +
         R"(","categoryOptionCombo":"DefaultCoc1","attributeOptionCombo":"DefaultCoc1","value":")" +
         value + R"(","storedBy":"admin","created":"2026-09-01T00:00:00.000+0000",)" +
         R"("lastUpdated":"2026-09-01T00:00:00.000+0000",)" + more + "}";
}

TEST(DataValues, StandWithNamesAndWhatIsTheSameStandsOnce) {
  StoredData dhis2;
  dhis2.values(kNewShape);

  const Json answer = dhis2.instance.answer("data_values_get", kOneClinic);

  EXPECT_EQ(answer["columns"], Json({"Data element", "Option combo", "Value"})) << answer.dump();
  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([["Malaria cases","Male, <5y",12],
    ["Malaria cases","Female, <5y",9.50],["Malaria tests","default",40]])")
                                       .dump());
  const std::string read_as = answer["read_as"].dump();
  for (const char* part : {"Monthly report = dataSet SetOfMonth1", "Lower clinic = LowerClinc1",
                           "Every value: org unit Lower clinic; period 202608"}) {
    EXPECT_NE(read_as.find(part), std::string::npos) << part << " in " << read_as;
  }
  EXPECT_NE(answer["notes"].dump().find("Stored by \\\"ada\\\", last updated 2026-09-01 to "
                                        "2026-09-03"),
            std::string::npos)
      << answer["notes"];
  EXPECT_EQ(answer["total"], 3);
}

TEST(DataValues, TellOfElementsWithoutAny) {
  for (const char* set : {"", R"("data_set":"SetOfMonth1",)"}) {
    StoredData dhis2("2.40.3");
    dhis2.instance.server.get(
        "/api/dataSets/SetOfMonth1",
        R"({"id":"SetOfMonth1","displayName":"Monthly report","periodType":"Monthly",
            "categoryCombo":{"name":"default"},"dataSetElements":[
              {"dataElement":{"id":"CasesOfMal1"}},{"dataElement":{"id":"TestsOfMal1"}}]})");
    dhis2.values(R"({"dataValues":[)" + old_value(kLower, "202608", "5") + "]}");
    const Json answer = dhis2.instance.answer(
        "data_values_get", "{" + std::string(set) +
                               R"("data":["Malaria cases","Malaria tests"],"periods":["202608"],
                                  "org_units":["LowerClinc1"]})");
    EXPECT_NE(answer["notes"].dump().find("No values of \\\"Malaria tests\\\"."), std::string::npos)
        << answer.dump();
  }
}

TEST(DataValues, NamesOfATypeCostOneRequestAndAreRemembered) {
  StoredData dhis2;
  dhis2.values(kNewShape);
  dhis2.instance.answer("data_values_get", kOneClinic);
  dhis2.instance.server.forget();

  dhis2.instance.answer(
      "data_values_get",
      R"({"data_set":"SetOfMonth1","periods":["202608"],"org_units":["LowerClinc1"]})");

  EXPECT_EQ(dhis2.instance.server.seen().size(), 2u);  // the data set and its values
}

TEST(DataValues, PeriodsRunAcrossWhereThatTakesLessRoom) {
  StoredData dhis2("2.40.3");
  dhis2.values(R"({"dataValues":[)" + old_value(kLower, "202609", "7") + "," +
               old_value(kLower, "202608", "5") + "," + old_value(kUpper, "202609", "0") + "]}");

  const Json answer = dhis2.instance.answer(
      "data_values_get", R"({"data":["Malaria cases"],"periods":["Aug 2026","202609","202610"],
                             "org_units":["LowerClinc1","UpperClinc1"]})");

  EXPECT_EQ(answer["columns"], Json({"Org unit", "202608", "202609"})) << answer.dump();
  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["Lower clinic",5,7],["Clinic",null,0]])").dump());
  EXPECT_NE(answer["notes"].dump().find("No values for 202610."), std::string::npos);
  EXPECT_EQ(dhis2.asked_all("/api/dataValueSets", "dataElement"), std::vector<std::string>{kCases});
}

TEST(DataValues, UnitsOfOneNameAreToldApart) {
  StoredData dhis2;
  dhis2.values(R"({"dataValues":[)" + old_value(kUpper, "202608", "1") + "," +
               old_value(kTwin, "202608", "2") + "]}");

  const Json answer = dhis2.instance.answer(
      "data_values_get",
      R"({"data":["CasesOfMal1"],"periods":["202608"],"org_units":["Countryyyy1"],"children":true})");

  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"x([["Clinic (North)",1],["Clinic (South)",2]])x").dump())
      << answer.dump();
  EXPECT_EQ(dhis2.asked_all("/api/dataValueSets", "children"), std::vector<std::string>{"true"});
}

TEST(DataValues, CommentsAndFollowUpSayWhichValueTheyAreAbout) {
  StoredData dhis2("2.41.2");
  dhis2.values(R"({"dataValues":[)" +
               old_value(kLower, "202608", "5", R"("comment":"checked","followup":true)") + "," +
               old_value(kLower, "202609", "6") + "," + old_value(kUpper, "202608", "7") + "," +
               old_value(kUpper, "202609", "8", R"("comment":"late","followup":false)") + "]}");

  const Json answer = dhis2.instance.answer(
      "data_values_get", R"({"data_set":"SetOfMonth1","periods":["202608","202609"],
                             "org_units":["LowerClinc1","UpperClinc1"]})");

  EXPECT_EQ(answer["columns"], Json({"Org unit", "202608", "202609", "Comment", "Follow-up"}))
      << answer.dump();
  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([["Lower clinic",5,6,"202608: checked","202608"],
                                                   ["Clinic",7,8,"202609: late",null]])")
                                       .dump());
}

TEST(DataValues, ValuesThatFellOnOnePlaceKeepTheirRows) {
  StoredData dhis2("2.41.2");
  dhis2.values(R"({"dataValues":[)" +
               old_value(kLower, "202608", "5", R"("comment":"checked","followup":true)") + "," +
               old_value(kLower, "202609", "6") + "," + old_value(kLower, "202609", "6") + "]}");

  const Json answer = dhis2.instance.answer(
      "data_values_get",
      R"({"data_set":"SetOfMonth1","periods":["202608","202609"],"org_units":["LowerClinc1"]})");

  EXPECT_EQ(answer["columns"], Json({"Period", "Value", "Comment", "Follow-up"})) << answer.dump();
  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([["202608",5,"checked","yes"],
                                                   ["202609",6,null,null],
                                                   ["202609",6,null,null]])")
                                       .dump());
}

TEST(DataValues, AYearIsTheMonthsOfAMonthlyDataSet) {
  StoredData dhis2;
  dhis2.values(kNewShape);

  const Json answer = dhis2.instance.answer(
      "data_values_get",
      R"({"data_set":"SetOfMonth1","periods":["2025","Q1 2026"],"org_units":["LowerClinc1"]})");

  const auto periods = dhis2.asked_all("/api/dataValueSets", "period");
  ASSERT_EQ(periods.size(), 15u);
  EXPECT_EQ(periods.front(), "202501");
  EXPECT_EQ(periods.back(), "202603");
  EXPECT_NE(answer["read_as"].dump().find("2025 = 202501 to 202512 (12 periods)"),
            std::string::npos)
      << answer["read_as"];
}

TEST(DataValues, OneElementOfADataSetLeavesTheOthersOut) {
  StoredData dhis2;
  dhis2.values(kNewShape);

  const Json answer = dhis2.instance.answer(
      "data_values_get", R"({"data_set":"SetOfMonth1","data":["CasesOfMal1.MaleeeeCoc1"],
                             "periods":["202608"],"org_units":["LowerClinc1"]})");

  EXPECT_EQ(answer["rows"].dump(), "[[12]]") << answer.dump();
  EXPECT_NE(answer["read_as"].dump().find("data element Malaria cases; option combo Male, <5y"),
            std::string::npos)
      << answer["read_as"];
  EXPECT_TRUE(dhis2.asked_all("/api/dataValueSets", "dataElement").empty());
}

TEST(DataValues, ReleasesWithoutElementsAreAskedForTheirDataSets) {
  StoredData dhis2("2.38.1");
  dhis2.values(kNewShape);

  const Json answer = dhis2.instance.answer(
      "data_values_get",
      R"({"data":["TestsOfMal1"],"periods":["202608"],"org_units":["LowerClinc1"]})");

  EXPECT_EQ(dhis2.asked_all("/api/dataValueSets", "dataSet"), std::vector<std::string>{kSet});
  EXPECT_TRUE(dhis2.asked_all("/api/dataValueSets", "dataElement").empty());
  EXPECT_EQ(answer["rows"].dump(), "[[40]]") << answer.dump();
}

TEST(DataValues, OfAGroupAndItsElementStandOnce) {
  StoredData dhis2;
  dhis2.values(kNewShape);
  dhis2.instance.server.on("GET", "/api/dataElementGroups", [](const Seen& seen) {
    const bool asked = seen.query.find("GroupOfMal1") != std::string::npos;
    return Reply{200, asked
                          ? R"({"dataElementGroups":[{"id":"GroupOfMal1","displayName":"Tests"}]})"
                          : R"({"dataElementGroups":[]})"};
  });
  dhis2.instance.server.get("/api/dataElementGroups/GroupOfMal1",
                            R"({"dataElements":[{"id":"TestsOfMal1"},{"id":"CasesOfMal1"}]})");

  dhis2.instance.answer(
      "data_values_get",
      R"({"data":["GroupOfMal1","TestsOfMal1"],"periods":["202608"],"org_units":["LowerClinc1"]})");

  EXPECT_TRUE(dhis2.asked_all("/api/dataValueSets", "dataElementGroup").empty());
  EXPECT_EQ(dhis2.instance.server.count("/api/dataValueSets"), 1u);
}

TEST(DataValues, OfManyElementsAreAskedInRequestsThatAServerTakes) {
  constexpr std::size_t kRequestLine = 8'000;
  StoredData dhis2;
  dhis2.values(kNewShape);
  dhis2.objects("dataElementGroups", {{"GroupOfMal1", "Many"}});
  Json members = Json::array();
  for (int i = 10'000; i < 10'700; ++i) members.push_back({{"id", "Elemen" + std::to_string(i)}});
  dhis2.instance.server.get("/api/dataElementGroups/GroupOfMal1",
                            Json{{"dataElements", members}}.dump());
  std::size_t longest = 0;
  dhis2.instance.server.on("GET", "/api/dataElements", [&longest](const Seen& seen) {
    longest = std::max(longest, seen.query.size());
    return Reply{200, R"({"dataElements":[{"id":"TestsOfMal1","name":"Malaria tests"}]})"};
  });

  dhis2.instance.answer(
      "data_values_get",
      R"({"data":["Malaria tests","Many"],"periods":["202608"],"org_units":["LowerClinc1"]})");

  EXPECT_GT(longest, 4'000U);
  EXPECT_LT(longest, kRequestLine);
}

struct Refusal {
  const char* name;
  const char* arguments;
  ErrorKind kind;
  const char* said;
};

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, SaysWhatToDoNext) {
  StoredData dhis2;
  const ToolResult result = dhis2.instance.call("data_values_get", GetParam().arguments);

  ASSERT_TRUE(result.is_error) << result.text;
  EXPECT_EQ(result.error->kind, GetParam().kind) << result.text;
  EXPECT_NE(result.text.find(GetParam().said), std::string::npos) << result.text;
  EXPECT_EQ(dhis2.instance.server.count("/api/dataValueSets"), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    DataValues, Refused,
    testing::Values(
        Refusal{"no_data", R"({"periods":["202608"],"org_units":["LowerClinc1"]})",
                ErrorKind::bad_input, "Name a data set, or data elements"},
        Refusal{"an_indicator",
                R"({"data":["Positivity"],"periods":["202608"],"org_units":["LowerClinc1"]})",
                ErrorKind::bad_input, "Ask analytics_query"},
        Refusal{"a_data_set_as_data",
                R"({"data":["Monthly report"],"periods":["202608"],"org_units":["LowerClinc1"]})",
                ErrorKind::bad_input, "Give it as `data_set`"},
        Refusal{"a_short_period",
                R"({"data_set":"SetOfMonth1","periods":["2026W30"],"org_units":["LowerClinc1"]})",
                ErrorKind::bad_input, "Ask for 202607."},
        Refusal{"an_unknown_unit",
                R"({"data_set":"SetOfMonth1","periods":["202608"],"org_units":["NoSuchUnit1"]})",
                ErrorKind::not_found, "org_unit_find"},
        Refusal{"an_unknown_set",
                R"({"data_set":"Weekly report","periods":["202608"],"org_units":["LowerClinc1"]})",
                ErrorKind::not_found, "Weekly report"}),
    [](const auto& test) { return test.param.name; });

struct Told {
  const char* name;
  int status;
  const char* body;
  ErrorKind kind;
  const char* hint;
};

class Answered : public testing::TestWithParam<Told> {};

TEST_P(Answered, IsReadForWhatItIs) {
  StoredData dhis2;
  dhis2.instance.server.on("GET", "/api/dataValueSets", {GetParam().status, GetParam().body});

  const ToolResult result = dhis2.instance.call("data_values_get", kOneClinic);

  ASSERT_TRUE(result.is_error) << result.text;
  EXPECT_EQ(result.error->kind, GetParam().kind) << result.text;
  EXPECT_NE(result.text.find(GetParam().hint), std::string::npos) << result.text;
}

INSTANTIATE_TEST_SUITE_P(
    DataValues, Answered,
    testing::Values(Told{"a_foreign_unit_since_2_43", 409,
                         R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E2012",
                 "message":"User is not allowed to view org unit(s): `[LowerClinc1]`"})",
                         ErrorKind::conflict, "USER_ORGUNIT"},
                    Told{"a_foreign_unit_before", 200, "", ErrorKind::forbidden, "USER_ORGUNIT"},
                    Told{"no_read_access", 409,
                         R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E2010",
                 "message":"User is not allowed to read data for data set: `SetOfMonth1`"})",
                         ErrorKind::conflict, "ask an administrator for data read access"},
                    Told{"an_answer_that_breaks_off", 200,
                         R"({"dataValues":[{"dataElement":"CasesOfMal1","va)",
                         ErrorKind::unavailable, ""},
                    Told{"a_page", 200,
                         "<!doctype html><html><head><title>Login</title></head></html>",
                         ErrorKind::unavailable, ""}),
    [](const auto& test) { return test.param.name; });

TEST(DataValues, NoValueIsToldAndIsNotZero) {
  StoredData dhis2;
  dhis2.values(R"({"dataSet":"SetOfMonth1","dataValues":[]})");

  const Json answer = dhis2.instance.answer("data_values_get", kOneClinic);

  EXPECT_TRUE(answer["rows"].empty()) << answer.dump();
  EXPECT_EQ(answer["total"], 0);
  EXPECT_NE(answer["notes"].dump().find("set `children`"), std::string::npos);
}

TEST(DataValues, OfAnElementThatIsNotInTheDataSetAreRefused) {
  StoredData dhis2;
  dhis2.values(R"({"dataSet":"SetOfMonth1","dataValues":[]})");
  dhis2.instance.server.get("/api/dataSets/SetOfMonth1", R"({"id":"SetOfMonth1",
      "displayName":"Monthly report","periodType":"Monthly",
      "dataSetElements":[{"dataElement":{"id":"TestsOfMal1"}}]})");
  const auto asked = [&](const Json& data) {
    return dhis2.instance.call("data_values_get", Json{{"data_set", "SetOfMonth1"},
                                                       {"data", data},
                                                       {"periods", {"202608"}},
                                                       {"org_units", {"LowerClinc1"}}}
                                                      .dump());
  };
  constexpr char kTold[] = "Not in the data set \"Monthly report\": \"Malaria cases\".";

  const ToolResult none = asked({"Malaria cases"});
  EXPECT_TRUE(none.is_error) << none.text;
  EXPECT_NE(none.text.find(kTold), std::string::npos) << none.text;
  const ToolResult some = asked({"Malaria cases", "Malaria tests"});
  EXPECT_FALSE(some.is_error) << some.text;
  EXPECT_NE(some.text.find(kTold), std::string::npos) << some.text;
  EXPECT_EQ(asked({"Malaria tests"}).text.find("Not in"), std::string::npos);
}

TEST(DataValues, KeepTheirUidsWhereNamesCannotBeRead) {
  StoredData dhis2;
  dhis2.values(kNewShape);
  dhis2.instance.server.on("GET", "/api/categoryOptionCombos",
                           {403, R"({"status":"ERROR","httpStatusCode":403,"message":"no"})"});

  const Json answer = dhis2.instance.answer("data_values_get", kOneClinic);

  EXPECT_EQ(answer["rows"][0][1], kMale) << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("Names of option combos could not be read"),
            std::string::npos);
}

TEST(DataValues, LevelsAreListedFirst) {
  StoredData dhis2;
  dhis2.instance.server.on("GET", "/api/organisationUnits", [](const Seen& seen) {
    const bool level = percent_decode(seen.query).find("level:eq:3") != std::string::npos;
    return Reply{200, level ? R"({"organisationUnits":[{"id":"LowerClinc1"},{"id":"UpperClinc1"}]})"
                            : R"({"organisationUnits":[]})"};
  });
  dhis2.values(kNewShape);

  dhis2.instance.answer(
      "data_values_get",
      R"({"data_set":"SetOfMonth1","periods":["202608"],"org_units":["LEVEL-3"]})");

  EXPECT_EQ(dhis2.asked_all("/api/dataValueSets", "orgUnit"),
            (std::vector<std::string>{kLower, kUpper}));
}

TEST(DataValues, ManyAreReadAsTheyArriveAndKeptForResultSave) {
  StoredData dhis2;
  constexpr int kValues = 12'000;
  std::string body = R"({"dataValues":[)";
  for (int i = 0; i < kValues; ++i) {
    if (i > 0) body += ',';
    body += old_value(i % 2 == 0 ? kLower : kUpper, "2026" + std::string(i % 3 == 0 ? "08" : "09"),
                      std::to_string(i));
  }
  dhis2.values(body + "]}");

  const Json answer = dhis2.instance.answer(
      "data_values_get",
      R"({"data":["CasesOfMal1"],"periods":["202608","202609"],"org_units":["Countryyyy1"],
          "children":true})");

  EXPECT_EQ(answer["columns"], Json({"Org unit", "Period", "Value", "Stored by", "Last updated"}))
      << answer.dump().substr(0, 400);
  EXPECT_EQ(answer["total"], kValues);
  EXPECT_LT(answer.dump().size(), 24'000u);
  const Json saved = dhis2.instance.answer(
      "result_save", Json{{"result", answer["result"]}, {"format", "csv"}}.dump());
  EXPECT_EQ(saved["object"]["rows"], kValues) << saved.dump();
}

}  // namespace
}  // namespace dhis2mcp::test
