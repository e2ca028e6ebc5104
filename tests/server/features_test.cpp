// SPDX-License-Identifier: BSD-3-Clause
// What a server does with what it serves: tools, resources, prompts, completion, logging, progress
// and cancellation.
#include <gtest/gtest.h>

#include "dhis2/base64.h"
#include "server/content.h"
#include "server/reports.h"
#include "tests/server/client.h"

namespace dhis2mcp {
namespace {

using test::Client;
using test::code;
using test::Way;

constexpr Revision kAll[] = {Revision::r2024_11_05, Revision::r2025_03_26, Revision::r2025_06_18,
                             Revision::r2025_11_25, Revision::r2026_07_28};

class Features : public ::testing::TestWithParam<Way> {
 protected:
  Client client_{GetParam()};

  void speak(Revision revision, const std::string& capabilities = "{}") {
    client_.session.clear();
    client_.before.clear();
    client_.speak(revision, capabilities);
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, Features, ::testing::ValuesIn(test::kWays),
                         ::testing::PrintToStringParamName());

TEST_P(Features, ListsInOneOrderPageByPage) {
  for (const Revision revision : {Revision::r2025_11_25, Revision::r2026_07_28}) {
    speak(revision);
    std::vector<std::string> names[2];
    for (std::vector<std::string>& seen : names) {
      std::string cursor;
      do {
        const Json result = client_.ask("tools/list", cursor)["result"];
        EXPECT_LE(result["tools"].size(), 3u);
        for (const Json& tool : result["tools"]) seen.push_back(tool["name"]);
        cursor =
            result.contains("nextCursor") ? R"("cursor":)" + to_text(result["nextCursor"]) : "";
      } while (!cursor.empty());
    }
    EXPECT_EQ(names[0].size(), 17u);
    EXPECT_EQ(names[0], names[1]);
  }
}

TEST_P(Features, RefusesCursorsThatAreNotItsOwn) {
  speak(Revision::r2026_07_28);
  const Json resources = client_.ask("resources/list")["result"];
  for (const std::string& cursor :
       {std::string("\"\""), std::string("\"x\""), std::string("7"),
        std::string("\"dG9vbHMgOTk=\""), to_text(resources["nextCursor"])}) {
    EXPECT_EQ(code(client_.ask("tools/list", R"("cursor":)" + cursor)), kInvalidParams) << cursor;
  }
}

TEST_P(Features, TellsAnUnknownToolFromOneThatFailed) {
  for (const Revision revision : kAll) {
    speak(revision);
    EXPECT_EQ(code(client_.response(client_.call("none"))), kInvalidParams);
    const Json failed = client_.response(client_.call("fail"))["result"];
    EXPECT_TRUE(failed["isError"].get<bool>());
    EXPECT_FALSE(failed.contains("structuredContent"));
  }
}

TEST_P(Features, SendsStructuredContentAndItsTextWhereTheyAreKnown) {
  for (const Revision revision : kAll) {
    speak(revision);
    const Json echo = client_.response(client_.call("echo", R"("arguments":{"a":1})"))["result"];
    EXPECT_EQ(echo["content"][0]["text"], R"({"a":1})");
    EXPECT_EQ(echo.contains("structuredContent"), revision >= Revision::r2025_06_18);
    const Json list = client_.response(client_.call("list"))["result"];
    EXPECT_EQ(list.contains("structuredContent"), is_modern(revision)) << to_string(revision);
    EXPECT_EQ(list["content"][0]["text"], "[1]");
  }
}

TEST_P(Features, SaysThatAListChangedToThoseWhoListen) {
  speak(Revision::r2025_11_25);
  if (GetParam() == Way::http) {
    client_.verb("GET", "Accept: text/event-stream\r\n" + client_.session_header());
    EXPECT_TRUE(client_.next().streamed);
  }
  client_.ask("resources/subscribe", R"("uri":"test://r/1")");
  client_.response(client_.call("change"));
  while (client_.before.size() < 4) client_.before.push_back(client_.next().json());
  const char* const methods[] = {
      "notifications/tools/list_changed", "notifications/prompts/list_changed",
      "notifications/resources/list_changed", "notifications/resources/updated"};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(client_.before[i]["method"], methods[i]);
  EXPECT_EQ(client_.before[3]["params"]["uri"], "test://r/1");
}

TEST_P(Features, NamesTheResourceThatIsNotThere) {
  for (const Revision revision : kAll) {
    speak(revision);
    const Json error = client_.ask("resources/read", R"("uri":"test://none")")["error"];
    EXPECT_EQ(error["code"], is_modern(revision) ? -32602 : -32002);
    EXPECT_EQ(error["data"]["uri"], "test://none");
  }
}

TEST_P(Features, RefusesWhatIsNoUri) {
  speak(Revision::r2025_11_25);
  for (const char* uri : {R"("")", R"("none")", R"(":x")", R"("a b:c")", R"("a:\u0000")", "7"}) {
    EXPECT_EQ(code(client_.ask("resources/read", R"("uri":)" + std::string(uri))), kInvalidParams)
        << uri;
  }
}

TEST_P(Features, SendsTextOrBase64) {
  for (const Revision revision : {Revision::r2024_11_05, Revision::r2026_07_28}) {
    speak(revision);
    Json contents = client_.ask("resources/read", R"("uri":"test://r/1")")["result"]["contents"];
    EXPECT_EQ(contents,
              Json::parse(R"([{"uri":"test://r/1","mimeType":"text/plain","text":"hello"}])"));
    contents = client_.ask("resources/read", R"("uri":"test://bytes")")["result"]["contents"];
    EXPECT_EQ(contents[0]["blob"], "YQ==");
    EXPECT_FALSE(contents[0].contains("text"));
  }
}

TEST_P(Features, ListsResourcesAndTemplates) {
  speak(Revision::r2026_07_28);
  const Json list = client_.ask("resources/list")["result"];
  EXPECT_EQ(list["resources"].size(), 3u);
  EXPECT_EQ(list["resources"][0]["size"], 5);
  EXPECT_EQ(list["cacheScope"], "private");
  const Json templates = client_.ask("resources/templates/list")["result"];
  EXPECT_EQ(templates["resourceTemplates"][0]["uriTemplate"], "test://r/{id}");
  EXPECT_FALSE(templates.contains("nextCursor"));
  EXPECT_EQ(client_.ask("resources/read", R"("uri":"test://r/2")")["result"]["ttlMs"], 0);
}

TEST_P(Features, TellsOfWhatWasSubscribedToAndNothingElse) {
  speak(Revision::r2025_11_25);
  if (GetParam() == Way::http) {
    client_.verb("GET", "Accept: text/event-stream\r\n" + client_.session_header());
    client_.next();
  }
  EXPECT_EQ(client_.ask("resources/subscribe", R"("uri":"test://r/1")")["result"], Json::object());
  EXPECT_EQ(client_.ask("resources/unsubscribe", R"("uri":"test://r/1")")["result"],
            Json::object());
  client_.response(client_.call("change"));
  while (client_.before.size() < 3) client_.before.push_back(client_.next().json());
  client_.ask("ping");
  for (const Json& message : client_.before) {
    EXPECT_NE(message["method"], "notifications/resources/updated");
  }
}

TEST_P(Features, ChecksPromptsAndTheirArguments) {
  for (const Revision revision : kAll) {
    speak(revision);
    for (const char* params :
         {R"("name":"none")", R"("name":"greet")", R"("name":"greet","arguments":{"how":"x"})",
          R"("name":"greet","arguments":{"who":7})", R"("arguments":{})"}) {
      EXPECT_EQ(code(client_.ask("prompts/get", params)), kInvalidParams) << params;
    }
    const Json result =
        client_.ask("prompts/get", R"("name":"greet","arguments":{"who":"Bo"})")["result"];
    EXPECT_EQ(result["messages"][0]["content"]["text"], "Hi Bo");
    EXPECT_EQ(client_.ask("prompts/list")["result"]["prompts"][0]["arguments"][0]["required"],
              true);
  }
}

TEST_P(Features, CompletesAtMostAHundredValues) {
  for (const Revision revision : kAll) {
    speak(revision);
    const Json done = client_.ask(
        "completion/complete",
        R"("ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"who","value":"a"},)"
        R"("context":{"arguments":{"how":"b"}})")["result"]["completion"];
    EXPECT_EQ(done["values"].size(), 100u);
    EXPECT_EQ(done["values"][0], "a0howb");
    EXPECT_EQ(done["total"], 120);
    EXPECT_EQ(done["hasMore"], true);
    for (const char* params :
         {R"("ref":{"type":"ref/prompt","name":"none"},"argument":{"name":"who","value":""})",
          R"("ref":{"type":"ref/tool","name":"greet"},"argument":{"name":"who","value":""})",
          R"("ref":{"type":"ref/resource"},"argument":{"name":"id","value":""})",
          R"("ref":{"type":"ref/prompt","name":"greet"},"argument":{"name":"who"})"}) {
      EXPECT_EQ(code(client_.ask("completion/complete", params)), kInvalidParams) << params;
    }
  }
}

TEST_P(Features, LogsFromTheLevelThatWasSet) {
  speak(Revision::r2025_06_18);
  const auto lines = [&] {
    client_.before.clear();
    client_.response(client_.call("log"));
    return client_.before.size();
  };
  EXPECT_EQ(lines(), 7u);
  EXPECT_EQ(client_.before[0]["params"]["level"], "info");
  client_.ask("logging/setLevel", R"("level":"critical")");
  EXPECT_EQ(lines(), 3u);
  EXPECT_EQ(code(client_.ask("logging/setLevel", R"("level":"loud")")), kInvalidParams);
  EXPECT_EQ(code(client_.ask("logging/setLevel", R"("level":3)")), kInvalidParams);
}

TEST_P(Features, LogsNothingUnlessTheRequestSaysSo) {
  speak(Revision::r2026_07_28);
  client_.response(client_.call("log"));
  EXPECT_TRUE(client_.before.empty());
  client_.meta += R"(,"io.modelcontextprotocol/logLevel":"error")";
  client_.response(client_.call("log"));
  EXPECT_EQ(client_.before.size(), 4u);
}

TEST_P(Features, ReportsProgressToThoseWhoGaveAToken) {
  for (const Revision revision : kAll) {
    speak(revision);
    client_.response(client_.call("progress"));
    EXPECT_TRUE(client_.before.empty());
    const std::string token = R"("progressToken":"p-1")";
    if (is_modern(revision)) client_.meta += "," + token;
    const std::string id =
        client_.call("progress", is_modern(revision) ? "" : R"("_meta":{)" + token + "}");
    client_.response(id);
    ASSERT_GE(client_.before.size(), 3u);
    double last = 0;
    for (const Json& message : client_.before) {
      EXPECT_EQ(message["method"], "notifications/progress");
      EXPECT_EQ(message["params"]["progressToken"], "p-1");
      EXPECT_GT(message["params"]["progress"].get<double>(), last);
      last = message["params"]["progress"].get<double>();
      EXPECT_EQ(message["params"].contains("message"), revision >= Revision::r2025_03_26);
    }
  }
}

TEST(ProgressGate, LetsAFewThroughAtOnceAndThenFourASecond) {
  using std::chrono::milliseconds;
  ProgressGate gate;
  const ProgressGate::Time start{std::chrono::hours(1)};
  int passed = 0;
  for (int i = 1; i <= 100; ++i) passed += gate.pass(i, start + milliseconds(i)) ? 1 : 0;
  EXPECT_EQ(passed, 4);
  EXPECT_TRUE(gate.pass(101, start + milliseconds(251)));
  EXPECT_FALSE(gate.pass(102, start + milliseconds(260)));
  EXPECT_FALSE(gate.pass(50, start + milliseconds(900)));
  EXPECT_TRUE(gate.pass(103, start + milliseconds(900)));
}

TEST_P(Features, StopsTheWorkOfWhatWasCancelled) {
  speak(Revision::r2025_11_25);
  const std::string id = client_.call("wait");
  ASSERT_TRUE(client_.server.toolbox.wait_begun(1));
  client_.send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
               id + "}}");
  EXPECT_TRUE(client_.server.toolbox.wait_stopped(1));
}

TEST_P(Features, IgnoresLateAndUnknownCancels) {
  speak(Revision::r2025_11_25);
  for (const char* params : {R"({"requestId":1})", R"({"requestId":"none"})", "{}"}) {
    client_.send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":)" +
                 std::string(params) + "}");
    if (GetParam() == Way::http) {
      EXPECT_EQ(client_.next().status, 202);
    }
  }
  EXPECT_TRUE(client_.ask("ping").contains("result"));
}

TEST_P(Features, SendsNoBlockThatARevisionDoesNotKnow) {
  for (const Revision revision : kAll) {
    speak(revision);
    const Json content = client_.response(client_.call("contents"))["result"]["content"];
    ASSERT_EQ(content.size(), 5u);
    EXPECT_EQ(content[0]["type"], "text");
    EXPECT_EQ(content[1]["type"], "image");
    EXPECT_EQ(from_base64(content[1]["data"].get<std::string>()), std::string("\x89PNG\0\x1a", 6));
    EXPECT_EQ(content[2]["type"], revision >= Revision::r2025_03_26 ? "audio" : "text");
    const bool links = revision >= Revision::r2025_06_18;
    EXPECT_EQ(content[3]["type"], links ? "resource_link" : "text");
    if (!links) {
      EXPECT_EQ(content[3]["text"], "link: test://link");
    }
    EXPECT_EQ(content[4]["resource"]["text"], "inside");
  }
}

TEST_P(Features, SendsNothingOf20260728ToTheOthers) {
  for (const Revision revision : kAll) {
    speak(revision);
    for (const char* method :
         {"tools/list", "resources/list", "resources/templates/list", "prompts/list"}) {
      const Json result = client_.ask(method)["result"];
      for (const char* member : {"resultType", "ttlMs", "cacheScope", "_meta"}) {
        EXPECT_EQ(result.contains(member), is_modern(revision)) << method << " " << member;
      }
      const bool titles = to_text(result).find("\"title\"") != std::string::npos;
      EXPECT_EQ(titles && revision < Revision::r2025_06_18, false) << method;
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
