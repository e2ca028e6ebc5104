// SPDX-License-Identifier: BSD-3-Clause
// One level of nesting becomes columns: that is where DHIS2 keeps ids and names of references.
#include "tools/flat_rows.h"

#include <utility>

namespace dhis2mcp {
namespace {

// A reference that is laid out rather than nested: one to four members, all of them plain.
bool is_small_reference(const Json& value) {
  if (!value.is_object() || value.empty() || value.size() > 4) return false;
  for (const Json& member : value) {
    if (member.is_structured()) return false;
  }
  return true;
}

}  // namespace

FlatRows::FlatRows(std::vector<std::string> columns) : columns_(std::move(columns)) {
  for (std::size_t i = 0; i < columns_.size(); ++i) places_.emplace(columns_[i], i);
}

Row FlatRows::row(const Json& item) {
  Row row;
  row.reserve(columns_.size());
  if (item.is_object()) {
    for (const auto& [name, value] : item.items()) {
      if (!is_small_reference(value)) {
        put(row, name, value);
        continue;
      }
      for (const auto& [part, inner] : value.items()) put(row, name + "." + part, inner);
    }
  } else if (item.is_array()) {
    for (std::size_t i = 0; i < item.size(); ++i) put(row, std::to_string(i + 1), item[i]);
  } else {
    put(row, "value", item);
  }
  row.resize(columns_.size());
  return row;
}

void FlatRows::put(Row& row, const std::string& column, const Json& value) {
  const auto [found, is_new] = places_.try_emplace(column, columns_.size());
  if (is_new) columns_.push_back(column);
  if (row.size() <= found->second) row.resize(found->second + 1);
  row[found->second] = Cell::json(value);
}

}  // namespace dhis2mcp
