// SPDX-License-Identifier: BSD-3-Clause
// Members of what DHIS2 sent, which may be missing, null or of another type.
#pragma once

#include <string>

#include "dhis2/json.h"

namespace dhis2mcp {

// Empty where it is no text.
inline std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Empty where it is no list.
inline Json list_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : Json::array();
}

}  // namespace dhis2mcp
