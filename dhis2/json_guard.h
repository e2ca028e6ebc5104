// SPDX-License-Identifier: BSD-3-Clause
// Parses JSON from strangers: depth, size, duplicate names, NUL and broken UTF-8 are refused before
// a value is built (nlohmann's own parser callback is quadratic and its dump crashes on deep
// values).
#pragma once

#include <cstddef>
#include <string_view>

#include "dhis2/json.h"

namespace dhis2mcp {

struct JsonLimits {
  std::size_t depth = 64;
  std::size_t nodes = 2'000'000;
  std::size_t name_length = 1'024;
  std::size_t string_length = 4UL * 1024 * 1024;
  bool refuse_duplicate_names = true;  // false: the last one wins, as DHIS2's own parser reads them
  bool keep_digits = false;            // true: a number that a double would change becomes a text
};

// Throws bad_input with the byte position and the reason.
Json parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace dhis2mcp
