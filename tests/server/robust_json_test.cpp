// SPDX-License-Identifier: BSD-3-Clause
// Whatever a message is made of, it is answered as it was written or refused as a whole, and the
// next one is served; over stdio and HTTP, in every era.
#include <gtest/gtest.h>

#include <memory>

#include "dhis2/json.h"
#include "server/frame.h"
#include "tests/server/line.h"
#include "tests/server/peer.h"

namespace dhis2mcp {
namespace {

using namespace std::string_literals;
using test::HttpFixture;
using test::HttpResponse;
using test::kClaim;
using test::Line;
using test::Peer;

// One way in: a transport and an era.
struct Way {
  const char* name;
  bool http, modern;
};

class Conversation {
 public:
  explicit Conversation(const Way& way) : way_(way) {
    if (way.http) {
      http_ = std::make_unique<HttpFixture>();
      peer_ = std::make_unique<Peer>(http_->port());
    } else {
      line_ = std::make_unique<Line>();
      if (!way.modern) {
        line_->ask(R"({"jsonrpc":"2.0","id":"first","method":"initialize","params":)"
                   R"({"protocolVersion":"2025-11-25","capabilities":{}}})");
      }
    }
  }

  // The answer's text. Over HTTP a new connection is made where a refusal closed the last one.
  std::string ask(const std::string& message, const std::string& tool = "echo") {
    if (!way_.http) return line_->ask(message);
    std::string headers;
    if (way_.modern) {
      headers = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: " + tool +
                "\r\n";
    }
    HttpResponse response = peer_->ask(http_->post(message, headers));
    if (response.headers["connection"] == "close" || response.status == 0) {
      peer_ = std::make_unique<Peer>(http_->port());
    }
    return response.body;
  }

  // A tools/call that carries the text as an argument and must bring it back.
  std::string call(const std::string& id, const std::string& argument,
                   const std::string& tool = "echo") {
    const std::string claim = way_.modern ? std::string(kClaim) + "," : "";
    return ask(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{)" + claim +
                   R"("name":")" + tool + R"(","arguments":{"v":)" + argument + "}}}",
               tool);
  }

