// SPDX-License-Identifier: BSD-3-Clause
// indicator_explain against a scripted DHIS2: names at any depth, figures worked out anew, and what
// it says where they cannot be.
#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

constexpr char kRate[] = "PositivRate";

// An indicator over everything: operands, a constant, a count of units, a reporting rate, days, and
// an indicator within it.
class Explained {
 public:
  explicit Explained(const std::string& numerator, const std::string& denominator,
                     bool annualized = false) {
    server().get("/api/indicators/PositivRate",
                 Json{{"id", kRate},
                      {"displayName", "Positivity rate"},
                      {"numerator", numerator},
                      {"denominator", denominator},
                      {"numeratorDescription", "positive tests"},
                      {"annualized", annualized},
                      {"decimals", 1},
                      {"indicatorType", {{"displayName", "Per cent"}, {"factor", 100}}}}
                     .dump());
    server().get("/api/indicators", R"({"indicators":[{"id":"InnerIndica","displayName":"Inner",
        "name":"Inner","numerator":"#{TestsOfMal1}","denominator":"4","annualized":false,
        "indicatorType":{"displayName":"Number","factor":1}}]})");
    server().get("/api/constants",
                 R"({"constants":[{"id":"Constantt01","value":2.5,"displayName":"Growth"}]})");
    server().get("/api/organisationUnitGroups/Groupppppp1", R"({"id":"Groupppppp1",
        "organisationUnits":[{"path":"/Countryyyy1/NorthDistr1/UpperClinc1"},
          {"path":"/Countryyyy1/NorthDistr1/LowerClinc1"},
          {"path":"/Countryyyy1/SouthDistr1/UpperClinc2"}]})");
    dhis2.objects("organisationUnitGroups", {{"Groupppppp1", "Clinics"}});
  }

  FakeHttp& server() { return dhis2.instance.server; }

  // The figures of analytics, as rows {dx, pe, ou, value, numerator, denominator}; an answer to
  // more data than `taken` leaves the rest out of its dimensions.
  void figures(const std::vector<std::string>& taken, const std::string& rows) {
    Json answer = Json::parse(R"({"headers":[{"name":"dx"},{"name":"pe"},{"name":"ou"},
        {"name":"value"},{"name":"numerator"},{"name":"denominator"},{"name":"factor"}],
        "metaData":{"items":{"NorthDistr1":{"name":"North"}},
          "dimensions":{"pe":["202608"],"ou":["NorthDistr1"]}}})");
    answer["metaData"]["dimensions"]["dx"] = taken;
    answer["rows"] = Json::parse(rows);
    server().get("/api/analytics", answer.dump());
  }

  Json answer() {
    return dhis2.instance.answer("indicator_explain", R"({"indicator":"PositivRate",
        "periods":["202608"],"org_units":["NorthDistr1"]})");
  }

  StoredData dhis2;
};

bool says(const Json& lines, const std::string& text) {
  return lines.dump().find(text) != std::string::npos;
}

TEST(IndicatorExplain, NamesEverythingAtAnyDepthAndComputesIt) {
  Explained one("#{CasesOfMal1.MaleeeeCoc1} * C{Constantt01} + N{InnerIndica}",
                "#{TestsOfMal1} + OUG{Groupppppp1} + R{SetOfMonth1.REPORTING_RATE} - [days]", true);
  // (8 x 2.5 + 40 / 4) / (40 + 2 + 75 - 31) x 100 x 365 / 31
  one.figures({kRate, "CasesOfMal1.MaleeeeCoc1", kTests, "SetOfMonth1.REPORTING_RATE"},
              R"([["PositivRate","202608","NorthDistr1","410.7276819204801","30.0","86.0","1"],
                  ["CasesOfMal1.MaleeeeCoc1","202608","NorthDistr1","8.0","","",""],
                  ["TestsOfMal1","202608","NorthDistr1","40.0","","",""],
                  ["SetOfMonth1.REPORTING_RATE","202608","NorthDistr1","75.0","","",""]])");

  const Json answer = one.answer();

  ASSERT_TRUE(answer.contains("rows")) << answer.dump();
  EXPECT_EQ(answer["columns"],
            Json({"Org unit", "Period", "Malaria cases, Male, <5y", "Growth", "Malaria tests",
                  "Clinics", "Monthly report REPORTING_RATE", "Numerator", "Denominator",
                  "Recomputed", "DHIS2", "Difference"}))
      << answer["columns"];
  const Json& row = answer["rows"][0];
  EXPECT_EQ(row[2], 8);
  EXPECT_EQ(row[3], 2.5);
  EXPECT_EQ(row[5], 2) << "two clinics lie in the north";
  EXPECT_EQ(row[7], 30);
  EXPECT_EQ(row[8], 86);
  EXPECT_NEAR(row[9].get<double>(), 410.7276819204801, 1e-6);
  EXPECT_EQ(row[11], 0) << row.dump();
  const Json& read_as = answer["read_as"];
  for (const char* line :
       {"Positivity rate = indicator PositivRate",
        "Positivity rate = numerator / denominator x 100 x 365 / days of the period (Per cent), "
        "annualised",
        "numerator (positive tests) = [Malaria cases, Male, <5y] * [Growth] + [Inner]",
        "[Inner] = ([Malaria tests]) / (4) (Number), indicator InnerIndica",
        "Growth = 2.5 (constant Constantt01)",
        "Clinics = how many units of that org unit group lie at or below the unit",
        "Monthly report REPORTING_RATE = reporting rate SetOfMonth1.REPORTING_RATE"}) {
    EXPECT_TRUE(says(read_as, line)) << line << "\n" << read_as.dump(1);
  }
  EXPECT_TRUE(says(answer["notes"], "every figure is DHIS2's own (1 of 1)")) << answer["notes"];
  const Query asked = one.dhis2.asked("/api/analytics");
  EXPECT_EQ(*asked.find("skipRounding"), "true");
  EXPECT_EQ(asked.items()[0].second,
            "dx:PositivRate;CasesOfMal1.MaleeeeCoc1;TestsOfMal1;SetOfMonth1.REPORTING_RATE")
      << "each item once";
}

