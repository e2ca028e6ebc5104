// SPDX-License-Identifier: BSD-3-Clause
// The ladder that decides by which revision a message is read.
#include "server/era.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

constexpr const char* kMeta = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                              R"("io.modelcontextprotocol/clientCapabilities":{}})";

// Kept alive for the views of the message.
struct Sent {
  std::string text;
  Message message;

  explicit Sent(const std::string& method, const std::string& params = "") {
    text = R"({"jsonrpc":"2.0","id":1,"method":")" + method + "\"" +
           (params.empty() ? "" : ",\"params\":{" + params + "}") + "}";
    message = read_message(text);
  }
};

int code_of(const Sent& sent, const Surroundings& around) {
  try {
    revision_of(sent.message, around);
    return 0;
  } catch (const RpcError& error) {
    return error.code;
  }
}

HttpHead modern_head(std::string_view method) {
  HttpHead head;
  head.protocol_version = "2026-07-28";
  head.mcp_method = method;
  return head;
}

TEST(Era, ReadsAClaimOnStdioWithOrWithoutASession) {
  const Sent sent("tools/list", kMeta);
  EXPECT_EQ(revision_of(sent.message, {}), Revision::r2026_07_28);
  EXPECT_EQ(revision_of(sent.message, {nullptr, Revision::r2025_06_18}), Revision::r2026_07_28);
}

TEST(Era, TakesTheSessionWhereNothingIsClaimed) {
  const Sent sent("tools/list");
  EXPECT_EQ(revision_of(sent.message, {nullptr, Revision::r2025_03_26}), Revision::r2025_03_26);
}

TEST(Era, LetsInitializeAndPingComeFirstOnStdio) {
  EXPECT_EQ(code_of(Sent("initialize"), {}), 0);
  EXPECT_EQ(code_of(Sent("ping"), {}), 0);
  EXPECT_EQ(code_of(Sent("tools/list"), {}), kInvalidRequest);
  EXPECT_EQ(code_of(Sent("tools/call"), {}), kInvalidRequest);
}

TEST(Era, RefusesAClaimThatIsNoneInEachOfItsParts) {
  const std::string version = R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")";
  const std::string capabilities = R"("io.modelcontextprotocol/clientCapabilities":{})";
  const std::pair<std::string, int> cases[] = {
      {version, kInvalidParams},
      {R"("io.modelcontextprotocol/protocolVersion":7,)" + capabilities, kInvalidParams},
      {version + R"(,"io.modelcontextprotocol/clientCapabilities":[])", kInvalidParams},
      {version + "," + capabilities, 0},
      {version + "," + capabilities + R"(,"io.modelcontextprotocol/clientInfo":"x")",
       kInvalidParams},
      {version + "," + capabilities + R"(,"io.modelcontextprotocol/clientInfo":{"name":"x"})",
       kInvalidParams},
      {version + "," + capabilities +
           R"(,"io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"})",
       0},
      {version + "," + capabilities + R"(,"io.modelcontextprotocol/logLevel":"loud")",
       kInvalidParams},
      {version + "," + capabilities + R"(,"io.modelcontextprotocol/logLevel":"info")", 0},
      {R"("io.modelcontextprotocol/protocolVersion":"v999",)" + capabilities, kUnsupportedVersion},
      {R"("io.modelcontextprotocol/protocolVersion":"2025-11-25",)" + capabilities,
       kUnsupportedVersion},
  };
  for (const auto& [meta, code] : cases) {
    EXPECT_EQ(code_of(Sent("tools/list", "\"_meta\":{" + meta + "}"), {}), code) << meta;
  }
}

TEST(Era, NamesTheVersionsThatItSpeaks) {
  const Sent sent("tools/list", R"("_meta":{"io.modelcontextprotocol/protocolVersion":"v999",)"
                                R"("io.modelcontextprotocol/clientCapabilities":{}})");
  try {
    revision_of(sent.message, {});
    FAIL();
  } catch (const RpcError& error) {
    EXPECT_EQ(error.http, 400);
    EXPECT_EQ(error.data,
              R"({"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],)"
              R"("requested":"v999"})");
  }
}

