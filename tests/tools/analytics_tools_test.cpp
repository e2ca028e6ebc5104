// SPDX-License-Identifier: BSD-3-Clause
// Questions to analytics: what is sent, what is shown, and what is told when nothing came.
#include <gtest/gtest.h>

#include <tuple>

#include "tests/tools/instance.h"
#include "tools/analytics.h"

namespace dhis2mcp::test {
namespace {

constexpr char kQuestion[] =
    R"({"data":["Uvn6LCg7dVU"],"periods":["last 3 months"],"org_units":["LEVEL-2"]})";

constexpr char kAnswer[] = R"({"headers":[
    {"name":"dx","column":"Data","valueType":"TEXT"},{"name":"pe","column":"Period","valueType":"TEXT"},
    {"name":"ou","column":"Organisation unit","valueType":"TEXT"},
    {"name":"value","column":"Value","valueType":"NUMBER"}],
  "metaData":{"items":{"Uvn6LCg7dVU":{"name":"ANC 1 Coverage"},"o1":{"name":"Bo"},
      "o2":{"name":"Bombali"},"202609":{"name":"September 2026"}},
    "dimensions":{"dx":["Uvn6LCg7dVU"],"pe":["202608","202609","202610"],"ou":["o1","o2"]}},
  "rows":[["Uvn6LCg7dVU","202608","o1","91.5"],["Uvn6LCg7dVU","202610","o1","90.0"]]})";

std::string notes(const Json& answer) { return answer.value("notes", Json::array()).dump(); }

TEST(AnalyticsQuery, GivesATableWithNamesInOneRequest) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  instance.answer("analytics_query", kQuestion);
  instance.server.forget();

  const Json answer = instance.answer("analytics_query", kQuestion);

  EXPECT_EQ(answer["columns"], Json({"Organisation unit", "202608", "202609", "202610"}));
  EXPECT_EQ(answer["rows"], Json::parse(R"([["Bo",91.5,null,90],["Bombali",null,null,null]])"));
  EXPECT_EQ(answer["read_as"], Json({"ANC 1 Coverage = Uvn6LCg7dVU",
                                     "last 3 months = LAST_3_MONTHS = 202608 to 202610"}));
  EXPECT_EQ(instance.server.seen().size(), 1u);
  EXPECT_EQ(instance.asked("/api/analytics"),
            "dimension=dx:Uvn6LCg7dVU&dimension=pe:LAST_3_MONTHS&dimension=ou:LEVEL-2"
            "&displayProperty=NAME");
}

TEST(AnalyticsQuery, SendsBreakdownsFiltersBoundsAndRounding) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  instance.server.get("/api/categories", R"({"categories":[{"id":"F3srbtdKdWi","name":"Sex"}]})");
  for (const char* other :
       {"categoryOptionGroupSets", "organisationUnitGroupSets", "dataElementGroupSets"}) {
    instance.server.get("/api/" + std::string(other), "{}");
  }
  instance.server.get("/api/dimensions/F3srbtdKdWi/items",
                      R"({"items":[{"id":"xYerKDKCefk","name":"Female"}]})");

  instance.answer("analytics_query", R"({"data":["Uvn6LCg7dVU"],"periods":"Aug 2026;202609",
      "org_units":["my org units","o6UVPZGD5pU"],"by":["option combo"],"filter":["Sex:female"],
      "min":10,"max":99.5,"rounded":true})");

  EXPECT_EQ(instance.asked("/api/analytics"),
            "dimension=dx:Uvn6LCg7dVU&dimension=pe:202608;202609&dimension=ou:USER_ORGUNIT;"
            "o6UVPZGD5pU&dimension=co&filter=F3srbtdKdWi:xYerKDKCefk&measureCriteria=GE:10;LE:99.5"
            "&displayProperty=NAME");
}

