// SPDX-License-Identifier: BSD-3-Clause
// Indicator expressions: arithmetic, functions and what a missing value does.
#include "tests/sandbox/expression.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace sandbox {
namespace {

// Values of items a, b and zero; every other item is missing.
std::optional<double> value_of(const std::string& text) {
  const std::map<std::string, double> values = {{"a", 12}, {"b", 4}, {"a.x", 5}, {"zero", 0}};
  return Expression(text).evaluate(
      [&](const ExpressionItem& item) -> std::optional<double> {
        const auto found = values.find(item.id);
        return found == values.end() ? std::nullopt : std::optional(found->second);
      },
      31);
}

TEST(Expression, Calculates) {
  const std::pair<const char*, double> cases[] = {
      {"1", 1},
      {"2+3*4", 14},
      {"(2+3)*4", 20},
      {"10-4-3", 3},
      {"24/4/2", 3},
      {"7%4", 3},
      {"2^3^2", 512},
      {"-2+5", 3},
      {"1.5e2", 150},
      {" #{a} - #{b} ", 8},
      {"#{a}/12", 1},
      {"#{a.x}*100", 500},
      {"[days]", 31},
      {"if(#{a}>#{b},1,2)", 1},
      {"if(#{a}<=#{b} || !(1==1),1,2)", 2},
      {"if(1!=2 && 3>=3,7,8)", 7},
      {"greatest(1,#{a},3)", 12},
      {"least(#{b},5)", 4},
      {"log10(1000)", 3},
      {"log(8,2)", 3},
  };
  for (const auto& [text, expected] : cases) {
    ASSERT_TRUE(value_of(text)) << text;
    EXPECT_NEAR(*value_of(text), expected, 1e-9) << text;
  }
}

TEST(Expression, CountsAMissingValueAsZeroBesideOthers) {
  EXPECT_EQ(value_of("#{a}+#{missing}"), 12);
  EXPECT_EQ(value_of("#{missing}-#{b}"), -4);
  EXPECT_EQ(value_of("#{zero}"), 0);
}

TEST(Expression, HasNoValueWhenEveryItemIsMissing) {
  EXPECT_EQ(value_of("#{missing}"), std::nullopt);
  EXPECT_EQ(value_of("#{missing}/12"), std::nullopt);
  EXPECT_EQ(value_of("#{missing}+#{gone}+5"), std::nullopt);
}

TEST(Expression, LooksAtMissingValuesWithoutReplacingThem) {
  EXPECT_EQ(value_of("if(isNull(#{missing}),0,#{missing})"), 0);
  EXPECT_EQ(value_of("if(isNull(#{a}),0,#{a})"), 12);
  EXPECT_EQ(value_of("if(isNotNull(#{a}),1,2)"), 1);
  EXPECT_EQ(value_of("firstNonNull(#{missing},#{b},#{a})"), 4);
  EXPECT_EQ(value_of("firstNonNull(#{missing})"), std::nullopt);
}

TEST(Expression, HasNoValueWhereMathematicsHasNone) {
  EXPECT_EQ(value_of("#{a}/#{zero}"), std::nullopt);
  EXPECT_EQ(value_of("#{a}/#{missing}"), std::nullopt);
  EXPECT_EQ(value_of("#{a}%0"), std::nullopt);
  EXPECT_EQ(value_of("log10(0)"), std::nullopt);
  EXPECT_EQ(value_of("removeZeros(#{zero})"), std::nullopt);
}

TEST(Expression, NamesEachItemOnce) {
  const Expression expression("(#{a}+R{set.REPORTING_RATE}) / (#{a} + C{constant} + OUG{group})");
  const std::vector<ExpressionItem> expected = {
      {"#", "a"}, {"R", "set.REPORTING_RATE"}, {"C", "constant"}, {"OUG", "group"}};
  EXPECT_EQ(expression.items(), expected);
}

TEST(Expression, SaysWhereItStopsToMakeSense) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "expected a value at position 0"},
      {"1+", "expected a value at position 2"},
      {"#{a", "expected } at position 2"},
      {"(1", "expected ) at position 2"},
      {"1 2", "unexpected text at position 2"},
      {"nope(1)", "unknown function nope"},
      {"if(1,2)", "wrong number of arguments of if"},
  };
  for (const auto& [text, message] : cases) {
    try {
      const Expression expression(text);
      ADD_FAILURE() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace sandbox
