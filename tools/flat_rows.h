// SPDX-License-Identifier: BSD-3-Clause
// Lays the objects of a DHIS2 list under columns, in the order in which their members are first
// seen.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tools/table.h"

namespace dhis2mcp {

// Columns grow while rows are added; a row made earlier is then shorter than the columns, and what
// it lacks is absent. Not thread-safe.
class FlatRows {
 public:
  explicit FlatRows(std::vector<std::string> columns = {});

  // An object gives a cell for each member; a reference of a few plain members is laid out as
  // "parent.name", any other nested value stays a JSON cell. An array gives a cell for each
  // position, a plain value one cell in the column "value".
  Row row(const Json& item);

  const std::vector<std::string>& columns() const { return columns_; }

 private:
  void put(Row& row, const std::string& column, const Json& value);

  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace dhis2mcp