TEST(AnalyticsQuery, ShowsNoFiguresOfAFilterThatWasDropped) {
  const auto told = [](const char* filter, const char* came) {
    Instance instance;
    Json taken = Json::parse(kAnswer);
    taken["metaData"]["dimensions"]["F3srbtdKdWi"] = Json::parse(came);
    instance.server.get("/api/analytics", taken.dump());
    const ToolResult result =
        instance.call("analytics_query",
                      R"({"data":["Uvn6LCg7dVU"],"periods":["202609"],"org_units":["LEVEL-2"],)" +
                          std::string(filter) + "}");
    return (result.is_error ? "error: " : "") + result.text;
  };
  const std::string one = R"("filter":["F3srbtdKdWi:abcdefghi12"])";
  EXPECT_TRUE(told(one.c_str(), "[]").starts_with("error: ")) << told(one.c_str(), "[]");
  EXPECT_NE(told(one.c_str(), "[]").find("abcdefghi12 is no item of F3srbtdKdWi"),
            std::string::npos);
  EXPECT_FALSE(told(one.c_str(), R"(["abcdefghi12"])").starts_with("error: "));
  for (const char* some : {R"("filter":["F3srbtdKdWi:abcdefghi12;xYerKDKCe1k"])",
                           R"("by":["F3srbtdKdWi:abcdefghi12;xYerKDKCe1k"])"}) {
    const std::string answer = told(some, R"(["xYerKDKCe1k"])");
    EXPECT_NE(answer.find("abcdefghi12 is no item of F3srbtdKdWi here"), std::string::npos)
        << answer;
    EXPECT_FALSE(answer.starts_with("error: ")) << answer;
  }
}

TEST(AnalyticsQuery, TakesEveryOptionComboOfAName) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  instance.server.get("/api/categoryOptionCombos", R"({"categoryOptionCombos":[
      {"id":"aaaaaaaaaa1","name":"< 1 year"},{"id":"aaaaaaaaaa2","name":"< 1 year, Male"},
      {"id":"aaaaaaaaaa3","name":"< 1 Year"}]})");
  const auto told = [&](const std::string& more) {
    return instance.call(
        "analytics_query",
        R"({"data":["Uvn6LCg7dVU"],"periods":["202609"],"org_units":["LEVEL-2"],)" + more + "}");
  };
  for (const auto& [more, wanted] :
       {std::pair(R"("filter":["option combo:< 1 year"])", "&filter=co:aaaaaaaaaa1;aaaaaaaaaa3&"),
        std::pair(R"("filter":["co:< 1 year, male"])", "&filter=co:aaaaaaaaaa2&"),
        std::pair(R"("filter":["ao:aaaaaaaaaa2"])", "&filter=ao:aaaaaaaaaa2&"),
        std::pair(R"("by":["co:< 1 year"])", "&dimension=co:aaaaaaaaaa1;aaaaaaaaaa3&")}) {
    const ToolResult result = told(more);
    EXPECT_FALSE(result.is_error) << more << ": " << result.text;
    EXPECT_NE(instance.asked("/api/analytics").find(wanted), std::string::npos)
        << instance.asked("/api/analytics");
  }
  instance.server.forget();
  for (const char* more :
       {R"("filter":["co:5 years"])", R"("filter":["co:aaaaaaaaaa9"])", R"("by":["co:5 years"])"}) {
    const ToolResult result = told(more);
    EXPECT_TRUE(result.is_error) << more << ": " << result.text;
  }
  EXPECT_EQ(instance.server.count("/api/analytics"), 0u);
}

TEST(AnalyticsQuery, TellsOfUnitsThatDhis2LeftOut) {
  const auto told = [](const char* units) {
    Instance instance;
    instance.server.get("/api/analytics", kAnswer);
    instance.server.get("/api/organisationUnits",
                        R"({"organisationUnits":[{"id":"o6UVPZGD5pU","displayName":"Bo"}]})");
    const ToolResult result = instance.call(
        "analytics_query",
        R"({"data":["Uvn6LCg7dVU"],"periods":["202609"],"org_units":)" + std::string(units) + "}");
    return (result.is_error ? "error: " : "") + result.text;
  };
  const std::string beside = told(R"(["o6UVPZGD5pU","Abcdefgh123"])");
  EXPECT_NE(beside.find("no unit Abcdefgh123 exists here"), std::string::npos) << beside;
  EXPECT_FALSE(beside.starts_with("error: ")) << beside;
  const std::string bounded = told(R"(["LEVEL-2","o6UVPZGD5pU","Abcdefgh123"])");
  EXPECT_NE(bounded.find("no unit Abcdefgh123 exists here"), std::string::npos) << bounded;
  EXPECT_FALSE(bounded.starts_with("error: ")) << bounded;
  EXPECT_EQ(told(R"(["LEVEL-2","o6UVPZGD5pU"])").find("exists here"), std::string::npos);
  // Without its bound the level would be that of the whole country.
  for (const char* units : {R"(["LEVEL-2","Abcdefgh123"])", R"(["LEVEL-2-Abcdefgh123"])"}) {
    EXPECT_TRUE(told(units).starts_with("error: org_units: no unit Abcdefgh123")) << told(units);
  }
}

