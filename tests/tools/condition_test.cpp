// SPDX-License-Identifier: BSD-3-Clause
// Conditions in people's words and in DHIS2's own form.
#include "tools/condition.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

using Tests = std::vector<Test>;

TEST(Condition, ReadsComparisonsAsPeopleWriteThem) {
  const std::pair<const char*, Tests> cases[] = {
      {"", {}},
      {" >= 5", {{"ge", {"5"}}}},
      {">5", {{"gt", {"5"}}}},
      {" <= 5", {{"le", {"5"}}}},
      {"\xe2\x89\xa5 5", {{"ge", {"5"}}}},
      {"= Female", {{"eq", {"Female"}}}},
      {" == Female", {{"eq", {"Female"}}}},
      {" != Female", {{"ne", {"Female"}}}},
      {" is Female", {{"eq", {"Female"}}}},
      {" is not Female", {{"ne", {"Female"}}}},
      {": Female", {{"eq", {"Female"}}}},
      {": Female;Male", {{"in", {"Female", "Male"}}}},
      {" in Female;Male", {{"in", {"Female", "Male"}}}},
      {" in Female, Male", {{"in", {"Female", "Male"}}}},
      {" is not in A; B", {{"ne", {"A"}}, {"ne", {"B"}}}},
      {" is not one of A; B", {{"ne", {"A"}}, {"ne", {"B"}}}},
      {" != A; B", {{"ne", {"A"}}, {"ne", {"B"}}}},
      {" like Ama", {{"like", {"Ama"}}}},
      {" is like Ama", {{"like", {"Ama"}}}},
      {" is not like Ama", {{"nlike", {"Ama"}}}},
      {" contains \"a, b\"", {{"like", {"a, b"}}}},
      {" starts with Fa", {{"sw", {"Fa"}}}},
      {" ends with ta", {{"ew", {"ta"}}}},
      {" does not contain x", {{"nlike", {"x"}}}},
      {" is empty", {{"null", {}}}},
      {" is not empty", {{"!null", {}}}},
      {" between 5 and 10", {{"ge", {"5"}}, {"le", {"10"}}}},
      {" from 2024-01-01 to 2024-03-01", {{"ge", {"2024-01-01"}}, {"le", {"2024-03-01"}}}},
      {" > 5 and <= 10", {{"gt", {"5"}}, {"le", {"10"}}}},
      {" > 5 <= 10", {{"gt", {"5"}}, {"le", {"10"}}}},
      {" = Diarrhoea < 5 years", {{"eq", {"Diarrhoea < 5 years"}}}},
      {" = \"a and = b\"", {{"eq", {"a and = b"}}}},
      {" at least 5", {{"ge", {"5"}}}},
      {" after 2024-01-01", {{"gt", {"2024-01-01"}}}},
      {" since 2024-01-01", {{"ge", {"2024-01-01"}}}},
  };
  for (const auto& [text, wanted] : cases) {
    const Tests read = read_tests(text, text);
    EXPECT_EQ(read, wanted) << text;
  }
}

TEST(Condition, ReadsDhis2sOwnFormWithItsEscapes) {
  const std::pair<const char*, Tests> cases[] = {
      {":eq:Fanta", {{"eq", {"Fanta"}, true}}},
      {":GE:10:LT:20", {{"ge", {"10"}, true}, {"lt", {"20"}, true}}},
      {":in:a;b", {{"in", {"a", "b"}, true}}},
      {":eq:a/:b", {{"eq", {"a:b"}, true}}},
      {":like:O/'", {{"like", {"O/'"}, true}}},
      {":null", {{"null", {}, true}}},
      {":!null", {{"!null", {}, true}}},
      {":!EQ:30", {{"!eq", {"30"}, true}}},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(read_tests(text, text), wanted) << text;
}

TEST(Condition, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {" Female", " =", ":bogus:x", ":eq", " >", " about 5"}) {
    try {
      read_tests(text, text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::bad_input) << text;
      EXPECT_FALSE(error.hint.empty()) << text;
    }
  }
}