 private:
  const Way way_;
  std::unique_ptr<Line> line_;
  std::unique_ptr<HttpFixture> http_;
  std::unique_ptr<Peer> peer_;
};

class RobustJson : public ::testing::TestWithParam<Way> {};

INSTANTIATE_TEST_SUITE_P(EveryWayIn, RobustJson,
                         ::testing::Values(Way{"StdioLegacy", false, false},
                                           Way{"StdioModern", false, true},
                                           Way{"HttpOneShot", true, false},
                                           Way{"HttpModern", true, true}),
                         [](const auto& way) { return std::string(way.param.name); });

// `"id":ID,` at the one place where an answer has it.
bool echoes(const std::string& answer, const std::string& id) {
  return answer.starts_with(R"({"jsonrpc":"2.0","id":)" + id + ",");
}

TEST_P(RobustJson, EchoesEachIdAsItWasWritten) {
  const std::string ids[] = {"1",
                             "0",
                             "-0",
                             "-7",
                             "9007199254740993",
                             "9223372036854775807",
                             "-9223372036854775808",
                             "18446744073709551616",
                             "1234567890123456789012345678901234567890",
                             R"("")",
                             R"(" ")",
                             R"("1")",
                             R"("null")",
                             R"("a\u0041\/\n\"")",
                             "\"\xC3\xA9\xF0\x9F\x98\x80\"",
                             R"("\ud83d\ude00")",
                             "\"" + std::string(1000, 'x') + "\""};
  Conversation conversation(GetParam());
  for (const std::string& id : ids) {
    const std::string result = conversation.call(id, "1");
    EXPECT_TRUE(echoes(result, id)) << id << " became " << result.substr(0, 200);
    EXPECT_NE(result.find(R"("result":)"), std::string::npos) << result.substr(0, 200);
    const std::string later = conversation.call(id, "1", "slow_echo");
    EXPECT_TRUE(echoes(later, id)) << id << " became " << later.substr(0, 200);
    const std::string error = conversation.call(id, "1", "nosuch");
    EXPECT_TRUE(echoes(error, id)) << id << " became " << error.substr(0, 200);
    EXPECT_NE(error.find(R"("code":-32602)"), std::string::npos) << error.substr(0, 200);
  }
}

TEST_P(RobustJson, RefusesWhatIsNoId) {
  Conversation conversation(GetParam());
  for (const char* id : {"null", "1.0", "1e3", "1.5", "true", "[]", "[1]", "{}", R"({"a":1})"}) {
    const std::string answer = conversation.call(id, "1");
    EXPECT_NE(answer.find(R"("code":-32600)"), std::string::npos) << id << ": " << answer;
    EXPECT_TRUE(echoes(conversation.call("8", "1"), "8")) << "after " << id;
  }
}

// The categories of well-formed values: each comes back byte for byte.
TEST_P(RobustJson, CarriesEveryGoodValueUnchanged) {
  const std::string values[] = {
      "null", "true", "false", "[]", "{}", "[[]]", R"({"":0})", "\"\"", "\" \"",
      // numbers, also those that no double and no 64-bit integer holds
      "0", "-0", "-1", "0.0", "1.0", "1e1", "1E+2", "1e-2", "0.1e-5", "123e65", "1e400", "-1e-400",
      "9007199254740993", "123456789012345678901234567890", "0.1234567890123456789012345678901",
      // strings
      R"("\"\\\/\b\f\n\r\t")", R"("\u0041\u00e9\u20ac")", R"("\ud83d\ude00")", R"("\u007f\uffff")",
      R"("\u2028\u202e")", "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"", "\"\x7F\"",
      "\"\xEF\xBF\xBF\"", "\"\xF4\x8F\xBF\xBF\"", "\"\xEF\xBB\xBF\"",
      // names
      R"({"a":1,"A":2})", R"({"a":{"a":{"a":1}}})", R"({"__proto__":1,"constructor":2})",
      R"({"id":9,"method":"x","result":1,"error":2})", "\"" + std::string(100'000, 'x') + "\"",
      std::string(50, '[') + "1" + std::string(50, ']')};
  Conversation conversation(GetParam());
  for (const std::string& value : values) {
    const std::string answer = conversation.call("1", value);
    EXPECT_NE(answer.find(R"("structuredContent":{"object":{"v":)" + value + "}}"),
              std::string::npos)
        << value.substr(0, 60) << " became " << answer.substr(0, 300);
  }
}

// The categories of what is no JSON, or is none to us: the whole message is refused, once.
TEST_P(RobustJson, RefusesEveryBadValueAndGoesOn) {
  const std::string values[] = {
      "", "nul", "True", "NaN", "Infinity", "-Infinity", "undefined", "'a'", "`a`", "// x",
      // numbers
      "01", "+1", "-", "--1", "1.", ".5", "1e", "1e+", "0x10", "1_000", "-01", "1.e1",
      // arrays and objects
      "[", "]", "[1,]", "[,1]", "[1 2]", "[1", "{", "}", R"({"a")", R"({"a":})", R"({"a":1,})",
      R"({a:1})", R"({1:1})", R"({"a" 1})", R"({"a":1 "b":2})", "[1}", "{]", "]]", "}}",
      // a name twice, plainly and hidden, at any depth
      R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"([{"x":{"b":1,"c":[],"b":2}}])",
      // strings
      "\"", R"("\x")", R"("\u12")", R"("\u12G4")", R"("\")", "\"a\tb\"", "\"\x01\"", "\"a\0b\""s,
      // halves of surrogate pairs
      R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\udc00\ud800")", R"("\ud800x")",
      // bytes that are not UTF-8: overlong, surrogates, beyond Unicode, cut, stray
      "\"\xC0\x80\"", "\"\xE0\x80\x80\"", "\"\xF0\x80\x80\x80\"", "\"\xED\xA0\x80\"",
      "\"\xF4\x90\x80\x80\"", "\"\xF8\x88\x80\x80\x80\"", "\"\xC3\"", "\"\xE2\x82\"", "\"\x80\"",
      "\"\xFF\xFE\"",
      // text after the end, by closing the message early
      R"(1}}} {"a":1)", "1}}}]", "1}}}\0"s,
      // too deep, and a name that is too long
      std::string(70, '[') + std::string(70, ']'), R"({")" + std::string(2000, 'n') + R"(":1})"};
  Conversation conversation(GetParam());
  for (const std::string& value : values) {
    const std::string answer = conversation.call("1", value);
    EXPECT_NE(answer.find(R"("code":-32700)"), std::string::npos)
        << value.substr(0, 60) << ": " << answer.substr(0, 300);
    EXPECT_EQ(answer.find(R"("result")"), std::string::npos) << value.substr(0, 60);
    EXPECT_TRUE(echoes(conversation.call("8", "1"), "8")) << "after " << value.substr(0, 60);
  }
}

TEST_P(RobustJson, TakesAMarkAndAnySpaceAroundAMessage) {
  const std::string claim = GetParam().modern ? std::string(kClaim) + "," : "";
  const std::string message =
      R"({"jsonrpc":"2.0","id":5,"method":"tools/call","params":{)" + claim + R"("name":"echo"}})";
  Conversation conversation(GetParam());
  for (const std::string& around :
       {"\xEF\xBB\xBF" + message, " \t " + message + " \t ", message + "\r"}) {
    EXPECT_TRUE(echoes(conversation.ask(around), "5")) << around;
  }
}

TEST_P(RobustJson, RefusesOtherEncodings) {
  const std::string message = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  std::string wide, wide_marked = "\xFF\xFE";
  for (const char c : message) {
    wide += c;
    wide += '\0';
  }
  wide_marked += wide;
  Conversation conversation(GetParam());
  for (const std::string& text : {wide, wide_marked, "\xEF\xBB\xBF\xEF\xBB\xBF" + message}) {
    EXPECT_NE(conversation.ask(text).find(R"("code":-32700)"), std::string::npos);
    EXPECT_TRUE(echoes(conversation.call("8", "1"), "8"));
  }
}

// What the message is made of does not decide where it may be cut on its way.
TEST(RobustPieces, AnswersTheSameWhereverALineIsCut) {
  Line line;
  const std::string message = R"({"jsonrpc":"2.0","id":"\ud83d\ude00","method":"ping"})"
                              "\r\n";
  const std::string whole = line.ask(message.substr(0, message.size() - 1));
  for (std::size_t cut = 1; cut < message.size(); ++cut) {
    line.send(message.substr(0, cut));
    line.send(message.substr(cut));
    EXPECT_EQ(line.line(), whole) << cut;
  }
}

TEST(RobustPieces, AnswersTheSameWhereverARequestIsCut) {
  const HttpFixture http;
  Peer peer(http.port());
  const std::string request = http.post(R"({"jsonrpc":"2.0","id":"\u00e9","method":"tools/list"})");
  const std::string whole = peer.ask(request).body;
  for (std::size_t cut = 1; cut < request.size(); cut += 7) {
    peer.send(request.substr(0, cut));
    peer.send(request.substr(cut));
    EXPECT_EQ(peer.receive().body, whole) << cut;
  }
}

TEST(RobustPieces, ServesTheNextLineAfterOneThatIsTooLong) {
  Line line;
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  for (const std::size_t size : {kLongestLine + 2, 2 * kLongestLine, 3 * kLongestLine}) {
    std::thread writer([&] { line.send(std::string(size, '[') + "\n" + ping + "\n"); });
    EXPECT_NE(line.line().value_or("").find("-32700"), std::string::npos) << size;
    EXPECT_EQ(line.line(), R"({"jsonrpc":"2.0","id":1,"result":{}})") << size;
    writer.join();
  }
}

}  // namespace
}  // namespace dhis2mcp
