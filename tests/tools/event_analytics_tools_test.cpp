// SPDX-License-Identifier: BSD-3-Clause
// Analytics of events and enrollments: what is asked, counts and lists, masks, refusals.
#include <gtest/gtest.h>

#include "tests/tools/tracked_instance.h"

namespace dhis2mcp::test {
namespace {

constexpr char kEventCount[] = "/api/analytics/events/aggregate/Svw72tiR0Da";
constexpr char kEventList[] = "/api/analytics/events/query/Svw72tiR0Da";
constexpr char kAncCount[] = "/api/analytics/enrollments/aggregate/ACGFZknRgLX";
constexpr char kAncList[] = "/api/analytics/enrollments/query/ACGFZknRgLX";

constexpr char kCounts[] = R"({"headers":[
    {"name":"SV31TIY2q0G","column":"Result","valueType":"TEXT","optionSet":"gnsc8cPibAF"},
    {"name":"pe","column":"Period","valueType":"TEXT"},
    {"name":"ou","column":"Organisation unit","valueType":"TEXT"},
    {"name":"value","column":"Value","valueType":"NUMBER"}],
  "metaData":{"items":{"S8H1hqEEjjD":{"code":"POS","name":"Positive"},"UvePRDui19N":{"name":"Baralia"},
      "wzKveHGQKr8":{"code":"NEG","name":"Negative"},"202609":{"name":"September 2026"}},
    "dimensions":{"SV31TIY2q0G":["S8H1hqEEjjD","wzKveHGQKr8"],"pe":["202609","202610"],"ou":["UvePRDui19N"]}},
  "rows":[["POS","202610","UvePRDui19N","5"],["NEG","202609","UvePRDui19N","7.0"],["POS","202609","UvePRDui19N","3"]]})";

constexpr char kList[] = R"({"headers":[
    {"name":"psi","column":"Event","valueType":"TEXT"},{"name":"ps","column":"Program stage","valueType":"TEXT"},
    {"name":"eventdate","column":"Event date","valueType":"DATETIME"},
    {"name":"storedby","column":"Stored by","valueType":"TEXT"},
    {"name":"lastupdated","column":"Last updated on","valueType":"DATETIME"},
    {"name":"ouname","column":"Organisation unit name","valueType":"TEXT"},
    {"name":"eventstatus","column":"Event status","valueType":"TEXT"},
    {"name":"ou","column":"Organisation unit","valueType":"TEXT"},
    {"name":"SOTMfSRgvnN","column":"Age","valueType":"INTEGER"},
    {"name":"vQ0LmnMIY05.SV31TIY2q0G","column":"Result","valueType":"TEXT","optionSet":"gnsc8cPibAF"},
    {"name":"zjjwRl76LGB","column":"First name","valueType":"TEXT"}],
  "metaData":{"pager":{"page":1,"total":1,"pageSize":100,"pageCount":1},
    "items":{"UvePRDui19N":{"name":"Baralia"}},"dimensions":{"ou":["UvePRDui19N"]}},
  "rows":[["jESmn6yGkFi","vQ0LmnMIY05","2025-11-03 00:00:00.0","admin","2026-11-21 09:47:29.711","Clinic","ACTIVE","S3DWx9jT5VC","60","POS","Awa"]]})";

// One instance for many questions.
class Asked {
 public:
  Asked() {
    for (const char* one : {kEventCount, kAncCount}) instance_.server.get(one, kCounts);
    for (const char* one : {kEventList, kAncList, "/api/analytics/events/aggregate/ACGFZknRgLX"}) {
      instance_.server.get(one, kList);
    }
  }

  std::string of(const std::string& path, const std::string& arguments) {
    const ToolResult result = instance_.call("analytics_events", arguments);
    return result.is_error ? result.text : instance_.condition(path);
  }

 private:
  TrackedInstance instance_;
};

TEST(AnalyticsEvents, CountsByOptionsAndPeriodsWithNames) {
  TrackedInstance instance;
  instance.server.get(kEventCount, kCounts);

  const Json answer = instance.answer(
      "analytics_events",
      R"({"program":"Svw72tiR0Da","periods":["LAST_12_MONTHS"],"dimensions":["result"],"org_units":["UvePRDui19N"]})");

  EXPECT_EQ(
      instance.condition(kEventCount),
      "dimension=ou:UvePRDui19N&dimension=pe:LAST_12_MONTHS&dimension=vQ0LmnMIY05.SV31TIY2q0G");
  EXPECT_EQ(answer["columns"].dump(), R"(["Organisation unit","Result","202609","202610"])")
      << answer;
  EXPECT_EQ(answer["rows"].dump(), R"([["Baralia","Positive",3,5],["Baralia","Negative",7,null]])")
      << answer;
  EXPECT_NE(answer["notes"].dump().find("add up to 15"), std::string::npos) << answer["notes"];
  EXPECT_NE(answer["read_as"].dump().find("Result = data element SV31TIY2q0G"), std::string::npos);
}

