// SPDX-License-Identifier: BSD-3-Clause
// Event, enrollment and tracked entity analytics.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sandbox/analytics.h"
#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

const std::string kQuery =
    "/analytics/events/query/Svw72tiR0Da?dimension=ou:UvePRDui19N&dimension=pe:LAST_12_MONTHS";
const std::string kAggregate =
    "/analytics/events/aggregate/Svw72tiR0Da?filter=pe:LAST_12_MONTHS&filter=ou:UvePRDui19N";

std::vector<std::string> names(const Json& headers) {
  std::vector<std::string> found;
  for (const Json& header : headers) found.push_back(header.value("name", ""));
  return found;
}

// The rows of an aggregate, "POS 115, NEG 113", in the order of their text.
std::string sorted_rows(const Json& answer) {
  std::vector<std::string> lines;
  for (const Json& row : answer["rows"]) {
    std::string line;
    for (const Json& cell : row) line += (line.empty() ? "" : " ") + cell.get<std::string>();
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : ", ") + line;
  return text;
}

TEST(EventAnalytics, ListsEventsInPages) {
  const Json answer = answer_of(
      analytics, kQuery + "&dimension=vQ0LmnMIY05.SOTMfSRgvnN&stage=vQ0LmnMIY05&pageSize=3");

  EXPECT_EQ(answer["metaData"]["pager"]["total"], 286);
  ASSERT_EQ(answer["rows"].size(), 3u);
  EXPECT_EQ(answer["rows"][0][0], "jESmn6yGkFi");
  EXPECT_EQ(answer["rows"][0][answer["rows"][0].size() - 1], "0");
  EXPECT_EQ(answer["headers"].back()["type"], "java.lang.Integer");
  EXPECT_EQ(answer["metaData"]["dimensions"]["pe"], Json::array());
}

TEST(EventAnalytics, GrewColumnsWithTheReleases) {
  const std::string target = kQuery + "&dimension=SOTMfSRgvnN&pageSize=1";
  const auto now = names(answer_of(analytics, target, 43)["headers"]);
  const auto before = names(answer_of(analytics, target, 42)["headers"]);
  EXPECT_EQ(now.size(), 21u);
  EXPECT_EQ(before.size(), 18u);
  EXPECT_NE(std::find(now.begin(), now.end(), "enrollmentgeometry"), now.end());
}

TEST(EventAnalytics, KeepsRowsThatMeetTheirConditions) {
  struct Case {
    const char* item;
    int total;
  };
  const Case cases[] = {
      {"SOTMfSRgvnN:EQ:30", 4},       {"SOTMfSRgvnN:GT:60", 68},   {"SOTMfSRgvnN:LE:5", 22},
      {"SOTMfSRgvnN:NE:30", 282},     {"SOTMfSRgvnN:IN:10;20", 6}, {"SOTMfSRgvnN:EQ:NV", 0},
      {"SOTMfSRgvnN:GT:5:LT:10", 15}, {"SV31TIY2q0G:IN:POS", 115}, {"SV31TIY2q0G:EQ:pos", 0},
      {"SV31TIY2q0G:IEQ:pos", 115},   {"SV31TIY2q0G:LIKE:PO", 115}};
  for (const Case& one : cases) {
    const Json answer =
        answer_of(analytics, kQuery + "&pageSize=1&dimension=vQ0LmnMIY05." + one.item);
    EXPECT_EQ(answer["metaData"]["pager"]["total"], one.total) << one.item;
  }
}

TEST(EventAnalytics, NamesTheOptionsThatRowsShow) {
  const Json items = answer_of(
      analytics,
      kQuery + "&pageSize=1&dimension=vQ0LmnMIY05.SV31TIY2q0G:IN:POS")["metaData"]["items"];
  EXPECT_EQ(items["gnsc8cPibAF"]["options"][0]["code"], "POS");
  EXPECT_EQ(items["S8H1hqEEjjD"]["name"], "Positif");
  EXPECT_FALSE(items.contains("wzKveHGQKr8"));
}

TEST(EventAnalytics, RefusesInTheWordsOfTheRelease) {
  struct Case {
    std::string target;
    int major;
    int status;
    const char* code;
  };
  const Case cases[] = {
      {"/analytics/events/query/abcdefghijk?dimension=ou:UvePRDui19N", 43, 409, "E7129"},
      {kQuery + "&stage=abcdefghijk", 43, 409, "E7130"},
      {kQuery + "&dimension=abcdefghijk", 40, 409, "E7224"},
      {kQuery + "&dimension=vQ0LmnMIY05.SOTMfSRgvnN:XX:1", 43, 400, ""},
      {kQuery + "&dimension=vQ0LmnMIY05.SOTMfSRgvnN:LIKE:3", 43, 409, "E7145"},
      {kQuery + "&headers=nope", 43, 409, "E7230"},
      {kQuery + "&headers=event", 42, 409, "E7230"},
      {kQuery + "&timeField=OCCURRED_DATE", 41, 409, "E7210"},
      {kQuery + "&dimension=vQ0LmnMIY05.EVENT_STATUS:COMPLETED", 42, 409, "E7222"},
      {kQuery + "&eventStatus=NOPE", 43, 400, ""},
      {"/analytics/trackedEntities/query/abcdefghijk?dimension=ou:UvePRDui19N", 43, 409, "E7125"},
      {"/analytics/trackedEntities/query/paxaGXfql5x?dimension=ou:UvePRDui19N", 40, 404, "page"},
  };
  for (const Case& one : cases) {
    const Reply reply = reply_of(analytics, one.target, one.major);
    EXPECT_EQ(reply.status, one.status) << one.target;
    const Json body = Json::parse(reply.body, nullptr, false);
    EXPECT_EQ(body.is_object() ? body.value("errorCode", "") : "page", one.code) << one.target;
  }
  const Reply foreign = reply_of(analytics, kQuery, 43, "suivi.nord");
  EXPECT_EQ(Json::parse(foreign.body)["errorCode"], "E7120");
}

