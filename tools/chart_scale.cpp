// SPDX-License-Identifier: BSD-3-Clause
// Steps that a reader can count in.
#include "tools/chart_scale.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "tools/period_type.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kThinSpace = "\xE2\x80\x89";
constexpr double kLongest = 1e12;  // beyond it powers are shorter

// Ticks are counted, not added up, so that 0.3 stays 0.3.
constexpr std::size_t kMostTicks = 50;

double round_step(double raw) {
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (raw <= step * power * 1.0000001) return step * power;
  }
  return 10 * power;
}

std::string plain(double value, int digits) {
  std::array<char, 400> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value,
                                          std::chars_format::general, digits);
  return {text.data(), end};
}

}  // namespace

std::vector<double> ChartScale::ticks() const {
  std::vector<double> out;
  const double first = std::round(low / step);
  for (std::size_t i = 0; i < kMostTicks; ++i) {
    const double tick = (first + static_cast<double>(i)) * step;
    if (tick > high + step / 1000) break;
    out.push_back(tick);
  }
  return out;
}

ChartScale chart_scale(double least, double most, bool from_zero, int wanted) {
  const double spread = most - least;
  const double size = std::max(std::abs(least), std::abs(most));
  if (from_zero || spread > size / 3) {
    least = std::min(least, 0.0);
    most = std::max(most, 0.0);
  }
  if (!(most - least > size * 1e-9)) {
    // All figures are the same.
    least = std::min(least, 0.0);
    most = std::max(most, 0.0);
    if (most == least) most = 1;
  }
  ChartScale scale;
  scale.step = round_step((most - least) / wanted);
  scale.low = std::floor(least / scale.step + 1e-9) * scale.step;
  scale.high = std::ceil(most / scale.step - 1e-9) * scale.step;
  return scale;
}

std::string chart_number(double value) {
  if (value == 0) return "0";
  if (std::abs(value) >= kLongest) return plain(value, 4);
  std::string text = plain(value, std::abs(value) >= 1000 ? 15 : 4);
  if (text.find_first_of("e.") != std::string::npos && std::abs(value) >= 1000) {
    text = plain(std::round(value), 15);
  }
  std::size_t at = std::min(text.find('.'), text.size());
  if (text.find('e') != std::string::npos) return text;
  const std::size_t first = text.front() == '-' ? 1 : 0;
  while (at > first + 3) {
    at -= 3;
    text.insert(at, kThinSpace);
  }
  return text;
}

std::string period_label(std::string_view id, const Calendar* calendar) {
  if (calendar == nullptr) return std::string(id);
  const std::optional<Period> period = PeriodCount(*calendar).parse(id);
  if (!period) return std::string(id);
  const std::string year = " " + std::to_string(period->year);
  if (period->type->name == "Monthly") {
    std::string_view month = calendar->month_name(period->number);
    if (calendar->has_gregorian_months()) month = month.substr(0, 3);
    std::string text(month);
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
    return text + year;
  }
  if (period->type->name == "Quarterly") return "Q" + std::to_string(period->number) + year;
  if (period->type->name == "Weekly") return "W" + std::to_string(period->number) + year;
  return std::string(id);
}

}  // namespace dhis2mcp
