// SPDX-License-Identifier: BSD-3-Clause
// Counts in both ways at once, for what comes next may have decimals.
#include "tools/figure_sum.h"

#include <charconv>
#include <cmath>

namespace dhis2mcp {

void FigureSum::add(const std::string& digits) {
  long long whole = 0;
  const auto end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, whole);
  long long next = 0;
  if (exact_ && read.ptr == end && !__builtin_add_overflow(whole_, whole, &next)) {
    whole_ = next;
  } else {
    exact_ = false;
  }
  double number = 0;
  std::from_chars(digits.data(), end, number);
  decimal_ += number;
  any_ = true;
}

Cell FigureSum::cell() const {
  if (!any_) return {};
  if (exact_) return Cell::number(std::to_string(whole_));
  // Below 2^53 doubles hold whole numbers exactly; digits beyond the 12th of others are noise of
  // adding.
  const bool whole = decimal_ == std::floor(decimal_) && std::abs(decimal_) < 9007199254740992.0;
  char text[32];
  const auto end =
      whole ? std::to_chars(text, text + sizeof text, decimal_, std::chars_format::fixed, 0)
            : std::to_chars(text, text + sizeof text, decimal_, std::chars_format::general, 12);
  return Cell::number(std::string(text, end.ptr));
}

Cell rounded_figure(const Cell& number) {
  const std::string& digits = number.str();
  if (digits.find_first_of(".eE") == std::string::npos) return number;
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  char text[400];  // a double has up to 309 digits before its point
  const auto end =
      std::abs(value) < 9.95
          ? std::to_chars(text, text + sizeof text, value, std::chars_format::general, 2)
          : std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 0);
  return Cell::number(std::string(text, end.ptr));
}

}  // namespace dhis2mcp