TEST(Era, HoldsTheHeadersAgainstTheBody) {
  const Sent sent("tools/list", kMeta);
  HttpHead head = modern_head("tools/list");
  EXPECT_EQ(code_of(sent, {&head, {}}), 0);
  head.protocol_version = "2025-11-25";
  EXPECT_EQ(code_of(sent, {&head, {}}), kHeaderMismatch);
  head.protocol_version.reset();
  EXPECT_EQ(code_of(sent, {&head, {}}), kHeaderMismatch);
  head = modern_head("tools/call");
  EXPECT_EQ(code_of(sent, {&head, {}}), kHeaderMismatch);
  head.mcp_method = "=?base64?dG9vbHMvbGlzdA==?=";
  EXPECT_EQ(code_of(sent, {&head, {}}), 0);
  head.mcp_method = "=?base64?dG9vbHMvbGlzdA?=";
  EXPECT_EQ(code_of(sent, {&head, {}}), kHeaderMismatch);
}

TEST(Era, HoldsMcpNameAgainstTheTool) {
  const Sent sent("tools/call", std::string(R"("name":"echo",)") + kMeta);
  HttpHead head = modern_head("tools/call");
  EXPECT_THROW(check_name_header(sent.message, head), RpcError);
  head.mcp_name = "Echo";
  EXPECT_THROW(check_name_header(sent.message, head), RpcError);
  head.mcp_name = "%65cho";
  EXPECT_THROW(check_name_header(sent.message, head), RpcError);
  head.mcp_name = "echo";
  EXPECT_NO_THROW(check_name_header(sent.message, head));
}

TEST(Era, TakesOneShotCallsOverHttp) {
  const HttpHead plain;
  for (const char* method : {"tools/list", "tools/call"}) {
    EXPECT_EQ(revision_of(Sent(method).message, {&plain, {}}), Revision::r2025_11_25) << method;
  }
  EXPECT_EQ(code_of(Sent("ping"), {&plain, {}}), kInvalidRequest);
  EXPECT_EQ(code_of(Sent("server/discover"), {&plain, {}}), kInvalidRequest);
  HttpHead versioned;
  versioned.protocol_version = "2025-06-18";
  EXPECT_EQ(code_of(Sent("tools/list"), {&versioned, {}}), kInvalidRequest);
}

TEST(Era, SaysAllThatAClientWithoutASessionMaySend) {
  try {
    revision_of(Sent("tools/list").message, {nullptr, {}});
    FAIL() << "no refusal";
  } catch (const RpcError& error) {
    for (const char* word : {"initialize", "/protocolVersion", "/clientCapabilities"}) {
      EXPECT_NE(error.message.find(word), std::string::npos) << error.message;
    }
  }
}

TEST(Era, ReadsTheVersionHeaderOfASession) {
  HttpHead head;
  head.session = "x";
  const Surroundings around{&head, Revision::r2025_06_18};
  EXPECT_EQ(revision_of(Sent("ping").message, around), Revision::r2025_06_18);
  for (const auto& [version, code] :
       {std::pair{"2025-06-18", 0}, std::pair{"2025-11-25", 0}, std::pair{"2025-03-26", 0},
        std::pair{"v999", int{kInvalidRequest}}, std::pair{"2026-07-28", int{kInvalidParams}}}) {
    head.protocol_version = version;
    EXPECT_EQ(code_of(Sent("ping"), around), code) << version;
  }
}

TEST(Era, RefusesInitializeUnderAModernHeader) {
  HttpHead head;
  head.protocol_version = "2026-07-28";
  EXPECT_EQ(code_of(Sent("initialize"), {&head, {}}), kHeaderMismatch);
  head.protocol_version = "2025-06-18";
  EXPECT_EQ(code_of(Sent("initialize"), {&head, {}}), 0);
}

TEST(Revision, ReceivesWhatItKnows) {
  EXPECT_EQ(revision("2025-03-26"), Revision::r2025_03_26);
  EXPECT_EQ(revision("2025-03-27"), std::nullopt);
  EXPECT_FALSE(list_form(Revision::r2024_11_05).annotations);
  EXPECT_TRUE(list_form(Revision::r2025_03_26).annotations);
  EXPECT_FALSE(list_form(Revision::r2025_03_26).output_schemas);
  EXPECT_TRUE(list_form(Revision::r2025_06_18).titles);
  EXPECT_TRUE(allows_batches(Revision::r2025_03_26));
  EXPECT_FALSE(allows_batches(Revision::r2025_06_18));
  EXPECT_EQ(server_info(Revision::r2024_11_05).find("title"), std::string::npos);
}

}  // namespace
}  // namespace dhis2mcp
