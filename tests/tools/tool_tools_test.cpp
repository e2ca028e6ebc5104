// SPDX-License-Identifier: BSD-3-Clause
// tool_find and tool_call: every tool is reached by words, and answers as if called directly.
#include "tools/tool_tools.h"

#include <gtest/gtest.h>

#include "tests/tools/instance.h"
#include "tests/tools/own_catalogue.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::OwnCatalogue;

std::vector<std::string> found(const Json& answer) {
  std::vector<std::string> names;
  for (const Json& tool : answer.at("object").at("tools")) names.push_back(tool.at("name"));
  return names;
}

TEST(ToolFind, FindsToolsByTheWordsOfPeople) {
  Instance instance;
  const std::pair<const char*, const char*> cases[] = {
      {"figures by district", "analytics_query"},
      {"ANC coverage last year", "analytics_query"},
      {"org unit hierarchy", "org_unit_tree"},
      {"list the facilities of a region", "org_unit_find"},
      {"why can I not log in", "doctor"},
      {"sign in with a browser", "profile_login"},
      {"which servers are there", "profile_list"},
      {"what version is the instance", "system_info"},
      {"save as excel", "result_save"},
      {"download csv", "result_save"},
      {"next rows", "result_page"},
      {"schema of a type", "metadata_describe"},
      {"search for endpoints", "api_find"},
      {"how many cases of malaria by month", "analytics_query"},
      {"raw web api request", "dhis2_query"},
      {"metadata_get", "metadata_get"},
      {"search data elements", "metadata_find"},
  };
  for (const auto& [query, tool] : cases) {
    const Json answer = instance.answer("tool_find", Json{{"query", query}}.dump());
    ASSERT_TRUE(answer.contains("object")) << answer;
    ASSERT_FALSE(found(answer).empty()) << query;
    EXPECT_EQ(found(answer).front(), tool) << query;
  }
}

TEST(ToolFind, ReachesEveryToolButItselfByItsName) {
  Instance instance;
  for (const Tool& tool : instance.registry.catalogue().tools()) {
    const Json answer =
        instance.answer("tool_find", Json{{"query", tool.name}, {"limit", 1}}.dump());
    const bool itself = tool.name == "tool_find" || tool.forwards;
    const std::vector<std::string> names = found(answer);
    EXPECT_EQ(!names.empty() && names.front() == tool.name, !itself) << tool.name << answer;
  }
}

