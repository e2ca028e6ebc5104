// SPDX-License-Identifier: BSD-3-Clause
// Figures land in their cell, and none is lost or made up.
#include "tools/pivot.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using Rows = std::vector<std::vector<std::string>>;

const Json kHeaders = Json::parse(R"([
  {"name":"dx","column":"Data","valueType":"TEXT"},{"name":"pe","column":"Period","valueType":"TEXT"},
  {"name":"ou","column":"Org unit","valueType":"TEXT"},
  {"name":"value","column":"Value","valueType":"NUMBER"}])");

Json metadata(const char* data) {
  return Json::parse(std::string(R"({"items":{"d1":{"name":"ANC"},"d2":{"name":"BCG"},
    "o1":{"name":"Bo"},"o2":{"name":"Kenema"}},"dimensions":{"dx":)") +
                     data + R"(,"pe":["202601","202602"],"ou":["o1","o2"]}})");
}

std::string text(const Table& table) {
  std::string out;
  for (const std::string& column : table.columns) out += column + "|";
  for (const Row& row : table.rows) {
    out += "\n";
    for (const Cell& cell : row) out += cell.str() + "|";
  }
  return out;
}

std::string turned(const char* data, const Rows& rows, const PivotAsked& asked) {
  const Json about = metadata(data);
  return text(pivot(Grid(kHeaders, about), about, rows, asked).table);
}

TEST(Pivot, PutsPeriodsAcrossAndLeavesOneDataItemOut) {
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202602", "o2", "5.0"}, {"d1", "202601", "o1", "3"}}, {}),
            "Org unit|202601|202602|\nBo|3||\nKenema||5|");
}

TEST(Pivot, ShowsUnitsWithoutAnyFigure) {
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202601", "o1", "0"}}, {}),
            "Org unit|202601|202602|\nBo|0||\nKenema|||");
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202601", "o1", "0"}}, {.every_row = false}),
            "Org unit|202601|202602|\nBo|0||");
}

TEST(Pivot, PutsDataOrUnitsAcross) {
  const Rows rows = {{"d1", "202601", "o1", "1"}, {"d2", "202601", "o1", "2"}};
  EXPECT_EQ(turned(R"(["d1","d2"])", rows, {.across = "dx"}),
            "Org unit|Period|ANC|BCG|\nBo|202601|1|2|");
  EXPECT_EQ(turned(R"(["d1","d2"])", rows, {.across = "ou"}),
            "Data|Period|Bo|Kenema|\nANC|202601|1||\nBCG|202601|2||");
}

TEST(Pivot, KeepsASecondFigureForACellInARowOfItsOwn) {
  const Json about = metadata(R"(["d1"])");
  const Pivoted out = pivot(Grid(kHeaders, about), about,
                            {{"d1", "202601", "o1", "1"}, {"d1", "202601", "o1", "2"}}, {});

  EXPECT_EQ(text(out.table), "Org unit|202601|202602|\nBo|1||\nBo|2||\nKenema|||");
  EXPECT_EQ(out.figures, 2u);
  EXPECT_EQ(out.repeated, 1u);
}

TEST(Pivot, AddsSumsForEachDataItem) {
  const Rows rows = {{"d1", "202601", "o1", "1"},
                     {"d1", "202602", "o1", "2"},
                     {"d1", "202601", "o2", "4"},
                     {"d2", "202601", "o2", "0.5"}};
  EXPECT_EQ(turned(R"(["d1","d2"])", rows,
                   {.across_rows = true, .down_columns = true, .every_row = false}),
            "Org unit|Data|202601|202602|Total|\nBo|ANC|1|2|3|\nKenema|ANC|4||4|\n"
            "Kenema|BCG|0.5||0.5|\nTotal|ANC|5|2|7|\nTotal|BCG|0.5||0.5|");
}

TEST(Pivot, CountsRowsThatItLeavesOut) {
  Json about = metadata(R"(["d1"])");
  for (int i = 0; i < 200; ++i) about["dimensions"]["ou"].push_back("u" + std::to_string(i));
  const Pivoted out =
      pivot(Grid(kHeaders, about), about, {{"d1", "202601", "o1", "1"}}, PivotAsked{});

  EXPECT_EQ(out.table.rows.size(), 1u);
  EXPECT_EQ(out.left_out, 201u);
}

TEST(Pivot, TakesAnItemThatMetadataDoesNotName) {
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202612", "o9", "1"}}, {.every_row = false}),
            "Org unit|202601|202602|202612|\no9|||1|");
}

}  // namespace
}  // namespace dhis2mcp
