// SPDX-License-Identifier: BSD-3-Clause
// Aggregate analytics. The figures were worked out from the payload files by another program.
#include "tests/sandbox/analytics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sandbox/analytics_grid.h"
#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

Json ask(const std::string& target, int major = 43, const std::string& user = "admin") {
  return payload_answer(analytics, target, major, user);
}

// The rows as "cell|cell|value", in alphabetical order.
std::vector<std::string> rows_of(const Json& answer) {
  std::vector<std::string> rows;
  for (const Json& row : answer["rows"]) {
    std::string text;
    for (const Json& cell : row) text += (text.empty() ? "" : "|") + cell.get<std::string>();
    rows.push_back(text);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

using Rows = std::vector<std::string>;

constexpr const char* kCountry = "&filter=ou:UvePRDui19N";

TEST(Analytics, AddsUpOverPeriodsUnitsAndOptions) {
  const std::pair<const char*, Rows> cases[] = {
      {"pe:202609", {"y7qh476Nmd3|202609|5349"}},
      {"pe:202609;2026Q3;2026",
       {"y7qh476Nmd3|202609|5349", "y7qh476Nmd3|2026Q3|17405", "y7qh476Nmd3|2026|53182"}},
      {"pe:2025Oct", {"y7qh476Nmd3|2025Oct|61524"}},
      {"pe:LAST_MONTH&relativePeriodDate=2026-10-15", {"y7qh476Nmd3|202609|5349"}},
      {"pe:199001", {}},
  };
  for (const auto& [periods, expected] : cases) {
    const Json answer =
        ask("/analytics?dimension=dx:y7qh476Nmd3&dimension=" + std::string(periods) + kCountry);
    EXPECT_EQ(rows_of(answer), expected) << periods;
    EXPECT_EQ(answer["height"], expected.size());
    EXPECT_EQ(answer["width"], expected.empty() ? 0 : 3);
  }
}

TEST(Analytics, AnswersByUnitOfEveryKind) {
  const std::pair<const char*, Rows> cases[] = {
      {"LEVEL-2", {"OrHNTu4WZhu|1511", "Pz8F6s9MPS7|1460", "UoaQAyfBsSe|1449", "dol0EV0KIzB|929"}},
      {"LEVEL-3;dol0EV0KIzB", {"CQChkRGX1me|221", "ImO0Oa4TLww|353", "PanrmKHZuZ5|355"}},
      {"S3DWx9jT5VC;CQChkRGX1me;UvePRDui19N",
       {"CQChkRGX1me|221", "S3DWx9jT5VC|17", "UvePRDui19N|5349"}},
      {"USER_ORGUNIT", {"UvePRDui19N|5349"}},
  };
  for (const auto& [units, expected] : cases) {
    EXPECT_EQ(rows_of(ask("/analytics?dimension=ou:" + std::string(units) +
                          "&filter=dx:y7qh476Nmd3&filter=pe:202609")),
              expected)
        << units;
  }
}

TEST(Analytics, KnowsTheAggregationTypes) {
  struct Case {
    const char* type;
    const char* value;
  };
  const Case cases[] = {
      {"SUM", "221"},         {"AVERAGE", "31.57"}, {"COUNT", "7"},
      {"MAX", "53"},          {"MIN", "13"},        {"STDDEV", "14"},
      {"VARIANCE", "195.95"}, {"LAST", "221"},      {"AVERAGE_SUM_ORG_UNIT", "221"}};
  for (const Case& c : cases) {
    EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:y7qh476Nmd3&filter=pe:202609&filter=ou:"
                          "CQChkRGX1me&aggregationType=" +
                          std::string(c.type))),
              Rows{std::string("y7qh476Nmd3|") + c.value})
        << c.type;
  }
}

TEST(Analytics, TakesTheLastValueInsideThePeriod) {
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:dUHGE5pfryO;LY8Z4wxGsxA;izRdaDnDbja&filter=pe:2026"
                        "&filter=ou:UvePRDui19N")),
            (Rows{"LY8Z4wxGsxA|5.14", "dUHGE5pfryO|8120", "izRdaDnDbja|1492056"}));
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:izRdaDnDbja&filter=pe:202608&filter=ou:"
                        "UvePRDui19N")),
            Rows{});
}

