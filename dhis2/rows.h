// SPDX-License-Identifier: BSD-3-Clause
// Reads rows as they arrive, so that an answer of any size is never held whole.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

// What a row reader found outside the rows.
struct RowsEnvelope {
  Json headers = Json::array();  // analytics: [{name, column, valueType, ...}]
  Json rest = Json::object();    // every other member, whole; a second array of rows stays here
  std::string rows_member;  // "rows", "dataValues", "dataElements", ...; empty: no array of rows
  std::uint64_t rows = 0;   // rows seen
  bool complete = false;    // the document ended well
};

// Push parser for the three shapes of long DHIS2 answers: analytics {headers, metaData, rows:
// [[..]]}, data value sets {dataValues: [{..}]} and lists {pager, <type>: [{..}]}, and a bare
// top-level array. The row array is the first top-level member that is an array of arrays or of
// objects, but for `headers`; a hint names it. Bounded memory: 4 MB for one row, and 16 MB for all
// that is not rows.
class RowReader {
 public:
  // Each row, an array or an object, is handed over once; returning false stops the reading.
  using OnRow = std::function<bool(Json&& row)>;

  // For analytics, at a fraction of the cost: the cells of one row as texts, which live until the
  // call returns; null is an empty text. Returning false stops the reading.
  using OnCells = std::function<bool(const std::vector<std::string_view>& cells)>;

  // Takes a member that is not the rows as soon as it is whole, as JSON text. True: it was used,
  // and is not kept for the envelope.
  using OnMember = std::function<bool(const std::string& name, const std::string& text)>;

  explicit RowReader(OnRow on_row, std::string rows_member = {});
  RowReader(OnCells on_cells, OnMember on_member, std::string rows_member);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  // Takes the next piece. Returns false once the reader stopped. Throws unavailable on text that is
  // no JSON, on depth over 64 and on what is over its bound.
  bool feed(std::string_view piece);

  // Call at the end of the body. Throws unavailable when the document is cut short (DHIS2 breaks
  // off in mid-stream with status 200 when an error meets it while it writes).
  RowsEnvelope finish();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace dhis2mcp
