// SPDX-License-Identifier: BSD-3-Clause
// What is JSON to us and what is not, and that members are found as they were written.
#include "server/json_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace dhis2mcp {
namespace {

using namespace std::string_literals;

TEST(JsonCheck, AcceptsWhatRfc8259Allows) {
  for (const char* text :
       {"null", "true", "[]", "{}", " [1] ", "-0", "0.5e-10", "1e400", "\"\"", "\"\\u0041\\n\"",
        "\"\\ud83d\\ude00\"", "{\"a\":{\"a\":1},\"b\":[1,2,{}]}", "\"\xC3\xA9\xE2\x82\xAC\"",
        "\"\xF0\x9F\x98\x80\"", "[\"\x7F\"]", "123456789012345678901234567890"}) {
    EXPECT_FALSE(check_json(text)) << text << ": " << check_json(text)->reason;
  }
}

TEST(JsonCheck, RefusesWhatIsNoJson) {
  const std::vector<std::string> cases = {
      "",          " ",           "nul",       "True",     "[1,]",
      "[,1]",      "[1 2]",       "{\"a\"}",   "{\"a\":}", "{\"a\":1,}",
      "{a:1}",     "{'a':1}",     "{\"a\" 1}", "[",        "{",
      "[1",        "{\"a\":1",    "\"",        "\"a",      "\"\\x\"",
      "\"\\u12\"", "\"\\u12G4\"", "\"\\",      "01",       "+1",
      "-",         "1.",          ".5",        "1e",       "1e+",
      "0x10",      "NaN",         "Infinity",  "[1]]",     "{} {}",
      "// x\n1",   "[1] # x",     "\"a\nb\"",  "\"\t\"",   "\xEF\xBB\xBF{}",
      "\f1",       "[\"\\a\"]",   "[1}",       "{]"};
  for (const std::string& text : cases) EXPECT_TRUE(check_json(text)) << text;
}

TEST(JsonCheck, RefusesBytesThatAreNotUtf8AndLoneSurrogates) {
  const std::vector<std::string> cases = {
      "\"\xFF\"",     "\"\xC0\x80\"",     "\"\xC3\"",
      "\"\xE2\x82\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"",
      "\"\x80\"",     "\"\xE0\x80\x80\"", "\"\xF0\x80\x80\x80\"",
      "\"\\ud800\"",  "\"\\udc00\"",      "\"\\ud800\\u0041\"",
      "\"\\ud800x\""};
  for (const std::string& text : cases) EXPECT_TRUE(check_json(text)) << text;
}

TEST(JsonCheck, RefusesANulWhereverItStands) {
  EXPECT_TRUE(check_json("{\"a\":1}\0{\"evil\":2}"s));
  EXPECT_TRUE(check_json("\"a\0b\""s));
  EXPECT_TRUE(check_json("\0"s));
}

TEST(JsonCheck, RefusesANameTwiceInOneObject) {
  EXPECT_TRUE(check_json(R"({"a":1,"a":2})"));
  EXPECT_TRUE(check_json(R"({"a":1,"\u0061":2})"));
  EXPECT_TRUE(check_json(R"({"x":{"b":1,"c":{},"b":2}})"));
  EXPECT_FALSE(check_json(R"({"a":1,"A":2,"b":{"a":1}})"));
  EXPECT_FALSE(check_json(R"({"a":1,"a":2})", {.refuse_duplicate_names = false}));
}

TEST(JsonCheck, KeepsToItsLimits) {
  EXPECT_FALSE(check_json(std::string(64, '[') + std::string(64, ']')));
  EXPECT_TRUE(check_json(std::string(65, '[') + std::string(65, ']')));
  EXPECT_TRUE(check_json(std::string(1'000'000, '[')));
  EXPECT_TRUE(check_json("[1,1,1]", {.nodes = 3}));
  EXPECT_TRUE(check_json("{\"" + std::string(1025, 'n') + "\":1}"));
  EXPECT_TRUE(check_json("\"12345\"", {.string_length = 4}));
  EXPECT_FALSE(check_json("\"1234\"", {.string_length = 4}));
}

TEST(JsonCheck, SaysWhere) {
  const std::optional<JsonFault> fault = check_json("[1, x]");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->at, 4u);
  EXPECT_EQ(fault->reason, "a value was expected");
}

TEST(JsonText, FindsMembersAsTheyWereWritten) {
  const std::string_view object =
      R"( { "a" : 1 , "s\u0062" : "x\"}]" , "o" : { "a" : [ 2 , "]" ] } , "n" : null } )";
  ASSERT_FALSE(check_json(object));
  const std::string_view text = without_space(object);
  EXPECT_EQ(member(text, "a"), "1");
  EXPECT_EQ(member(text, "sb"), R"("x\"}]")");
  EXPECT_EQ(member(text, "o"), R"({ "a" : [ 2 , "]" ] })");
  EXPECT_EQ(member(text, "n"), "null");
  EXPECT_EQ(member(text, "A"), "");
  EXPECT_EQ(member("{}", "a"), "");
}

TEST(JsonText, FindsElements) {
  std::vector<std::string> found;
  each_element(R"([1,"a,b" , [2,3],{}])",
               [&](std::string_view value) { found.emplace_back(value); });
  EXPECT_EQ(found, (std::vector<std::string>{"1", "\"a,b\"", "[2,3]", "{}"}));
  each_element("[]", [&](std::string_view) { FAIL(); });
}

TEST(JsonText, TellsTypes) {
  EXPECT_EQ(type_of("{}"), JsonType::object);
  EXPECT_EQ(type_of("[]"), JsonType::array);
  EXPECT_EQ(type_of("\"\""), JsonType::string);
  EXPECT_EQ(type_of("-1"), JsonType::number);
  EXPECT_EQ(type_of("false"), JsonType::boolean);
  EXPECT_EQ(type_of("null"), JsonType::null);
  EXPECT_TRUE(is_integer("-9223372036854775808"));
  EXPECT_FALSE(is_integer("1.0"));
  EXPECT_FALSE(is_integer("1e3"));
  EXPECT_FALSE(is_integer("\"1\""));
}

TEST(JsonText, ResolvesEscapes) {
  EXPECT_EQ(unquoted(R"("a\/b\n\t\"\\")"), "a/b\n\t\"\\");
  EXPECT_EQ(unquoted(R"("\u00e9\u20AC\ud83d\ude00")"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(unquoted("\"\""), "");
}

}  // namespace
}  // namespace dhis2mcp
