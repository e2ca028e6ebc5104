// SPDX-License-Identifier: BSD-3-Clause
// Turns the long rows of an analytics answer into a table that a person reads, as they arrive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"
#include "tools/items.h"
#include "tools/table.h"

namespace dhis2mcp {

// What is decided once the answer is known.
struct PivotAsked {
  bool across_rows = false;   // add the sum of each row
  bool down_columns = false;  // add a row of sums for each data item
  bool every_row = true;      // show units without any figure too, where they are few
  bool rounded = false;       // as rounded_figure() does; sums are made before
};

struct Pivoted {
  std::uint64_t repeated = 0;  // figures that fell on a cell that was taken
  std::uint64_t left_out = 0;  // rows without any figure that are not shown

  // Org units and data without any row, where rows without figures are neither shown nor counted.
  std::vector<Items::Number> without_row = {};
};

// Takes the answers to one question, or to its parts, and gives one table. Org units come first,
// then data (left out where there is only one), then further dimensions; items keep the order of
// metaData.dimensions. A second value for a cell stands in a further row with the same heads, never
// over the first; a figure that a later part brings again is the same figure, and is dropped.
// Memory is bounded whatever the number of rows (FigureStore, LongRows), but for the items that
// metaData names. Not thread-safe.
class Pivot {
 public:
  // `across` is the dimension that runs across: "pe", "dx", "ou". `folder` is for what does not fit
  // memory.
  Pivot(std::string across, std::filesystem::path folder);
  ~Pivot();

  // One answer begins: its headers, then its metaData (JSON text), then its rows, cells in the
  // order of the headers. False once more is not taken. Throws unavailable where the answer to a
  // part has other columns.
  void headers(const Json& headers);
  void metadata(std::string_view text);
  bool take(const std::vector<std::string_view>& cells);

  Items& items();
  std::uint64_t figures() const;  // values so far

  // There are too many items for columns, or more than are numbered: one figure a row.
  bool is_long() const;

  // After the last row, once. The sink returns false to end early.
  std::vector<std::string> columns(const PivotAsked& asked);
  Pivoted turn(const PivotAsked& asked, const std::function<bool(Row&& row)>& sink);

 private:
  class Turn;
  struct Axis;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dhis2mcp