TEST(AnalyticsEvents, TellsOfUnitsThatDhis2LeftOut) {
  for (const char* shape : {"count", "list"}) {
    TrackedInstance instance;
    instance.server.get(kEventCount, kCounts);
    instance.server.get(kEventList, kList);
    const auto told = [&](const Json& units) {
      const Json arguments = {{"program", "Svw72tiR0Da"},
                              {"shape", shape},
                              {"periods", {"LAST_12_MONTHS"}},
                              {"org_units", units}};
      return instance.call("analytics_events", arguments.dump());
    };
    const ToolResult beside = told({"UvePRDui19N", "Abcdefgh123"});
    EXPECT_FALSE(beside.is_error) << beside.text;
    EXPECT_NE(beside.text.find("no unit Abcdefgh123 exists here"), std::string::npos)
        << beside.text;
    EXPECT_TRUE(told({"LEVEL-2", "Abcdefgh123"}).is_error) << shape;
    EXPECT_EQ(told({"LEVEL-2", "UvePRDui19N"}).text.find("exists here"), std::string::npos);
  }
}

TEST(AnalyticsEvents, ReadsTheFirstColumnOfEnrollmentsAsTheirCount) {
  TrackedInstance instance;
  instance.server.get(kAncCount, R"({"headers":[
      {"name":"value","column":"Value","valueType":"NUMBER"},
      {"name":"ou","column":"Organisation unit","valueType":"TEXT"},
      {"name":"pe","column":"Period","valueType":"TEXT"},
      {"name":"wfYkrcEU5OP","column":"Sex","valueType":"TEXT"},
      {"name":"zjjwRl76LGB","column":"First name","valueType":"TEXT"}],
    "metaData":{"items":{"o1":{"name":"North"},"o2":{"name":"South"}},
      "dimensions":{"pe":["2026"],"ou":["o1","o2"]}},
    "rows":[["45","o1","2026","F","Awa"],["65","o2","2026","F","Ama"]]})");

  const Json answer = instance.answer(
      "analytics_events",
      R"({"program":"ACGFZknRgLX","of":"enrollments","periods":["2026"],"org_units":["UvePRDui19N"]})");

  EXPECT_EQ(answer["columns"].dump(), R"(["Organisation unit","Sex","First name","2026"])")
      << answer;
  EXPECT_EQ(answer["rows"].dump(), R"([["North","Female","***",45],["South","Female","***",65]])")
      << answer;
  EXPECT_NE(answer["notes"].dump().find("add up to 110"), std::string::npos) << answer["notes"];
}

TEST(AnalyticsEvents, PutsPeriodsThatAreNotListedInOrder) {
  TrackedInstance instance;
  Json counts = Json::parse(kCounts);
  for (Json& row : counts["rows"]) {
    for (Json& cell : row) {
      if (cell == "202609") cell = "202612";
    }
  }
  instance.server.get(kEventCount, counts.dump());

  const Json answer = instance.answer(
      "analytics_events",
      R"({"program":"Svw72tiR0Da","periods":["updated: 2026"],"dimensions":["result"],"org_units":["UvePRDui19N"]})");

  EXPECT_EQ(answer["columns"].dump(), R"(["Organisation unit","Result","202610","202612"])")
      << answer;
}

TEST(AnalyticsEvents, AddsNoPeriodsThatOverlap) {
  TrackedInstance instance;
  Json counts = Json::parse(kCounts);
  counts["metaData"]["dimensions"]["pe"] = {"202609", "2026Q3"};
  instance.server.get(kEventCount, counts.dump());

  const Json answer = instance.answer(
      "analytics_events",
      R"({"program":"Svw72tiR0Da","periods":["202609","2026Q3"],"dimensions":["result"],"org_units":["UvePRDui19N"]})");

  EXPECT_EQ(answer.dump().find("add up"), std::string::npos) << answer;
}

