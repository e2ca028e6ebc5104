// SPDX-License-Identifier: BSD-3-Clause
// Sums lose nothing that was whole; rounding keeps what a reader needs.
#include "tools/figure_sum.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

std::string sum(std::initializer_list<const char*> figures) {
  FigureSum out;
  for (const char* figure : figures) out.add(figure);
  return out.cell().absent() ? "absent" : out.cell().str();
}

TEST(FigureSum, AddsWholeNumbersExactly) {
  EXPECT_EQ(sum({}), "absent");
  EXPECT_EQ(sum({"0"}), "0");
  EXPECT_EQ(sum({"9007199254740993", "1", "-3"}), "9007199254740991");
}

TEST(FigureSum, HidesTheNoiseOfBinaryFractions) {
  EXPECT_EQ(sum({"0.1", "0.2"}), "0.3");
  EXPECT_EQ(sum({"1", "2.5"}), "3.5");
  EXPECT_EQ(sum({"1.234567890123E12", "1"}), "1234567890124");
  EXPECT_EQ(sum({"1.2345678E7", "0.5", "0.5"}), "12345679");
  EXPECT_EQ(sum({"9223372036854775807", "9223372036854775807"}), "1.84467440737e+19");
}

TEST(RoundedFigure, KeepsTwoDigitsBelowTenAndWholeNumbersAbove) {
  const std::pair<const char*, const char*> cases[] = {
      {"51.1", "51"},   {"51.5", "52"},      {"99.96", "100"},         {"9.44", "9.4"},
      {"9.96", "10"},   {"0.0345", "0.035"}, {"0.5", "0.5"},           {"-3.26", "-3.3"},
      {"-77.7", "-78"}, {"2047", "2047"},    {"1234567.8", "1234568"}, {"0", "0"},
      {"1e3", "1000"},  {"5.00", "5"}};
  for (const auto& [given, shown] : cases) {
    const Cell cell = rounded_figure(Cell::number(given));
    EXPECT_EQ(cell.str(), shown) << given;
    EXPECT_TRUE(cell.is_number()) << given;
  }
}

}  // namespace
}  // namespace dhis2mcp