TEST(Analytics, SpreadsAveragesOverShorterPeriodsAndWeeksOverMonths) {
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:FTFKnrRdEFf&dimension=pe:202609;2026Q1&filter=ou:"
                        "UvePRDui19N")),
            (Rows{"FTFKnrRdEFf|202609|6.46", "FTFKnrRdEFf|2026Q1|6.46"}));
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:Y4JAQKi0DIz&filter=pe:202608&filter=ou:"
                        "UvePRDui19N")),
            Rows{"Y4JAQKi0DIz|120"});
}

TEST(Analytics, SplitsByCombosOptionsAndGroups) {
  const std::string september = "&filter=pe:202609&filter=ou:UvePRDui19N";
  const std::pair<std::string, std::string> cases[] = {
      {"dimension=dx:b8JTFpL3cxe&dimension=co" + september, "b8JTFpL3cxe|XG13pdwVzDo|4276"},
      {"dimension=dx:b8JTFpL3cxe.XG13pdwVzDo" + september, "b8JTFpL3cxe.XG13pdwVzDo|4276"},
      {"dimension=dx:b8JTFpL3cxe.*" + september, "b8JTFpL3cxe|16894"},
      {"dimension=dx:b8JTFpL3cxe&dimension=myGSgttg0gB:tZ5POpU3lHc" + september,
       "b8JTFpL3cxe|tZ5POpU3lHc|4276"},
      {"dimension=dx:b8JTFpL3cxe&dimension=rHhNgSm8j7M" + september,
       "b8JTFpL3cxe|BlChrbEQsks|8322"},
      {"dimension=dx:b8JTFpL3cxe&filter=rHhNgSm8j7M:BlChrbEQsks" + september, "b8JTFpL3cxe|8322"},
      {"dimension=dx:y7qh476Nmd3&dimension=y4Fwc6fRcE9" + september,
       "y7qh476Nmd3|T04dOvqdK2A|2030"},
      {"dimension=dx:y7qh476Nmd3&dimension=H3U7CF3BrC9" + september,
       "y7qh476Nmd3|mvhAIYgQ54V|5349"},
      {"dimension=dx:YR5fKeXifR2&dimension=DUt3e8SrlXr&filter=pe:2026Q1&filter=ou:UvePRDui19N",
       "YR5fKeXifR2|SmCBzcap7h7|90394705"},
      {"dimension=dx:YR5fKeXifR2&dimension=ao&filter=pe:2026Q1&filter=ou:UvePRDui19N",
       "YR5fKeXifR2|YQOa0tEUimn|84185691"},
  };
  for (const auto& [query, row] : cases) {
    const Rows rows = rows_of(ask("/analytics?" + query));
    EXPECT_NE(std::find(rows.begin(), rows.end(), row), rows.end()) << query;
  }
}

TEST(Analytics, CalculatesIndicators) {
  EXPECT_EQ(
      rows_of(ask("/analytics?dimension=dx:Gd5B0yvgLia;w2lx3LIdpS9&filter=pe:202609&filter=ou:"
                  "UvePRDui19N&includeNumDen=true")),
      (Rows{"Gd5B0yvgLia|99.5|16894.0|16983.0|100.0|100|1",
            "w2lx3LIdpS9|99.48|16894.0|16983.0|100.0|100|1"}));
  // Annualised over a year of 365 days; without a population no rate.
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:nXI53bljyT8&dimension=pe:2026;202609&filter=ou:"
                        "UvePRDui19N")),
            Rows{"nXI53bljyT8|2026|85.91"});
}