// An answer to the question itself, and one to where the last figures are.
class Empty {
 public:
  explicit Empty(const std::string& probe) : probe_(probe) {
    Json empty = Json::parse(kAnswer);
    empty["rows"] = Json::array();
    serve(empty);
    instance.server.get("/api/system/info",
                        R"({"version":"2.42.1","calendar":"iso8601",
                            "lastAnalyticsTableSuccess":"2026-11-21T02:00:00.000"})");
  }

  // The one period that DHIS2 read.
  void took(const char* period) {
    Json empty = Json::parse(kAnswer);
    empty["rows"] = Json::array();
    empty["metaData"]["dimensions"]["pe"] = Json::array({period});
    serve(empty);
  }

  Json answer(const std::string& question = kQuestion) {
    instance.answer("analytics_query", question);
    instance.server.forget();
    const Json answer = instance.answer("analytics_query", question);
    EXPECT_TRUE(answer["rows"].empty()) << answer.dump();
    EXPECT_EQ(instance.server.seen().size(), 3u) << "two requests more";
    return answer;
  }

  Instance instance;

 private:
  void serve(const Json& empty) {
    const auto reply = [empty = empty.dump(), probe = probe_](const Seen& seen) {
      if (seen.query.find("skipMeta") == std::string::npos) return Reply{200, empty};
      return Reply{probe.empty() ? 409 : 200, probe.empty() ? "{}" : probe};
    };
    instance.server.on("GET", "/api/analytics", reply);
  }

  std::string probe_;
};

std::string probed(const std::string& rows) {
  return R"({"headers":[{"name":"dx"},{"name":"pe"},{"name":"value"}],"rows":)" + rows + "}";
}

TEST(AnalyticsQuery, NeverReadsEmptyAsZero) {
  Empty empty(
      probed(R"([["d","202603","4"],["d","2026","5"],["d","202512","4"],["d","2025","9"]])"));

  const std::string told = notes(empty.answer());

  EXPECT_NE(told.find("not zero"), std::string::npos);
  EXPECT_NE(told.find("2026-11-21T02:00:00.000"), std::string::npos);
  EXPECT_NE(told.find("The last period with figures of these data for these org units is 202603."),
            std::string::npos)
      << told;
}

TEST(AnalyticsQuery, SaysWhereTheLastFiguresAreWhateverTheirPeriods) {
  EXPECT_NE(
      notes(Empty(probed(R"([["d","2019","4"],["d","2017","1"]])")).answer()).find("is 2019."),
      std::string::npos);
}

TEST(AnalyticsQuery, SaysWhenThereNeverWereFigures) {
  EXPECT_NE(notes(Empty(probed("[]")).answer()).find("no figure of these data"), std::string::npos);
}

TEST(AnalyticsQuery, SaysWhenAFilterLeavesNothing) {
  Empty empty(probed(R"([["d","202609","4"],["d","2026","5"]])"));
  const std::string told = notes(empty.answer(
      R"({"data":["Uvn6LCg7dVU"],"periods":["202609"],"org_units":["LEVEL-2"],"min":1000})"));
  EXPECT_NE(told.find("There are figures for 202609 without"), std::string::npos) << told;
}

