// SPDX-License-Identifier: BSD-3-Clause
// The envelope: ids echoed as written, bad messages told apart, nothing read by the wrong case.
#include "server/jsonrpc.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Message, KeepsAnIdAsItWasWritten) {
  for (const std::string id : {"1", "0", "-7", "9223372036854775807", "123456789012345678901234567",
                               "\"\"", "\"a\\u0041\"", "\"\xC3\xA9\""}) {
    const std::string text = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"ping"})";
    EXPECT_EQ(read_message(text).id, id);
    EXPECT_EQ(result_message(id, "{}"), R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})");
  }
}

TEST(Message, TellsRequestNotificationAndResponse) {
  EXPECT_EQ(read_message(R"({"jsonrpc":"2.0","id":1,"method":"m"})").kind, MessageKind::request);
  EXPECT_EQ(read_message(R"({"jsonrpc":"2.0","method":"m"})").kind, MessageKind::notification);
  EXPECT_EQ(read_message(R"({"jsonrpc":"2.0","id":1,"result":{}})").kind, MessageKind::response);
  EXPECT_EQ(read_message(R"({"jsonrpc":"2.0","id":1,"error":{}})").kind, MessageKind::response);
}

TEST(Message, ReadsEscapesInTheMethod) {
  EXPECT_EQ(read_message(R"({"jsonrpc":"2.0","id":1,"method":"tools\/call"})").method,
            "tools/call");
}

TEST(Message, ReadsTheClaim) {
  const Message message = read_message(
      R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
      R"("io.modelcontextprotocol/clientCapabilities":{"x":1},"progressToken":7,"other":1}}})");
  EXPECT_TRUE(message.claim.present());
  EXPECT_EQ(message.claim.protocol_version, "\"2026-07-28\"");
  EXPECT_EQ(message.claim.client_capabilities, R"({"x":1})");
  EXPECT_EQ(message.claim.progress_token, "7");
  EXPECT_TRUE(message.claim.client_info.empty());
}

struct BadCase {
  const char* text;
  int code;
  const char* id;
  bool notification;
};

TEST(Message, RefusesWhatIsNone) {
  const BadCase cases[] = {
      {"1", kInvalidRequest, "", false},
      {"\"x\"", kInvalidRequest, "", false},
      {"{}", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":null,"method":"m"})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":1.0,"method":"m"})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":1e3,"method":"m"})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":true,"method":"m"})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":{},"method":"m"})", kInvalidRequest, "", false},
      {R"({"jsonrpc":"2.0","id":[1],"method":"m"})", kInvalidRequest, "", false},
      {R"({"id":4,"method":"m"})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":"1.0","id":4,"method":"m"})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":2.0,"id":4,"method":"m"})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":"2.0","id":4})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":"2.0","id":4,"Method":"m"})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":"2.0","id":4,"method":5})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":"2.0","id":4,"result":1,"error":2})", kInvalidRequest, "4", false},
      {R"({"jsonrpc":"2.0","id":4,"method":"m","params":[1]})", kInvalidParams, "4", false},
      {R"({"jsonrpc":"2.0","id":4,"method":"m","params":null})", kInvalidParams, "4", false},
      {R"({"jsonrpc":"2.0","method":"m","params":5})", kInvalidParams, "", true},
  };
  for (const BadCase& each : cases) {
    try {
      read_message(each.text);
      ADD_FAILURE() << "taken: " << each.text;
    } catch (const BadMessage& bad) {
      EXPECT_EQ(bad.error.code, each.code) << each.text;
      EXPECT_EQ(bad.id, each.id) << each.text;
      EXPECT_EQ(bad.notification, each.notification) << each.text;
    }
  }
}

TEST(Message, RefusesAnIdThatIsAText) {
  const std::string text =
      R"({"jsonrpc":"2.0","id":")" + std::string(2000, 'x') + R"(","method":"m"})";
  EXPECT_THROW(read_message(text), BadMessage);
}

TEST(ErrorMessage, WritesNullOrNothingForAnIdThatWasNotRead) {
  const RpcError error{kParseError, "say \"what\"", 400, {}};
  EXPECT_EQ(error_message({}, error),
            R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"say \"what\""}})");
  EXPECT_EQ(error_message({}, error, true),
            R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"say \"what\""}})");
  EXPECT_EQ(error_message("\"a\"", {kInvalidParams, "no", 200, R"({"x":1})"}, true),
            R"({"jsonrpc":"2.0","id":"a","error":{"code":-32602,"message":"no","data":{"x":1}}})");
}

}  // namespace
}  // namespace dhis2mcp