TEST(Analytics, CountsReports) {
  const std::string set =
      "/analytics?filter=pe:202609&filter=ou:UvePRDui19N&dimension=dx:lc4Jz2USVpu.";
  EXPECT_EQ(rows_of(ask(set + "ACTUAL_REPORTS")), Rows{"lc4Jz2USVpu.ACTUAL_REPORTS|92"});
  EXPECT_EQ(rows_of(ask(set + "EXPECTED_REPORTS")), Rows{"lc4Jz2USVpu.EXPECTED_REPORTS|118"});
  EXPECT_EQ(rows_of(ask(set + "REPORTING_RATE")), Rows{"lc4Jz2USVpu.REPORTING_RATE|77.97"});
  EXPECT_EQ(rows_of(ask(set + "ACTUAL_REPORTS_ON_TIME")),
            Rows{"lc4Jz2USVpu.ACTUAL_REPORTS_ON_TIME|0"});
  EXPECT_EQ(rows_of(ask("/analytics?filter=pe:202610&filter=ou:UvePRDui19N&dimension=dx:"
                        "lc4Jz2USVpu.ACTUAL_REPORTS_ON_TIME")),
            Rows{"lc4Jz2USVpu.ACTUAL_REPORTS_ON_TIME|91"});
}

TEST(Analytics, HoldsWhatEachReleaseKeepsOfThePayload) {
  const std::string query =
      "/analytics?dimension=dx:FTFKnrRdEFf&filter=pe:2026&filter=ou:UvePRDui19N";
  EXPECT_EQ(rows_of(ask(query, 43)), Rows{"FTFKnrRdEFf|6.46"});
  EXPECT_EQ(rows_of(ask(query, 42)), Rows{});
  const std::string stillbirths =
      "/analytics?dimension=dx:Ict2ARqx5cl&filter=pe:202609&filter=ou:S3DWx9jT5VC";
  EXPECT_EQ(rows_of(ask(stillbirths, 43)), Rows{"Ict2ARqx5cl|0"});
  EXPECT_EQ(rows_of(ask(stillbirths, 42)), Rows{});
}

TEST(Analytics, NamesEverythingItMentions) {
  const Json answer =
      ask("/analytics?dimension=dx:b8JTFpL3cxe;lc4Jz2USVpu.REPORTING_RATE&dimension=pe:LAST_MONTH"
          "&dimension=ou:LEVEL-3;dol0EV0KIzB&hierarchyMeta=true&showHierarchy=true");
  const Json& items = answer["metaData"]["items"];
  EXPECT_EQ(items["b8JTFpL3cxe"]["name"], "Paludisme - cas confirm\xc3\xa9s");
  EXPECT_EQ(items["LAST_MONTH"]["name"], "Last month");
  EXPECT_EQ(items["202610"]["name"], "October 2026");
  EXPECT_EQ(items["jlG4BoeVg1G"], (Json{{"uid", "jlG4BoeVg1G"}, {"name", "District"}}));
  EXPECT_EQ(items["dol0EV0KIzB"]["code"], "BA_01");
  EXPECT_EQ(items["pe"]["name"], "Period");
  const Json& dimensions = answer["metaData"]["dimensions"];
  EXPECT_EQ(dimensions["pe"], Json{"202610"});
  EXPECT_EQ(dimensions["ou"], (Json{"CQChkRGX1me", "ImO0Oa4TLww", "PanrmKHZuZ5"}));
  EXPECT_EQ(dimensions["co"].size(), 4u);
  EXPECT_EQ(answer["metaData"]["ouHierarchy"]["CQChkRGX1me"], "UvePRDui19N/dol0EV0KIzB");
  EXPECT_EQ(answer["metaData"]["ouNameHierarchy"]["CQChkRGX1me"],
            "/Baralia/Province du Nord/District de Band\xc3\xa9");
}

TEST(Analytics, LeavesOutWhatIsSkipped) {
  const std::string query =
      "/analytics?dimension=dx:y7qh476Nmd3&dimension=pe:202609" + std::string(kCountry);
  EXPECT_EQ(ask(query + "&skipMeta=true")["metaData"], Json::object());
  const Json bare = ask(query + "&skipData=true");
  EXPECT_EQ(bare["headers"], Json::array());
  EXPECT_EQ(bare["rows"], Json::array());
  EXPECT_EQ(bare["metaData"]["dimensions"]["pe"], Json{"202609"});
}

