// SPDX-License-Identifier: BSD-3-Clause
// JSON from strangers: what is taken, what is refused, and how long that takes.
#include "dhis2/json_guard.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

std::string times(int count, std::string_view text) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string refusal(std::string_view text, const JsonLimits& limits = {}) {
  try {
    parse_json(text, limits);
    return "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::bad_input);
    return error.what();
  }
}

TEST(JsonGuard, TakesWhatIsJson) {
  const std::pair<const char*, const char*> rows[] = {
      {"null", "null"},
      {" true ", "true"},
      {"[]", "[]"},
      {"{}", "{}"},
      {"{\"b\":1,\"a\":[{},[1,2]]}", "{\"b\":1,\"a\":[{},[1,2]]}"},
      {"\"\\u00e9\\ud83d\\ude00\\u0000\"", "\"\xC3\xA9\xF0\x9F\x98\x80\\u0000\""},
      {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", "1.8446744073709552e+19"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"91.5", "91.5"},
      {"1e5", "100000.0"},
      {"\t\r\n[1]\n", "[1]"},
  };
  for (const auto& [text, again] : rows) EXPECT_EQ(to_text(parse_json(text)), again);
}

TEST(JsonGuard, RefusesWhatIsNot) {
  const std::string rows[] = {"",
                              " ",
                              "{",
                              "[1,]",
                              "[1,,2]",
                              "{\"a\"}",
                              "{\"a\":}",
                              "{a:1}",
                              "{'a':1}",
                              "nul",
                              "NaN",
                              "Infinity",
                              "-",
                              "01",
                              "1.",
                              ".5",
                              "+1",
                              "1e400",
                              "-1e400",
                              "\"a",
                              "\"\\x\"",
                              "\"\\ud800\"",
                              "\"\\udc00\"",
                              "\"\\ud800\\u0041\"",
                              "\"\n\"",
                              "\"\xff\"",
                              "\"\xc0\x80\"",
                              "\"\xed\xa0\x80\"",
                              "\"\xf5\x80\x80\x80\"",
                              "{} {}",
                              "[1]x",
                              "// note\n1",
                              "/* note */1",
                              "]",
                              "[1}",
                              "\xEF\xBB\xBF{}",
                              std::string("{\"a\":1}\0{\"evil\":2}", 18),
                              std::string("[1\0]", 4),
                              std::string("\0", 1)};
  for (const std::string& text : rows) EXPECT_NE(refusal(text), "taken") << text;
}

TEST(JsonGuard, NamesThePlaceAndTheReason) {
  EXPECT_NE(refusal("[1,x]").find("at byte 4"), std::string::npos) << refusal("[1,x]");
  EXPECT_NE(refusal("{\"a\":1,\"a\":2}").find("\"a\" comes twice"), std::string::npos);
  EXPECT_NE(refusal(std::string("ab\0", 3)).find("byte 2: a NUL byte"), std::string::npos);
  EXPECT_NE(refusal("\xEF\xBB\xBF{}").find("byte order mark"), std::string::npos);
}

TEST(JsonGuard, RefusesDuplicateNamesAtAnyDepthAndAnySize) {
  std::string wide = "{";
  for (int i = 0; i < 100; ++i) wide += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_EQ(refusal(wide + "\"k100\":0}"), "taken");
  EXPECT_NE(refusal(wide + "\"k3\":0}"), "taken");
  EXPECT_NE(refusal(wide + "\"k77\":0}"), "taken");
  EXPECT_NE(refusal("[{\"x\":{\"a\":1,\"\\u0061\":2}}]"), "taken");
  EXPECT_EQ(refusal("[{\"a\":1},{\"a\":2}]"), "taken");
}

TEST(JsonGuard, LetsTheLastDuplicateWinWhereThatIsAsked) {
  JsonLimits limits;
  limits.refuse_duplicate_names = false;
  EXPECT_EQ(to_text(parse_json("{\"a\":{\"x\":1},\"b\":2,\"a\":[3]}", limits)),
            "{\"a\":[3],\"b\":2}");
  std::string wide = "{";
  for (int i = 0; i < 50; ++i) wide += "\"k" + std::to_string(i) + "\":0,";
  const Json value = parse_json(wide + "\"k40\":7}", limits);
  EXPECT_EQ(value.size(), 50U);
  EXPECT_EQ(value["k40"], 7);
}

TEST(JsonGuard, KeepsDigitsThatADoubleWouldChange) {
  for (const auto& [written, read] : std::vector<std::pair<std::string, std::string>>{
           {"12345678901234567890123", "\"12345678901234567890123\""},
           {"0.12345678901234567891", "\"0.12345678901234567891\""},
           {"-9.99999999999999999", "\"-9.99999999999999999\""},
           {"18446744073709551615", "18446744073709551615"},
           {"0.30000000000000004", "0.30000000000000004"},
           {"12.345678901234567", "12.345678901234567"},
           {"100000000000000000000", "1e+20"},
           {"1.50", "1.5"}}) {
    EXPECT_EQ(to_text(parse_json(written, {.keep_digits = true})), read) << written;
  }
  EXPECT_TRUE(parse_json("12345678901234567890123").is_number());
}

TEST(JsonGuard, KeepsToItsLimits) {
  EXPECT_EQ(refusal(times(64, "[") + times(64, "]")), "taken");
  EXPECT_NE(refusal(times(65, "[") + times(65, "]")), "taken");
  EXPECT_NE(refusal(times(100'000, "[")), "taken");
  EXPECT_NE(refusal(times(100'000, "{\"a\":")), "taken");
  EXPECT_NE(refusal("{\"" + std::string(1'025, 'a') + "\":1}"), "taken");
  EXPECT_NE(refusal("\"12345\"", {.string_length = 4}), "taken");
  EXPECT_NE(refusal("[1,2,3]", {.nodes = 3}), "taken");
  EXPECT_EQ(refusal("[1,2,3]", {.nodes = 4}), "taken");
}

TEST(JsonGuard, TakesAnObjectOfManyNames) {
  std::string wide = "{\"k\":0";
  for (int i = 0; i < 60'000; ++i) wide += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_EQ(refusal(wide + "}"), "taken");
}

}  // namespace
}  // namespace dhis2mcp
