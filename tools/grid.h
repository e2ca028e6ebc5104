// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's answers of the form {headers, metaData, rows}, from analytics and SQL views alike.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/table.h"

namespace dhis2mcp {

struct GridColumn {
  std::string name;   // "ou", "value", "vQ0LmnMIY05.SOTMfSRgvnN"
  std::string title;  // DHIS2's own words, made unique
  bool number = false;
  bool items = false;  // its cells are items of metaData: their names are shown
};

// Columns and names of one grid. Cells are read by header, never by position: several columns were
// renamed between majors.
class Grid {
 public:
  // `metadata` is the answer's metaData; null where it was not asked for.
  Grid(const Json& headers, const Json& metadata);

  const std::vector<GridColumn>& columns() const { return columns_; }
  std::vector<std::string> titles() const;

  // One row: numbers as numbers, items by name, an empty text as absent. Remembers what was named.
  Row row(const Json& cells);

  // An item's name; its id again where two items of this grid share the name, or none is known.
  std::string shown(const std::string& item) const;
  const std::string* name_of(const std::string& item) const;
  bool lacks(const std::string& item) const;  // names others, but not this one

  // "CPN 1re visite = y7qh476Nmd3" for every item of the grid but periods, those first that stand
  // in a row; a code and further members of an item follow its id.
  std::vector<std::string> read_as() const;

 private:
  void read_items(const Json& items);
  bool is_heading(const std::string& item) const;
  std::string line(const std::string& item) const;

  std::vector<GridColumn> columns_;
  std::unordered_map<std::string, Json> items_;
  std::vector<std::string> order_;  // the items as DHIS2 sent them
  std::unordered_map<std::string, int> name_uses_;
  std::set<std::string, std::less<>> headings_, periods_, shown_;
};

}  // namespace dhis2mcp