TEST(Analytics, ShowsRowsInOtherIdSchemes) {
  const std::string query =
      "/analytics?dimension=dx:y7qh476Nmd3&dimension=pe:202609&dimension=ou:CQChkRGX1me";
  EXPECT_EQ(rows_of(ask(query + "&outputIdScheme=CODE")), Rows{"DE_ANC1|202609|BA_01_01|221"});
  EXPECT_EQ(rows_of(ask(query + "&outputIdScheme=NAME")),
            Rows{"CPN 1re visite|September 2026|District de Band\xc3\xa9|221"});
  EXPECT_EQ(rows_of(ask(query + "&outputOrgUnitIdScheme=CODE")),
            Rows{"y7qh476Nmd3|202609|BA_01_01|221"});
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:DE_ANC1&dimension=pe:202609&dimension=ou:BA_01_01"
                        "&inputIdScheme=CODE")),
            Rows{"y7qh476Nmd3|202609|CQChkRGX1me|221"});
}

TEST(Analytics, FiltersAndOrdersByMeasure) {
  const std::string query =
      "/analytics?dimension=ou:LEVEL-2&filter=dx:y7qh476Nmd3&filter=pe:202609";
  EXPECT_EQ(rows_of(ask(query + "&measureCriteria=GE:1460;LT:1500")), Rows{"Pz8F6s9MPS7|1460"});
  EXPECT_EQ(rows_of(ask("/analytics?dimension=dx:y7qh476Nmd3&filter=pe:202609&filter=ou:CQChkRGX1me"
                        "&preAggregationMeasureCriteria=GE:30")),
            Rows{"y7qh476Nmd3|166"});
  const Json down = ask(query + "&order=DESC")["rows"];
  ASSERT_EQ(down.size(), 4u);
  EXPECT_EQ(down[0][0], "OrHNTu4WZhu");
  EXPECT_EQ(down[3][0], "dol0EV0KIzB");
}

TEST(Analytics, LaysOutTables) {
  const Json answer =
      ask("/analytics?dimension=dx:y7qh476Nmd3&dimension=pe:202609;2026Q3&dimension=ou:LEVEL-2"
          "&tableLayout=true&columns=dx;pe&rows=ou");
  ASSERT_EQ(answer["headers"].size(), 6u);
  EXPECT_EQ(answer["headers"][0]["column"], "organisationunitid");
  EXPECT_EQ(answer["headers"][4]["name"], "cpn 1re visite_september 2026");
  EXPECT_EQ(answer["headers"][4]["column"], "CPN 1re visite September 2026");
  const Json expected = {"dol0EV0KIzB", "Province du Nord", "BA_01", "", "929", "3946"};
  EXPECT_EQ(answer["rows"][3], expected);
}

