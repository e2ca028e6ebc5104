// SPDX-License-Identifier: BSD-3-Clause
// The rows of an analytics answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/analytics_values.h"

namespace sandbox {

struct GridRow {
  int data = -1;  // index into the query's data items; -1 when dx is no column
  Cell cell = 0;
  std::string value;               // as shown
  double number = 0;               // as ordered
  bool whole = false;              // DHIS2 holds it as a long, not as a double
  std::vector<std::string> parts;  // numerator to divisor, when asked for
};

struct Grid {
  CellSpace space;
  std::vector<GridRow> rows;
};

// Aggregates, evaluates indicators and rates, filters by measure and orders. Throws
// AnalyticsRefusal for what DHIS2 refuses at this point (E7108, E7109, E7128, the cast error of
// order up to 2.42).
Grid compute_grid(const Country& country, const AnalyticsQuery& query);

// The text that DHIS2 shows for a double: what Java prints, e.g. "100.0" or "6.593041E7".
std::string java_double(double value);

// Rounds to two decimals, or to `decimals` when positive, half up.
double rounded(double value, int decimals = 2);

// Whole numbers lose their decimals: 88, but 70.59.
std::string rounded_text(double value);

}  // namespace sandbox
