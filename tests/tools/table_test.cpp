// SPDX-License-Identifier: BSD-3-Clause
// Cells: digits are kept, absent is never zero, text comes out clean.
#include "tools/table.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Cell, KeepsTheDigitsOfANumber) {
  const std::pair<std::string, std::string> cases[] = {
      {"12.0", "12"},       {"12.50", "12.50"},
      {"0.10", "0.10"},     {"-0.0", "-0"},
      {"1.0E7", "1.0E7"},   {"1E7", "1E7"},
      {"0", "0"},           {"-3.25e-5", "-3.25e-5"},
      {"100.00", "100.00"}, {"12345678901234567890.125", "12345678901234567890.125"}};
  for (const auto& [given, kept] : cases) {
    const Cell cell = Cell::number(given);
    EXPECT_TRUE(cell.is_number()) << given;
    EXPECT_EQ(cell.str(), kept);
    EXPECT_EQ(cell.to_json(), kept);
    EXPECT_TRUE(Json::accept(cell.to_json())) << kept;
  }
}

TEST(Cell, HoldsWhatIsNoNumberAsText) {
  for (const std::string given :
       {"", "NaN", "Infinity", "007", "+5", ".5", "5.", "1e", "0x1F", "1 2", "-"}) {
    const Cell cell = Cell::number(given);
    EXPECT_FALSE(cell.is_number()) << given;
    EXPECT_EQ(cell.to_json(), "\"" + given + "\"");
  }
}

TEST(Cell, TellsAbsentFromEmptyAndFromZero) {
  EXPECT_TRUE(Cell().absent());
  EXPECT_EQ(Cell().to_json(), "null");
  EXPECT_TRUE(Cell::json(nullptr).absent());
  EXPECT_FALSE(Cell::text("").absent());
  EXPECT_EQ(Cell::text("").to_json(), "\"\"");
  EXPECT_EQ(Cell::number("0").to_json(), "0");
}

TEST(Cell, TakesAnyJsonValue) {
  const std::pair<std::string, std::string> cases[] = {
      {"true", "true"},
      {"7", "7"},
      {"12.0", "12"},
      {"\"a\"", "\"a\""},
      {R"([1.0,{"b":null,"c":"x"}])", R"([1,{"c":"x"}])"}};
  for (const auto& [given, shown] : cases) {
    EXPECT_EQ(Cell::json(Json::parse(given)).to_json(), shown);
  }
}

TEST(Cell, CleansItsText) {
  EXPECT_EQ(Cell::text("a\x1b[31mb\xE2\x80\x8B").str(), "ab");
  EXPECT_EQ(Cell::json(Json{{"n", "x\xE2\x80\xAEy"}}).str(), R"({"n":"xy"})");
  EXPECT_EQ(Cell::text("\xff").str(), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace dhis2mcp