TEST(Analytics, RefusesAsTheReleaseDoes) {
  const Refused cases[] = {
      {"", 43, 409, "E7146", "A end date was not specified in periods, dimensions, filters"},
      {"", 40, 409, "E7101", "At least one dimension must be specified"},
      {"dimension=dx:y7qh476Nmd3&dimension=pe:nope", 43, 409, "E7611", "Period not valid: `nope`"},
      {"dimension=dx:y7qh476Nmd3&dimension=pe:nope", 40, 409, "E7104",
       "At least one period as dimension or filter, or start and dates, must be specified"},
      {"dimension=dx:nope&dimension=pe:202609", 43, 409, "E7124",
       "Dimension is present in query without any valid dimension options: `dx`"},
      {"dimension=F3srbtdKdWi&dimension=pe:202609", 43, 409, "E7125",
       "Dimension identifier does not reference any dimension: `F3srbtdKdWi`"},
      {"dimension=dx:y7qh476Nmd3&filter=pe:202609&dimension=ou:nope", 43, 409, "E7143",
       "Organisation unit or organisation unit level is not valid"},
      {"dimension=dx:y7qh476Nmd3&dimension=dx:gXjb5cxcmOh&filter=pe:202609", 43, 409, "E7111",
       "Dimensions cannot be specified more than once: `[dx]`"},
      {"dimension=dx:y7qh476Nmd3&dimension=pe:202609&filter=pe:202608", 43, 409, "E7103",
       "Dimensions cannot be specified as dimension and filter simultaneously: `[pe]`"},
      {"dimension=pe:202609", 43, 409, "E7102",
       "At least one data dimension item or data element group set dimension item must be "
       "specified"},
      {"dimension=dx:pFAbsJvxtjI&dimension=pe:202609", 43, 409, "E7115",
       "Data elements must be of a value and aggregation type that allow aggregation: "
       "`[pFAbsJvxtjI]`"},
      {"dimension=dx:y7qh476Nmd3&startDate=2026-06-30&endDate=2026-01-01", 43, 409, "E7106",
       "Start date cannot be after end date"},
      {"dimension=dx:y7qh476Nmd3&filter=pe:202609&tableLayout=true&columns=nope", 43, 409, "E7126",
       "Column must be present as dimension in query: `nope`"},
      {"dimension=dx:y7qh476Nmd3&filter=pe:202609&measureCriteria=XX:1", 43, 400, "",
       "No enum constant org.hisp.dhis.analytics.MeasureFilter.XX"},
      {"dimension=dx:y7qh476Nmd3&filter=pe:202609&order=NOPE", 43, 400, "",
       "Value 'NOPE' is not valid for parameter order. Valid values are: [ASC, DESC]"},
      {"dimension=dx:y7qh476Nmd3;Gd5B0yvgLia&filter=pe:202609&order=ASC", 42, 500, "",
       "class java.lang.Double cannot be cast to class java.lang.Long (java.lang.Double and "
       "java.lang.Long are in module java.base of loader 'bootstrap')"},
      {"dimension=dx:eomt2dpi3IK&filter=pe:202609", 43, 501, "",
       "The practice DHIS2 does not play program indicators"},
  };
  for (const Refused& c : cases) {
    expect_refused(ask("/analytics?" + std::string(c.query), c.major), c);
  }
}

TEST(Analytics, KeepsUsersToTheirUnits) {
  const std::string query = "/analytics?dimension=dx:y7qh476Nmd3&filter=pe:202609&dimension=ou:";
  EXPECT_EQ(ask(query + "CQChkRGX1me", 43, "saisie.dombea")["message"],
            "User: `saisie.dombea` is not allowed to view org unit: `CQChkRGX1me`");
  const Json own = ask(query + "USER_ORGUNIT", 43, "saisie.dombea");
  EXPECT_EQ(own["metaData"]["dimensions"]["ou"], Json{"SDzPFfoND57"});
  EXPECT_EQ(own["metaData"]["items"]["USER_ORGUNIT"]["organisationUnits"], Json{"SDzPFfoND57"});
  const Json unnamed =
      ask("/analytics?dimension=dx:y7qh476Nmd3&filter=pe:202609", 43, "saisie.dombea");
  EXPECT_EQ(unnamed["metaData"]["dimensions"]["ou"], Json{"SDzPFfoND57"});
}

TEST(Analytics, WritesCsvAndXml) {
  const Country& country = country_of(43, "payload");
  const std::string query =
      "?dimension=dx:y7qh476Nmd3&dimension=pe:202609&dimension=ou:CQChkRGX1me";
  EXPECT_EQ(body_of(analytics(country, request_for(country, "/analytics.csv" + query))),
            "Data,Period,Organisation unit,Value\ny7qh476Nmd3,202609,CQChkRGX1me,221\n");
  const std::string xml =
      body_of(analytics(country, request_for(country, "/analytics.xml" + query)));
  EXPECT_NE(xml.find("<grid width=\"4\" height=\"1\">"), std::string::npos);
  EXPECT_NE(xml.find("<field>CQChkRGX1me</field><field>221</field>"), std::string::npos);
}