TEST(AnalyticsQuery, NeverSaysThatNoneCameWhereBoundsLeaveNone) {
  for (const char* periods : {"LAST_3_MONTHS", "202610", "2026Q3"}) {
    const bool quarter = std::string(periods) == "2026Q3";
    Empty empty(probed(quarter ? R"([["d","2026Q3","9"],["d","202610","4"],["d","2026","5"]])"
                               : R"([["d","202610","4"],["d","2026","5"]])"));
    if (quarter) empty.took("2026Q3");
    const std::string told = notes(empty.answer(
        R"({"data":["Uvn6LCg7dVU"],"org_units":["LEVEL-2"],"min":10,"max":99,"periods":[")" +
        std::string(periods) + "\"]}"));
    EXPECT_EQ(told.find("No data came"), std::string::npos) << told;
    EXPECT_NE(told.find("No figure is within the bounds"), std::string::npos) << told;
    EXPECT_NE(told.find(quarter ? "There are figures for 2026Q3 without"
                                : "There are figures for 202610 without"),
              std::string::npos)
        << told;
  }
}

TEST(AnalyticsQuery, SaysThatAnEmptyCellMayBeOutsideOfTheBounds) {
  const std::tuple<const char*, const char*> cases[] = {
      {R"("min":10)", "Figures below 10 are left out"},
      {R"("max":99.5)", "Figures above 99.5 are left out"},
      {R"("min":10,"max":99.5)", "Figures below 10 or above 99.5 are left out"}};
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  const std::string question = std::string(kQuestion).substr(0, std::string(kQuestion).size() - 1);
  for (const auto& [bounds, said] : cases) {
    const std::string told =
        notes(instance.answer("analytics_query", question + "," + bounds + "}"));
    EXPECT_NE(told.find(said), std::string::npos) << told;
  }
  EXPECT_EQ(notes(instance.answer("analytics_query", kQuestion)).find("left out"),
            std::string::npos);
}

TEST(AnalyticsQuery, SaysWhatItCouldNotLearn) {
  const std::string told = notes(Empty("").answer());
  EXPECT_NE(told.find("Try earlier periods"), std::string::npos) << told;
}

TEST(AnalyticsQuery, ReadsFinancialYearsAsTheInstanceCountsThem) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  instance.server.get("/api/systemSettings",
                      R"({"analyticsFinancialYearStart":"FINANCIAL_YEAR_APRIL"})");

  const Json answer = instance.answer(
      "analytics_query",
      R"({"data":["Uvn6LCg7dVU"],"periods":["FY 2025/26"],"org_units":["LEVEL-2"]})");

  EXPECT_NE(instance.asked("/api/analytics").find("pe:2025April"), std::string::npos);
  EXPECT_NE(answer["read_as"].dump().find("FY 2025/26 = 2025April (2025-04 to 2026-03)"),
            std::string::npos)
      << answer["read_as"];
}

TEST(AnalyticsQuery, CountsPeriodsInTheCalendarOfTheInstance) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  instance.server.get("/api/system/info", R"({"version":"2.42.1","calendar":"ethiopian"})");

  instance.answer(
      "analytics_query",
      R"({"data":["Uvn6LCg7dVU"],"periods":["Meskerem 2017"],"org_units":["LEVEL-2"]})");
  const ToolResult march =
      instance.call("analytics_query",
                    R"({"data":["Uvn6LCg7dVU"],"periods":["March 2025"],"org_units":["LEVEL-2"]})");

  EXPECT_NE(instance.asked("/api/analytics").find("pe:201701"), std::string::npos);
  EXPECT_TRUE(march.is_error);
  EXPECT_NE(march.text.find("201706 and 201707"), std::string::npos) << march.text;
}

TEST(AnalyticsQuery, TellsWhatDhis2DidNotTake) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);

  const Json answer = instance.answer(
      "analytics_query",
      R"({"data":["Uvn6LCg7dVU","abcdefghij1"],"periods":["202608","2026Sep"],"org_units":["LEVEL-2"]})");

  EXPECT_NE(notes(answer).find("abcdefghij1"), std::string::npos) << notes(answer);
  EXPECT_NE(notes(answer).find("2026Sep"), std::string::npos) << notes(answer);
}

