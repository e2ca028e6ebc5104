// SPDX-License-Identifier: BSD-3-Clause
// What a JSON document from DHIS2 is: a list, a grid of analytics, or one object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dhis2/json.h"

namespace dhis2mcp {

enum class Shape { grid, list, object };

struct Recognised {
  Shape shape = Shape::object;
  std::string member;  // which one holds the rows; empty for a bare array
};

// Judges by the document and by the path that gave it: "/api/dataSets/<uid>" with one array in it
// is an object, "/api/dataSets" is a list. A grid has `headers` and `rows`.
Recognised recognise(const Json& document, std::string_view path);

// Where the page stands in the whole list. DHIS2 tells it in `pager`, in `metaData.pager` or, in
// tracker lists up to 2.41, beside the rows.
struct Paging {
  std::optional<std::uint64_t> total;
  std::uint64_t before = 0;  // rows on the pages before
  int page = 0;              // 0: not paged
  int pages = 0;             // 0: not told
  int next = 0;              // 0: this is the last page
};
Paging read_paging(const Json& envelope, std::size_t rows, std::string_view path);

// Members that only tell the paging; they are not repeated among the notes.
bool tells_paging(std::string_view member, const Json& envelope);

// The last segment of a path without its extension: "dataElements" of "/api/dataElements.json".
std::string last_segment(std::string_view path);

bool is_uid(std::string_view text);  // 11 letters and digits, the first one a letter

}  // namespace dhis2mcp
