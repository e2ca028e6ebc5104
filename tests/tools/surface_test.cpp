// SPDX-License-Identifier: BSD-3-Clause
// What clients are shown: toolsets, hidden tools, and how much of a model's context a list takes.
#include <gtest/gtest.h>

#include <set>

#include "tests/tools/instance.h"
#include "tests/tools/own_catalogue.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::OwnCatalogue;
using Names = std::vector<std::string>;

Names shown(const Exposure& exposure) {
  Instance instance("2.42.1", false, exposure);
  Names names;
  for (const Tool* tool : instance.registry.visible()) names.push_back(tool->name);
  return names;
}

TEST(Surface, ListsTheDefaultToolsInTheirOrder) {
  EXPECT_EQ(shown({}), (Names{"profile_list",      "profile_status",
                              "profile_login",     "doctor",
                              "tool_find",         "tool_call",
                              "system_info",       "dhis2_query",
                              "metadata_find",     "metadata_get",
                              "metadata_describe", "metadata_usage",
                              "metadata_compare",  "org_unit_find",
                              "analytics_query",   "analytics_events",
                              "reporting_rates",   "indicator_explain",
                              "outlier_find",      "validation_check",
                              "data_values_get",   "access_explain",
                              "tracker_find",      "tracker_get",
                              "event_find",        "chart",
                              "result_page",       "result_save"}));
}

TEST(Surface, ListsTheCompactTools) {
  EXPECT_EQ(shown({"compact", "", false}),
            (Names{"profile_login", "tool_find", "tool_call", "dhis2_query"}));
}

TEST(Surface, ListsEachToolset) {
  EXPECT_EQ(shown({"core", "", false}),
            (Names{"profile_list", "profile_status", "profile_login", "doctor", "tool_find",
                   "tool_call", "system_info", "dhis2_query", "result_page", "result_save"}));
  EXPECT_EQ(shown({"metadata", "", false}),
            (Names{"metadata_find", "metadata_get", "metadata_describe", "metadata_usage",
                   "metadata_compare", "org_unit_find", "org_unit_tree"}));
  EXPECT_EQ(shown({"analytics", "", false}),
            (Names{"analytics_query", "analytics_events", "reporting_rates", "indicator_explain",
                   "chart"}));
  EXPECT_EQ(shown({"data", "", false}),
            (Names{"outlier_find", "validation_check", "data_values_get", "data_value_history"}));
  EXPECT_EQ(shown({"admin", "", false}),
            (Names{"access_explain", "api_describe", "api_find", "pat_list"}));
  EXPECT_EQ(
      shown({"analytics,admin", "result_page", false}),
      (Names{"analytics_query", "analytics_events", "reporting_rates", "indicator_explain",
             "access_explain", "chart", "result_page", "api_describe", "api_find", "pat_list"}));
  EXPECT_EQ(shown({"all", "", false}).size(), Catalogue::embedded().tools().size());
  EXPECT_EQ(shown({"tracker", "", false}), (Names{"tracker_find", "tracker_get", "event_find"}));
}

TEST(Surface, HidesWhatWritesFromReadOnlyWhateverElseIsSet) {
  Instance instance;
  const Catalogue catalogue = OwnCatalogue().add_tool("thing_put", "write").catalogue();
  for (const bool read_only : {false, true}) {
    const Registry registry(catalogue, {"all", "thing_put", read_only}, instance.connections,
                            instance.results);
    const std::string list = registry.list({});
    EXPECT_EQ(list.find("thing_put") == std::string::npos, read_only);
    if (!read_only) continue;
    EXPECT_NE(registry.hidden_because(*catalogue.find("thing_put")).find("--read-only"),
              std::string::npos);
    EXPECT_THROW(registry.find("thing_put"), Error);
  }
}

TEST(Surface, SaysWhyAToolIsNotListedAndRunsItAllTheSame) {
  Instance instance("2.42.1", false, {"compact", "", false});
  const Tool& hidden = *instance.registry.find("profile_list");

  EXPECT_EQ(instance.registry.hidden_because(hidden),
            "profile_list is not listed with --toolsets compact; --toolsets core or --tools "
            "profile_list lists it. It runs when it is called by name, or through tool_call.");
  EXPECT_EQ(instance.registry.hidden_because(*instance.registry.find("dhis2_query")), "");
  EXPECT_FALSE(instance.call("profile_list").is_error);
  EXPECT_FALSE(instance.call("tool_call", R"({"tool":"profile_list"})").is_error);
}

TEST(Surface, MarksAsOpenWorldWhatAsksAServer) {
  Instance instance;
  for (const Json& tool : Json::parse(instance.registry.list({}))) {
    const bool local = tool["name"] == "profile_list" || tool["name"] == "tool_find";
    EXPECT_EQ(tool["annotations"]["openWorldHint"], !local) << tool["name"];
  }
}

// Bytes stand for tokens here: JSON of this kind takes about 4.5 bytes a token (o200k), and the
// clients' checks count them exactly. 6,000 and 9,000 tokens are the bounds of 28 tools.
TEST(Surface, CostsFewTokens) {
  struct Budget {
    const char* toolsets;
    std::size_t bare, whole;
  };
  for (const Budget& budget :
       {Budget{"default", 27'000, 40'500}, Budget{"compact", 2'400, 4'000}}) {
    Instance instance("2.42.1", false, {budget.toolsets, "", false});
    EXPECT_LE(instance.registry.list({true, true, false}).size(), budget.bare) << budget.toolsets;
    EXPECT_LE(instance.registry.list({}).size(), budget.whole) << budget.toolsets;
    const std::size_t tools = instance.registry.visible().size();
    EXPECT_LE(instance.registry.list({true, true, false}).size() / tools, 1'000U);
  }
}

TEST(Surface, ListsThreeHundredToolsFromOneText) {
  Instance instance;
  OwnCatalogue own;
  for (int i = 0; i < 300; ++i) own.add_tool("thing_" + std::to_string(i));
  const Catalogue catalogue = own.catalogue();
  const Registry registry(catalogue, {"all", "", false}, instance.connections, instance.results);
  const std::string& once = registry.list({});
  ASSERT_GE(Json::parse(once).size(), 300U);
  EXPECT_EQ(&registry.list({}), &once);
}

}  // namespace
}  // namespace dhis2mcp