TEST(AnalyticsQuery, SaysWhatToDoAboutEachCode) {
  const std::pair<const char*, const char*> cases[] = {{"E7144", "run analytics"},
                                                       {"E7128", "fewer periods"},
                                                       {"E7115", "data_values_get"},
                                                       {"E7120", "USER_ORGUNIT"}};
  for (const auto& [code, words] : cases) {
    Instance instance;
    instance.server.on("GET", "/api/analytics",
                       {409, Json{{"httpStatusCode", 409},
                                  {"status", "ERROR"},
                                  {"message", "DHIS2's own words"},
                                  {"errorCode", code}}
                                 .dump()});
    const ToolResult result = instance.call("analytics_query", kQuestion);
    ASSERT_TRUE(result.is_error);
    EXPECT_EQ(result.error->code, code);
    EXPECT_NE(result.text.find("DHIS2's own words"), std::string::npos) << result.text;
    EXPECT_NE(result.text.find(words), std::string::npos) << result.text;
  }
}

TEST(AnalyticsQuery, LooksUpWhatOnlyHadTheFormOfAUid) {
  Instance instance;
  instance.server.on("GET", "/api/analytics", [](const Seen& seen) {
    if (seen.query.find("Measles2024") == std::string::npos) return Reply{200, kAnswer};
    return Reply{409,
                 R"({"httpStatusCode":409,"status":"ERROR","message":"no","errorCode":"E7124"})"};
  });
  instance.server.get("/api/dataElements",
                      R"({"dataElements":[{"id":"Uvn6LCg7dVU","name":"Measles2024"}]})");
  instance.server.get("/api/indicators", R"({"indicators":[]})");
  instance.server.get("/api/programIndicators", R"({"programIndicators":[]})");

  const Json answer = instance.answer(
      "analytics_query", R"({"data":"Measles2024","periods":"2026","org_units":"LEVEL-2"})");

  EXPECT_EQ(answer["read_as"][0], "Measles2024 = dataElement Uvn6LCg7dVU") << answer.dump();
}

TEST(AnalyticsQuery, AddsTotalsOnlyWhereSumsMakeSense) {
  Instance instance;
  Json body = Json::parse(kAnswer);
  instance.server.on("GET", "/api/analytics", [&body](const Seen&) {
    return Reply{200, body.dump()};
  });
  const std::string question =
      R"({"data":["Uvn6LCg7dVU"],"periods":["202608"],"org_units":["LEVEL-2"],"totals":true})";

  body["metaData"]["items"]["Uvn6LCg7dVU"] = {
      {"name", "Malaria"}, {"dimensionItemType", "DATA_ELEMENT"}, {"aggregationType", "SUM"}};
  Json answer = instance.answer("analytics_query", question);
  EXPECT_EQ(answer["columns"].back(), "Total");
  EXPECT_EQ(answer["rows"].back(), Json::parse(R"(["Total",91.5,null,90,181.5])"));

  body["metaData"]["ouHierarchy"] = {{"o2", "root/o1"}};
  answer = instance.answer("analytics_query", question);
  EXPECT_NE(answer["rows"].back()[0], "Total");
  EXPECT_NE(notes(answer).find("counted twice"), std::string::npos);

  body["metaData"]["items"]["Uvn6LCg7dVU"]["dimensionItemType"] = "INDICATOR";
  answer = instance.answer("analytics_query", question);
  EXPECT_EQ(answer["columns"].back(), "202610");
  EXPECT_NE(notes(answer).find("rates do not add up"), std::string::npos);
}

TEST(AnalyticsQuery, RefusesWhatItCannotAsk) {
  Instance instance;
  const char* cases[][2] = {
      {R"({"data":[],"periods":["2026"],"org_units":["LEVEL-2"]})", "data"},
      {R"({"data":["Uvn6LCg7dVU"],"periods":["soon"],"org_units":["LEVEL-2"]})", "no period"},
      {R"({"data":["Uvn6LCg7dVU"],"periods":["2026"],"org_units":["LEVEL-2"],"filter":["Sex"]})",
       "dimension:item"},
      {R"({"data":["Uvn6LCg7dVU"],"periods":["2026"],"org_units":["LEVEL-2"],"min":100,"max":50})",
       "100 is above `max`, 50"},
  };
  for (const auto& [arguments, words] : cases) {
    const ToolResult result = instance.call("analytics_query", arguments);
    ASSERT_TRUE(result.is_error) << arguments;
    EXPECT_NE(result.text.find(words), std::string::npos) << result.text;
  }
  EXPECT_EQ(instance.server.count("/api/analytics"), 0u);
}