TEST(IndicatorExplain, TellsADifferenceAndItsSide) {
  Explained one("#{CasesOfMal1}", "#{TestsOfMal1}");
  one.figures({kRate, kCases, kTests},
              R"([["PositivRate","202608","NorthDistr1","25","10.0","40.0","100"],
                  ["CasesOfMal1","202608","NorthDistr1","8","","",""],
                  ["TestsOfMal1","202608","NorthDistr1","40","","",""]])");

  const Json answer = one.answer();

  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["North","202608",8,40,8,40,20,25,-5]])").dump());
  EXPECT_TRUE(says(answer["notes"],
                   "differ in 1 of 1 cells. The first: North 202608: numerator 8 here, 10 in "
                   "DHIS2; denominator 40 here, 40 in DHIS2"))
      << answer["notes"];
}

TEST(IndicatorExplain, ComputesNothingFromWhatItDoesNotKnow) {
  Explained one("subExpression(if(#{CasesOfMal1} > 1, 1, 0))", "#{TestsOfMal1}");
  one.figures({kRate, kTests}, R"([["PositivRate","202608","NorthDistr1","25","10.0","40.0","100"],
                                   ["TestsOfMal1","202608","NorthDistr1","40","","",""]])");

  const Json answer = one.answer();

  EXPECT_EQ(answer["columns"],
            Json({"Org unit", "Period", "Malaria tests", "Numerator", "Denominator", "DHIS2"}));
  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([["North","202608",40,10,40,25]])").dump());
  EXPECT_TRUE(says(answer["notes"],
                   "Not recomputed here: subExpression() in the numerator of \\\"Positivity rate"))
      << answer["notes"];
  EXPECT_TRUE(says(answer["read_as"], "subExpression(if([Malaria cases] > 1, 1, 0))"));
}

TEST(IndicatorExplain, NamesThePartThatAnalyticsDoesNotTake) {
  Explained one("#{CasesOfMal1}", "#{TestsOfMal1}");
  one.figures({kRate, kTests}, R"([["PositivRate","202608","NorthDistr1","25","10.0","40.0","100"],
                                   ["TestsOfMal1","202608","NorthDistr1","40","","",""]])");

  const Json answer = one.answer();

  EXPECT_TRUE(says(answer["notes"], "DHIS2 gave no figures of \\\"Malaria cases"))
      << answer["notes"];
  EXPECT_FALSE(says(answer["columns"], "Recomputed")) << answer["columns"];
}

