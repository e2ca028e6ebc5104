// SPDX-License-Identifier: BSD-3-Clause
// Entries flow into rows like words, each no longer than a third of the picture.
#include "tools/chart_frame.h"

#include <algorithm>

#include "tools/chart.h"

namespace dhis2mcp {
namespace {

constexpr double kRow = 21, kBox = 12, kGap = 18;
constexpr double kWide = kChartWidth - 2 * kChartMargin;

struct Placed {
  double x = 0;
  int row = 0;
};

}  // namespace

double draw_title(Canvas& canvas, const std::string& title) {
  if (title.empty()) return kChartMargin;
  TextStyle style;
  style.size = 17;
  style.bold = true;
  style.color = kInk;
  style.most = kWide;
  canvas.text({kChartMargin, 30}, title, style);
  return 52;
}

double draw_legend(Canvas& canvas, const std::string& heading,
                   const std::vector<LegendEntry>& entries, const std::string& remark) {
  TextStyle style;
  style.size = 12.5;
  style.color = kInk;
  style.most = kWide / 3 - kBox - kGap;
  TextStyle bold = style;
  bold.bold = true;

  std::vector<Placed> places;
  double x = 0;
  int row = 0;
  if (!heading.empty()) x = std::min(canvas.text_width(heading, bold), style.most) + kGap;
  for (const LegendEntry& entry : entries) {
    const double width = kBox + 6 + std::min(canvas.text_width(entry.name, style), style.most);
    if (x + width > kWide && x > 0) {
      x = 0;
      ++row;
    }
    places.push_back({x, row});
    x += width + kGap;
  }

  double bottom = kChartHeight - 14;
  if (!remark.empty()) {
    TextStyle small = style;
    small.size = 11;
    small.color = kSoftInk;
    small.most = kWide;
    canvas.text({kChartMargin, bottom - 4}, remark, small);
    bottom -= 20;
  }
  if (entries.empty() && heading.empty()) return bottom;
  const double top = bottom - (row + 1) * kRow;
  if (!heading.empty()) canvas.text({kChartMargin, top + kRow / 2}, heading, bold);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double left = kChartMargin + places[i].x;
    const double middle = top + (places[i].row + 0.5) * kRow;
    const double up = middle - kBox / 2, down = middle + kBox / 2;
    const std::vector<std::vector<Point>> box = {
        {{left, up}, {left + kBox, up}, {left + kBox, down}, {left, down}}};
    if (entries[i].hatched) {
      canvas.hatch(box, entries[i].color, entries[i].color);
    } else {
      canvas.rectangle({left, up}, kBox, kBox, entries[i].color);
    }
    canvas.text({left + kBox + 6, middle}, entries[i].name, style);
  }
  return top - 6;
}

}  // namespace dhis2mcp