TEST(ToolFind, TellsWhatACallNeedsInFewBytes) {
  Instance instance;
  const ToolResult result = instance.call("tool_find", R"({"query":"org unit tree","limit":1})");
  const Json tool = Json::parse(result.structured)["object"]["tools"][0];

  EXPECT_EQ(tool["inputSchema"]["type"], "object");
  EXPECT_TRUE(tool["inputSchema"]["properties"].contains("under"));
  EXPECT_FALSE(tool["inputSchema"]["properties"].contains("profile")) << "told once, in a note";
  EXPECT_EQ(tool["effect"], "read");
  EXPECT_NE(result.text.find("tool_call"), std::string::npos);
  EXPECT_EQ(result.text.find("Data from the instance"), std::string::npos) << "it is our own";
  EXPECT_LE(result.text.size(), 1'200U);
  EXPECT_EQ(instance.server.seen().size(), 0U) << "no server is asked";
}

TEST(ToolFind, KeepsToItsLimitAndNamesWhatElseFits) {
  Instance instance;
  const Json answer = instance.answer("tool_find", R"({"query":"metadata","limit":1})");

  EXPECT_EQ(found(answer).size(), 1U);
  EXPECT_NE(answer["notes"].dump().find("Also found: metadata_"), std::string::npos) << answer;
  EXPECT_EQ(instance.call("tool_find", R"({"query":"x","limit":21})").error->kind,
            ErrorKind::bad_input);
}

TEST(ToolFind, NamesAllToolsWhenNoneFits) {
  Instance instance;
  const Json answer = instance.answer("tool_find", R"({"query":"weather"})");

  EXPECT_TRUE(found(answer).empty());
  EXPECT_NE(answer["notes"].dump().find("org_unit_tree"), std::string::npos);
}

TEST(ToolFind, StaysSmallWithAnyNumberOfTools) {
  Instance instance;
  OwnCatalogue own;
  for (int i = 0; i < 300; ++i) {
    own.add_tool("thing_" + std::to_string(i), "read", std::string(590, 'x') + " thing");
  }
  const Catalogue catalogue = own.catalogue();
  const Registry registry(catalogue, {}, instance.connections, instance.results);
  const ToolResult result =
      registry.call(*registry.find("tool_find"), R"({"query":"thing","limit":20})", {});

  ASSERT_FALSE(result.is_error) << result.text;
  EXPECT_LE(result.structured.size(), kDefaultAnswerBytes);
}

TEST(ToolFind, ShowsNoToolThatReadOnlyForbids) {
  Instance instance;
  const Catalogue catalogue = OwnCatalogue().add_tool("thing_delete", "destroy").catalogue();
  for (const bool read_only : {false, true}) {
    const Registry registry(catalogue, {"all", "", read_only}, instance.connections,
                            instance.results);
    const ToolResult result =
        registry.call(*registry.find("tool_find"), R"({"query":"thing_delete"})", {});
    EXPECT_EQ(result.text.find("\"name\":\"thing_delete\"") == std::string::npos, read_only);
  }
}

TEST(ToolCall, AnswersAsTheToolItself) {
  Instance instance;
  instance.server.get("/api/things", R"({"things":[{"id":"a"},{"id":"b"}]})");
  const ToolResult direct = instance.call("dhis2_query", R"({"path":"things","profile":"demo"})");
  const ToolResult through = instance.call(
      "tool_call", R"({"tool":"dhis2_query","arguments":{"path":"things"},"profile":"demo"})");

  ASSERT_FALSE(direct.is_error) << direct.text;
  EXPECT_EQ(through.text, direct.text);
  EXPECT_EQ(through.structured, direct.structured);
}

TEST(ToolCall, FailsAsTheToolItself) {
  Instance instance;
  const ToolResult direct = instance.call("dhis2_query", R"({"path":"apiToken"})");
  const ToolResult through =
      instance.call("tool_call", R"({"tool":"dhis2_query","arguments":{"path":"sms"}})");

  EXPECT_EQ(through.error->kind, direct.error->kind);
  EXPECT_EQ(through.error->kind, ErrorKind::refused);
  EXPECT_EQ(
      instance.call("tool_call", R"({"tool":"dhis2_query","arguments":{"pat":"x"}})").error->kind,
      ErrorKind::bad_input);
}

TEST(ToolCall, TakesArgumentsAsTextToo) {
  Instance instance;
  const ToolResult result =
      instance.call("tool_call", R"({"tool":"tool_find","arguments":"{\"query\":\"org unit\"}"})");

  EXPECT_FALSE(result.is_error) << result.text;
}

TEST(ToolCall, GivesItsProfileToAToolThatHasNone) {
  Instance instance;
  const ToolResult strange =
      instance.call("tool_call", R"({"tool":"system_info","profile":"nobody"})");
  const ToolResult own = instance.call(
      "tool_call", R"({"tool":"profile_status","arguments":{"profile":null},"profile":"demo"})");

  EXPECT_NE(strange.text.find("nobody"), std::string::npos);
  EXPECT_FALSE(own.is_error) << own.text;
}

TEST(ToolCall, TakesOneProfile) {
  Instance instance;
  const auto called = [&](const std::string& outer) {
    return instance.call(
        "tool_call",
        R"({"tool":"system_info","arguments":{"profile":"demo"},"profile":")" + outer + "\"}");
  };

  EXPECT_FALSE(called("demo").is_error) << called("demo").text;
  ASSERT_TRUE(called("nobody").is_error);
  EXPECT_EQ(called("nobody").error->kind, ErrorKind::bad_input);
}

TEST(ToolCall, RefusesItselfStrangersAndWhatWrites) {
  Instance instance;
  const Catalogue catalogue = OwnCatalogue().add_tool("thing_put", "write").catalogue();
  const Registry registry(catalogue, {}, instance.connections, instance.results);
  const auto refusal = [&](const std::string& tool) {
    return *registry
                .call(*registry.find("tool_call"),
                      Json{{"tool", tool}, {"arguments", Json::object()}}.dump(), {})
                .error;
  };

  EXPECT_EQ(refusal("tool_call").kind, ErrorKind::bad_input);
  EXPECT_EQ(refusal("metadata_fnd").hint, "Did you mean metadata_find or metadata_get?");
  EXPECT_EQ(refusal("weather_now_here").hint, "Find one with tool_find.");
  EXPECT_EQ(refusal("thing_put").kind, ErrorKind::refused);
  EXPECT_NE(refusal("thing_put").hint.find("--tools thing_put"), std::string::npos);
}

TEST(ToolCall, CountsRepeatedFailuresAsTheToolsOwn) {
  Instance instance;
  const auto again = [&](const char* tool, const char* arguments) {
    return instance.call(tool, arguments).text.find("failed before") != std::string::npos;
  };

  EXPECT_FALSE(again("dhis2_query", R"({"path":"nothing"})"));
  EXPECT_TRUE(again("tool_call", R"({"tool":"dhis2_query","arguments":{"path":"nothing"}})"));
}

}  // namespace
}  // namespace dhis2mcp