TEST(IndicatorExplain, AsksForTheIndicatorAloneWhereItsPartsAreRefused) {
  Explained one("#{CasesOfMal1}", "#{TestsOfMal1}");
  one.figures({kRate}, R"([["PositivRate","202608","NorthDistr1","25","10.0","40.0","100"]])");
  const std::string good = [&] {
    Json answer = Json::parse(R"({"headers":[{"name":"dx"},{"name":"pe"},{"name":"ou"},
        {"name":"value"},{"name":"numerator"},{"name":"denominator"}],
        "metaData":{"items":{},"dimensions":{"dx":["PositivRate"],"pe":["202608"],
          "ou":["NorthDistr1"]}},
        "rows":[["PositivRate","202608","NorthDistr1","25","10.0","40.0"]]})");
    return answer.dump();
  }();
  one.server().on("GET", "/api/analytics", [good](const Seen& seen) {
    if (seen.query.find("CasesOfMal1") == std::string::npos) return Reply{200, good};
    return Reply{409, R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E7115",
                          "message":"Data elements must allow aggregation"})"};
  });

  const Json answer = one.answer();

  EXPECT_EQ(answer["rows"].dump(), Json::parse(R"([["NorthDistr1","202608",10,40,25]])").dump());
  EXPECT_TRUE(says(answer["notes"], "DHIS2 refused the figures of its parts"));
  EXPECT_TRUE(says(answer["notes"], "must allow aggregation")) << answer["notes"];
}

TEST(IndicatorExplain, TakesRecentPeriodsUntilOneHasAFigure) {
  Explained one("#{CasesOfMal1}", "1");
  one.figures({kRate, kCases}, "[]");

  const Json answer =
      one.dhis2.instance.answer("indicator_explain", R"({"indicator":"PositivRate"})");

  EXPECT_EQ(one.server().count("/api/analytics"), 3u);
  EXPECT_TRUE(says(answer["read_as"], "periods = LAST_YEAR")) << answer.dump();
  EXPECT_TRUE(says(answer["notes"], "No figure came, which is not zero")) << answer["notes"];
  EXPECT_EQ(answer["total"], 0);
}

// Each holds the next one twice: 2^24 mentions of the innermost.
TEST(IndicatorExplain, ComputesWhatIsMentionedOftenOnce) {
  constexpr int kDepth = 24;
  const auto uid = [](int depth) { return "InnerIndi" + std::to_string(10 + depth); };
  Explained one("N{" + uid(0) + "}", "1");
  one.server().on("GET", "/api/indicators", [&](const Seen& seen) {
    Json all = Json::array();
    for (int depth = 0; depth < kDepth; ++depth) {
      if (percent_decode(seen.query).find(uid(depth)) == std::string::npos) continue;
      const std::string next = "N{" + uid(depth + 1) + "}";
      all.push_back({{"id", uid(depth)},
                     {"displayName", uid(depth)},
                     {"numerator", depth + 1 < kDepth ? next + "+" + next : "1"},
                     {"denominator", "1"},
                     {"indicatorType", {{"factor", 1}}}});
    }
    return Reply{200, Json{{"indicators", all}}.dump()};
  });
  one.figures({kRate},
              R"([["PositivRate","202608","NorthDistr1","838860800.0","8388608.0","1.0"]])");

  const Json answer = one.answer();

  EXPECT_TRUE(says(answer["notes"], "every figure is DHIS2's own")) << answer.dump();
}

TEST(IndicatorExplain, SaysWhatIsNoIndicator) {
  for (const char* text : {"Malaria cases", "CasesOfMal1"}) {
    StoredData dhis2;
    const ToolResult result =
        dhis2.instance.call("indicator_explain", Json{{"indicator", text}}.dump());
    ASSERT_TRUE(result.is_error) << text;
    EXPECT_NE(result.text.find("is a data element, and has no formula"), std::string::npos)
        << result.text;
  }
}

TEST(IndicatorExplain, EndsWhereIndicatorsStandInARing) {
  Explained one("N{InnerIndica}", "1");
  one.server().get("/api/indicators", R"({"indicators":[{"id":"InnerIndica",
      "displayName":"Inner","name":"Inner","numerator":"N{PositivRate}","denominator":"1",
      "indicatorType":{"factor":1}}]})");
  one.figures({kRate}, "[]");

  const Json answer = one.answer();

  EXPECT_TRUE(says(answer["read_as"], "[Inner] = ([Positivity rate]) / (1)")) << answer.dump();
}

TEST(IndicatorExplain, SaysWhichSideHasNoValueWhereNoFigureCame) {
  Explained one("#{CasesOfMal1}", "#{TestsOfMal1}");
  one.figures({kRate, kCases, kTests}, R"([["CasesOfMal1","202608","NorthDistr1","8","","",""]])");

  const Json answer = one.answer();

  EXPECT_FALSE(says(answer["notes"], "DHIS2's own")) << answer["notes"];
  EXPECT_TRUE(
      says(answer["notes"],
           "No figure, which is not zero, in 1 of 1 row: the denominator has no value in 1"))
      << answer["notes"];
}

}  // namespace
}  // namespace dhis2mcp::test
