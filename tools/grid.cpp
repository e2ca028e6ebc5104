// SPDX-License-Identifier: BSD-3-Clause
// Puts names where DHIS2 sends ids, and never a name that fits two of them.
#include "tools/grid.h"

#include <array>

#include "dhis2/json_members.h"

namespace dhis2mcp {
namespace {

// `valueType` says more than `type` (a Java class), but table layouts and SQL views lack it.
bool is_number_header(const Json& header) {
  static constexpr std::array<std::string_view, 8> kNumbers = {
      "NUMBER",           "INTEGER",
      "INTEGER_POSITIVE", "INTEGER_NEGATIVE",
      "PERCENTAGE",       "INTEGER_ZERO_OR_POSITIVE",
      "UNIT_INTERVAL",    "INTEGER_ZERO_OR_NEGATIVE"};
  const std::string value_type = text_of(header, "valueType");
  for (const std::string_view known : kNumbers) {
    if (value_type == known) return true;
  }
  if (!value_type.empty()) return false;
  const std::string type = text_of(header, "type");
  return type == "java.lang.Double" || type == "java.lang.Integer" || type == "java.lang.Long";
}

}  // namespace

Grid::Grid(const Json& headers, const Json& metadata) {
  std::unordered_map<std::string, int> seen;
  for (const Json& header : headers) {
    GridColumn column;
    column.name = text_of(header, "name");
    column.title = text_of(header, "column");
    if (column.title.empty()) column.title = column.name;
    if (seen[column.title]++ > 0) column.title += " (" + column.name + ")";
    column.number = is_number_header(header);
    column.items = !column.number && column.name != "pe";
    headings_.insert(column.name);
    columns_.push_back(std::move(column));
  }
  if (!metadata.is_object()) return;
  if (const auto dimensions = metadata.find("dimensions");
      dimensions != metadata.end() && dimensions->is_object()) {
    for (const auto& [name, members] : dimensions->items()) {
      headings_.insert(name);
      if (name != "pe" || !members.is_array()) continue;
      for (const Json& period : members) {
        if (period.is_string()) periods_.insert(period.get<std::string>());
      }
    }
  }
  if (const auto items = metadata.find("items"); items != metadata.end()) read_items(*items);
}

void Grid::read_items(const Json& items) {
  if (!items.is_object()) return;
  for (const auto& [id, item] : items.items()) {
    if (!item.is_object()) continue;
    order_.push_back(id);
    items_.emplace(id, item);
    if (!headings_.contains(id)) ++name_uses_[text_of(item, "name")];
  }
}

std::vector<std::string> Grid::titles() const {
  std::vector<std::string> out;
  for (const GridColumn& column : columns_) out.push_back(column.title);
  return out;
}

Row Grid::row(const Json& cells) {
  Row row(columns_.size());
  const std::size_t count = cells.is_array() ? cells.size() : 0;
  for (std::size_t i = 0; i < count && i < columns_.size(); ++i) {
    const Json& cell = cells[i];
    if (!cell.is_string()) {
      row[i] = Cell::json(cell);
      continue;
    }
    const auto& value = cell.get_ref<const std::string&>();
    if (value.empty()) continue;
    if (columns_[i].number) {
      row[i] = Cell::number(value);
    } else if (columns_[i].items && name_of(value) != nullptr) {
      shown_.insert(value);
      row[i] = Cell::text(shown(value));
    } else {
      row[i] = Cell::text(value);
    }
  }
  return row;
}

const std::string* Grid::name_of(const std::string& item) const {
  const auto found = items_.find(item);
  if (found == items_.end()) return nullptr;
  const auto name = found->second.find("name");
  if (name == found->second.end() || !name->is_string()) return nullptr;
  return &name->get_ref<const std::string&>();
}

bool Grid::lacks(const std::string& item) const {
  return !items_.empty() && name_of(item) == nullptr;
}

std::string Grid::shown(const std::string& item) const {
  const std::string* name = name_of(item);
  if (name == nullptr) return item;
  const auto uses = name_uses_.find(*name);
  return uses != name_uses_.end() && uses->second > 1 ? *name + " (" + item + ")" : *name;
}

bool Grid::is_heading(const std::string& item) const {
  return headings_.contains(item) || periods_.contains(item);
}

std::string Grid::line(const std::string& item) const {
  const std::string* name = name_of(item);
  std::string out = name == nullptr || *name == item ? item : shown(item) + " = " + item;
  Json further = Json::object();
  for (const auto& [key, value] : items_.at(item).items()) {
    if (key == "name" || (key == "uid" && value == item)) continue;
    further[key] = value;
  }
  if (further.empty()) return out;
  if (further.size() == 1 && further.contains("code") && further["code"].is_string()) {
    const auto code = further["code"].get<std::string>();
    return code == item ? out : out + ", code " + code;
  }
  return out + " " + to_text(further);
}

std::vector<std::string> Grid::read_as() const {
  std::vector<std::string> first, then;
  for (const std::string& item : order_) {
    if (items_.at(item).empty()) continue;
    // An item with more to tell than a name is told even when it is a period or a heading.
    if (is_heading(item) && items_.at(item).size() == 1 && items_.at(item).contains("name")) {
      continue;
    }
    (shown_.contains(item) ? first : then).push_back(line(item));
  }
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

}  // namespace dhis2mcp