TEST(EventAnalytics, CountsByOptionLegendUnitAndPeriod) {
  struct Case {
    std::string target;
    const char* rows;
  };
  const Case cases[] = {
      {kAggregate + "&dimension=SV31TIY2q0G", "IND 58, NEG 113, POS 115"},
      {"/analytics/events/aggregate/ACGFZknRgLX?filter=pe:LAST_12_MONTHS&filter=ou:UvePRDui19N"
       "&stage=f35ZHCxlhFa&dimension=f35ZHCxlhFa.aooqOIg7qlM-qdaoyG1c0gU",
       "bJAGORw998m 60, hn5b0HQSxQa 30, st5nsOuajsN 20"},
      {"/analytics/events/aggregate/Svw72tiR0Da?dimension=ou:LEVEL-2;UvePRDui19N"
       "&filter=pe:LAST_12_MONTHS&value=SOTMfSRgvnN&aggregationType=AVERAGE",
       "OrHNTu4WZhu 41.47, dol0EV0KIzB 36.68"},
      {"/analytics/events/aggregate/ACGFZknRgLX?dimension=ou:LEVEL-2;UvePRDui19N"
       "&filter=pe:LAST_12_MONTHS&stage=f35ZHCxlhFa&outputType=ENROLLMENT",
       "OrHNTu4WZhu 45, dol0EV0KIzB 65"},
      {"/analytics/enrollments/aggregate/ACGFZknRgLX?dimension=ou:LEVEL-2;UvePRDui19N"
       "&dimension=wfYkrcEU5OP&enrollmentDate=THIS_YEAR",
       "45 OrHNTu4WZhu 2026 F, 65 dol0EV0KIzB 2026 F"},
      {kAggregate + "&dimension=SV31TIY2q0G&collapseDataDimensions=true",
       "R\u00e9sultat TDR: Ind\u00e9termin\u00e9 58, R\u00e9sultat TDR: N\u00e9gatif 113, "
       "R\u00e9sultat TDR: Positif 115"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(sorted_rows(answer_of(analytics, one.target)), one.rows) << one.target;
  }
}

TEST(EventAnalytics, ListsEnrollmentsWithTheLatestValueOfAStage) {
  const Json answer =
      answer_of(analytics,
                "/analytics/enrollments/query/ACGFZknRgLX?dimension=ou:UvePRDui19N"
                "&dimension=f35ZHCxlhFa.aooqOIg7qlM&enrollmentDate=THIS_YEAR&pageSize=2");
  ASSERT_EQ(answer["rows"].size(), 2u);
  EXPECT_EQ(answer["rows"][0][0], "Kso8ILFfwUt");
  EXPECT_EQ(answer["rows"][1].back(), "6.1");
  EXPECT_EQ(answer["metaData"]["pager"]["isLastPage"], false);
}

TEST(EventAnalytics, ListsTrackedEntitiesWithAllAttributes) {
  const Json answer =
      answer_of(analytics,
                "/analytics/trackedEntities/query/paxaGXfql5x?dimension=ou:UvePRDui19N"
                "&pageSize=2&totalPages=true",
                42);
  EXPECT_EQ(answer["metaData"]["pager"]["total"], 110);
  EXPECT_EQ(answer["rows"][0][0], "Hg6V7eCRDWx");
  EXPECT_EQ(answer["headers"].size(), 20u);
}

TEST(EventAnalytics, SaysWhatCanBeAskedFor) {
  const Json answer =
      answer_of(analytics, "/analytics/events/query/dimensions?programStageId=vQ0LmnMIY05");
  EXPECT_EQ(answer["pager"]["total"], 9);
  EXPECT_EQ(
      answer_of(
          analytics,
          "/analytics/events/aggregate/dimensions?programStageId=vQ0LmnMIY05")["pager"]["total"],
      2);
}

TEST(EventAnalytics, CountsPointsAndTheirBox) {
  const Json answer = answer_of(
      analytics,
      "/analytics/events/count/Svw72tiR0Da?dimension=ou:UvePRDui19N&dimension=pe:LAST_12_MONTHS");
  EXPECT_EQ(answer["count"], 170);
  EXPECT_EQ(answer["extent"], "BOX(10.10444 4.13568,12.79694 8.77741)");
}

TEST(EventAnalytics, ClustersPointsBySquares) {
  const Json answer = answer_of(
      analytics,
      "/analytics/events/cluster/Svw72tiR0Da?dimension=ou:UvePRDui19N&dimension=pe:LAST_12_MONTHS"
      "&clusterSize=100000&bbox=9,3,17,10&coordinatesOnly=true");
  ASSERT_EQ(answer["rows"].size(), 11u);
  EXPECT_EQ(answer["rows"][0][3], "");
  int total = 0;
  for (const Json& row : answer["rows"]) total += std::stoi(row[0].get<std::string>());
  EXPECT_EQ(total, 170);
}

}  // namespace
}  // namespace sandbox