TEST(Condition, FindsANameAtTheBeginningOnlyAsAWhole) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"Age >= 5", "Age", " >= 5"}, {"age>=5", "Age", ">=5"}, {"Agent", "Age", nullptr},
      {"Age", "Age", ""},           {"Sex", "Age", nullptr},  {"Age: 5", "age", ": 5"},
  };
  for (const auto& [text, name, rest] : cases) {
    const auto found = after_name(text, name);
    ASSERT_EQ(found.has_value(), rest != nullptr) << text;
    if (found) {
      EXPECT_EQ(*found, rest) << text;
    }
  }
}

ProgramScheme scheme() {
  ProgramScheme out;
  out.uid = "ACGFZknRgLX";
  out.name = "ANC";
  out.attributes = {{"zjjwRl76LGB", "First name", {"TEA_FN"}, "TEXT", "", true},
                    {"kCeDJuMca7k", "Name", {}, "TEXT", "", true}};
  const ProgramItem weight{"lhdy9nyQN32", "Weight", {"WT"}, "NUMBER", "", false};
  out.stages = {{"f35ZHCxlhFa", "First visit", {}, {weight}},
                {"h47LS5Vr4Q3",
                 "Follow-up",
                 {},
                 {weight, {"aooqOIg7qlM", "Weight gain", {}, "NUMBER", "", false}}}};
  return out;
}

TEST(Condition, TakesTheLongestNameOfAProgram) {
  const ProgramScheme program = scheme();
  const std::tuple<const char*, const char*, const char*, const char*> cases[] = {
      {"First name like Ama", "zjjwRl76LGB", "", " like Ama"},
      {"TEA_FN = x", "zjjwRl76LGB", "", " = x"},
      {"name = x", "kCeDJuMca7k", "", " = x"},
      {"weight gain > 5", "aooqOIg7qlM", "h47LS5Vr4Q3", " > 5"},
      {"weight > 5", "lhdy9nyQN32", "", " > 5"},
      {"Follow-up.weight > 5", "lhdy9nyQN32", "h47LS5Vr4Q3", " > 5"},
      {"f35ZHCxlhFa.lhdy9nyQN32:GT:5", "lhdy9nyQN32", "f35ZHCxlhFa", ":GT:5"},
  };
  for (const auto& [text, uid, stage, rest] : cases) {
    const auto subject = read_subject(text, program, nullptr);
    ASSERT_TRUE(subject) << text;
    EXPECT_EQ(subject->item->uid, uid) << text;
    EXPECT_EQ(subject->stage == nullptr ? "" : subject->stage->uid, stage) << text;
    EXPECT_EQ(subject->rest, rest) << text;
  }
  EXPECT_FALSE(read_subject("Height > 5", program, nullptr));
  EXPECT_FALSE(read_subject("Weight gain > 5", program, &program.stages[0])
                   .value_or(Subject{})
                   .rest.starts_with(" >"));
}

TEST(Condition, NamesWhatComesNearest) {
  const ProgramScheme program = scheme();
  const Error error = unknown_item("gain of weight", program, nullptr, "");
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  ASSERT_FALSE(error.candidates.empty());
  EXPECT_EQ(error.candidates[0].name, "Weight gain");
}

TEST(Condition, RefusesANameThatTwoItemsShare) {
  ProgramScheme program = scheme();
  program.attributes.push_back({"abcdefghij1", "First name", {}, "TEXT", "", true});
  EXPECT_THROW(read_subject("First name = x", program, nullptr), Error);
  EXPECT_EQ(program.title(program.attributes[0]), "First name (zjjwRl76LGB)");
  EXPECT_EQ(program.titled("First name (abcdefghij1)")->uid, "abcdefghij1");
}

}  // namespace
}  // namespace dhis2mcp
