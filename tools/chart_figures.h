// SPDX-License-Identifier: BSD-3-Clause
// From a table to what a chart shows: which cells are figures, and what they belong to.
#pragma once

#include <string>
#include <vector>

#include "tools/calendar.h"
#include "tools/chart.h"
#include "tools/table.h"

namespace dhis2mcp {

// The parts of a table: columns of names and columns of figures. Sums (a column or rows named
// "Total") are neither.
struct ChartTable {
  explicit ChartTable(const Table& table);

  const Table& table;
  std::vector<std::size_t> heads, figures;  // columns
  std::vector<std::size_t> rows;

  std::string name(std::size_t row) const;  // its heads, joined
  bool in_time() const;                     // the columns of figures are periods
  std::optional<double> value(std::size_t row, std::size_t column) const;
};

// A number as a chart needs it; nothing for what is none, or is beyond 1e300.
std::optional<double> figure_of(const Cell& cell);

// What runs along the picture: periods where the columns are periods, else the rows; one row each
// for tables that hold a figure in a row, with a column "Period". What is cut (kMostSeries,
// kMostBars, kMostSteps) is told in `notes`; of periods the latest stay. Titles are left to the
// caller. Throws bad_input where the table has no column of figures. `calendar` may be null: ids
// stay as they are.
ChartFigures chart_figures(const Table& table, ChartKind kind, const Calendar* calendar,
                           std::vector<std::string>& notes);

}  // namespace dhis2mcp
