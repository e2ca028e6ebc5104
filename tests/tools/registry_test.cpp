// SPDX-License-Identifier: BSD-3-Clause
// The one door to every tool: what is shown, what is run, and what a failure says.
#include "tools/registry.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/tools/instance.h"

namespace dhis2mcp {
namespace {

using test::Instance;
using test::Reply;

// Compares with tests/golden/NAME.json, or writes it when DHIS2_MCP_UPDATE_GOLDEN=1.
void expect_golden(const std::string& name, const std::string& list) {
  const std::string file = std::string(GOLDEN_FOLDER) + "/" + name + ".json";
  const std::string shown = Json::parse(list).dump(2) + "\n";
  if (std::getenv("DHIS2_MCP_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(GOLDEN_FOLDER);
    std::ofstream(file) << shown;
  }
  std::ifstream in(file);
  const std::string kept((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(shown, kept) << "the surface changed: see DHIS2_MCP_UPDATE_GOLDEN";
}

TEST(Registry, ShowsEachToolsetAsItsGoldenFileSays) {
  for (const std::string toolsets :
       {"default", "compact", "core", "metadata", "analytics", "admin", "all"}) {
    Instance instance("2.42.1", false, {toolsets, "", false});
    expect_golden(toolsets, instance.registry.list({}));
  }
}

TEST(Registry, ListsTheSameBytesAtEveryCall) {
  Instance instance;
  const std::string& once = instance.registry.list({});

  EXPECT_EQ(&once, &instance.registry.list({}));
  Instance other;
  EXPECT_EQ(once, other.registry.list({}));
}

TEST(Registry, LogsWhatFailedToTheClientThatListens) {
  Instance instance;
  std::vector<std::pair<LogSeverity, std::string>> logged;
  CallContext context;
  context.log = [&](LogSeverity severity, const std::string& message) {
    logged.emplace_back(severity, message);
  };
  const Tool& tool = *instance.registry.find("dhis2_query");

  instance.registry.call(tool, R"({"path":"/api/account"})", context);

  ASSERT_EQ(logged.size(), 1U);
  EXPECT_EQ(logged[0].first, LogSeverity::warning);
  EXPECT_TRUE(logged[0].second.starts_with("dhis2_query: refused: ")) << logged[0].second;
}

TEST(Registry, LeavesOutWhatARevisionDoesNotKnow) {
  Instance instance;
  const Json newest = Json::parse(instance.registry.list({}));
  const Json oldest = Json::parse(instance.registry.list({false, false, false}));

  for (const Json& tool : newest) {
    EXPECT_TRUE(tool.contains("title") && tool.contains("outputSchema"));
    const Json& hints = tool["annotations"];
    EXPECT_EQ(hints["readOnlyHint"], true);
    EXPECT_EQ(hints["destructiveHint"], false);
    EXPECT_EQ(hints["idempotentHint"], true);
  }
  for (const Json& tool : oldest) {
    EXPECT_EQ(tool.size(), 3U);
    EXPECT_TRUE(tool.contains("name") && tool.contains("description") &&
                tool.contains("inputSchema"));
  }
}

TEST(Registry, ShowsWhatOptionsName) {
  const auto shown = [](const Exposure& exposure) {
    Instance instance("2.42.1", false, exposure);
    std::vector<std::string> names;
    for (const Tool* tool : instance.registry.visible()) names.push_back(tool->name);
    return names;
  };

  EXPECT_EQ(shown({"", "result_page,profile_list", false}),
            (std::vector<std::string>{"profile_list", "result_page"}));
  EXPECT_EQ(shown({"compact", "result_page", true}),
            (std::vector<std::string>{"profile_login", "tool_find", "tool_call", "dhis2_query",
                                      "result_page"}));
  EXPECT_THROW(shown({"default", "profil_list", false}), Error);
}

TEST(Registry, FindsHiddenToolsAndSuggestsForUnknownOnes) {
  Instance instance("2.42.1", false, {"compact", "", false});

  EXPECT_NE(instance.registry.find("profile_list"), nullptr);
  EXPECT_EQ(instance.registry.find("metadata_search"), nullptr);
  EXPECT_EQ(instance.registry.nearest("metadata_finds").front(), "metadata_find");
}

// A tool of this test's own: its effect, versions and request are free.
Tool own_tool(const std::string& path = "/api/things/{id}") {
  Tool tool;
  tool.name = "thing_get";
  tool.title = tool.description = "Thing";
  tool.input_schema = Json::parse(
      R"({"type":"object","properties":{"id":{"type":"string"},"filter":{"type":"array","items":{"type":"string"}},
          "order":{"type":"string"},"profile":{"type":"string"}},"required":["id"]})");
  tool.request = RequestTemplate{
      path, {{"fields", "id,name"}, {"filter", "{filter?}"}, {"order", "by:{order?}"}}};
  return tool;
}

TEST(Registry, FillsARequestTemplate) {
  Instance instance;
  instance.server.get("/api/things/a%20b", R"({"id":"x","name":"Thing"})");
  const ToolResult result = instance.registry.call(
      own_tool(), R"({"id":"a b","filter":["name:ilike:a&b","x:eq:1"]})", {});

  ASSERT_FALSE(result.is_error) << result.text;
  EXPECT_EQ(Json::parse(result.structured)["object"].dump(), R"({"id":"x","name":"Thing"})");
  using Items = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(Query::parse(instance.server.seen().back().query).items(),
            (Items{{"fields", "id,name"}, {"filter", "name:ilike:a&b"}, {"filter", "x:eq:1"}}));
}

TEST(Registry, RunsNoWriteToolWhenReadOnly) {
  Instance instance("2.42.1", false, {"all", "", true});
  Tool tool = own_tool();
  tool.effect = Effect::write;
  const ToolResult result = instance.registry.call(tool, R"({"id":"a"})", {});

  EXPECT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::refused);
  EXPECT_TRUE(instance.server.seen().empty());
}

TEST(Registry, TellsWhatAnOlderServerLacks) {
  Instance instance("2.40.3");
  instance.server.get("/api/things/a", "{}");
  Tool tool = own_tool();

  tool.since = 42;
  EXPECT_EQ(instance.registry.call(tool, R"({"id":"a"})", {}).error->kind,
            ErrorKind::unsupported_version);
  tool.since = 0;
  tool.until = 40;
  EXPECT_NE(instance.registry.call(tool, R"({"id":"a"})", {}).text.find("before 2.40"),
            std::string::npos);
  tool.until = 41;
  EXPECT_FALSE(instance.registry.call(tool, R"({"id":"a"})", {}).is_error);
}

TEST(Registry, AnswersEveryFailureAsAResult) {
  Instance instance;
  const std::tuple<const char*, const char*, ErrorKind> cases[] = {
      {"result_page", R"({)", ErrorKind::bad_input},
      {"result_page", R"([])", ErrorKind::bad_input},
      {"result_page", R"({"result":1,"result":2})", ErrorKind::bad_input},
      {"result_page", R"({})", ErrorKind::bad_input},
      {"result_page", R"({"result":"r-0"})", ErrorKind::not_found},
      {"profile_status", R"({"profile":"prod"})", ErrorKind::not_found},
      {"dhis2_query", R"({"path":"apiToken"})", ErrorKind::refused},
      {"dhis2_query", R"({"path":"nothingScripted"})", ErrorKind::not_found},
  };
  for (const auto& [tool, arguments, kind] : cases) {
    const ToolResult result = instance.call(tool, arguments);
    EXPECT_TRUE(result.is_error) << tool << arguments;
    EXPECT_TRUE(result.structured.empty());
    EXPECT_EQ(to_string(result.error->kind), to_string(kind)) << tool << arguments << result.text;
    EXPECT_NE(result.text.find("Next: "), std::string::npos) << result.text;
  }
}

Answer break_down(Call& /*call*/) { throw std::runtime_error("secret words of a library"); }

TEST(Registry, TellsNothingOfAForeignFailure) {
  Instance instance;
  Tool tool = own_tool();
  tool.request.reset();
  tool.handler = break_down;
  const ToolResult result = instance.registry.call(tool, R"({"id":"a"})", {});

  EXPECT_EQ(result.error->kind, ErrorKind::internal);
  EXPECT_EQ(result.text.find("secret"), std::string::npos);
}

TEST(Registry, SaysWhenTheSameCallFailedBefore) {
  Instance instance;
  const std::string call = R"({"path":"things"})";
  const auto repeated = [](const ToolResult& result) {
    return result.text.find("failed before") != std::string::npos;
  };

  EXPECT_FALSE(repeated(instance.call("dhis2_query", call)));
  EXPECT_TRUE(repeated(instance.call("dhis2_query", call)));
  EXPECT_FALSE(repeated(instance.call("dhis2_query", R"({"path":"others"})")));
  EXPECT_NE(instance.call("dhis2_query", call).text.find("3 times"), std::string::npos);
  instance.server.get("/api/things", R"({"a":1})");
  EXPECT_FALSE(instance.call("dhis2_query", call).is_error) << "a mended server is asked again";
}

TEST(Repeats, KnowACallHoweverItIsLaidOut) {
  Repeats repeats;
  repeats.failed("x", R"({"a":"b  c","d":["\" "]})");
  EXPECT_EQ(repeats.failed("x", "{ \"a\" : \"b  c\",\n\"d\": [\"\\\" \"] }"), 1);
  EXPECT_EQ(repeats.failed("x", R"({"a":"b c","d":["\" "]})"), 0);
  EXPECT_EQ(repeats.failed("y", ""), 0);
  EXPECT_EQ(repeats.failed("y", "{ }"), 1);
  repeats.succeeded("y", "{}");
  EXPECT_EQ(repeats.failed("y", ""), 0);
}

