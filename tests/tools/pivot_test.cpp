// SPDX-License-Identifier: BSD-3-Clause
// Figures land in their cell, and none is lost or made up.
#include "tools/pivot.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dhis2/error.h"
#include "tests/support/temp_home.h"

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

// One table of one answer, or of the answers to the parts of a question.
class Turned {
 public:
  explicit Turned(std::string across = "pe") : pivot_(std::move(across), home_.path()) {}

  Turned& answer(const Json& about, const Rows& rows, const Json& headers = kHeaders) {
    pivot_.headers(headers);
    pivot_.metadata(about.dump());
    for (const auto& row : rows) pivot_.take({row.begin(), row.end()});
    return *this;
  }

  std::string table(const PivotAsked& asked = {}) {
    Table table;
    table.columns = pivot_.columns(asked);
    out = pivot_.turn(asked, [&](Row&& row) {
      EXPECT_EQ(row.size(), table.columns.size());
      table.rows.push_back(std::move(row));
      return table.rows.size() < most;
    });
    return text(table);
  }

  Pivoted out;
  std::size_t most = 1'000'000;

 private:
  test::TempHome home_;
  Pivot pivot_;
};

std::string turned(const char* data, const Rows& rows, const PivotAsked& asked = {},
                   const char* across = "pe") {
  return Turned(across).answer(metadata(data), rows).table(asked);
}

TEST(Pivot, PutsPeriodsAcrossAndLeavesOneDataItemOut) {
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202602", "o2", "5.0"}, {"d1", "202601", "o1", "3"}}),
            "Org unit|202601|202602|\nBo|3||\nKenema||5|");
}

TEST(Pivot, ShowsUnitsWithoutAnyFigure) {
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202601", "o1", "0"}}),
            "Org unit|202601|202602|\nBo|0||\nKenema|||");
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202601", "o2", "0"}}),
            "Org unit|202601|202602|\nBo|||\nKenema|0||");
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202601", "o1", "0"}}, {.every_row = false}),
            "Org unit|202601|202602|\nBo|0||");
}

TEST(Pivot, PutsDataOrUnitsAcross) {
  const Rows rows = {{"d1", "202601", "o1", "1"}, {"d2", "202601", "o1", "2"}};
  EXPECT_EQ(turned(R"(["d1","d2"])", rows, {}, "dx"), "Org unit|Period|ANC|BCG|\nBo|202601|1|2|");
  EXPECT_EQ(turned(R"(["d1","d2"])", rows, {}, "ou"),
            "Data|Period|Bo|Kenema|\nANC|202601|1||\nBCG|202601|2||");
}

TEST(Pivot, TellsDataAndUnitsThatABreakdownLeavesWithoutARow) {
  Json headers = kHeaders;
  headers.insert(headers.begin() + 3, Json{{"name", "sex"}, {"column", "Sex"}});
  Json about = metadata(R"(["d1","d2"])");
  about["items"]["m1"] = about["items"]["c1"] = {{"name", "Male"}};
  about["dimensions"].update(Json{{"sex", {"m1"}}, {"co", {"c1"}}});
  test::TempHome home;
  Pivot pivot("pe", home.path());
  pivot.headers(headers);
  pivot.metadata(about.dump());
  pivot.take({"d2", "202601", "o2", "m1", "4"});

  std::vector<std::string> heads, names;
  const Pivoted out = pivot.turn({}, [&](Row&& row) {
    for (const Cell& cell : row) heads.push_back(cell.str());
    return true;
  });
  for (const Items::Number item : out.without_row) names.push_back(pivot.items().shown(item));

  EXPECT_EQ(heads, (std::vector<std::string>{"Kenema", "BCG", "Male", "4", ""}));
  EXPECT_EQ(names, (std::vector<std::string>{"Bo", "ANC"}));
}

TEST(Pivot, KeepsASecondFigureForACellInARowOfItsOwn) {
  Turned turned;
  turned.answer(metadata(R"(["d1"])"), {{"d1", "202601", "o1", "1"}, {"d1", "202601", "o1", "2"}});

  EXPECT_EQ(turned.table(), "Org unit|202601|202602|\nBo|1||\nBo|2||\nKenema|||");
  EXPECT_EQ(turned.out.repeated, 1u);
}

