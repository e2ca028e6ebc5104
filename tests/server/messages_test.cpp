// SPDX-License-Identifier: BSD-3-Clause
// What every MCP server must do whatever it serves: messages, their way over stdio and HTTP, and
// the agreement on a revision.
#include <gtest/gtest.h>

#include "tests/server/client.h"

namespace dhis2mcp {
namespace {

using test::Came;
using test::Client;
using test::code;
using test::Way;

class Messages : public ::testing::TestWithParam<Way> {
 protected:
  Client client_{GetParam()};

  // A request in the words of the revision, with this raw id.
  std::string with_id(const std::string& id) const {
    const std::string meta = is_modern(client_.revision)
                                 ? R"(,"params":{"_meta":{"io.modelcontextprotocol/)"
                                   R"(protocolVersion":"2026-07-28",)" +
                                       client_.meta + "}}"
                                 : "";
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/list")" + meta + "}";
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, Messages, ::testing::ValuesIn(test::kWays),
                         ::testing::PrintToStringParamName());

TEST_P(Messages, EchoesIdsExactlyAndRefusesNull) {
  for (const Revision revision : {Revision::r2025_06_18, Revision::r2026_07_28}) {
    client_.speak(revision);
    for (const char* id : {"0", "-7", "9007199254740993", "\"\"", "\"7\"", "\"\\u00e9\""}) {
      client_.send(with_id(id));
      const Came came = client_.next();
      EXPECT_NE(came.text.find(R"("id":)" + std::string(id) + ","), std::string::npos) << came.text;
      EXPECT_EQ(came.json()["jsonrpc"], "2.0");
    }
    for (const char* id : {"null", "1.5", "true", "[]", "{}"}) {
      client_.send(with_id(id));
      EXPECT_EQ(code(client_.next().json()), kInvalidRequest) << id;
    }
    client_.send(R"({"jsonrpc":"1.0","id":1,"method":"tools/list"})");
    EXPECT_EQ(code(client_.next().json()), kInvalidRequest);
  }
}

TEST_P(Messages, RefusesAnIdThatIsInFlight) {
  if (GetParam() == Way::http) GTEST_SKIP() << "over HTTP each POST is its own way back";
  client_.speak(Revision::r2026_07_28);
  const std::string id = client_.call("wait");
  ASSERT_TRUE(client_.server.toolbox.wait_begun(1));
  std::string again = with_id(id);
  again.replace(again.find("tools/list"), 10, "tools/call");
  client_.send(again);
  EXPECT_EQ(code(client_.next().json()), kInvalidRequest);
  client_.server.toolbox.release();
  EXPECT_EQ(client_.response(id)["result"]["content"][0]["text"], "released");
}

TEST_P(Messages, NeverAnswersANotification) {
  client_.speak(Revision::r2025_11_25);
  for (const char* text : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                           R"({"jsonrpc":"2.0","method":"notifications/none"})",
                           R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"echo"}})",
                           R"({"jsonrpc":"2.0","id":"dhis2-99","result":{}})"}) {
    client_.send(text);
    if (GetParam() == Way::http) {
      const Came came = client_.next();
      EXPECT_EQ(came.status, 202) << text;
      EXPECT_EQ(came.text, "") << text;
    }
  }
  EXPECT_TRUE(client_.ask("ping").contains("result"));
  EXPECT_TRUE(client_.before.empty());
}

TEST_P(Messages, NamesUnknownMethodsAndBadParams) {
  for (const Revision revision : {Revision::r2025_11_25, Revision::r2026_07_28}) {
    client_.speak(revision);
    EXPECT_EQ(code(client_.ask("tools/none")), kMethodNotFound);
    client_.send(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]})");
    const int bad = code(client_.next().json());
    EXPECT_TRUE(bad == kInvalidParams || bad == kInvalidRequest) << bad;
  }
}