TEST(AnalyticsEvents, ListsWhatPeopleReadAndMasksPersons) {
  for (const bool allowed : {false, true}) {
    TrackedInstance instance("2.42.1", allowed);
    instance.server.get(kEventList, kList);

    const Json answer = instance.answer(
        "analytics_events",
        R"({"program":"Svw72tiR0Da","shape":"list","periods":["LAST_12_MONTHS"],"dimensions":["Age","Result","last updated"],"org_units":["UvePRDui19N"]})");

    EXPECT_EQ(
        answer["columns"].dump(),
        R"(["Event","Event date","Last updated on","Organisation unit name","Event status","Age","Result","First name"])")
        << answer;
    EXPECT_EQ(
        answer["rows"][0].dump(),
        R"(["jESmn6yGkFi","2025-11-03","2026-11-21T09:47","Clinic","ACTIVE",60,"Positive",")" +
            std::string(allowed ? "Awa" : "***") + R"("])");
    EXPECT_EQ(answer["total"], 1);
    EXPECT_EQ(answer["read_as"].back(), "Baralia = UvePRDui19N");
  }
}

TEST(AnalyticsEvents, SendsConditionsAsAnalyticsTakesThem) {
  const std::pair<const char*, const char*> cases[] = {
      {"Age >= 5", "dimension=vQ0LmnMIY05.SOTMfSRgvnN:GE:5"},
      {"Age between 5 and 10", "dimension=vQ0LmnMIY05.SOTMfSRgvnN:GE:5:LE:10"},
      {"vQ0LmnMIY05.SOTMfSRgvnN:GT:5:LT:10", "dimension=vQ0LmnMIY05.SOTMfSRgvnN:GT:5:LT:10"},
      {"Result = positive", "dimension=vQ0LmnMIY05.SV31TIY2q0G:IN:POS"},
      {"Result in Positive;Negative", "dimension=vQ0LmnMIY05.SV31TIY2q0G:IN:POS;NEG"},
      {"Result is empty", "dimension=vQ0LmnMIY05.SV31TIY2q0G:EQ:NV"},
      {"Result is not empty", "dimension=vQ0LmnMIY05.SV31TIY2q0G:NE:NV"},
      {"Village like Band", "dimension=vQ0LmnMIY05.rP8UcSL671T:ILIKE:Band"},
      {"where Result = Positive", "filter=vQ0LmnMIY05.SV31TIY2q0G:IN:POS"},
      {"Age >= 5 <= 15", "dimension=vQ0LmnMIY05.SOTMfSRgvnN:GE:5:LE:15"},
      {"Village != A; B", "dimension=vQ0LmnMIY05.rP8UcSL671T:NE:A:NE:B"},
      {"Village = \"a > b\"", "dimension=vQ0LmnMIY05.rP8UcSL671T:EQ:a+>+b"},
      {"event status = completed", "eventStatus=COMPLETED"},
      {"event status in active;completed", "eventStatus=ACTIVE,COMPLETED"},
      {"enrollment status = active", "programStatus=ACTIVE"},
      {"average of Age", "value=SOTMfSRgvnN&aggregationType=AVERAGE&stage=vQ0LmnMIY05"},
      {"SOTMfSRgvnN-Yf6UHoPkdS6", "dimension=SOTMfSRgvnN-Yf6UHoPkdS6"},
      {"vQ0LmnMIY05[-1].SOTMfSRgvnN", "dimension=vQ0LmnMIY05[-1].SOTMfSRgvnN"},
      {"J5jldMd8OHv:uYxK4wmcPqA;tDZVQ1WtwpA", "dimension=J5jldMd8OHv:uYxK4wmcPqA;tDZVQ1WtwpA"},
  };
  Asked asked;
  for (const auto& [dimension, wanted] : cases) {
    const std::string query = asked.of(
        kEventCount,
        Json({{"program", "Svw72tiR0Da"}, {"periods", {"2026"}}, {"dimensions", {dimension}}})
            .dump());
    EXPECT_EQ(query, "dimension=ou:USER_ORGUNIT&dimension=pe:2026&" + std::string(wanted))
        << dimension;
  }
}

