// SPDX-License-Identifier: BSD-3-Clause
// The numbers along an axis, and numbers and periods as a chart labels them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/calendar.h"

namespace dhis2mcp {

// Round steps (1, 2, 2.5 or 5 times a power of ten) that enclose the figures.
struct ChartScale {
  double low = 0, high = 1, step = 1;
  std::vector<double> ticks() const;
  double part(double value) const { return (value - low) / (high - low); }  // 0 to 1
};

// About `wanted` steps around [least, most]. From zero on where `from_zero`, or where the figures
// come near it; bars that did not begin at zero would lie.
ChartScale chart_scale(double least, double most, bool from_zero, int wanted = 5);

// "12 500" with thin spaces, "0.25", "1.5e+20".
std::string chart_number(double value);

// "Jul 2026", "Q3 2026", "W30 2026"; months by the names of the instance's calendar. Other ids, and
// what is no period, as they stand.
std::string period_label(std::string_view id, const Calendar* calendar);

}  // namespace dhis2mcp
