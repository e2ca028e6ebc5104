// SPDX-License-Identifier: BSD-3-Clause
// Finding metadata by words, and one object by anything.
#include <gtest/gtest.h>

#include "tests/tools/filtered_list.h"
#include "tests/tools/instance.h"
#include "tests/tools/practice_profile.h"

namespace dhis2mcp::test {
namespace {

constexpr char kElements[] = R"({"pager":{"page":1,"total":3,"pageSize":50,"pageCount":1},
  "dataElements":[{"id":"aaaaaaaaaa1","name":"ANC 1st visit late","code":"L"},
                  {"id":"aaaaaaaaaa2","name":"First ANC 1st visit"},
                  {"id":"aaaaaaaaaa3","name":"ANC 1st visit"}]})";

TEST(MetadataFind, RanksExactNamesFirstAndCountsByType) {
  Instance instance;
  instance.server.get("/api/dataElements", kElements);
  instance.server.get("/api/indicators",
                      R"({"pager":{"total":1},"indicators":[{"id":"i","name":"ANC 1st visits"}]})");

  const Json answer = instance.answer(
      "metadata_find", R"({"query":"anc 1st visit","type":["data element","indicators"]})");

  EXPECT_EQ(answer["columns"], Json({"Type", "Name", "Code", "UID"}));
  EXPECT_EQ(answer["rows"][0], Json({"data element", "ANC 1st visit", nullptr, "aaaaaaaaaa3"}));
  EXPECT_EQ(answer["rows"][1], Json({"data element", "ANC 1st visit late", "L", "aaaaaaaaaa1"}));
  EXPECT_EQ(answer["rows"][2][3], "aaaaaaaaaa2");
  EXPECT_EQ(answer["rows"][3], Json({"indicator", "ANC 1st visits", nullptr, "i"}));
  EXPECT_EQ(answer["total"], 4);
  EXPECT_NE(answer["notes"].dump().find("data element 3, indicator 1"), std::string::npos);
}

TEST(MetadataFind, RepeatsNoTypeThatWasAskedAlone) {
  Instance instance;
  instance.server.get("/api/dataElements", kElements);

  const Json answer =
      instance.answer("metadata_find", R"({"query":"anc 1st visit","type":"data element"})");

  EXPECT_EQ(answer["columns"], Json({"Name", "Code", "UID"}));
  EXPECT_EQ(answer["rows"][1], Json({"ANC 1st visit late", "L", "aaaaaaaaaa1"}));
}

TEST(MetadataFind, RanksWhatTheServerFindsAsTheIndexDoes) {
  Instance instance;
  instance.server.get("/api/dataElements", R"({"pager":{"total":3},"dataElements":[
      {"id":"aaaaaaaaaa1","name":"Ancien registre"},
      {"id":"aaaaaaaaaa2","name":"CPN 1","displayName":"ANC first visit"},
      {"id":"aaaaaaaaaa3","name":"Weight at ANC"}]})");
  instance.server.get("/api/optionSets", R"({"pager":{"total":1},
      "optionSets":[{"id":"aaaaaaaaaa4","name":"Place of ANC"}]})");

  const Json rows = instance.answer(
      "metadata_find", R"({"query":"ANC","type":["dataElement","optionSet"]})")["rows"];

  std::string order;
  for (const Json& row : rows) order += row[3].get<std::string>().back();
  EXPECT_EQ(order, "2341");
  EXPECT_EQ(rows[0][1], "ANC first visit (CPN 1)");
}

TEST(MetadataFind, TakesTypeWordsOfTheQuery) {
  Instance instance;
  for (const MetadataType& type : instance.registry.catalogue().types()) {
    instance.server.get("/api/" + type.collection, "{\"" + type.collection + "\":[]}");
  }
  instance.server.on("GET", "/api/programIndicators", [](const Seen& seen) {
    const Query query = Query::parse(seen.query);
    const bool fits = *query.find("filter") == "identifiable:token:ANC 1";
    return Reply{200, fits ? R"({"programIndicators":[{"id":"aaaaaaaaaa1","name":"ANC 1"}]})"
                           : R"({"programIndicators":[]})"};
  });

  const Json answer = instance.answer("metadata_find", R"({"query":"ANC 1 program indicator"})");

  ASSERT_EQ(answer["rows"].size(), 1u) << answer.dump();
  EXPECT_EQ(answer["rows"][0][3], "aaaaaaaaaa1");
  EXPECT_EQ(answer["read_as"], Json({"ANC 1 program indicator = program indicator ANC 1"}));
}

TEST(MetadataFind, TellsTypesThatCouldNotBeSearched) {
  Instance instance;
  instance.server.get("/api/dataElements", kElements);
  instance.server.on("GET", "/api/indicators",
                     {403, R"({"status":"ERROR","httpStatusCode":403,"message":"no access"})"});

  const Json answer = instance.answer(
      "metadata_find", R"({"query":"anc","type":["dataElement","indicator"],"limit":2})");

  EXPECT_EQ(answer["rows"].size(), 2u);
  EXPECT_TRUE(answer["truncated"].get<bool>());
  EXPECT_NE(answer["notes"].dump().find("no access"), std::string::npos);
}

