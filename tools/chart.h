// SPDX-License-Identifier: BSD-3-Clause
// Figures as a picture: lines and bars. Maps are in tools/chart_map.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/canvas.h"

namespace dhis2mcp {

// In pixels: what a chat shows without making it smaller.
inline constexpr int kChartWidth = 900, kChartHeight = 560;

// What one picture holds at most and stays readable; the caller cuts, and tells.
inline constexpr std::size_t kMostSeries = 12;
inline constexpr std::size_t kMostBars = 40;    // categories of bars by name
inline constexpr std::size_t kMostSteps = 400;  // categories in time

enum class ChartKind { line, bar, stacked_bar };

struct ChartSeries {
  std::string name;
  std::vector<std::optional<double>> values;  // one for each category; none: no data, never zero
};

// Texts are clean and ready to be drawn.
struct ChartFigures {
  std::string title;
  std::string values_of;      // along the axis of the figures
  std::string categories_of;  // along the other one
  std::vector<std::string> categories;
  bool in_time = false;  // the categories are periods
  std::vector<ChartSeries> series;
  std::string remark;  // small, below: what is not shown
};

// One class of a DHIS2 legend set: from `from` up to, but not with, `to`.
struct LegendClass {
  std::string name;
  double from = 0, to = 0;
  Color color;
};

struct ChartLegend {
  std::string name;
  std::vector<LegendClass> classes;  // in rising order; empty: there is no legend

  // nullptr for a figure that no class holds. The end of the last class counts to it.
  const LegendClass* of(double value) const;
};

// The PNG. Bars of one series take the colours of the legend. Throws unavailable where no picture
// can be drawn (Canvas).
std::string draw_chart(ChartKind kind, const ChartFigures& figures, const ChartLegend& legend = {});

}  // namespace dhis2mcp
