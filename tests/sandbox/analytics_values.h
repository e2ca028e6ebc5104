// SPDX-License-Identifier: BSD-3-Clause
// Figures of the practice country, aggregated for the cells of an analytics query.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/analytics_query.h"

namespace sandbox {

// A cell is one item of each axis except dx, as a number in mixed radix.
using Cell = std::uint64_t;

struct Axis {
  const Dimension* dimension;
  std::vector<std::string> items;  // of co and ao: every combo of the country
  Cell stride;
};

class CellSpace {
 public:
  CellSpace(const Country& country, const AnalyticsQuery& query);

  const std::vector<Axis>& axes() const { return axes_; }
  const std::string& item(const Axis& axis, Cell cell) const {
    return axis.items[index(axis, cell)];
  }
  static size_t index(const Axis& axis, Cell cell) {
    return static_cast<size_t>(cell / axis.stride) % axis.items.size();
  }
  // Days of the cell's period, or of all periods when they are no axis.
  int days(const AnalyticsQuery& query, Cell cell) const;

 private:
  std::vector<Axis> axes_;
};

// The result of one data item: a number for each cell that has data, or a text.
struct Figures {
  std::unordered_map<Cell, double> numbers;
  std::unordered_map<Cell, std::string> texts;
};

// One figure of the country with the parts that decide into which cells it falls.
struct Fact {
  const Period* period;
  const OrgUnit* unit;
  std::string co, ao;
};

// Reads data values and completeness straight from the country's tables by data element or data
// set, so its cost is that of the figures asked for, not of the country. For one query and thread.
//
// DHIS2's rules that are not obvious: a figure counts for the period of the asked type in which it
// lies (period_within); figures of longer periods than asked for count only where values are
// averaged; "last" looks at the values inside the asked period alone, by org unit and option
// combos, and then sums; an empty cell is no cell.
class FigureReader {
 public:
  FigureReader(const Country& country, const AnalyticsQuery& query);
  ~FigureReader();

  const CellSpace& space() const;

  // Data element or operand.
  Figures element(const DataItem& item);

  // Reports that came (on time), and those that were expected.
  Figures reports(const std::string& data_set, bool on_time);
  Figures expected(const std::string& data_set);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sandbox