TEST(Analytics, AnswersOtherFormsWithTheirStatus) {
  const std::pair<const char*, int> cases[] = {{"/analytics.html?dimension=dx:y7qh476Nmd3", 501},
                                               {"/analytics.pdf", 406},
                                               {"/analytics/rawData", 404},
                                               {"/analytics/nope", 404},
                                               {"/analytics/events/query/Svw72tiR0Da.xls", 501},
                                               {"/analytics/debug/sql", 406},
                                               {"/analytics/dataValueSet.xml", 500},
                                               {"/analytics/tableTypes", 200}};
  const Country& country = country_of(43, "payload");
  for (const auto& [path, status] : cases) {
    EXPECT_EQ(analytics(country, request_for(country, path)).status, status) << path;
  }
  Request picky = request_for(country, "/analytics?dimension=dx:y7qh476Nmd3");
  picky.headers.emplace_back("Accept", "text/html");
  EXPECT_EQ(analytics(country, picky).status, 406);
}

TEST(Analytics, ListsSingleValuesAsRawData) {
  const Json answer =
      ask("/analytics/rawData.json?dimension=dx:y7qh476Nmd3&dimension=pe:202609&dimension=ou:"
          "CQChkRGX1me");
  EXPECT_EQ(answer["height"], 7);
  const Rows rows = rows_of(answer);
  const std::string first = "y7qh476Nmd3|BZYh3npCBJF|202609|2026-09-01|2026-09-30|53.0";
  EXPECT_NE(std::find(rows.begin(), rows.end(), first), rows.end());
  EXPECT_EQ(answer["metaData"]["dimensions"]["pe"], Json::array());
}

TEST(Analytics, OffersAggregatesAsDataValues) {
  const Json answer =
      ask("/analytics/dataValueSet.json?dimension=dx:y7qh476Nmd3&dimension=pe:202609&dimension=ou:"
          "CQChkRGX1me");
  const Json expected = {{"dataElement", "y7qh476Nmd3"}, {"period", "202609"},
                         {"orgUnit", "CQChkRGX1me"},     {"value", "221"},
                         {"created", "2026-11-21"},      {"lastUpdated", "2026-11-21"},
                         {"comment", "[aggregated]"},    {"followup", false}};
  ASSERT_EQ(answer["dataValues"].size(), 1u);
  EXPECT_EQ(answer["dataValues"][0], expected);
}

TEST(Analytics, WritesNumbersAsJavaDoes) {
  const std::pair<double, const char*> cases[] = {
      {100, "100.0"},     {0, "0.0"},     {70.59, "70.59"}, {12345678, "1.2345678E7"},
      {0.0005, "5.0E-4"}, {-2.5, "-2.5"}, {1e7, "1.0E7"},   {9999999, "9999999.0"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(java_double(value), text);
  EXPECT_EQ(rounded_text(88.0), "88");
  EXPECT_EQ(rounded_text(70.588), "70.59");
  EXPECT_EQ(rounded_text(0.004), "0");
  EXPECT_EQ(rounded(99.45, 1), 99.5);
  EXPECT_EQ(ask("/analytics?dimension=dx:FTFKnrRdEFf&filter=pe:2026&filter=ou:UvePRDui19N"
                "&skipRounding=true")["rows"][0][1],
            "6.463559322033898");
}

TEST(Analytics, StopsWritingWhenTheClientIsGone) {
  const Country& country = country_of(43, "payload");
  const Reply reply = analytics(
      country, request_for(country,
                           "/analytics?dimension=dx:y7qh476Nmd3;gXjb5cxcmOh;rgNBW7G6NeT&dimension="
                           "pe:LAST_12_MONTHS&dimension=ou:LEVEL-4"));
  ASSERT_TRUE(reply.stream);
  int pieces = 0;
  reply.stream([&](std::string_view) { return ++pieces < 1; });
  EXPECT_EQ(pieces, 1);
}

}  // namespace
}  // namespace sandbox