TEST_P(Messages, TakesBatchesOf20250326Alone) {
  client_.speak(Revision::r2025_03_26);
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  client_.send("[" + ping + R"(,{"jsonrpc":"2.0","method":"notifications/initialized"}])");
  const Json answers = client_.next().json();
  ASSERT_TRUE(answers.is_array());
  EXPECT_EQ(answers.size(), 1u);
  client_.send("[]");
  EXPECT_EQ(code(client_.next().json()), kInvalidRequest);
  client_.send(R"([{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}])");
  EXPECT_EQ(code(client_.next().json()), kInvalidRequest);
}

TEST_P(Messages, RefusesBatchesOfTheNewerRevisions) {
  for (const Revision revision :
       {Revision::r2025_06_18, Revision::r2025_11_25, Revision::r2026_07_28}) {
    client_.speak(revision);
    client_.send("[" + with_id("1") + "]");
    EXPECT_EQ(code(client_.next().json()), kInvalidRequest) << to_string(revision);
  }
}

TEST_P(Messages, LeavesTheIdOutOfAParseErrorWhereTheRevisionSaysSo) {
  client_.speak(Revision::r2025_06_18);
  const std::string old = "MCP-Protocol-Version: 2025-06-18\r\n" + client_.session_header();
  client_.send("{", old);
  Json error = client_.next().json();
  EXPECT_EQ(code(error), kParseError);
  EXPECT_TRUE(error.contains("id") && error["id"].is_null());
  client_.session.clear();
  client_.speak(Revision::r2025_11_25);
  client_.send("{", "MCP-Protocol-Version: 2025-11-25\r\n" + client_.session_header());
  error = client_.next().json();
  EXPECT_EQ(code(error), kParseError);
  EXPECT_FALSE(error.contains("id"));
}

TEST_P(Messages, RefusesWhatTwoReadersWouldReadDifferently) {
  client_.speak(Revision::r2025_11_25);
  std::string deep = R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":)";
  deep += std::string(70, '[') + std::string(70, ']') + "}}";
  for (const std::string& text :
       {deep, std::string(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})"),
        std::string("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}"),
        std::string(R"({"jsonrpc":"2.0","id":1,"method":"ping"} x)")}) {
    client_.send(text);
    EXPECT_EQ(code(client_.next().json()), kParseError) << text.substr(0, 60);
  }
}

