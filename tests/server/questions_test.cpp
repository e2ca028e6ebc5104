// SPDX-License-Identifier: BSD-3-Clause
// Questions to the client: as input_required (2026-07-28) and as requests (the older revisions).
#include <gtest/gtest.h>

#include "tests/server/client.h"

namespace dhis2mcp {
namespace {

using test::Client;
using test::code;
using test::Way;

constexpr const char* kEverything =
    R"({"elicitation":{"form":{},"url":{}},"sampling":{},"roots":{}})";

class Questions : public ::testing::TestWithParam<Way> {
 protected:
  // What was asked, of a client of 2026-07-28; the id of the question is kept of the others.
  Json asked(const std::string& id) {
    if (is_modern(client_.revision)) {
      result_ = client_.response(id)["result"];
      EXPECT_EQ(result_["resultType"], "input_required") << result_;
      return result_["inputRequests"].begin().value();
    }
    for (;;) {
      const test::Came came = client_.next();
      Json message = came.json();
      if (!message.is_object() || !message.contains("id")) continue;
      question_ = to_text(message["id"]);
      return message;
    }
  }

  // Answers it; the id under which the outcome comes.
  std::string answer(const std::string& id, const std::string& tool, const std::string& key,
                     const std::string& result) {
    if (is_modern(client_.revision)) {
      return client_.call(tool, R"("inputResponses":{")" + key + R"(":)" + result +
                                    R"(},"requestState":)" + to_text(result_["requestState"]));
    }
    client_.send(R"({"jsonrpc":"2.0","id":)" + question_ + R"(,"result":)" + result + "}");
    return id;
  }

