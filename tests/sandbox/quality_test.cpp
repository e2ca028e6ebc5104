// SPDX-License-Identifier: BSD-3-Clause
// Outliers, the analysis by validation rules, and indicators over all that a formula can hold.
#include <gtest/gtest.h>

#include <set>

#include "tests/sandbox/analytics.h"
#include "tests/sandbox/fixture_test.h"
#include "tests/sandbox/outliers.h"
#include "tests/sandbox/validation.h"

namespace sandbox {
namespace {

constexpr char kYear[] =
    "/outlierDetection?ds=lc4Jz2USVpu&ou=UvePRDui19N&startDate=2026-01-01"
    "&endDate=2026-12-31";

TEST(Outliers, AreScoredByTheDeviationOfTheirSeries) {
  const Json found = answer_of(outliers, std::string(kYear) + "&maxResults=1", 42);
  ASSERT_EQ(found["outlierValues"].size(), 1u) << found.dump();
  const Json& first = found["outlierValues"][0];
  EXPECT_EQ(first["value"], 900.0);
  EXPECT_EQ(first["mean"], 148.0);
  EXPECT_NEAR(first["stdDev"].get<double>(), 168.773164194966, 1e-9);
  EXPECT_NEAR(first["zScore"].get<double>(), 4.455684667565354, 1e-9);
  EXPECT_NEAR(first["upperBound"].get<double>(), 654.319492584898, 1e-9);
  EXPECT_EQ(found["metadata"]["count"], 1);
}

TEST(Outliers, AreMeasuredFromTheMedianByEachReleaseInItsWay) {
  const std::string target = std::string(kYear) + "&algorithm=MOD_Z_SCORE&maxResults=1";
  const Json old = answer_of(outliers, target, 40)["outlierValues"][0];
  EXPECT_EQ(old["median"], 106.0);
  EXPECT_NEAR(old["zScore"].get<double>(), 4.7045393963389515, 1e-9);
  const Json now = answer_of(outliers, target, 41)["outlierValues"][0];
  EXPECT_EQ(now["stdDev"], 10.0);
  EXPECT_NEAR(now["zScore"].get<double>(), 53.555, 1e-3);
}

TEST(Outliers, AreRefusedInDhis2sWords) {
  const struct {
    const char* query;
    int status;
    const char* message;
  } cases[] = {
      {"&threshold=-1", 409, "Threshold must be a positive number"},
      {"&algorithm=MODIFIED_Z_SCORE", 400,
       "Value 'MODIFIED_Z_SCORE' is not valid for parameter algorithm. Valid values are: [Z_SCORE, "
       "MIN_MAX, MOD_Z_SCORE]"},
  };
  for (const auto& one : cases) {
    const Reply reply = reply_of(outliers, kYear + std::string(one.query), 40);
    EXPECT_EQ(reply.status, one.status);
    EXPECT_EQ(Json::parse(reply.body)["message"], one.message);
  }
  EXPECT_EQ(answer_of(outliers, "/outlierDetection?ou=UvePRDui19N")["errorCode"], "E2200");
  EXPECT_EQ(answer_of(outliers, "/outlierDetection?ds=lc4Jz2USVpu")["errorCode"], "E2201");
  EXPECT_EQ(answer_of(outliers, std::string(kYear) + "&algorithm=MIN_MAX")["outlierValues"].size(),
            0u);
}

Json analysed(const Json& question, int major = 42) {
  const Country& country = country_of(major);
  Request request = request_for(country, "/dataAnalysis/validationRules");
  request.method = "POST";
  request.body = question.dump();
  return Json::parse(validation_analysis(country, request).body);
}

TEST(ValidationAnalysis, FindsWhatTheRecordedServersFound) {
  Json question = {{"startDate", "2026-08-01"}, {"endDate", "2026-08-31"}, {"ou", "UvePRDui19N"}};
  EXPECT_EQ(analysed(question).size(), 187u);
  question["maxResults"] = 2;
  EXPECT_EQ(analysed(question).size(), 2u);
  EXPECT_EQ(analysed(question, 40).size(), 187u) << "2.40 does not count them";

  question = {{"startDate", "2026-09-01"}, {"endDate", "2026-09-30"}, {"ou", "UvePRDui19N"}};
  question["vrg"] = "ERB9pvUMNj4";
  const Json found = analysed(question);
  ASSERT_EQ(found.size(), 118u);
  EXPECT_EQ(found[0]["organisationUnitDisplayName"], "Akwaba Clinic");
  EXPECT_EQ(analysed({{"startDate", "x"}})["message"], "No organisation unit defined");
}

TEST(IndicatorsOfFormulas, HoldConstantsCountsAndOtherIndicators) {
  const Country& country = country_of(42, "formulas");
  const auto value = [&country](const std::string& uid) {
    const Reply reply =
        analytics(country, request_for(country, "/analytics?dimension=dx:" + uid +
                                                    "&dimension=pe:2025&dimension=ou:UvePRDui19N"
                                                    "&skipRounding=true"));
    const Json rows = Json::parse(body_of(reply)).value("rows", Json::array());
    return rows.empty() ? -1.0 : std::stod(rows[0].back().get<std::string>());
  };
  EXPECT_NEAR(value("FormulaCon1"), value("DsiuKOKYXHl") / 1.031, 1e-9);
  EXPECT_NEAR(value("FormulaSpr1"), value("DsiuKOKYXHl") - value("FMudumWY2Mr"), 1e-9);
  EXPECT_NEAR(value("FormulaNes1"),
              (value("FormulaSpr1") * 2 + value("nXI53bljyT8")) / value("FormulaOpe1"), 1e-9);
  std::set<std::string> counted;
  for (const char* group : {"T04dOvqdK2A", "UaxksyGIDIT"}) {
    const Json* object = country.find("organisationUnitGroups", group);
    for (const Json& unit : object->at("organisationUnits")) counted.insert(unit["id"]);
  }
  EXPECT_NEAR(value("FormulaOug1"),
              value("hwKdrDIQkLU") / 365 / static_cast<double>(counted.size()), 1e-9);
}

}  // namespace
}  // namespace sandbox