TEST(Repeats, RememberOnlyTheLatest) {
  Repeats repeats;
  EXPECT_EQ(repeats.failed("t", "first"), 0);
  for (int i = 0; i < 300; ++i) repeats.failed("t", std::to_string(i));

  EXPECT_EQ(repeats.failed("t", "299"), 1);
  EXPECT_EQ(repeats.failed("t", "first"), 0);
  repeats.succeeded("t", "299");
  EXPECT_EQ(repeats.failed("t", "299"), 0);
}

TEST(ErrorObject, HoldsEveryMemberAndCleanText) {
  Error error(ErrorKind::ambiguous, "Two fit\x1b[31m \"Bo\".", "Say which.");
  error.code = "E1";
  error.http = 409;
  error.candidates = {{"Bo\xE2\x80\xAE", "org unit", "O6uvpzGd5pu", "Sierra\nLeone"}};

  EXPECT_EQ(
      error_object(error).dump(),
      R"j({"kind":"ambiguous","code":"E1","http":409,"message":"Two fit \"Bo\".","hint":"Say which.",)j"
      R"j("candidates":[{"name":"Bo","type":"org unit","uid":"O6uvpzGd5pu","parent":"Sierra Leone"}],"retry":false})j");
  EXPECT_EQ(error_text(error),
            "Two fit \"Bo\".\n- Bo = org unit O6uvpzGd5pu, in Sierra Leone\nNext: Say which.\n");
}

}  // namespace
}  // namespace dhis2mcp
