// SPDX-License-Identifier: BSD-3-Clause
// Lines and bars. Bars by names that would not stand side by side lie on their side.
#include "tools/chart.h"

#include <algorithm>
#include <cmath>

#include "tools/chart_frame.h"
#include "tools/chart_scale.h"

namespace dhis2mcp {
namespace {

// Told apart by most eyes; those that are alike in shade are not neighbours.
constexpr unsigned kPalette[kMostSeries] = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7,
                                            0xE69F00, 0x56B4E9, 0x7A4B2A, 0x6B7280,
                                            0x5E3C99, 0x8DB600, 0xA50F15, 0x1F2937};

// Values are written at the bars where there are no more than these.
constexpr std::size_t kWrittenValues = 24;

Color color_of(std::size_t series) { return Color::hex(kPalette[series % kMostSeries]); }

TextStyle label_style() {
  TextStyle style;
  style.size = 12;
  style.color = kInk;
  return style;
}

class Plot {
 public:
  Plot(Canvas& canvas, ChartKind kind, const ChartFigures& figures, const ChartLegend& legend)
      : canvas_(canvas), kind_(kind), figures_(figures), legend_(legend) {}

  void draw() {
    top_ = draw_title(canvas_, figures_.title) + 10;
    bottom_ = draw_legend(canvas_, heading(), entries(), figures_.remark);
    lies_ = kind_ != ChartKind::line && !figures_.in_time && too_long_to_stand();
    scale_ = scale();
    place();
    grid();
    categories();
    if (kind_ == ChartKind::line) {
      lines();
    } else {
      bars();
    }
  }

 private:
  bool by_class() const {
    return kind_ == ChartKind::bar && figures_.series.size() == 1 && !legend_.classes.empty();
  }

  std::string heading() const { return by_class() ? legend_.name : std::string(); }

  std::vector<LegendEntry> entries() const {
    std::vector<LegendEntry> out;
    if (by_class()) {
      for (const LegendClass& one : legend_.classes) {
        out.push_back(
            {one.name + " (" + chart_number(one.from) + "\xE2\x80\x93" + chart_number(one.to) + ")",
             one.color});
      }
    } else if (figures_.series.size() > 1) {
      for (std::size_t i = 0; i < figures_.series.size(); ++i) {
        out.push_back({figures_.series[i].name, color_of(i)});
      }
    }
    return out;
  }

  double longest_category() {
    double most = 0;
    for (const std::string& name : figures_.categories) {
      most = std::max(most, canvas_.text_width(name, label_style()));
    }
    return most;
  }

  bool too_long_to_stand() {
    const double slot = (kChartWidth - 120.0) / static_cast<double>(figures_.categories.size());
    return longest_category() > slot - 6;
  }

  ChartScale scale() const {
    double least = 0, most = 0;
    bool first = true;
    const auto take = [&](double value) {
      least = first ? value : std::min(least, value);
      most = first ? value : std::max(most, value);
      first = false;
    };
    for (std::size_t at = 0; at < figures_.categories.size(); ++at) {
      double up = 0, down = 0;
      for (const ChartSeries& series : figures_.series) {
        if (!series.values[at]) continue;
        const double value = *series.values[at];
        if (kind_ != ChartKind::stacked_bar) take(value);
        (value < 0 ? down : up) += value;
      }
      if (kind_ == ChartKind::stacked_bar) {
        take(up);
        take(down);
      }
    }
    return chart_scale(least, most, kind_ != ChartKind::line, lies_ ? 7 : 5);
  }

  // The four sides of the plot itself.
  void place() {
    double ticks = 0;
    for (const double tick : scale_.ticks()) {
      ticks = std::max(ticks, canvas_.text_width(chart_number(tick), label_style()));
    }
    right_ = kChartWidth - kChartMargin - 6;
    if (lies_) {
      names_ = std::min(longest_category(), 260.0);
      left_ = kChartMargin + names_ + 10;
      right_ -= written() ? 30 : 0;
      bottom_ -= 44;
    } else {
      left_ = kChartMargin + (figures_.values_of.empty() ? 0 : 22) + ticks + 8;
      const double slot = (right_ - left_) / static_cast<double>(figures_.categories.size());
      slopes_ = !figures_.in_time && longest_category() > slot - 6;
      names_ = std::min(longest_category(), 150.0);
      bottom_ -= (slopes_ ? names_ * 0.6 + 14 : 22) + (figures_.categories_of.empty() ? 4 : 22);
    }
  }

  std::size_t cells() const { return figures_.categories.size() * figures_.series.size(); }
  bool written() const { return kind_ == ChartKind::bar && cells() <= kWrittenValues; }

  double along(double value) const {
    const double part = scale_.part(value);
    return lies_ ? left_ + part * (right_ - left_) : bottom_ - part * (bottom_ - top_);
  }
  double slot() const {
    return (lies_ ? bottom_ - top_ : right_ - left_) /
           static_cast<double>(figures_.categories.size());
  }
  double middle(std::size_t category) const {
    return (lies_ ? top_ : left_) + (static_cast<double>(category) + 0.5) * slot();
  }

  void grid() {
    TextStyle style = label_style();
    style.color = kSoftInk;
    style.side = lies_ ? TextStyle::Side::center : TextStyle::Side::right;
    for (const double tick : scale_.ticks()) {
      const double at = along(tick);
      const Color color = tick == 0 ? kSoftInk : kGrid;
      if (lies_) {
        canvas_.line({{at, top_}, {at, bottom_}}, 1, color);
        canvas_.text({at, bottom_ + 12}, chart_number(tick), style);
      } else {
        canvas_.line({{left_, at}, {right_, at}}, 1, color);
        canvas_.text({left_ - 8, at}, chart_number(tick), style);
      }
    }
    axis_names();
  }

