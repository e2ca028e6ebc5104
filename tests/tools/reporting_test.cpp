// SPDX-License-Identifier: BSD-3-Clause
// Reporting rates from analytics, and who did not report from the registrations.
#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

// The answer of analytics for these units and periods; metrics of one unit and period from
// `figures`.
std::string analytics(const std::vector<std::string>& units,
                      const std::vector<std::string>& periods,
                      const std::vector<std::vector<std::string>>& figures) {
  Json answer = Json::parse(R"({"headers":[{"name":"dx","meta":true},{"name":"pe","meta":true},
      {"name":"ou","meta":true},{"name":"value","valueType":"NUMBER"}],
      "metaData":{"items":{"NorthDistr1":{"name":"North"},"SouthDistr1":{"name":"South"}},
                  "dimensions":{}},"rows":[]})");
  answer["metaData"]["dimensions"]["pe"] = periods;
  answer["metaData"]["dimensions"]["ou"] = units;
  for (const auto& row : figures) {
    answer["rows"].push_back({"SetOfMonth1." + row[0], row[1], row[2], row[3]});
  }
  return answer.dump();
}

TEST(ReportingRates, StandWithTheReportsBehindThem) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/analytics",
                            analytics({kNorth, kSouth}, {"202608"},
                                      {{"ACTUAL_REPORTS", "202608", kNorth, "9"},
                                       {"EXPECTED_REPORTS", "202608", kNorth, "12.0"},
                                       {"REPORTING_RATE", "202608", kNorth, "75.0"},
                                       {"ACTUAL_REPORTS_ON_TIME", "202608", kNorth, "6"},
                                       {"REPORTING_RATE_ON_TIME", "202608", kNorth, "50"},
                                       {"EXPECTED_REPORTS", "202608", kSouth, "3"}}));

  const Json answer = dhis2.instance.answer(
      "reporting_rates",
      R"({"data_set":"Monthly report","periods":["202608"],"org_units":["NorthDistr1","South"]})");

  EXPECT_EQ(answer["columns"],
            Json({"Org unit", "Reports", "Expected", "Rate %", "On time", "On time %"}))
      << answer.dump();
  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["North",9,12,75,6,50],["South",null,3,null,null,null]])").dump());
  EXPECT_NE(answer["notes"].dump().find("marked complete"), std::string::npos);
  EXPECT_NE(answer["notes"].dump().find("Where Reports is empty, none is counted"),
            std::string::npos);
  const auto dimensions = dhis2.asked_all("/api/analytics", "dimension");
  EXPECT_NE(dimensions[0].find("SetOfMonth1.REPORTING_RATE_ON_TIME"), std::string::npos);
}

TEST(ReportingRates, OfSeveralPeriodsRunAcrossWithTheirSums) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/analytics",
                            analytics({kNorth}, {"202607", "202608"},
                                      {{"ACTUAL_REPORTS", "202607", kNorth, "9"},
                                       {"ACTUAL_REPORTS", "202608", kNorth, "6"},
                                       {"EXPECTED_REPORTS", "202607", kNorth, "12"},
                                       {"EXPECTED_REPORTS", "202608", kNorth, "12"},
                                       {"REPORTING_RATE", "202607", kNorth, "75"},
                                       {"REPORTING_RATE", "202608", kNorth, "50"}}));

  const Json answer = dhis2.instance.answer(
      "reporting_rates",
      R"({"data_set":"SetOfMonth1","periods":["Jul-Aug 2026"],"org_units":["NorthDistr1"]})");

  EXPECT_EQ(answer["columns"],
            Json({"Org unit", "202607 %", "202608 %", "Reports", "Expected", "On time"}))
      << answer.dump();
  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([["North",75,50,15,24,null]])").dump());
}