TEST_P(Messages, KeepsCodesOfTheOtherEraToTheirEra) {
  client_.speak(Revision::r2026_07_28);
  EXPECT_EQ(code(client_.ask("resources/read", R"("uri":"test://none")")), kInvalidParams);
  client_.speak(Revision::r2025_11_25);
  EXPECT_EQ(code(client_.ask("resources/read", R"("uri":"test://none")")), kResourceNotFound);
}

TEST_P(Messages, IgnoresUnknownMembersAndInventsNone) {
  client_.speak(Revision::r2026_07_28);
  client_.meta += R"(,"io.modelcontextprotocol/future":{"a":1},"x":[])";
  const Json answer =
      client_.ask("tools/call", R"("name":"fail","arguments":{},"unknown":{"deep":[1]})");
  for (const auto& [name, value] : answer["result"]["_meta"].items()) {
    EXPECT_TRUE(name == "io.modelcontextprotocol/serverInfo" ||
                name.starts_with("io.github.dhis2-mcp/"))
        << name;
  }
}

TEST_P(Messages, KeepsItsInsideToItself) {
  test::FakeServer fake;
  auto session = std::make_shared<Session>();
  session->revision = session->spoken = Revision::r2025_11_25;
  struct Kept final : Outlet {
    void send(Reply reply) override { text = std::move(reply.text); }
    std::string text;
  };
  const auto kept = std::make_shared<Kept>();
  fake.dispatcher.handle(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"broken"}})",
      {nullptr, session, {}}, kept);
  ASSERT_TRUE(
      fake.pool.wait_until_idle(std::chrono::steady_clock::now() + std::chrono::seconds(9)));
  EXPECT_EQ(code(Json::parse(kept->text)), kInternalError);
  EXPECT_EQ(kept->text.find("secret"), std::string::npos);
}

TEST_P(Messages, SendsOneObjectALineAndTakesCarriageReturns) {
  if (GetParam() == Way::http) GTEST_SKIP() << "over HTTP a body is one message";
  client_.send(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"
               "\r");
  EXPECT_EQ(client_.next().text, R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_P(Messages, EndsPromptlyAndStillAnswers) {
  client_.speak(Revision::r2026_07_28);
  const std::string id = client_.call("wait");
  ASSERT_TRUE(client_.server.toolbox.wait_begun(1));
  client_.end();
  client_.server.toolbox.release();
  EXPECT_EQ(client_.response(id)["result"]["content"][0]["text"], "released");
}

TEST_P(Messages, AnswersPingAndCancelBesideSlowCalls) {
  client_.speak(Revision::r2025_11_25);
  for (int i = 0; i < 16; ++i) client_.call("wait");
  ASSERT_TRUE(client_.server.toolbox.wait_begun(16));
  EXPECT_TRUE(client_.ask("ping").contains("result"));
  EXPECT_TRUE(client_.before.empty());
}

TEST_P(Messages, AsksOnlyThoseWhoSaidThatTheyAnswer) {
  client_.speak(Revision::r2025_11_25);
  EXPECT_EQ(code(client_.response(client_.call("ask_form"))), kInvalidRequest);
  client_.speak(Revision::r2026_07_28, R"({"elicitation":{}})");
  const Json answer = client_.response(client_.call("ask_form"));
  EXPECT_EQ(answer["result"]["resultType"], "input_required");
  EXPECT_TRUE(client_.before.empty());
}

TEST_P(Messages, SendsNothingMoreForWhatWasCancelled) {
  if (GetParam() == Way::http) GTEST_SKIP() << "over HTTP the client closes the connection";
  for (const Revision revision : {Revision::r2025_11_25, Revision::r2026_07_28}) {
    client_.speak(revision);
    const std::string id = client_.call("wait");
    const int count = revision == Revision::r2025_11_25 ? 1 : 2;
    ASSERT_TRUE(client_.server.toolbox.wait_begun(count));
    client_.send(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
                 id + "}}");
    ASSERT_TRUE(client_.server.toolbox.wait_stopped(count));
    EXPECT_TRUE(client_.ask("tools/list").contains("result"));
    EXPECT_TRUE(client_.before.empty());
  }
}

TEST_P(Messages, ToleratesBlankLinesAndAByteOrderMark) {
  client_.speak(Revision::r2025_11_25);
  if (GetParam() == Way::stdio) client_.send("\n\r\n");
  client_.send("\xEF\xBB\xBF{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
  EXPECT_TRUE(client_.next().json().contains("result"));
}

TEST_P(Messages, AgreesOnTheVersionOrOffersItsNewest) {
  for (const auto& [wish, agreed] : {std::pair{"2024-11-05", "2024-11-05"},
                                     {"2025-03-26", "2025-03-26"},
                                     {"2025-06-18", "2025-06-18"},
                                     {"2025-11-25", "2025-11-25"},
                                     {"2026-07-28", "2025-11-25"},
                                     {"1.0", "2025-11-25"}}) {
    client_.send(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":")" +
                 std::string(wish) +
                 R"(","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
    EXPECT_EQ(client_.next().json()["result"]["protocolVersion"], agreed) << wish;
  }
}

TEST_P(Messages, ServesThoseWhoNeverSayInitialized) {
  client_.speak(Revision::r2025_11_25);
  EXPECT_TRUE(client_.ask("tools/list").contains("result"));
}

TEST_P(Messages, UsesNoCapabilityThatWasNotAgreedOn) {
  client_.speak(Revision::r2025_11_25, R"({"sampling":{}})");
  EXPECT_EQ(code(client_.response(client_.call("ask_roots"))), kInvalidRequest);
  client_.speak(Revision::r2026_07_28, R"({"sampling":{}})");
  EXPECT_EQ(code(client_.response(client_.call("ask_roots"))), kMissingCapability);
  client_.meta = R"("io.modelcontextprotocol/clientCapabilities":{})";
  EXPECT_EQ(code(client_.response(client_.call("ask_sampling"))), kMissingCapability);
}

TEST_P(Messages, TakesASecondInitializeWhereItCanStartAgain) {
  client_.speak(Revision::r2025_11_25);
  const std::string again =
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";
  client_.send(again);
  const Json answer = client_.next().json();
  if (GetParam() == Way::http) {
    EXPECT_EQ(code(answer), kInvalidRequest);
  } else {
    EXPECT_EQ(answer["result"]["protocolVersion"], "2025-06-18");
  }
}

TEST_P(Messages, AnswersPingInEveryOlderSession) {
  for (const Revision revision : {Revision::r2024_11_05, Revision::r2025_03_26,
                                  Revision::r2025_06_18, Revision::r2025_11_25}) {
    client_.session.clear();
    client_.speak(revision);
    EXPECT_EQ(client_.ask("ping")["result"], Json::object());
  }
}

TEST_P(Messages, DeclaresWhatIsTrue) {
  client_.speak(Revision::r2026_07_28);
  const Json offered = client_.ask("server/discover")["result"]["capabilities"];
  EXPECT_EQ(offered, Json::parse(R"({"tools":{"listChanged":true},
      "resources":{"subscribe":true,"listChanged":true},"prompts":{"listChanged":true},
      "completions":{},"logging":{}})"));
  test::FakeServer plain;
  const CallContext context;
  const Message message = read_message(R"({"jsonrpc":"2.0","id":1,"method":"server/discover"})");
  const std::string discovered =
      plain.mcp.answer({message, Revision::r2026_07_28, context}).outcome.result;
  EXPECT_EQ(Json::parse(discovered)["capabilities"], Json::parse(R"({"tools":{}})"));
  for (const char* method : {"resources/list", "prompts/list", "completion/complete",
                             "logging/setLevel", "resources/subscribe"}) {
    for (const Revision revision : {Revision::r2025_11_25, Revision::r2026_07_28}) {
      EXPECT_EQ(plain.mcp.knows(method, revision), Mcp::Knowledge::unknown) << method;
    }
  }
}

TEST_P(Messages, DiscoversBeforeDuringAndAfterASession) {
  const std::string discover =
      R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":)"
      R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
      R"("io.modelcontextprotocol/clientCapabilities":{}}}})";
  for (int i = 0; i < 2; ++i) {
    client_.send(discover);
    const Json result = client_.next().json()["result"];
    EXPECT_EQ(result["supportedVersions"][0], "2026-07-28");
    EXPECT_EQ(result["supportedVersions"].size(), 5u);
    EXPECT_EQ(result["instructions"], "Take care.");
    EXPECT_TRUE(result["_meta"].contains("io.modelcontextprotocol/serverInfo"));
    client_.speak(Revision::r2025_11_25);
  }
}

TEST_P(Messages, RefusesUnknownVersionsAndHalfClaims) {
  client_.speak(Revision::r2026_07_28);
  const auto claim = [&](const std::string& meta) {
    client_.send(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{)" + meta +
                 "}}}");
    const Came came = client_.next();
    if (GetParam() == Way::http) {
      EXPECT_EQ(came.status, 400) << meta;
    }
    return came.json()["error"];
  };
  const std::string prefix = "\"io.modelcontextprotocol/", caps = prefix + "clientCapabilities\":";
  Json error = claim(prefix + R"(protocolVersion":"v999",)" + caps + "{}");
  EXPECT_EQ(error["code"], kUnsupportedVersion);
  EXPECT_EQ(error["data"]["requested"], "v999");
  EXPECT_EQ(error["data"]["supported"].size(), 5u);
  const std::string version = prefix + R"(protocolVersion":"2026-07-28")";
  for (const std::string& meta : {version, version + "," + caps + "[]",
                                  version + "," + caps + "{}," + prefix + R"(clientInfo":"me")",
                                  version + "," + caps + "{}," + prefix + R"(logLevel":"loud")"}) {
    EXPECT_EQ(claim(meta)["code"], kInvalidParams) << meta;
  }
}

}  // namespace
}  // namespace dhis2mcp
