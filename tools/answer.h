// SPDX-License-Identifier: BSD-3-Clause
// What a tool answers: where it comes from, how words were read, one table or one object, and
// notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dhis2/json.h"
#include "tools/table.h"

namespace dhis2mcp {

struct Answer {
  std::string source;                // "demo: admin at https://h/40 (2.40.3)"
  std::vector<std::string> read_as;  // "ANC 1 Coverage = indicator Uvn6LCg7dVU"
  std::optional<Table> table;        // exactly one of table and object
  std::optional<Json> object;
  std::optional<std::uint64_t> total;  // rows in the whole; absent when DHIS2 did not say
  bool truncated = false;              // rows are missing here; `result` or a note says the way on
  std::string result;                  // the kept result's id, or empty
  std::vector<std::string> notes;
};

// The default and the hard bound of an answer's size, in bytes of structuredContent.
inline constexpr std::size_t kDefaultAnswerBytes = 20 * 1024;
inline constexpr std::size_t kHardAnswerBytes = 80 * 1024;

// The same data twice: compact text and the JSON text of structuredContent, in SURFACE's member
// order.
struct Rendered {
  std::string text;
  std::string structured;
};

Rendered render(const Answer& answer);

}  // namespace dhis2mcp
