// SPDX-License-Identifier: BSD-3-Clause
// The arguments of a tool call: checked once against the tool's input schema, then read by type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

class Arguments {
 public:
  // Checks shape only (type, required, blank, unknown, enum, minimum, maximum); DHIS2 judges
  // meaning. A lone string where a list is asked is a list of one; "5" is an integer; a blank text
  // where nothing is required is no argument. Throws bad_input naming every field that failed with
  // its path ("filter[2]: expected text") and the nearest name for an unknown one.
  Arguments(const Json& input_schema, Json given);

  bool has(std::string_view name) const;
  std::string text(std::string_view name, std::string_view fallback = {}) const;
  std::vector<std::string> list(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  bool flag(std::string_view name, bool fallback = false) const;
  const Json* value(std::string_view name) const;
  const Json& all() const { return values_; }

 private:
  Json values_;
};

}  // namespace dhis2mcp