TEST(Analytics, TellsPeriodsThatMayOverlap) {
  const auto periods = [](const std::string& ids) {
    Items items;
    items.read(R"({"dimensions":{"pe":)" + ids + "}}");
    return items;
  };
  EXPECT_EQ(no_sum_over_periods(periods(R"(["202601","202602"])")), "");
  EXPECT_EQ(no_sum_over_periods(periods(R"(["2025","2026"])")), "");
  EXPECT_NE(no_sum_over_periods(periods(R"(["2026","202602"])")), "");
  EXPECT_NE(no_sum_over_periods(periods(R"(["2026Q1","202602"])")), "");
  EXPECT_NE(no_sum_over_periods(periods(R"(["20260201","202602"])")), "");
}

TEST(AnalyticsQuery, TellsManyUnitsThatWereGivenByUidInOneLine) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  Json question = Json::parse(kQuestion);
  for (int i = 100; i < 140; ++i) question["org_units"].push_back("abcdefgh" + std::to_string(i));

  const Json answer = instance.answer("analytics_query", question.dump());

  EXPECT_EQ(answer["read_as"].size(), 3u) << answer["read_as"];
  EXPECT_EQ(answer["read_as"][2], "40 org units by their UIDs");
}

TEST(AnalyticsQuery, NamesWhatABreakdownLeavesWithoutARow) {
  Instance instance;
  Json answered = Json::parse(kAnswer);
  answered["headers"].insert(answered["headers"].begin() + 3,
                             Json{{"name", "F3srbtdKdWi"}, {"column", "Sex"}});
  answered["metaData"]["items"]["xYerKDKCefk"] = {{"name", "Female"}};
  answered["metaData"]["dimensions"]["F3srbtdKdWi"] = {"xYerKDKCefk"};
  answered["rows"] = Json::parse(R"([["Uvn6LCg7dVU","202608","o1","xYerKDKCefk","9"]])");
  instance.server.get("/api/analytics", answered.dump());
  Json question = Json::parse(kQuestion);
  question["by"] = {"F3srbtdKdWi"};

  const Json answer = instance.answer("analytics_query", question.dump());

  EXPECT_EQ(answer["rows"].size(), 1u) << answer;
  EXPECT_NE(notes(answer).find("so without a row: \\\"Bombali\\\"."), std::string::npos) << answer;
}

TEST(AnalyticsQuery, AnswersARepeatedFailureDifferently) {
  Instance instance;
  const std::string question = R"({"data":[],"periods":["2026"],"org_units":["LEVEL-2"]})";
  const ToolResult first = instance.call("analytics_query", question);
  const ToolResult again = instance.call("analytics_query", question);
  ASSERT_TRUE(first.is_error && again.is_error);
  EXPECT_EQ(first.text.find("failed before"), std::string::npos);
  EXPECT_NE(again.text.find("failed before (2 times now)"), std::string::npos) << again.text;
}

TEST(AnalyticsQuery, BreaksOffLoudlyWhenTheAnswerDoes) {
  Instance instance;
  const std::string whole = Json::parse(kAnswer).dump();
  for (const std::size_t length : {10UL, whole.size() / 2, whole.size() - 30, whole.size() - 1}) {
    instance.server.get("/api/analytics", whole.substr(0, length));
    const ToolResult result = instance.call("analytics_query", kQuestion);
    ASSERT_TRUE(result.is_error) << length;
    EXPECT_EQ(result.error->kind, ErrorKind::unavailable) << result.text;
    EXPECT_TRUE(result.error->retry);
  }
}

}  // namespace
}  // namespace dhis2mcp::test