  Client client_{GetParam()};
  Json result_;
  std::string question_;
};

INSTANTIATE_TEST_SUITE_P(Ways, Questions, ::testing::ValuesIn(test::kWays),
                         ::testing::PrintToStringParamName());

struct Asking {
  Revision revision;
  const char *tool, *key, *method, *answer;
};

TEST_P(Questions, AsksAndGoesOnWithTheAnswer) {
  constexpr const char* kForm = R"({"action":"accept","content":{"name":"Bo"}})";
  constexpr const char* kSampled =
      R"({"role":"assistant","content":{"type":"text","text":"x"},"model":"m"})";
  const Asking cases[] = {
      {Revision::r2025_06_18, "ask_form", "name", "elicitation/create", kForm},
      {Revision::r2025_11_25, "ask_form", "name", "elicitation/create", kForm},
      {Revision::r2026_07_28, "ask_form", "name", "elicitation/create", kForm},
      {Revision::r2025_11_25, "ask_local", "name", "elicitation/create", kForm},
      {Revision::r2026_07_28, "ask_local", "name", "elicitation/create", kForm},
      {Revision::r2025_11_25, "ask_url", "page", "elicitation/create", R"({"action":"accept"})"},
      {Revision::r2026_07_28, "ask_url", "page", "elicitation/create", R"({"action":"accept"})"},
      {Revision::r2024_11_05, "ask_sampling", "s", "sampling/createMessage", kSampled},
      {Revision::r2026_07_28, "ask_sampling", "s", "sampling/createMessage", kSampled},
      {Revision::r2024_11_05, "ask_roots", "r", "roots/list", R"({"roots":[]})"},
      {Revision::r2026_07_28, "ask_roots", "r", "roots/list", R"({"roots":[]})"},
  };
  for (const Asking& each : cases) {
    SCOPED_TRACE(std::string(to_string(each.revision)) + " " + each.tool);
    client_.session.clear();
    client_.speak(each.revision, kEverything);
    std::string id = client_.call(each.tool);
    EXPECT_EQ(asked(id)["method"], each.method);
    id = answer(id, each.tool, each.key, each.answer);
    const Json object = client_.response(id)["result"];
    const Json got = Json::parse(object["content"][0]["text"].get<std::string>());
    EXPECT_EQ(got["action"], "accept");
    EXPECT_EQ(got["asked"], true);
    if (std::string(each.key) == "name") {
      EXPECT_EQ(got["content"]["name"], "Bo");
    }
  }
}

TEST_P(Questions, KeepsTheAnswersOfEarlierRounds) {
  for (const Revision revision : {Revision::r2025_06_18, Revision::r2026_07_28}) {
    client_.session.clear();
    client_.speak(revision, R"({"elicitation":{}})");
    std::string id = client_.call("ask_twice");
    asked(id);
    id = answer(id, "ask_twice", "one", R"({"action":"accept","content":{"one":"1"}})");
    asked(id);
    id = answer(id, "ask_twice", "two", R"({"action":"decline"})");
    const Json result = client_.response(id)["result"];
    const Json got = Json::parse(result["content"][0]["text"].get<std::string>());
    EXPECT_EQ(got["one"]["content"]["one"], "1");
    EXPECT_EQ(got["two"]["action"], "decline");
  }
}

TEST_P(Questions, SendsOnlyDeclaredModes) {
  struct {
    Revision revision;
    const char *capabilities, *tool;
    bool asks;
  } const cases[] = {
      {Revision::r2025_11_25, R"({"elicitation":{}})", "ask_form", true},
      {Revision::r2025_11_25, R"({"elicitation":{}})", "ask_url", false},
      {Revision::r2025_11_25, R"({"elicitation":{"url":{}}})", "ask_form", false},
      {Revision::r2025_11_25, R"({"elicitation":{"url":{}}})", "ask_url", true},
      {Revision::r2025_06_18, R"({"elicitation":{"url":{}}})", "ask_url", false},
      {Revision::r2025_06_18, R"({"elicitation":{"url":{}}})", "ask_form", true},
      {Revision::r2025_03_26, R"({"elicitation":{}})", "ask_form", false},
      {Revision::r2026_07_28, "{}", "ask_sampling", false},
      {Revision::r2026_07_28, R"({"elicitation":{"form":{}}})", "ask_url", false},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(std::string(to_string(each.revision)) + each.capabilities + each.tool);
    client_.session.clear();
    client_.speak(each.revision, each.capabilities);
    const std::string id = client_.call(each.tool);
    if (each.asks) {
      asked(id);
      continue;
    }
    const Json response = client_.response(id);
    EXPECT_EQ(code(response), is_modern(each.revision) ? kMissingCapability : kInvalidRequest);
    if (is_modern(each.revision)) {
      EXPECT_TRUE(response["error"]["data"].contains("requiredCapabilities"));
    }
  }
}

TEST_P(Questions, NamesEveryCapabilityThatIsMissing) {
  client_.speak(Revision::r2026_07_28);
  const Json error = client_.response(client_.call("needs_more"))["error"];
  EXPECT_EQ(error["data"]["requiredCapabilities"],
            Json::parse(R"({"elicitation":{"form":{}},"sampling":{}})"));
}

TEST_P(Questions, TellsOlderClientsByIdWhenThePageIsDone) {
  client_.speak(Revision::r2025_11_25, kEverything);
  const std::string id = client_.call("ask_url");
  const Json question = asked(id);
  EXPECT_EQ(question["params"]["mode"], "url");
  EXPECT_EQ(question["params"]["elicitationId"], "e-1");
  answer(id, "ask_url", "page", R"({"action":"accept"})");
  client_.response(id);
  ASSERT_EQ(client_.before.size(), 1u);
  EXPECT_EQ(client_.before[0]["method"], "notifications/elicitation/complete");
  client_.speak(Revision::r2026_07_28, kEverything);
  EXPECT_FALSE(asked(client_.call("ask_url"))["params"].contains("elicitationId"));
}

TEST_P(Questions, TakesARefusalAsAnAnswer) {
  for (const Revision revision : {Revision::r2025_11_25, Revision::r2026_07_28}) {
    for (const char* action : {"decline", "cancel"}) {
      client_.session.clear();
      client_.speak(revision, R"({"elicitation":{}})");
      std::string id = client_.call("ask_form");
      asked(id);
      id = answer(id, "ask_form", "name", R"({"action":")" + std::string(action) + "\"}");
      const Json result = client_.response(id)["result"];
      EXPECT_FALSE(result.contains("isError"));
      EXPECT_EQ(Json::parse(result["content"][0]["text"].get<std::string>())["action"], action);
    }
  }
}

TEST_P(Questions, TakesAStateOnceAndForItsOwnRequestOnly) {
  client_.speak(Revision::r2026_07_28, R"({"elicitation":{}})");
  const std::string responses = R"("inputResponses":{"name":{"action":"decline"}},"requestState":)";
  const auto state = [&] {
    asked(client_.call("ask_form", R"("arguments":{"a":1,"b":[2]})"));
    return to_text(result_["requestState"]);
  };
  const auto send = [&](const std::string& tool, const std::string& arguments,
                        const std::string& with) {
    return code(client_.response(
        client_.call(tool, R"("arguments":)" + arguments + "," + responses + with)));
  };
  const std::string first = state();
  EXPECT_EQ(send("ask_form", R"({"a":2,"b":[2]})", first), kInvalidParams);
  EXPECT_EQ(send("ask_local", R"({"a":1,"b":[2]})", first), kInvalidParams);
  EXPECT_EQ(send("ask_form", R"({ "b":[2], "a":1 })", first), 0);
  EXPECT_EQ(send("ask_form", R"({"a":1,"b":[2]})", first), kInvalidParams);
  for (const char* bad : {R"("")", R"("zz")", "7", R"("00")"}) {
    EXPECT_EQ(send("ask_form", R"({"a":1,"b":[2]})", bad), kInvalidParams) << bad;
  }
  std::string changed = state();
  changed.insert(changed.size() - 1, "-TAMPERED");
  EXPECT_EQ(send("ask_form", R"({"a":1,"b":[2]})", changed), kInvalidParams);
}

TEST_P(Questions, AsksAgainForWhatIsMissingAndIgnoresWhatWasNotAsked) {
  client_.speak(Revision::r2026_07_28, R"({"elicitation":{}})");
  asked(client_.call("ask_form"));
  const std::string state = to_text(result_["requestState"]);
  asked(client_.call("ask_form",
                     R"("inputResponses":{"other":{"action":"accept"}},"requestState":)" + state));
  EXPECT_NE(to_text(result_["requestState"]), state);
  for (const char* wrong : {"7", R"({"action":"maybe"})", "[]"}) {
    asked(client_.call("ask_form"));
    const std::string id =
        client_.call("ask_form", R"("inputResponses":{"name":)" + std::string(wrong) +
                                     R"(},"requestState":)" + to_text(result_["requestState"]));
    EXPECT_EQ(code(client_.response(id)), kInvalidParams) << wrong;
  }
  const std::string null = client_.call("ask_form", R"("inputResponses":null)");
  EXPECT_EQ(code(client_.response(null)), kInvalidParams);
}

TEST_P(Questions, TellsTheHandlerWhenNobodyAsked) {
  client_.speak(Revision::r2026_07_28, R"({"elicitation":{}})");
  const std::string id = client_.call(
      "ask_form", R"("inputResponses":{"name":{"action":"accept","content":{"name":"Bo"}}})");
  const Json result = client_.response(id)["result"];
  EXPECT_EQ(Json::parse(result["content"][0]["text"].get<std::string>())["asked"], false);
}

TEST_P(Questions, AsksForPromptsAndResourcesToo) {
  for (const Revision revision : {Revision::r2025_06_18, Revision::r2026_07_28}) {
    client_.session.clear();
    client_.speak(revision, R"({"elicitation":{}})");
    asked(client_.request("prompts/get", R"("name":"asks")"));
    asked(client_.request("resources/read", R"("uri":"test://asks")"));
  }
}

TEST_P(Questions, TakesAnErrorOfTheClientForACancel) {
  client_.speak(Revision::r2025_11_25, R"({"elicitation":{}})");
  const std::string id = client_.call("ask_form");
  asked(id);
  client_.send(R"({"jsonrpc":"2.0","id":)" + question_ +
               R"(,"error":{"code":-32601,"message":"no"}})");
  const Json result = client_.response(id)["result"];
  EXPECT_EQ(Json::parse(result["content"][0]["text"].get<std::string>())["action"], "cancel");
}

TEST_P(Questions, LetsNoOtherSessionAnswer) {
  if (GetParam() == Way::stdio) GTEST_SKIP() << "stdio has one session";
  client_.speak(Revision::r2025_11_25, R"({"elicitation":{}})");
  const std::string id = client_.call("ask_form"), first = client_.session;
  asked(id);
  client_.session.clear();
  client_.speak(Revision::r2025_11_25, R"({"elicitation":{}})");
  answer(id, "ask_form", "name", R"({"action":"decline"})");
  EXPECT_EQ(client_.next().status, 202);
  EXPECT_EQ(client_.server.toolbox.entries(), 1);
  client_.session = first;
  answer(id, "ask_form", "name", R"({"action":"cancel"})");
  EXPECT_EQ(Json::parse(
                client_.response(id)["result"]["content"][0]["text"].get<std::string>())["action"],
            "cancel");
}

TEST_P(Questions, HoldsNoThreadWhileItWaits) {
  client_.speak(Revision::r2025_11_25, R"({"elicitation":{}})");
  for (int i = 0; i < 40; ++i) asked(client_.call("ask_form"));
  EXPECT_TRUE(client_.response(client_.call("contents")).contains("result"));
}

TEST(Asking, GivesUpInTimeAndSaysSo) {
  Client client(Way::stdio, std::chrono::milliseconds(30));
  client.speak(Revision::r2025_11_25, R"({"elicitation":{}})");
  const Json result = client.response(client.call("ask_form"))["result"];
  EXPECT_EQ(Json::parse(result["content"][0]["text"].get<std::string>())["action"], "cancel");
  ASSERT_EQ(client.before.size(), 2u);
  EXPECT_EQ(client.before[1]["method"], "notifications/cancelled");
  EXPECT_EQ(client.before[1]["params"]["requestId"], client.before[0]["id"]);
}

}  // namespace
}  // namespace dhis2mcp
