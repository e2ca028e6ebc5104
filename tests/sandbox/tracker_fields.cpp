// SPDX-License-Identifier: BSD-3-Clause
// Selects members of whole objects.
#include "tests/sandbox/tracker_fields.h"

namespace sandbox {
namespace {

void transform(const Field& field, Json& value, std::string& name) {
  for (const Transformer& transformer : field.transformers) {
    const bool sized = value.is_array() || value.is_string();
    const size_t size = value.is_string() ? value.get<std::string>().size() : value.size();
    if (transformer.name == "rename" && !transformer.arguments.empty()) {
      name = transformer.arguments.front();
    } else if (transformer.name == "size" && sized) {
      value = size;
    } else if (transformer.name == "isEmpty" && sized) {
      value = size == 0;
    } else if (transformer.name == "isNotEmpty" && sized) {
      value = size != 0;
    }
  }
}

const Field* child_named(const Field& wanted, const std::string& name) {
  for (const Field& child : wanted.children) {
    if (child.name == name) return &child;
  }
  return nullptr;
}

}  // namespace

Json chosen(const Json& whole, const Field& wanted) {
  if (whole.is_array()) {
    Json list = Json::array();
    for (const Json& one : whole) list.push_back(chosen(one, wanted));
    return list;
  }
  if (!whole.is_object()) return whole;
  Json result = Json::object();
  for (const auto& [name, value] : whole.items()) {
    const Field* child = child_named(wanted, name);
    if (wanted.excluded.count(name) > 0 || (child == nullptr && wanted.presets.empty())) continue;
    Json shown = child != nullptr && child->bracketed ? chosen(value, *child) : value;
    std::string key = name;
    if (child != nullptr) transform(*child, shown, key);
    result[key] = std::move(shown);
  }
  return result;
}

Json chosen(const Json& whole, const Request& request, const std::string& otherwise) {
  const auto wanted = parse_fields(request.param("fields").value_or(otherwise));
  return wanted ? chosen(whole, *wanted) : whole;
}

}  // namespace sandbox
