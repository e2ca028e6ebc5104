// SPDX-License-Identifier: BSD-3-Clause
// What a tool takes, what it reads leniently, and how it names what does not fit.
#include "tools/arguments.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

const Json kSchema = Json::parse(R"({
  "type": "object",
  "properties": {
    "name": {"type": "string"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 50},
    "share": {"type": "number"},
    "rounded": {"type": "boolean"},
    "periods": {"type": "array", "items": {"type": "string"}},
    "status": {"type": "array", "items": {"type": "string", "enum": ["ACTIVE", "COMPLETED"]}},
    "columns": {"type": "string", "enum": ["period", "data"]},
    "params": {"type": "object"}
  },
  "required": ["name"]
})");

std::string refusal(const std::string& given) {
  try {
    Arguments(kSchema, Json::parse(given));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::bad_input);
    return error.what();
  }
  return "taken";
}

TEST(Arguments, AreReadByType) {
  const Arguments arguments(
      kSchema, Json::parse(R"({"name":"x","limit":7,"rounded":true,"periods":["2024","2025"]})"));

  EXPECT_EQ(arguments.text("name"), "x");
  EXPECT_EQ(arguments.integer("limit", 1), 7);
  EXPECT_TRUE(arguments.flag("rounded"));
  EXPECT_EQ(arguments.list("periods"), (std::vector<std::string>{"2024", "2025"}));
}

TEST(Arguments, FallBackWhenLeftOutOrNull) {
  const Arguments arguments(kSchema, Json::parse(R"({"name":"x","limit":null,"columns":" "})"));

  EXPECT_FALSE(arguments.has("limit"));
  EXPECT_EQ(arguments.integer("limit", 20), 20);
  EXPECT_EQ(arguments.text("columns", "period"), "period");
  EXPECT_TRUE(arguments.list("periods").empty());
  EXPECT_EQ(arguments.value("params"), nullptr);
}

TEST(Arguments, TakeWhatIsObviouslyMeant) {
  const Arguments arguments(
      kSchema,
      Json::parse(
          R"({"name":2024,"limit":"5","share":"0.5","rounded":"true","periods":"2024","params":"{\"a\":\"b\"}"})"));

  EXPECT_EQ(arguments.text("name"), "2024");
  EXPECT_EQ(arguments.integer("limit", 0), 5);
  EXPECT_EQ(*arguments.value("share"), Json(0.5));
  EXPECT_TRUE(arguments.flag("rounded"));
  EXPECT_EQ(arguments.list("periods"), std::vector<std::string>{"2024"});
  EXPECT_EQ((*arguments.value("params"))["a"], "b");
}

TEST(Arguments, ReadAListThatCameAsItsText) {
  const Arguments arguments(kSchema, Json::parse(R"({"name":"x","periods":"[\"2024\",2025]"})"));

  EXPECT_EQ(arguments.list("periods"), (std::vector<std::string>{"2024", "2025"}));
}

TEST(Arguments, NameTheFieldThatDoesNotFit) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({})", "name: required"},
      {R"({"name":null})", "name: required"},
      {R"({"name":["x"]})", "name: expected text"},
      {R"({"name":""})", "name: expected text that is not empty"},
      {R"({"name":"x","periods":[" \t"]})", "periods[0]: expected text that is not empty"},
      {R"({"name":"x","limit":"many"})", "limit: expected a whole number"},
      {R"({"name":"x","limit":1.5})", "limit: expected a whole number"},
      {R"({"name":"x","limit":0})", "limit: must be at least 1"},
      {R"({"name":"x","limit":51})", "limit: must be at most 50"},
      {R"({"name":"x","limit":1e300})", "limit: expected a whole number"},
      {R"({"name":"x","rounded":"perhaps"})", "rounded: expected true or false"},
      {R"({"name":"x","periods":["2024",{}]})", "periods[1]: expected text"},
      {R"({"name":"x","periods":{"a":1}})", "periods: expected a list"},
      {R"({"name":"x","status":["ACTIVE","OPEN"]})", "status[1]: expected ACTIVE or COMPLETED"},
      {R"({"name":"x","columns":"row"})", "columns: expected period or data"},
      {R"({"name":"x","params":[1]})", "params: expected an object"},
      {R"({"name":"x","nmae":1})", "nmae: no such argument; did you mean name?"},
      {R"({"name":"x","zzzzzz":1})", "zzzzzz: no such argument; the arguments are name, limit"},
  };
  for (const auto& [given, words] : cases) {
    EXPECT_NE(refusal(given).find("- " + words), std::string::npos) << given << refusal(given);
  }
}

TEST(Arguments, NameEveryFieldThatFailed) {
  const std::string words = refusal(R"({"limit":"x","columns":5,"periods":[[]]})");

  EXPECT_NE(words.find("limit"), std::string::npos);
  EXPECT_NE(words.find("columns"), std::string::npos);
  EXPECT_NE(words.find("periods[0]"), std::string::npos);
  EXPECT_NE(words.find("name: required"), std::string::npos);
}

TEST(Arguments, MustBeAnObject) {
  EXPECT_EQ(refusal("[1]"), "The arguments must be an object.");
  EXPECT_EQ(refusal("\"name\""), "The arguments must be an object.");
}

}  // namespace
}  // namespace dhis2mcp