TEST(MetadataFind, AsksTheTypeOfAUidFirst) {
  Instance instance;
  instance.server.get("/api/identifiableObjects/aaaaaaaaaa3",
                      R"({"id":"aaaaaaaaaa3","href":"http://x/api/dataElements/aaaaaaaaaa3"})");
  instance.server.get("/api/dataElements",
                      R"({"dataElements":[{"id":"aaaaaaaaaa3","name":"ANC 1st visit"}]})");

  const Json answer = instance.answer("metadata_find", R"({"query":"aaaaaaaaaa3"})");

  EXPECT_EQ(answer["rows"].size(), 1u) << answer.dump();
  EXPECT_EQ(instance.server.count("/api/dataElements"), 1u);
  EXPECT_EQ(instance.server.count("/api/indicators"), 0u);
}

TEST(MetadataFind, FindsANameThatLooksLikeAUid) {
  Instance instance;
  instance.server.on("GET", "/api/identifiableObjects/Measles2024", {404, "{}"});
  for (const MetadataType& type : instance.registry.catalogue().types()) {
    serve(instance.server, type.collection, "[]");
  }
  serve(instance.server, "dataElements", R"([{"id":"aaaaaaaaaa3","name":"Measles2024"}])");
  instance.server.get("/api/dataElements/aaaaaaaaaa3", R"({"id":"aaaaaaaaaa3","domain":"AGG"})");

  for (const char* type : {"", R"(,"type":"data element")"}) {
    const Json found =
        instance.answer("metadata_find", R"({"query":"Measles2024")" + std::string(type) + "}");
    EXPECT_EQ(found["rows"].size(), 1u) << found.dump();
  }
  const Json one = instance.answer("metadata_get", R"({"object":"Measles2024"})");
  EXPECT_EQ(one["object"]["domain"], "AGG") << one.dump();
}

TEST(MetadataFind, RefusesWhatNamesNoTypeOrNoWord) {
  Instance instance;
  const ToolResult type = instance.call("metadata_find", R"({"query":"a","type":"data elment"})");
  ASSERT_TRUE(type.is_error);
  EXPECT_NE(type.text.find("data element"), std::string::npos) << type.text;
  EXPECT_TRUE(instance.call("metadata_find", R"x({"query":"()"})x").is_error);
  for (const char* tool : {"metadata_find", "org_unit_find"}) {
    const ToolResult longer = instance.call(tool, Json{{"query", std::string(10'240, 'x')}}.dump());
    ASSERT_TRUE(longer.is_error) << tool;
    EXPECT_EQ(longer.error->kind, ErrorKind::bad_input) << longer.text;
    EXPECT_FALSE(longer.error->retry) << tool;
  }
}

TEST(MetadataGet, ReadsAnObjectByNameWithTheFieldsOfItsType) {
  Instance instance;
  instance.server.get("/api/indicators",
                      R"({"indicators":[{"id":"Uvn6LCg7dVU","name":"ANC 1 Coverage"}]})");
  instance.server.on("GET", "/api/indicators/Uvn6LCg7dVU", [](const Seen& seen) {
    const bool preset =
        percent_decode(seen.query).find("indicatorType[id,name") != std::string::npos;
    return Reply{preset ? 200 : 400, R"({"id":"Uvn6LCg7dVU","numerator":"#{x}"})"};
  });

  const Json answer =
      instance.answer("metadata_get", R"({"object":"ANC 1 Coverage","type":"indicator"})");

  EXPECT_EQ(answer["object"],
            Json::parse(R"({"type":"indicator","id":"Uvn6LCg7dVU","numerator":"#{x}"})"));
}

TEST(MetadataGet, KeepsTheTypeThatAnObjectHasOfItsOwn) {
  Instance instance;
  instance.server.get("/api/visualizations/vvvvvvvvvv1",
                      R"({"id":"vvvvvvvvvv1","name":"Trend","type":"COLUMN"})");

  const Json answer =
      instance.answer("metadata_get", R"({"object":"vvvvvvvvvv1","type":"visualization"})");

  EXPECT_EQ(answer["object"],
            Json::parse(R"({"type":"visualization","own_type":"COLUMN","id":"vvvvvvvvvv1",
                            "name":"Trend"})"))
      << answer.dump();
}

TEST(MetadataGet, TakesAWordOfElevenLettersForAName) {
  Instance instance;
  instance.server.get("/api/organisationUnits",
                      R"({"organisationUnits":[{"id":"aaaaaaaaaa1","name":"Ouagadougou"}]})");
  instance.server.get("/api/organisationUnits/aaaaaaaaaa1", R"({"id":"aaaaaaaaaa1","level":2})");

  const Json answer =
      instance.answer("metadata_get", R"({"object":"Ouagadougou","type":"org unit"})");

  EXPECT_EQ(answer["object"]["level"], 2) << answer.dump();
}

TEST(MetadataGet, FindsTheTypeOfAUidAndAsksOnceWhenItIsGiven) {
  Instance instance;
  instance.server.get("/api/identifiableObjects/lc4Jz2USVpu",
                      R"({"id":"lc4Jz2USVpu","href":"http://x/api/dataSets/lc4Jz2USVpu"})");
  instance.server.get("/api/dataSets/lc4Jz2USVpu", R"({"id":"lc4Jz2USVpu","name":"RMA"})");

  EXPECT_EQ(instance.answer("metadata_get", R"({"object":"lc4Jz2USVpu"})")["object"]["type"],
            "data set");
  instance.server.forget();
  instance.answer("metadata_get", R"({"object":"lc4Jz2USVpu","type":"data set"})");
  EXPECT_EQ(instance.server.seen().size(), 1u);
}

TEST(MetadataGet, TellsUnknownFieldsAndKeepsTheReadPolicy) {
  Instance instance;
  instance.server.get("/api/dataSets/lc4Jz2USVpu", R"({"id":"lc4Jz2USVpu"})");
  instance.server.get("/api/schemas/dataSet", R"({"properties":[{"name":"id"}]})");

  const Json answer = instance.answer(
      "metadata_get", R"({"object":"lc4Jz2USVpu","type":"data set","fields":"id,nmae"})");
  EXPECT_NE(answer["notes"].dump().find("nmae"), std::string::npos);

  const ToolResult refused =
      instance.call("metadata_get", R"({"object":"lc4Jz2USVpu","type":"user","fields":"*"})");
  ASSERT_TRUE(refused.is_error);
  EXPECT_EQ(refused.error->kind, ErrorKind::refused);
}

TEST(MetadataFind, SaysThatTheServerAloneWasSearched) {
  PracticeProfile dhis2;
  const std::string question = R"({"query":"deces"})";

  const Json before = dhis2.answer("metadata_find", question);
  dhis2.indexes.settle();
  const Json after = dhis2.answer("metadata_find", question);

  EXPECT_NE(before["notes"].dump().find("a later call may find more"), std::string::npos) << before;
  EXPECT_EQ(before["notes"].dump().find("Nothing has all these"), std::string::npos) << before;
  EXPECT_FALSE(after["rows"].empty()) << after;
  EXPECT_EQ(after["notes"].dump().find("on the server alone"), std::string::npos) << after;
}

TEST(MetadataFind, CountsNoNearOnes) {
  PracticeProfile dhis2;
  dhis2.answer("metadata_find", R"({"query":"paludsime"})");
  dhis2.indexes.settle();

  const ToolResult near = dhis2.call("metadata_find", R"({"query":"paludsime"})");

  EXPECT_NE(near.text.find("these are near"), std::string::npos) << near.text;
  EXPECT_EQ(near.text.find(" of 0"), std::string::npos) << near.text;
}

TEST(MetadataFind, AsksForNoTypeThatWasGiven) {
  Instance instance;
  instance.server.get("/api/dataElements", kElements);
  instance.server.get("/api/indicators", R"({"indicators":[]})");

  const std::string cut =
      instance
          .answer("metadata_find", R"({"query":"anc","type":"data element","limit":1})")["notes"]
          .dump();
  const std::string none =
      instance.answer("metadata_find", R"({"query":"anc","type":"indicator"})")["notes"].dump();

  EXPECT_NE(cut.find("For the rest give a larger `limit`"), std::string::npos) << cut;
  EXPECT_EQ(none.find("name a `type`"), std::string::npos) << none;
}

TEST(MetadataGet, RefusesAnEmptyNameBeforeAnyRequest) {
  const std::pair<const char*, const char*> cases[] = {
      {"metadata_get", R"({"object":""})"},
      {"metadata_usage", R"({"object":" "})"},
      {"analytics_query", R"({"data":["x"],"periods":["2026"],"org_units":["y"],"by":[""]})"},
      {"analytics_events", R"({"program":"","periods":["2026"]})"},
      {"indicator_explain", R"({"indicator":""})"}};
  Instance instance;
  for (const auto& [tool, arguments] : cases) {
    const ToolResult result = instance.call(tool, arguments);
    ASSERT_TRUE(result.is_error) << tool;
    EXPECT_EQ(result.error->kind, ErrorKind::bad_input) << tool << result.text;
    EXPECT_NE(result.text.find("not empty"), std::string::npos) << result.text;
  }
  EXPECT_TRUE(instance.server.seen().empty());
}

}  // namespace
}  // namespace dhis2mcp::test