TEST(AnalyticsEvents, TakesPeriodsByAnyDate) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {kEventCount, R"("shape":"count","periods":["over LAST_12_MONTHS"])",
       "filter=pe:LAST_12_MONTHS"},
      {kEventCount, R"("shape":"count","periods":["updated: LAST_MONTH"])",
       "lastUpdated=LAST_MONTH"},
      {kEventCount, R"("shape":"count","periods":["2026-01-01 to 2026-06-30"])",
       "startDate=2026-01-01&endDate=2026-06-30"},
      {kEventCount, R"("shape":"count","periods":["created: 2026"])",
       "timeField=CREATED&dimension=pe:2026"},
      {kEventCount, R"("shape":"count","periods":["over updated: LAST_MONTH"])",
       "timeField=LAST_UPDATED&filter=pe:LAST_MONTH"},
      {kEventList, R"("shape":"list","periods":["202601;202602"])", "dimension=pe:202601;202602"},
      {kEventList, R"("shape":"list","periods":["event date: 202601","202602"])",
       "eventDate=202601&dimension=pe:202602"},
      {kEventCount, R"("shape":"count","periods":["Age: 2026"])",
       "timeField=SOTMfSRgvnN&dimension=pe:2026"},
  };
  Asked asked;
  for (const auto& [path, arguments, wanted] : cases) {
    EXPECT_EQ(asked.of(path, R"({"program":"Svw72tiR0Da",)" + std::string(arguments) + "}"),
              "dimension=ou:USER_ORGUNIT&" + std::string(wanted))
        << arguments;
  }
}

TEST(AnalyticsEvents, AsksEnrollmentsByTheirOwnDate) {
  Asked asked;
  EXPECT_EQ(asked.of(kAncList, R"({"program":"ACGFZknRgLX","of":"enrollments","shape":"list",
      "periods":["THIS_YEAR"],"dimensions":["First visit.Weight","First name"],"org_units":["only UvePRDui19N"]})"),
            "dimension=ou:UvePRDui19N&enrollmentDate=THIS_YEAR&dimension=f35ZHCxlhFa.lhdy9nyQN32"
            "&dimension=zjjwRl76LGB&ouMode=SELECTED");
  EXPECT_EQ(asked.of(kAncCount, R"({"program":"ACGFZknRgLX","of":"enrollments",
      "periods":["enrolled: THIS_YEAR"],"dimensions":["sex"],"org_units":["LEVEL-2","UvePRDui19N"]})"),
            "dimension=ou:LEVEL-2;UvePRDui19N&enrollmentDate=THIS_YEAR&dimension=wfYkrcEU5OP");
  EXPECT_EQ(
      asked.of("/api/analytics/events/aggregate/ACGFZknRgLX",
               R"({"program":"ACGFZknRgLX","of":"enrollments","stage":"First visit",
      "periods":["over LAST_12_MONTHS"]})"),
      "dimension=ou:USER_ORGUNIT&filter=pe:LAST_12_MONTHS&stage=f35ZHCxlhFa&outputType=ENROLLMENT");
}

TEST(AnalyticsEvents, RefusesBeforeAsking) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"2.42.1", R"({"program":"Svw72tiR0Da","of":"enrollments","periods":["2026"]})",
       "event program"},
      {"2.38.1", R"({"program":"ACGFZknRgLX","of":"enrollments","periods":["2026"]})", "2.39"},
      {"2.42.1", R"({"program":"ACGFZknRgLX","periods":["2026"],"dimensions":["Weight"]})",
       "several stages"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["Village = a,b"]})",
       "comma"},
      {"2.42.1",
       R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["Village starts with a"]})",
       "like"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":[]})", "LAST_12_MONTHS"},
      {"2.42.1",
       R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["event status != completed"]})",
       "event status = active"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026"],
                     "dimensions":["event status = completed","event status = active"]})",
       "one of these at a time"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["event status"]})",
       "shape list"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["last updated"]})",
       "shape list"},
      {"2.42.1",
       R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["average of Village"]})",
       "holds no numbers"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026"],
                     "dimensions":["average of Age","sum of Age"]})",
       "one of these at a time"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["Age >= abc"]})",
       "no number"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026-06-30 to 2026-01-01"]})",
       "ends before it begins"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","periods":["2026-01-01 to 2026-06-30","2026"]})",
       "narrow each other"},
      {"2.42.1", R"({"program":"Svw72tiR0Da",
                     "periods":["2026-01-01 to 2026-03-31","2026-07-01 to 2026-09-30"]})",
       "one of these at a time"},
      {"2.42.1", R"({"program":"Svw72tiR0Da","stage":"Visit","periods":["2026"]})", "Case"},
  };
  TrackedInstance newer, older("2.38.1");
  for (const auto& [version, arguments, words] : cases) {
    TrackedInstance& instance = std::string(version) == "2.38.1" ? older : newer;
    const ToolResult result = instance.call("analytics_events", arguments);
    ASSERT_TRUE(result.is_error) << arguments;
    EXPECT_NE(result.text.find(words), std::string::npos) << arguments << result.text;
  }
}

