// SPDX-License-Identifier: BSD-3-Clause
// What of a table a chart shows.
#include "tools/chart_figures.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// "" is an absent cell; what begins with a digit or a minus is a number.
Table table_of(std::vector<std::string> columns,
               const std::vector<std::vector<std::string>>& rows) {
  Table table{std::move(columns), {}};
  for (const std::vector<std::string>& cells : rows) {
    Row row;
    for (const std::string& cell : cells) {
      const bool number = !cell.empty() && (cell[0] == '-' || (cell[0] >= '0' && cell[0] <= '9'));
      row.push_back(cell.empty() ? Cell() : number ? Cell::number(cell) : Cell::text(cell));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

struct Made {
  ChartFigures figures;
  std::vector<std::string> notes;
};

Made made(const Table& table, ChartKind kind) {
  Made out;
  out.figures = chart_figures(table, kind, Calendar::named("iso8601"), out.notes);
  return out;
}

using Names = std::vector<std::string>;

Names series_of(const ChartFigures& figures) {
  Names names;
  for (const ChartSeries& series : figures.series) names.push_back(series.name);
  return names;
}

TEST(ChartFigures, LetsPeriodsRunAndUnitsBeSeries) {
  const Table table = table_of({"Organisation unit", "202601", "202602", "202603"},
                               {{"Bo", "1", "", "3"}, {"Kenema", "4", "5.5", "6"}});
  for (const ChartKind kind : {ChartKind::line, ChartKind::bar, ChartKind::stacked_bar}) {
    const ChartFigures figures = made(table, kind).figures;
    EXPECT_TRUE(figures.in_time);
    EXPECT_EQ(figures.categories, (Names{"Jan 2026", "Feb 2026", "Mar 2026"}));
    EXPECT_EQ(series_of(figures), (Names{"Bo", "Kenema"}));
    EXPECT_EQ(figures.series[0].values[0], 1);
    EXPECT_FALSE(figures.series[0].values[1]) << "an absent figure is none, and not zero";
    EXPECT_EQ(figures.series[1].values[1], 5.5);
    EXPECT_EQ(figures.remark, "Gaps: no data.");
  }
}

TEST(ChartFigures, LetsUnitsRunWhereThereIsOnePeriod) {
  const Table table = table_of({"Organisation unit", "202601"}, {{"Bo", "1"}, {"Kenema", "4"}});
  const ChartFigures figures = made(table, ChartKind::bar).figures;
  EXPECT_FALSE(figures.in_time);
  EXPECT_EQ(figures.categories, (Names{"Bo", "Kenema"}));
  EXPECT_EQ(series_of(figures), Names{"Jan 2026"});
  EXPECT_EQ(figures.categories_of, "Organisation unit");
}

TEST(ChartFigures, JoinsHeadsAndLeavesOutSums) {
  const Table table =
      table_of({"Organisation unit", "Data", "202601", "202602", "Total"},
               {{"Bo", "Penta 1", "1", "2", "3"}, {"Total", "Penta 1", "1", "2", "3"}});
  const ChartFigures figures = made(table, ChartKind::line).figures;
  EXPECT_EQ(series_of(figures), Names{"Bo, Penta 1"});
  EXPECT_EQ(figures.categories.size(), 2U);
}

TEST(ChartFigures, ReadsATableWithAFigureInEachRow) {
  const Table table =
      table_of({"Organisation unit", "Period", "Value"},
               {{"Bo", "202602", "2"}, {"Bo", "202601", "1"}, {"Ko", "202602", "5"}});
  const ChartFigures figures = made(table, ChartKind::line).figures;
  EXPECT_EQ(figures.categories, (Names{"Jan 2026", "Feb 2026"}));
  EXPECT_EQ(series_of(figures), (Names{"Bo", "Ko"}));
  EXPECT_EQ(figures.series[0].values[1], 2);
  EXPECT_FALSE(figures.series[1].values[0]);
}

TEST(ChartFigures, TellsWhatItCuts) {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 60; ++i) rows.push_back({"Unit " + std::to_string(i), "1", "2"});
  const Table wide = table_of({"Organisation unit", "202601", "202602"}, rows);

  const Made lines = made(wide, ChartKind::line);
  EXPECT_EQ(lines.figures.series.size(), kMostSeries);
  ASSERT_EQ(lines.notes.size(), 1U);
  EXPECT_NE(lines.notes[0].find("first 12 of 60 series"), std::string::npos) << lines.notes[0];

  const Made bars = made(wide, ChartKind::bar);
  EXPECT_EQ(bars.figures.categories.size(), kMostBars) << "many units stand along, periods beside";
  EXPECT_EQ(series_of(bars.figures), (Names{"Jan 2026", "Feb 2026"}));
  EXPECT_NE(bars.notes.at(0).find("first 40 of 60 rows"), std::string::npos) << bars.notes[0];
}

TEST(ChartFigures, KeepsTheLatestOfTooManyPeriods) {
  Table table{{"Organisation unit"}, {{Cell::text("Bo")}}};
  for (int year = 1000; year < 1450; ++year) {
    table.columns.push_back(std::to_string(year));
    table.rows[0].push_back(Cell::number(std::to_string(year)));
  }
  const Made one = made(table, ChartKind::line);
  EXPECT_EQ(one.figures.categories.size(), kMostSteps);
  EXPECT_EQ(one.figures.categories.back(), "1449");
  EXPECT_EQ(one.figures.series[0].values.back(), 1449);
  EXPECT_NE(one.notes.at(0).find("last 400 of 450 periods"), std::string::npos) << one.notes[0];
}

TEST(ChartFigures, CleansNames) {
  const Table table = table_of({"Unit\xE2\x80\xAE", "202601"}, {{"Bo\xE2\x80\xAE"
                                                                 "\x1B[31mred\n<b>",
                                                                 "1"},
                                                                {std::string(900, 'x'), "2"}});
  const ChartFigures figures = made(table, ChartKind::bar).figures;
  EXPECT_EQ(figures.categories[0], "Bored <b>");
  EXPECT_EQ(figures.categories[1].size(), 200U);
  EXPECT_EQ(figures.categories_of, "Unit");
}

TEST(ChartFigures, RefusesATableWithoutFigures) {
  std::vector<std::string> notes;
  const Table tables[] = {table_of({"Type", "Name"}, {{"data set", "RMA"}}), table_of({"Name"}, {}),
                          table_of({}, {})};
  for (const Table& table : tables) {
    EXPECT_THROW(chart_figures(table, ChartKind::bar, nullptr, notes), Error);
  }
}

TEST(ChartFigures, TakesNoTextForANumber) {
  EXPECT_FALSE(figure_of(Cell()));
  EXPECT_FALSE(figure_of(Cell::text("12")));
  EXPECT_FALSE(figure_of(Cell::number("1e999")));
  EXPECT_EQ(figure_of(Cell::number("-12.50")), -12.5);
}

}  // namespace
}  // namespace dhis2mcp
