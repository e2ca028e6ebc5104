// SPDX-License-Identifier: BSD-3-Clause
// Columns and rows: the one shape in which answers with many values are given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

// One value of a table. Numbers keep the digits that DHIS2 sent (less a trailing ".0"); absent is
// null in JSON and empty in text, and is never 0. Texts are clean()ed when a cell is made.
class Cell {
 public:
  Cell() = default;                          // absent
  static Cell text(std::string_view value);  // an empty text stays a text
  static Cell number(std::string digits);    // text that is no JSON number becomes a text cell
  static Cell json(const Json& value);       // any value; null is absent

  bool absent() const { return kind_ == Kind::absent; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_text() const { return kind_ == Kind::text; }
  const std::string& str() const { return text_; }  // as the text form shows it
  std::string to_json() const;                      // as structuredContent holds it
  std::size_t json_bytes() const;                   // of to_json(), without making it

  bool operator==(const Cell&) const = default;

 private:
  enum class Kind { absent, text, number, json };
  Kind kind_ = Kind::absent;
  std::string text_;  // for json: its serialised form
};

using Row = std::vector<Cell>;

struct Table {
  std::vector<std::string> columns;
  std::vector<Row> rows;  // each as long as columns
};

}  // namespace dhis2mcp
