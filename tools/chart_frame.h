// SPDX-License-Identifier: BSD-3-Clause
// What stands around the figures of every picture: title, legend, remark.
#pragma once

#include <string>
#include <vector>

#include "tools/canvas.h"

namespace dhis2mcp {

inline constexpr Color kInk = {0.13, 0.15, 0.18};
inline constexpr Color kSoftInk = {0.40, 0.43, 0.47};
inline constexpr Color kGrid = {0.88, 0.89, 0.91};
inline constexpr Color kNoData = {0.72, 0.74, 0.77};

inline constexpr double kChartMargin = 24;

struct LegendEntry {
  std::string name;
  Color color;
  bool hatched = false;
};

// The y below it.
double draw_title(Canvas& canvas, const std::string& title);

// Rows from the bottom of the picture up, with the remark (may be empty) as the last of them; the y
// above it. `heading` stands before the first entry where it is not empty.
double draw_legend(Canvas& canvas, const std::string& heading,
                   const std::vector<LegendEntry>& entries, const std::string& remark);

}  // namespace dhis2mcp