  void axis_names() {
    TextStyle style = label_style();
    style.size = 12.5;
    style.color = kSoftInk;
    style.side = TextStyle::Side::center;
    const double x = (left_ + right_) / 2, y = (top_ + bottom_) / 2;
    if (lies_) {
      style.most = right_ - left_;
      canvas_.text({x, bottom_ + 33}, figures_.values_of, style);
      return;
    }
    style.most = right_ - left_;
    const double below = slopes_ ? names_ * 0.6 + 14 : 22;
    canvas_.text({x, bottom_ + below + 10}, figures_.categories_of, style);
    style.slope = -90;
    style.most = bottom_ - top_;
    canvas_.text({kChartMargin + 8, y}, figures_.values_of, style);
  }

  void categories() {
    TextStyle style = label_style();
    style.most = names_;
    style.side = slopes_ || lies_ ? TextStyle::Side::right : TextStyle::Side::center;
    if (slopes_) style.slope = -35;
    if (!slopes_ && !lies_) style.most = 0;
    const double room = slopes_ || lies_ ? 15 : longest_category() + 8;
    const auto every =
        static_cast<std::size_t>(std::max(1.0, std::ceil(room / std::max(slot(), 0.01))));
    for (std::size_t i = 0; i < figures_.categories.size(); i += every) {
      const double at = middle(i);
      if (lies_) {
        canvas_.text({left_ - 8, at}, figures_.categories[i], style);
      } else if (slopes_) {
        canvas_.text({at + 4, bottom_ + 10}, figures_.categories[i], style);
      } else {
        canvas_.text({at, bottom_ + 13}, figures_.categories[i], style);
      }
    }
  }

  // A point without neighbours would be no line: every point has its mark while there is room.
  void lines() {
    const bool marks = slot() >= 9;
    for (std::size_t s = 0; s < figures_.series.size(); ++s) {
      const auto& values = figures_.series[s].values;
      std::vector<Point> run;
      const auto end_run = [&] {
        if (run.size() > 1) canvas_.line(run, 2.2, color_of(s));
        const bool lone = run.size() == 1;
        for (const Point& point : run) {
          if (marks || lone) canvas_.circle(point, 3.2, color_of(s), {1, 1, 1});
        }
        run.clear();
      };
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i]) {
          run.push_back({middle(i), along(*values[i])});
        } else {
          end_run();
        }
      }
      end_run();
    }
  }

  void bars() {
    const double wide = std::min(slot() * 0.8, 90.0 * (stacked() ? 1 : sets()));
    for (std::size_t i = 0; i < figures_.categories.size(); ++i) {
      double up = 0, down = 0;
      for (std::size_t s = 0; s < figures_.series.size(); ++s) {
        const std::optional<double> value = figures_.series[s].values[i];
        if (!value) continue;
        if (stacked()) {
          double& from = *value < 0 ? down : up;
          bar(middle(i) - wide / 2, wide, from, from + *value, color_of(s));
          from += *value;
        } else {
          const double each = wide / sets();
          const double start = middle(i) - wide / 2 + each * static_cast<double>(s);
          bar(start, std::max(each - 1, 1.0), 0, *value, fill(s, *value));
          if (written()) write(start + each / 2, *value);
        }
      }
    }
  }

  bool stacked() const { return kind_ == ChartKind::stacked_bar; }
  double sets() const { return static_cast<double>(figures_.series.size()); }

  Color fill(std::size_t series, double value) const {
    if (!by_class()) return color_of(series);
    const LegendClass* const found = legend_.of(value);
    return found != nullptr ? found->color : kNoData;
  }

  void bar(double start, double wide, double from, double to, Color color) {
    const double a = along(from), b = along(to);
    const double low = std::min(a, b), length = std::max(std::abs(a - b), 0.5);
    if (lies_) {
      canvas_.rectangle({low, start}, length, wide, color);
    } else {
      canvas_.rectangle({start, low}, wide, length, color);
    }
  }

  void write(double at, double value) {
    TextStyle style = label_style();
    style.size = 11;
    style.halo = true;
    const double end = along(value);
    if (lies_) {
      style.side = value < 0 ? TextStyle::Side::right : TextStyle::Side::left;
      canvas_.text({end + (value < 0 ? -4 : 4), at}, chart_number(value), style);
    } else {
      style.side = TextStyle::Side::center;
      canvas_.text({at, end + (value < 0 ? 9 : -9)}, chart_number(value), style);
    }
  }

  Canvas& canvas_;
  const ChartKind kind_;
  const ChartFigures& figures_;
  const ChartLegend& legend_;
  ChartScale scale_;
  double top_ = 0, bottom_ = 0, left_ = 0, right_ = 0;
  double names_ = 0;     // room for the names of the categories
  bool lies_ = false;    // bars run from left to right
  bool slopes_ = false;  // names of categories slant
};

}  // namespace

const LegendClass* ChartLegend::of(double value) const {
  for (const LegendClass& one : classes) {
    if (value >= one.from && value < one.to) return &one;
  }
  const bool at_end = !classes.empty() && value == classes.back().to;
  return at_end ? &classes.back() : nullptr;
}

std::string draw_chart(ChartKind kind, const ChartFigures& figures, const ChartLegend& legend) {
  Canvas canvas(kChartWidth, kChartHeight);
  Plot(canvas, kind, figures, legend).draw();
  return canvas.png();
}

}  // namespace dhis2mcp
