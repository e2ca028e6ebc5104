// SPDX-License-Identifier: BSD-3-Clause
// Turns the long rows of an analytics answer into a table that a person reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/grid.h"
#include "tools/table.h"

namespace dhis2mcp {

struct PivotAsked {
  std::string across = "pe";  // the dimension that runs across
  bool across_rows = false;   // add the sum of each row
  bool down_columns = false;  // add a row of sums for each data item
  bool every_row = true;      // show units without any figure too, where they are few
};

struct Pivoted {
  Table table;
  std::uint64_t figures = 0;   // values that DHIS2 sent
  std::uint64_t repeated = 0;  // of them, how many fell on a cell that was taken
  std::uint64_t left_out = 0;  // rows without any figure that are not shown
};

// `rows` are the cells as DHIS2 sent them. Org units come first, then data (left out where there is
// only one), then further dimensions; items keep the order of metaData.dimensions. A second value
// for a cell stands in a further row with the same heads, never over the first.
Pivoted pivot(const Grid& grid, const Json& metadata,
              const std::vector<std::vector<std::string>>& rows, const PivotAsked& asked);

}  // namespace dhis2mcp
