// SPDX-License-Identifier: BSD-3-Clause
// outlier_find against a scripted DHIS2: what it asks, what it shows, and what it says of bounds.
#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

bool says(const Json& lines, const std::string& text) {
  return lines.dump().find(text) != std::string::npos;
}

constexpr char kTwo[] = R"({"metadata":{"count":2},"outlierValues":[
  {"de":"CasesOfMal1","deName":"Malaria cases","pe":"202608","ou":"UpperClinc1","ouName":"Clinic",
   "coc":"MaleeeeCoc1","cocName":"Male, <5y","aoc":"DefaultCoc1","aocName":"default","value":90.0,
   "mean":10.0,"stdDev":20.0,"absDev":80.0,"zScore":4.0,"lowerBound":-50.0,"upperBound":70.0,
   "followup":false},
  {"de":"CasesOfMal1","deName":"Malaria cases","pe":"202607","ou":"UpperClinc2","ouName":"Clinic",
   "coc":"MaleeeeCoc1","cocName":"Male, <5y","aoc":"DefaultCoc1","aocName":"default","value":200.0,
   "mean":10.5,"stdDev":10.0,"absDev":189.5,"zScore":18.95,"lowerBound":-19.5,"upperBound":40.5,
   "followup":true}]})";

TEST(OutlierFind, ShowsTheMostStrikingFirst) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/outlierDetection", kTwo);

  const Json answer = dhis2.instance.answer(
      "outlier_find",
      R"({"data":["Malaria cases"],"periods":["2026Q3"],"org_units":["Baralia"],"threshold":2.5})");

  EXPECT_EQ(answer["columns"],
            Json({"Data", "Option combo", "Org unit", "Period", "Value", "Mean",
                  "Standard deviation", "Score", "Lower bound", "Upper bound", "Follow-up"}))
      << answer.dump();
  const Json rows = Json::parse(R"rows([
      ["Malaria cases","Male, <5y","Clinic (South)","202607",200,10.5,10,18.95,-19.5,40.5,"marked"],
      ["Malaria cases","Male, <5y","Clinic (North)","202608",90,10,20,4,-50,70,null]])rows");
  EXPECT_EQ(answer["rows"].dump(), rows.dump());
  const Query asked = dhis2.asked("/api/outlierDetection");
  EXPECT_EQ(asked.text(),
            "de=CasesOfMal1&ou=Countryyyy1&startDate=2026-07-01&endDate=2026-09-30&"
            "algorithm=Z_SCORE&threshold=2.5&orderBy=Z_SCORE&maxResults=100");
  EXPECT_TRUE(says(answer["notes"], "from a score of 2.5 on")) << answer["notes"];
}

TEST(OutlierFind, AsksEachSpanOfDaysAndToldTwiceShowsOnce) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/outlierDetection", kTwo);

  const Json answer = dhis2.instance.answer("outlier_find", R"({"data":["SetOfMonth1"],
      "periods":["202601","202602","202607"],"org_units":["Countryyyy1"],
      "algorithm":"modified_z_score","limit":2})");

  EXPECT_EQ(dhis2.instance.server.count("/api/outlierDetection"), 2u)
      << "January to February, July";
  EXPECT_EQ(answer["rows"].size(), 2u) << answer.dump();
  EXPECT_TRUE(answer["truncated"].get<bool>());
  EXPECT_TRUE(says(answer["notes"], "These are the 2 most striking ones")) << answer["notes"];
  const Query asked = dhis2.asked("/api/outlierDetection");
  EXPECT_EQ(*asked.find("algorithm"), "MOD_Z_SCORE");
  EXPECT_EQ(*asked.find("ds"), "SetOfMonth1");
}

TEST(OutlierFind, ShowsMinMaxWithoutScores) {
  StoredData dhis2;
  dhis2.instance.server.get("/api/outlierDetection", R"({"outlierValues":[
    {"de":"CasesOfMal1","deName":"Malaria cases","pe":"202608","ou":"LowerClinc1",
     "coc":"DefaultCoc1","cocName":"default","aoc":"DefaultCoc1","aocName":"default","value":90.0,
     "absDev":20.0,"lowerBound":5.0,"upperBound":70.0}]})");

  const Json answer = dhis2.instance.answer("outlier_find", R"({"data":["CasesOfMal1"],
      "periods":["202608"],"org_units":["Countryyyy1"],"algorithm":"min_max"})");

  EXPECT_EQ(answer["columns"], Json({"Data", "Org unit", "Period", "Value", "Min", "Max"}))
      << answer.dump();
  EXPECT_EQ(answer["rows"].dump(),
            Json::parse(R"([["Malaria cases","Lower clinic","202608",90,5,70]])").dump());
  EXPECT_EQ(dhis2.asked("/api/outlierDetection").find("orderBy"), nullptr);
}

TEST(OutlierFind, RefusesWhatHasNoStoredValues) {
  StoredData dhis2;
  const struct {
    const char *arguments, *said;
  } cases[] = {
      {R"({"data":["Positivity"],"periods":["202608"],"org_units":["Countryyyy1"]})",
       "is an indicator, and only data elements have stored values"},
      {R"({"data":["CasesOfMal1.MaleeeeCoc1"],"periods":["202608"]})", "every option combo"},
      {R"({"data":["CasesOfMal1"],"periods":["202608"],"threshold":0})", "above 0"},
      {R"({"data":["CasesOfMal1"],"periods":["202608"],"algorithm":"iqr"})", "algorithm"},
      {R"({"data":["CasesOfMal1"],"periods":["202608"],"limit":501})", "limit"},
  };
  for (const auto& one : cases) {
    const Json answer = dhis2.instance.answer("outlier_find", one.arguments);
    EXPECT_TRUE(says(answer["error"], one.said)) << one.arguments << answer.dump();
    EXPECT_EQ(dhis2.instance.server.count("/api/outlierDetection"), 0u);
  }
}

TEST(OutlierFind, TellsWhatDhis2Refuses) {
  StoredData dhis2;
  const auto ask = [&dhis2] {
    return dhis2.instance.answer("outlier_find", R"({"data":["CasesOfMal1"],"periods":["202608"],
        "org_units":["Countryyyy1"]})");
  };
  EXPECT_TRUE(says(ask(), "no outlier detection")) << "404 of an old server";
  dhis2.instance.server.on("GET", "/api/outlierDetection",
                           Reply{409, R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E2200",
      "message":"At least one data element must be specified"})"});
  EXPECT_TRUE(says(ask(), "None of these data elements holds numbers")) << ask().dump();
}

}  // namespace
}  // namespace dhis2mcp::test
