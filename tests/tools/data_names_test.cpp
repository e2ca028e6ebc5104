// SPDX-License-Identifier: BSD-3-Clause
// What people name as data: groups, option combos, items of programs, and what is no data.
#include "tools/data_names.h"

#include <gtest/gtest.h>

#include <tuple>

#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

constexpr char kAnswer[] = R"({"headers":[{"name":"dx"},{"name":"pe"},{"name":"ou"},
    {"name":"value","valueType":"NUMBER"}],
  "metaData":{"items":{"Uvn6LCg7dVU":{"name":"ANC 1 Coverage"},"o1":{"name":"Bo"}},
    "dimensions":{"dx":["Uvn6LCg7dVU"],"pe":["2026"],"ou":["o1"]}},
  "rows":[["Uvn6LCg7dVU","2026","o1","91.5"]]})";

std::string question(const Json& data) {
  return Json{{"data", data}, {"periods", {"2026"}}, {"org_units", {"LEVEL-2"}}}.dump();
}

TEST(DataNames, TakesGroupsOptionCombosAndProgramItemsByName) {
  Instance instance;
  instance.server.get("/api/analytics", kAnswer);
  instance.server.on("GET", "/api/dataElements", [](const Seen& seen) {
    const bool known = percent_decode(seen.query).find("name:eq:Cases") != std::string::npos;
    return Reply{200, known ? R"({"dataElements":[{"id":"b8JTFpL3cxe","name":"Cases"}]})" : "{}"};
  });
  instance.server.get("/api/dataElements/b8JTFpL3cxe",
                      R"({"categoryCombo":{"categoryOptionCombos":[
                          {"id":"Kvzo0qtYzbr","name":"Female, <5","displayName":"Filles, <5"},
                          {"id":"Kvzo0qtYzb2","name":"Male"}]}})");
  instance.server.get("/api/dataElementGroups",
                      R"({"dataElementGroups":[{"id":"mvhAIYgQ54V","name":"Malaria"}]})");
  instance.server.get("/api/indicatorGroups",
                      R"({"indicatorGroups":[{"id":"nz9FGzrt2Gu","name":"Malaria"}]})");
  instance.server.get("/api/indicators", "{}");
  instance.server.get("/api/programIndicators", "{}");
  instance.server.get("/api/dataItems", R"({"dataItems":[
      {"id":"Svw72tiR0Da.exibn8RJ16X","displayName":"Notification Outcome",
       "dimensionItemType":"PROGRAM_DATA_ELEMENT"}]})");
  const std::pair<const char*, const char*> cases[] = {
      {"data element group Malaria", "dx:DE_GROUP-mvhAIYgQ54V&"},
      {"Malaria (indicator group)", "dx:IN_GROUP-nz9FGzrt2Gu&"},
      {"Cases.female, <5", "dx:b8JTFpL3cxe.Kvzo0qtYzbr&"},
      {"Cases.filles, <5", "dx:b8JTFpL3cxe.Kvzo0qtYzbr&"},
      {"Cases.*", "dx:b8JTFpL3cxe.*&"},
      {"notification outcome", "dx:Svw72tiR0Da.exibn8RJ16X&"}};
  for (const auto& [text, item] : cases) {
    instance.server.forget();
    const Json answer = instance.answer("analytics_query", question({text}));
    EXPECT_NE(instance.asked("/api/analytics").find(item), std::string::npos)
        << text << ": " << answer.dump();
  }

  const ToolResult none = instance.call(
      "analytics_query", R"({"data":["Cases.Nobody"],"periods":["2026"],"org_units":["LEVEL-2"]})");
  ASSERT_TRUE(none.is_error);
  EXPECT_NE(none.text.find("It has: Filles, <5; Male."), std::string::npos) << none.text;
}

// Groups and a data set, and no data.
void serve_groups(Instance& instance) {
  for (const char* none : {"dataElements", "indicators", "programIndicators", "dataItems"}) {
    instance.server.get("/api/" + std::string(none), "{}");
  }
  instance.server.get("/api/dataElementGroups",
                      R"({"dataElementGroups":[{"id":"mvhAIYgQ54V","name":"Malaria"}]})");
  instance.server.get("/api/indicatorGroups",
                      R"({"indicatorGroups":[{"id":"nz9FGzrt2Gu","name":"ANC"}]})");
  instance.server.get("/api/dataSets", R"({"dataSets":[{"id":"lc4Jz2USVpu","name":"Monthly"}]})");
}

TEST(DataNames, TakesAGroupWhereNoDataHasItsName) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"Malaria", "dx:DE_GROUP-mvhAIYgQ54V&", "Malaria = dataElementGroup DE_GROUP-mvhAIYgQ54V"},
      {"anc", "dx:IN_GROUP-nz9FGzrt2Gu&", "ANC = indicatorGroup IN_GROUP-nz9FGzrt2Gu"},
      {"mvhAIYgQ54V", "dx:DE_GROUP-mvhAIYgQ54V&",
       "Malaria = dataElementGroup DE_GROUP-mvhAIYgQ54V"}};
  for (const auto& [text, item, read_as] : cases) {
    Instance instance;
    serve_groups(instance);
    instance.server.on("GET", "/api/analytics", [](const Seen& seen) {
      const bool group = percent_decode(seen.query).find("_GROUP-") != std::string::npos;
      return group ? Reply{200, kAnswer}
                   : Reply{409, R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E7124"})"};
    });
    const Json answer = instance.answer("analytics_query", question({text}));
    EXPECT_NE(instance.asked("/api/analytics").find(item), std::string::npos) << text << answer;
    EXPECT_NE(answer["read_as"].dump().find(read_as), std::string::npos) << answer;
  }
}

TEST(DataNames, SaysWhatAGroupIsThatDhis2Dropped) {
  Instance instance;
  serve_groups(instance);
  instance.server.get("/api/analytics", kAnswer);

  const Json answer = instance.answer("analytics_query", question({"Uvn6LCg7dVU", "mvhAIYgQ54V"}));

  EXPECT_NE(answer["notes"].dump().find("write DE_GROUP-mvhAIYgQ54V."), std::string::npos)
      << answer;
}

TEST(DataNames, SaysHowTheReportsOfADataSetAreAsked) {
  for (const char* text : {"Monthly", "lc4Jz2USVpu", "Month reporting rate"}) {
    Instance instance;
    serve_groups(instance);
    instance.server.on("GET", "/api/analytics", [](const Seen&) {
      return Reply{409, R"({"httpStatusCode":409,"status":"ERROR","errorCode":"E7124"})"};
    });
    const ToolResult result = instance.call("analytics_query", question({text}));
    ASSERT_TRUE(result.is_error) << text;
    EXPECT_NE(result.text.find("\"<data set> reporting rate\""), std::string::npos) << result.text;
  }
}

}  // namespace
}  // namespace dhis2mcp::test
