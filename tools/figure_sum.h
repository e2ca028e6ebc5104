// SPDX-License-Identifier: BSD-3-Clause
// Adds and rounds the figures of a table.
#pragma once

#include <string>

#include "tools/table.h"

namespace dhis2mcp {

// Adds decimal texts. Whole numbers are added exactly; sums with decimals are told with twelve
// digits, which hide the noise of binary fractions.
class FigureSum {
 public:
  void add(const std::string& digits);
  Cell cell() const;  // absent where nothing was added

 private:
  long long whole_ = 0;
  double decimal_ = 0;
  bool exact_ = true, any_ = false;
};

// For a quick look: whole numbers, and two digits for what is below ten (51.1 is 51, 9.44 is 9.4,
// 0.0345 is 0.035). Whole numbers stay as they are.
Cell rounded_figure(const Cell& number);

}  // namespace dhis2mcp