TEST(AnalyticsEvents, SaysWhatToDoAboutEachCode) {
  const std::pair<const char*, const char*> cases[] = {{"E7144", "event_find"},
                                                       {"E7145", "like"},
                                                       {"E7120", "USER_ORGUNIT"},
                                                       {"E7223", "numbers"},
                                                       {"E7129", "metadata_find"}};
  TrackedInstance instance;
  for (const auto& [code, words] : cases) {
    for (const char* path : {kEventCount, kEventList}) {
      instance.server.on("GET", path,
                         {409, Json{{"httpStatusCode", 409},
                                    {"status", "ERROR"},
                                    {"message", "DHIS2's own words"},
                                    {"errorCode", code}}
                                   .dump()});
      const ToolResult result = instance.call(
          "analytics_events", Json({{"program", "Svw72tiR0Da"},
                                    {"periods", {"2026"}},
                                    {"shape", path == kEventCount ? "count" : "list"}})
                                  .dump());
      ASSERT_TRUE(result.is_error) << code;
      EXPECT_EQ(result.error->code, code);
      EXPECT_NE(result.text.find("DHIS2's own words"), std::string::npos) << result.text;
      EXPECT_NE(result.text.find(words), std::string::npos) << code << result.text;
    }
  }
}

TEST(AnalyticsEvents, TellsWhenTheTablesWereBuiltWhereNothingCame) {
  TrackedInstance instance;
  Json empty = Json::parse(kCounts);
  empty["rows"] = Json::array();
  instance.server.get(kEventCount, empty.dump());
  instance.server.get("/api/system/info",
                      R"({"version":"2.42.1","calendar":"iso8601",
                          "lastAnalyticsTableSuccess":"2026-11-21T02:00:00.000"})");
  const Json answer =
      instance.answer("analytics_events", R"({"program":"Svw72tiR0Da","periods":["2026"]})");
  EXPECT_TRUE(answer["rows"].empty());
  EXPECT_NE(answer["notes"].dump().find("2026-11-21T02:00:00.000"), std::string::npos);
}

TEST(AnalyticsEvents, KeepsTheRestOfALongListMasked) {
  TrackedInstance instance;
  instance.server.on("GET", kEventList, [](const Seen& seen) {
    Json page = Json::parse(kList);
    const bool second = seen.query.find("page=2") != std::string::npos;
    page["metaData"]["pager"] = {
        {"page", second ? 2 : 1}, {"total", 200}, {"pageSize", 100}, {"pageCount", 2}};
    const Json row = page["rows"][0];
    for (int i = 1; i < 100; ++i) page["rows"].push_back(row);
    return Reply{200, page.dump()};
  });
  const Json first = instance.answer(
      "analytics_events", R"({"program":"Svw72tiR0Da","shape":"list","periods":["2026"]})");
  ASSERT_EQ(first["truncated"], true) << first;
  EXPECT_EQ(first["total"], 200);

  const Json rest =
      instance.answer("result_page", Json({{"result", first["result"]}, {"from_row", 100}}).dump());

  EXPECT_EQ(rest["columns"], first["columns"]);
  EXPECT_EQ(rest["rows"][0], first["rows"][0]);
  EXPECT_EQ(rest.dump().find("Awa"), std::string::npos);
}

TEST(AnalyticsEvents, CountsByNumbersAsTheyAreShownElsewhere) {
  TrackedInstance instance;
  instance.server.get(kEventCount, R"({"headers":[
      {"name":"vQ0LmnMIY05.SOTMfSRgvnN","column":"Age","valueType":"INTEGER"},
      {"name":"value","column":"Value","valueType":"NUMBER"}],
    "rows":[["6.0","2.0"],["6.5","1"]]})");

  const Json answer = instance.answer(
      "analytics_events",
      R"({"program":"Svw72tiR0Da","periods":["2026"],"dimensions":["Age"],"org_units":["UvePRDui19N"]})");

  EXPECT_EQ(answer["rows"].dump(), R"([["6",2],["6.5",1]])") << answer;
}

}  // namespace
}  // namespace dhis2mcp::test
