// SPDX-License-Identifier: BSD-3-Clause
// Members of what a server sent, which may be missing, null or of another type than expected. What
// is no object has no members.
#pragma once

#include <string>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

// A null where there is none. Lives as long as the object, hence not of a temporary one.
inline const Json& member_of(const Json& object, const char* name) {
  static const Json none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}
const Json& member_of(const Json&& object, const char* name) = delete;

// Empty where it is no text.
inline std::string text_of(const Json& object, const char* name) {
  const Json& member = member_of(object, name);
  return member.is_string() ? member.get<std::string>() : std::string();
}

// Empty where it is no list.
inline Json list_of(const Json& object, const char* name) {
  const Json& member = member_of(object, name);
  return member.is_array() ? member : Json::array();
}

// The texts of a list, without what is none; empty where it is no list.
inline std::vector<std::string> texts_in(const Json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& one : list) {
    if (one.is_string()) texts.push_back(one.get<std::string>());
  }
  return texts;
}

// A text without its quotes, nothing for a null, other values as JSON writes them.
inline std::string as_text(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : to_text(value);
}
inline std::string as_text(const Json& object, const char* name) {
  return as_text(member_of(object, name));
}

}  // namespace dhis2mcp
