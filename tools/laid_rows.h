// SPDX-License-Identifier: BSD-3-Clause
// Lists of the tracker and of event analytics as tables of names; page by page, for the next page
// is laid under the same columns by another process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/call.h"
#include "tools/program_scheme.h"
#include "tools/read_answer.h"

namespace dhis2mcp {

// One page of a list, read: its rows, and what DHIS2 said of the paging.
struct LaidPage {
  std::vector<Row> rows;
  std::optional<std::uint64_t> total;
  int next = 0;         // the next page; 0: this is the last one
  bool masked = false;  // values of persons are hidden in it
  std::vector<std::string> read_as, notes;
};

// Lays the objects or cells of one list. A layout says which list it is and of what program, so
// that it can be made again: {"list": "entities" | "events" | "analytics", "program": ...}.
class LaidRows {
 public:
  static std::unique_ptr<LaidRows> of(Call& call, const Json& layout);
  virtual ~LaidRows() = default;

  // Reads one answer of the path. Person's values are masked first, unless the profile allows
  // them. Columns that are new are added at the end of `columns` (all of them on the first page).
  virtual LaidPage lay(const std::string& path, Json page, std::vector<std::string>& columns) = 0;
};

// Asks for pages until there is one with rows, and collects it: what a list tool answers. `layout`
// may hold "then": org units that the same question is asked for, one after the other.
void collect_laid(Call& call, const Request& request, const Json& layout, Answer& answer);

// What result_page and result_save go on with: lays page `rest.next_page`.
FurtherRows further_laid_rows(Call& call, const Continuation& rest, Json page,
                              std::vector<std::string> columns);

// The failures of the tracker, with what to do about each. Throws the error again.
[[noreturn]] void rethrow_explained(Error error);

}  // namespace dhis2mcp