TEST(Pivot, KeepsEveryFigureOfACellHoweverMany) {
  Turned turned;
  turned.answer(metadata(R"(["d1"])"), Rows(15'000, {"d1", "202601", "o1", "1"}));

  const std::string table = turned.table({.every_row = false});

  EXPECT_EQ(std::ranges::count(table, '\n'), 15'000);
  EXPECT_EQ(turned.out.repeated, 14'999u);
}

TEST(Pivot, DropsWhatALaterPartBringsAgain) {
  const Json about = metadata(R"(["d1"])");
  Turned turned;
  turned.answer(about, {{"d1", "202601", "o1", "1"}, {"d1", "202601", "o2", "3"}})
      .answer(about, {{"d1", "202601", "o1", "1"}, {"d1", "202602", "o2", "4"}});

  EXPECT_EQ(turned.table(), "Org unit|202601|202602|\nBo|1||\nKenema|3|4|");
  EXPECT_EQ(turned.out.repeated, 0u);
}

TEST(Pivot, RefusesAPartWithOtherColumns) {
  Turned turned;
  turned.answer(metadata(R"(["d1"])"), {});
  EXPECT_THROW(turned.answer(metadata(R"(["d1"])"), {}, Json::parse(R"([{"name":"ou"}])")), Error);
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

TEST(Pivot, RoundsAfterAdding) {
  const Rows rows = {{"d1", "202601", "o1", "10.4"}, {"d1", "202602", "o1", "10.4"}};
  EXPECT_EQ(
      turned(R"(["d1"])", rows,
             {.across_rows = true, .down_columns = true, .every_row = false, .rounded = true}),
      "Org unit|202601|202602|Total|\nBo|10|10|21|\nTotal|10|10|21|");
}

TEST(Pivot, CountsRowsThatItLeavesOut) {
  Json about = metadata(R"(["d1"])");
  for (int i = 0; i < 200; ++i) about["dimensions"]["ou"].push_back("u" + std::to_string(i));
  Turned turned;
  turned.answer(about, {{"d1", "202601", "o1", "1"}});

  EXPECT_EQ(turned.table(), "Org unit|202601|202602|\nBo|1||");
  EXPECT_EQ(turned.out.left_out, 201u);
}

TEST(Pivot, TakesAnItemThatMetadataDoesNotName) {
  EXPECT_EQ(turned(R"(["d1"])", {{"d1", "202612", "o9", "1"}}, {.every_row = false}),
            "Org unit|202601|202602|202612|\no9|||1|");
}

TEST(Pivot, GivesEachFigureARowWhereColumnsWouldBeTooMany) {
  Json about = metadata(R"(["d1"])");
  for (int i = 0; i < 500; ++i) about["dimensions"]["ou"].push_back("u" + std::to_string(i));
  Turned turned("ou");
  turned.answer(about, {{"d1", "202602", "o2", "5"}, {"d1", "202602", "o1", "3"}});

  EXPECT_EQ(turned.table(), "Period|Org unit|Value|\n202602|Bo|3|\n202602|Kenema|5|");
}

TEST(Pivot, EndsWhereTheReaderHasEnough) {
  Turned turned;
  turned.most = 1;
  turned.answer(metadata(R"(["d1"])"), {{"d1", "202601", "o1", "1"}, {"d1", "202601", "o2", "2"}});

  EXPECT_EQ(turned.table(), "Org unit|202601|202602|\nBo|1||");
}

TEST(Pivot, GivesEachFigureARowWhereItemsAreTooManyToBeNumbered) {
  test::TempHome home;
  Pivot pivot("pe", home.path());
  pivot.headers(kHeaders);
  pivot.metadata(metadata(R"(["d1"])").dump());
  for (int i = 0; i < 50'000; ++i) {
    pivot.take({"d1", "202601", "unit" + std::to_string(i), std::to_string(i)});
  }
  pivot.take({"d1", "202601", "o1", "7"});

  EXPECT_EQ(pivot.columns({}), (std::vector<std::string>{"Org unit", "Data", "Period", "Value"}));
  std::vector<bool> seen(50'000);
  std::uint64_t rows = 0;
  pivot.turn({}, [&](Row&& row) {
    ++rows;
    EXPECT_EQ(row[1].str(), "ANC");
    if (row[0].str() == "Bo") return true;
    EXPECT_EQ(row[0].str(), "unit" + row[3].str());
    seen.at(std::stoul(row[3].str())) = true;
    return true;
  });

  EXPECT_EQ(rows, 50'001u);
  EXPECT_EQ(pivot.figures(), 50'001u);
  EXPECT_TRUE(std::ranges::all_of(seen, [](bool one) { return one; }));
}

TEST(Pivot, PutsAMillionFiguresInOrder) {
  constexpr int kUnits = 2'000, kPeriods = 500;
  Json about = {{"items", Json::object()}, {"dimensions", {{"dx", {"d1"}}, {"pe", Json::array()}}}};
  for (int i = 0; i < kUnits; ++i) about["dimensions"]["ou"].push_back("u" + std::to_string(i));
  test::TempHome home;
  Pivot pivot("pe", home.path());
  pivot.headers(kHeaders);
  pivot.metadata(about.dump());
  for (int i = 0; i < kUnits * kPeriods; ++i) {
    // 7919 is prime to both, so each cell comes once, in an order that has nothing to do with rows.
    const long at = 7919L * i % (kUnits * kPeriods);
    const std::string unit = "u" + std::to_string(at / kPeriods);
    const std::string period = std::to_string(at % kPeriods);
    pivot.take({"d1", period, unit, period});
  }

  std::uint64_t rows = 0, figures = 0;
  pivot.turn({}, [&](Row&& row) {
    ++rows;
    for (const Cell& cell : row) figures += cell.is_number() ? 1 : 0;
    return true;
  });

  EXPECT_EQ(figures, 1'000'000u);
  EXPECT_EQ(rows, 1'000'000u) << "500 periods are more than a table has columns";
}

}  // namespace
}  // namespace dhis2mcp
