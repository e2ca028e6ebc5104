// SPDX-License-Identifier: BSD-3-Clause
// Rows and columns become series and categories.
#include "tools/chart_figures.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "dhis2/error.h"
#include "dhis2/utf8.h"
#include "tools/chart_scale.h"
#include "tools/period.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kPeriod = "Period";
constexpr std::string_view kTotal = "Total";

// A name that fills the picture says no more than its beginning.
constexpr std::size_t kLongestName = 200;

// Sums and steps of larger figures would not be finite.
constexpr double kMostFigure = 1e300;

std::string drawn(std::string_view text) {
  const std::string name = clean_line(text);
  return std::string(whole_letters(name, kLongestName));
}

bool holds_figures(const Table& table, std::size_t column) {
  bool any = false;
  for (const Row& row : table.rows) {
    if (column >= row.size() || row[column].absent()) continue;
    if (!row[column].is_number()) return false;
    any = true;
  }
  // A month in which nobody reported is a column of figures all the same.
  return any || is_period_id(table.columns[column]);
}

// One figure a row, with its period beside it, as a table of periods.
std::optional<ChartFigures> long_form(const ChartTable& parts, const Calendar* calendar) {
  const Table& table = parts.table;
  const auto period = std::ranges::find_if(
      parts.heads, [&](std::size_t column) { return table.columns[column] == kPeriod; });
  if (parts.figures.size() != 1 || period == parts.heads.end()) return std::nullopt;
  std::set<std::string> periods;
  for (const std::size_t row : parts.rows) periods.insert(table.rows[row][*period].str());
  ChartFigures out;
  std::map<std::string, std::size_t> places;
  for (const std::string& id : periods) {
    places[id] = out.categories.size();
    out.categories.push_back(period_label(id, calendar));
  }
  std::map<std::string, std::size_t> series;
  for (const std::size_t row : parts.rows) {
    std::string name;
    for (const std::size_t column : parts.heads) {
      if (column == *period) continue;
      name += (name.empty() ? "" : ", ") + table.rows[row][column].str();
    }
    const auto [place, added] = series.emplace(name, out.series.size());
    if (added) {
      out.series.push_back({drawn(name), {}});
      if (place->second < kMostSeries) {
        out.series.back().values.resize(out.categories.size());
      }
    }
    if (place->second >= kMostSeries) continue;  // counted, never drawn
    out.series[place->second].values[places[table.rows[row][*period].str()]] =
        parts.value(row, parts.figures[0]);
  }
  out.in_time = true;
  return out;
}

// Rows as series over the columns, or the other way round.
ChartFigures wide_form(const ChartTable& parts, bool columns_run, const Calendar* calendar) {
  const Table& table = parts.table;
  ChartFigures out;
  std::vector<std::string> rows, columns;
  for (const std::size_t row : parts.rows) rows.push_back(drawn(parts.name(row)));
  for (const std::size_t column : parts.figures) {
    columns.push_back(parts.in_time() ? period_label(table.columns[column], calendar)
                                      : drawn(table.columns[column]));
  }
  out.in_time = columns_run && parts.in_time();
  out.categories = columns_run ? columns : rows;
  for (const std::string& name : columns_run ? rows : columns) out.series.push_back({name, {}});
  for (std::size_t s = 0; s < out.series.size(); ++s) {
    for (std::size_t c = 0; c < out.categories.size(); ++c) {
      out.series[s].values.push_back(
          parts.value(parts.rows[columns_run ? s : c], parts.figures[columns_run ? c : s]));
    }
  }
  return out;
}

bool columns_run(const ChartTable& parts, ChartKind kind) {
  if (parts.figures.size() == 1) return false;
  if (kind == ChartKind::line) return true;
  const bool too_many_rows = parts.rows.size() > kMostSeries;
  return parts.in_time() && !(too_many_rows && parts.figures.size() <= kMostSeries);
}

// "40 rows" of which the first 12 stay.
void cut(ChartFigures& figures, ChartKind kind, std::vector<std::string>& notes) {
  if (figures.series.size() > kMostSeries) {
    notes.push_back("The picture shows the first " + std::to_string(kMostSeries) + " of " +
                    std::to_string(figures.series.size()) +
                    " series; the table holds the others. Ask for fewer to see them.");
    figures.series.resize(kMostSeries);
  }
  const bool bars_by_name = kind != ChartKind::line && !figures.in_time;
  const std::size_t most = bars_by_name ? kMostBars : kMostSteps;
  const std::size_t all = figures.categories.size();
  if (all <= most) return;
  notes.push_back("The picture shows the " + std::string(figures.in_time ? "last " : "first ") +
                  std::to_string(most) + " of " + std::to_string(all) +
                  (figures.in_time ? " periods" : " rows") + "; the table holds the others.");
  const auto keep = [&](auto& list) {
    const auto drop = static_cast<std::ptrdiff_t>(all - most);
    if (figures.in_time) {
      list.erase(list.begin(), list.begin() + drop);
    } else {
      list.resize(most);
    }
  };
  keep(figures.categories);
  for (ChartSeries& series : figures.series) keep(series.values);
}

}  // namespace

std::optional<double> figure_of(const Cell& cell) {
  if (!cell.is_number()) return std::nullopt;
  const std::string& text = cell.str();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !(std::abs(value) <= kMostFigure)) {
    return std::nullopt;
  }
  return value;
}

ChartTable::ChartTable(const Table& given) : table(given) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i] == kTotal) continue;
    (table.columns[i] != kPeriod && holds_figures(table, i) ? figures : heads).push_back(i);
  }
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const bool sum = !heads.empty() && table.rows[i][heads[0]].str() == kTotal;
    if (!sum) rows.push_back(i);
  }
}

std::string ChartTable::name(std::size_t row) const {
  std::string out;
  for (const std::size_t column : heads) {
    const std::string& text = table.rows[row][column].str();
    if (!text.empty()) out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

bool ChartTable::in_time() const {
  return std::ranges::all_of(
      figures, [&](std::size_t column) { return is_period_id(table.columns[column]); });
}

std::optional<double> ChartTable::value(std::size_t row, std::size_t column) const {
  const Row& cells = table.rows[row];
  return column < cells.size() ? figure_of(cells[column]) : std::nullopt;
}

ChartFigures chart_figures(const Table& table, ChartKind kind, const Calendar* calendar,
                           std::vector<std::string>& notes) {
  const ChartTable parts(table);
  if (parts.figures.empty() || parts.rows.empty()) {
    throw Error(ErrorKind::bad_input, "The table has no column of figures to draw.",
                "Give the `result` of a tool that answers with figures, or ask with data, periods "
                "and org_units.");
  }
  std::optional<ChartFigures> figures = long_form(parts, calendar);
  if (!figures) {
    const bool across = columns_run(parts, kind);
    figures = wide_form(parts, across, calendar);
    for (const std::size_t head : parts.heads) {
      if (across) break;
      figures->categories_of +=
          (figures->categories_of.empty() ? "" : ", ") + drawn(table.columns[head]);
    }
  }
  cut(*figures, kind, notes);
  for (const ChartSeries& series : figures->series) {
    const bool gap = std::ranges::any_of(series.values, [](const auto& value) { return !value; });
    if (gap) figures->remark = "Gaps: no data.";
  }
  return *figures;
}

}  // namespace dhis2mcp
