// SPDX-License-Identifier: BSD-3-Clause
// One pass over the text, a field at a time.
#include "tools/csv.h"

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// Takes one field from the front of `text`; `more` tells whether another follows on this line.
std::string take_field(std::string_view& text, bool& more) {
  std::string field;
  bool quoted = false;
  std::size_t i = 0;
  if (!text.empty() && text.front() == '"') {
    quoted = true;
    i = 1;
  }
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"') {
      if (i + 1 < text.size() && text[i + 1] == '"') {
        field += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (!quoted && (c == ',' || c == '\n' || c == '\r')) {
      break;
    } else {
      field += c;
    }
  }
  if (quoted) {
    throw Error(ErrorKind::unavailable, "The CSV that DHIS2 sent breaks off inside a quoted field.",
                "Ask again, or ask for JSON.");
  }
  more = i < text.size() && text[i] == ',';
  if (i < text.size() && text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
  text.remove_prefix(i < text.size() ? i + 1 : i);
  return field;
}

}  // namespace

Table read_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Table table;
  bool first = true;
  while (!text.empty()) {
    Row row;
    bool more = true;
    while (more) {
      std::string field = take_field(text, more);
      if (first) {
        table.columns.push_back(std::move(field));
      } else {
        row.push_back(field.empty() ? Cell() : Cell::text(std::move(field)));
      }
    }
    if (!first && !(row.size() == 1 && row.front().absent())) {
      while (table.columns.size() < row.size()) {
        table.columns.push_back(std::to_string(table.columns.size() + 1));
      }
      table.rows.push_back(std::move(row));
    }
    first = false;
  }
  for (Row& row : table.rows) row.resize(table.columns.size());
  return table;
}

}  // namespace dhis2mcp
