// SPDX-License-Identifier: BSD-3-Clause
// What formulas come to, and what of DHIS2's language is told instead of computed.
#include <gtest/gtest.h>

#include <map>

#include "tools/formula_value.h"

namespace dhis2mcp::test {
namespace {

// Values by the item's text; what is not in the table is missing.
std::optional<double> value_of(const std::string& text, const std::map<std::string, double>& known,
                               MissingValues missing = MissingValues::skip_if_all,
                               double days = 31) {
  const Formula formula(text);
  EXPECT_TRUE(formula.beyond().empty()) << text << ": " << formula.beyond().front();
  return formula.value(
      [&known](const FormulaItem& item) -> std::optional<double> {
        const auto found = known.find(item.text());
        return found == known.end() ? std::nullopt : std::optional(found->second);
      },
      days, missing);
}

// A tree that deep would be walked by recursion.
TEST(FormulaValue, TellsASumOfTooManyParts) {
  std::string sum = "1";
  for (int i = 1; i < 100'000; ++i) sum += "+1";

  EXPECT_FALSE(Formula(sum).beyond().empty());
  EXPECT_EQ(value_of(sum.substr(0, 1'999), {}), 1'000);
}

TEST(FormulaValue, FollowsTheGrammarOfDhis2) {
  const std::map<std::string, double> known = {
      {"#{a}", 8},     {"#{b}", 2},         {"#{a.male}", 3},
      {"C{pi}", 3.25}, {"OUG{clinics}", 4}, {"R{s.REPORTING_RATE}", 75},
      {"I{pi}", 5},    {"N{other}", 0.5},   {"#{zero}", 0}};
  const struct {
    const char* formula;
    double value;
  } cases[] = {
      {"1", 1},
      {" 2 + 3 * 4 ", 14},
      {"(2 + 3) * 4", 20},
      {"10 - 4 - 3", 3},
      {"100 / 10 / 2", 5},
      {"2 ^ 3 ^ 2", 512},
      {"-2 ^ 2", -4},
      {"2 ^ -1", 0.5},
      {"-#{a} * -1", 8},
      {"7 % 4", 3},
      {".5 + 1.5e1", 15.5},
      {"#{a}/#{b}", 4},
      {"#{a.male} + #{a}", 11},
      {"C{pi} * OUG{clinics}", 13},
      {"R{s.REPORTING_RATE} + I{pi} + N{other}", 80.5},
      {"#{b} / [days] * 365", 2.0 / 31 * 365},
      {"if(#{a} > 5 && #{b} <= 2, 10, 20)", 10},
      {"if(#{a} < 5 or not (#{b} == 2), 10, 20)", 20},
      {"if(#{a} != 8, 1, if(!(1 > 2), 2, 3))", 2},
      {"isNull(#{none}) + isNotNull(#{a})", 2},
      {"firstNonNull(#{none}, #{b}, #{a})", 2},
      {"greatest(#{a}, #{b}, 5)", 8},
      {"least(#{a}, #{b}, 5)", 2},
      {"log10(1000) + log(8, 2)", 6},
      {"#{a} + #{none}", 8},
      {"if(isNull(#{none}),0,#{none})", 0},
      {"removeZeros(#{zero}) + #{a}", 0},
      {"1 / (1 / 0) + #{a}", 8},
  };
  for (const auto& one : cases) {
    const auto value = value_of(one.formula, known);
    ASSERT_TRUE(value) << one.formula;
    EXPECT_DOUBLE_EQ(*value, one.value) << one.formula;
  }
}

TEST(FormulaValue, HasNoneWhereDhis2HasNone) {
  const std::map<std::string, double> known = {{"#{a}", 8}, {"#{zero}", 0}, {"C{pi}", 3}};
  using enum MissingValues;
  EXPECT_FALSE(value_of("#{none}", known));
  EXPECT_FALSE(value_of("#{none} + #{neither}", known));
  EXPECT_FALSE(value_of("#{none} * C{pi}", known)) << "a constant is no value";
  EXPECT_FALSE(value_of("#{a} / #{zero}", known));
  EXPECT_FALSE(value_of("#{zero} / #{zero}", known));
  EXPECT_FALSE(value_of("#{a} + #{none}", known, skip_if_any));
  EXPECT_EQ(value_of("#{none} + #{neither}", known, never_skip), 0);
  EXPECT_EQ(value_of("if(isNull(#{none}), 7, #{none})", known), 7);
  EXPECT_EQ(value_of("12", {}, skip_if_any), 12);
}

TEST(FormulaValue, LooksOnlyAtWhatDecides) {
  const Formula formula("if(#{a} > 1, #{a}, #{b})");
  const auto of = [](const FormulaItem& item) -> std::optional<double> {
    return item.inner == "a" ? std::optional(2.0) : std::nullopt;
  };
  EXPECT_EQ(formula.value(of, 0, MissingValues::skip_if_any), 2);
}

TEST(FormulaValue, NamesWhatItDoesNotCompute) {
  const struct {
    const char* formula;
    const char* beyond;
  } cases[] = {
      {"subExpression(if(#{a}>1,1,0)) + 1", "subExpression()"},
      {"#{a}.periodOffset(-1) + #{a}", ".periodOffset(-1)"},
      {"(#{a} + #{b}).aggregationType(MAX)", ".aggregationType(MAX)"},
      {"#{a.coGroup:b&c}", "#{a.coGroup:b&c}"},
      {"#{deGroup:a}", "#{deGroup:a}"},
      {"if(#{a} == 'POS', 1, 0)", "the text 'POS'"},
      {"[yearly_period_count] * #{a}", "[yearly_period_count]"},
      {"if(orgUnit.group(abcdefghijk), 1, 2)", "orgUnit.group()"},
      {"V{event_count}", "V{event_count}"},
      {"#{a} +", "what stands from character 7 on"},
      {"#{a} #{b}", "what stands from character 6 on"},
      {"#{a", "what stands from character 2 on"},
      {"", "what stands from character 1 on"},
      {"if(1,2)", "what stands from character 8 on"},
  };
  for (const auto& one : cases) {
    const Formula formula(one.formula);
    ASSERT_FALSE(formula.beyond().empty()) << one.formula;
    EXPECT_EQ(formula.beyond().front(), one.beyond) << one.formula;
  }
}

TEST(FormulaValue, SurvivesWhatNobodyWrites) {
  std::string deep(5000, '(');
  EXPECT_FALSE(Formula(deep).beyond().empty());
  EXPECT_FALSE(Formula(std::string(5000, '-') + "1").beyond().empty());
  EXPECT_FALSE(Formula("if(((,").beyond().empty());
  EXPECT_FALSE(Formula("\"").beyond().empty());
  EXPECT_EQ(Formula("#{a} + #{a} + #{b}").items().size(), 2u);
}

TEST(NumberText, IsTheShortestThatIsTheNumberAgain) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(91.5), "91.5");
  EXPECT_EQ(number_text(10'000'000), "10000000");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number_text(-12), "-12");
}

}  // namespace
}  // namespace dhis2mcp::test