TEST(ReportingRates, AreOfTheUsersOwnUnitsWhereNoneAreNamed) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/analytics", analytics({}, {"202608"}, {}));
  dhis2.instance.server.get(
      "/api/system/info",
      R"({"version":"2.43.1","lastAnalyticsTableSuccess":"2026-11-01T02:00:00.000"})");

  const Json answer = dhis2.instance.answer("reporting_rates",
                                            R"({"data_set":"SetOfMonth1","periods":["202608"]})");

  const auto dimensions = dhis2.asked_all("/api/analytics", "dimension");
  ASSERT_EQ(dimensions.size(), 3u) << answer.dump();
  EXPECT_EQ(dimensions[2], "ou:USER_ORGUNIT;USER_ORGUNIT_CHILDREN");
  ASSERT_TRUE(answer.contains("rows")) << answer.dump();
  EXPECT_TRUE(answer["rows"].empty()) << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("last built 2026-11-01"), std::string::npos)
      << answer["notes"];
}

TEST(ReportingRates, NameWhoDidNotReport) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/completeDataSetRegistrations",
                            R"({"completeDataSetRegistrations":[
      {"period":"202608","dataSet":"SetOfMonth1","organisationUnit":"UpperClinc1","completed":true},
      {"period":"202609","dataSet":"SetOfMonth1","organisationUnit":"UpperClinc1","completed":false},
      {"period":"202609","dataSet":"SetOfMonth1","organisationUnit":"LowerClinc1"}]})");

  const Json answer = dhis2.instance.answer("reporting_rates",
                                            R"({"data_set":"SetOfMonth1","periods":["Aug-Sep 2026"],
                             "org_units":["Countryyyy1"],"missing":true})");

  // One clinic closed in August, and one opened in September.
  EXPECT_EQ(answer["columns"], Json({"Within", "Org unit", "Missing", "Periods"})) << answer.dump();
  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["North","Clinic",1,"202609"],["South","Clinic",1,"202608"]])").dump());
  EXPECT_NE(answer["notes"].dump().find("202608: 1 of 2 (50.0 %); 202609: 1 of 2 (50.0 %)"),
            std::string::npos)
      << answer["notes"];
  EXPECT_EQ(dhis2.asked_all("/api/completeDataSetRegistrations", "children"),
            std::vector<std::string>{"true"});
}

TEST(ReportingRates, NobodyReportedWhereNothingIsRegistered) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/completeDataSetRegistrations", "{}");
  dhis2.instance.server.get("/api/me", R"({"id":"M5zQapPyTZI","username":"admin",
      "displayName":"Ada Min","organisationUnits":[{"id":"NorthDistr1","displayName":"North"}]})");

  const Json answer = dhis2.instance.answer(
      "reporting_rates", R"({"data_set":"SetOfMonth1","periods":["202609"],"missing":true})");

  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["North","Clinic"],["North","Lower clinic"]])").dump())
      << answer.dump();
  EXPECT_NE(answer["read_as"].dump().find("no report for 202609"), std::string::npos);
}

TEST(ReportingRates, ADataSetThatIsAssignedNowhereThereExpectsNobody) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/completeDataSetRegistrations", "{}");
  dhis2.objects("organisationUnits", {{"EmptyDistr1", "Empty"}});

  const Json answer = dhis2.instance.answer(
      "reporting_rates",
      R"({"data_set":"SetOfMonth1","periods":["202609"],"org_units":["EmptyDistr1"],"missing":true})");

  EXPECT_TRUE(answer["rows"].empty()) << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("assigned to no unit there"), std::string::npos);
}

TEST(ReportingRates, TellWhyDhis2Refuses) {
  StoredData dhis2;
  dhis2.instance.server.on("GET", "/api/completeDataSetRegistrations",
                           {409, R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E2012",
                                     "message":"User is not allowed to view org unit"})"});

  const ToolResult result = dhis2.instance.call(
      "reporting_rates",
      R"({"data_set":"SetOfMonth1","periods":["202609"],"org_units":["NorthDistr1"],"missing":true})");

  ASSERT_TRUE(result.is_error);
  EXPECT_NE(result.text.find("USER_ORGUNIT"), std::string::npos) << result.text;
}

}  // namespace
}  // namespace dhis2mcp::test
