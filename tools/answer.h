// SPDX-License-Identifier: BSD-3-Clause
// What a tool answers: where it comes from, how words were read, one table or one object, and
// notes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dhis2/json.h"
#include "tools/table.h"

namespace dhis2mcp {

struct Answer {
  std::string source;                // "demo: admin at https://h/40 (2.40.3)"
  bool from_instance = true;         // false: nothing in it was written by people of an instance
  std::vector<std::string> read_as;  // "ANC 1 Coverage = indicator Uvn6LCg7dVU"
  std::optional<Table> table;        // exactly one of table and object
  std::optional<Json> object;
  std::optional<std::uint64_t> total;  // rows in the whole; absent when DHIS2 did not say
  bool truncated = false;              // rows are missing here; `result` or a note says the way on
  std::string result;                  // the kept result's id, or empty
  std::vector<std::string> notes;      // our own words; a name of the instance in them is quoted
};

// The default and the hard bound of an answer's size, in bytes of structuredContent.
inline constexpr std::size_t kDefaultAnswerBytes = 20UL * 1024;
inline constexpr std::size_t kHardAnswerBytes = 80UL * 1024;

// The same data twice: compact text and the JSON text of structuredContent, in SURFACE's member
// order.
struct Rendered {
  std::string text;
  std::string structured;
};

Rendered render(const Answer& answer);

// The leaves of a document as rows {path, value}: "dataSetElements[3].dataElement.id". Texts of
// more than 8 KB come in parts, so that each row fits an answer.
using LeafSink = std::function<bool(Row row)>;
void leaves(const Json& document, const LeafSink& sink);

// Brings an answer under the cap: an object that is too large becomes a table of its leaves, whose
// rows are all kept for result_page. The registry calls this for every tool.
class Call;
void fit(Answer& answer, Call& call);

}  // namespace dhis2mcp
