// SPDX-License-Identifier: BSD-3-Clause
// Masking: inside `attributes` everything is a person's unless its name is known to be harmless, so
// that a new or renamed member of a later DHIS2 is masked too.
#include <algorithm>
#include <array>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::array<std::string_view, 6> kPersonPaths = {
    "tracker", "trackedEntityInstances", "enrollments", "events", "relationships", "audits"};

// What stands beside the value of an attribute and tells nothing of the person.
constexpr std::array<std::string_view, 12> kHarmless = {
    "attribute", "code",        "displayName", "name",     "valueType", "created",
    "createdAt", "lastUpdated", "updatedAt",   "storedBy", "id",        "skipSynchronization"};

// Text types that name somebody even in a count; options, numbers and truth values do not.
constexpr std::array<std::string_view, 8> kNaming = {
    "TEXT", "LONG_TEXT", "PHONE_NUMBER", "EMAIL", "USERNAME", "URL", "DATE", "AGE"};

bool among(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// "tracker" of "/api/tracker/events.json".
std::string_view first_segment(std::string_view path) {
  if (path.starts_with("/api/")) path.remove_prefix(5);
  return path.substr(0, path.find_first_of("/.?"));
}

bool line_list(std::string_view path) {
  return path.starts_with("/api/analytics/") && path.find("/query/") != std::string_view::npos;
}

bool event_counts(std::string_view path) {
  return path.starts_with("/api/analytics/") && path.find("/aggregate/") != std::string_view::npos;
}

bool is_uid_text(std::string_view text) {
  return text.size() == 11 && std::ranges::all_of(text, is_letter_or_digit);
}

bool mask_scalar(Json& value) {
  if (value.is_null() || value == kMasked) return false;
  value = kMasked;
  return true;
}

// Everything below `attributes` or `attributeValue`.
bool mask_attributes(Json& value) {
  bool masked = false;
  if (value.is_object()) {
    for (auto& [name, member] : value.items()) {
      if (!among(kHarmless, name) || member.is_structured()) masked |= mask_attributes(member);
    }
    return masked;
  }
  if (value.is_array()) {
    for (Json& element : value) masked |= mask_attributes(element);
    return masked;
  }
  return mask_scalar(value);
}

bool is_value(std::string_view name) {
  return name == "value" || name == "currentValue" || name == "previousValue";
}

// `of_attributes` where each value is one of an attribute, whatever stands beside it.
bool mask_below(Json& value, bool of_attributes) {
  bool masked = false;
  if (value.is_array()) {
    for (Json& element : value) masked |= mask_below(element, of_attributes);
  }
  if (!value.is_object()) return masked;
  const bool attribute =
      of_attributes || value.contains("attribute") || value.contains("trackedEntityAttribute");
  for (auto& [name, member] : value.items()) {
    if (name == "attributes" || name == "attributeValue" || (attribute && is_value(name))) {
      masked |= mask_attributes(member);
    } else {
      masked |= mask_below(member, of_attributes);
    }
  }
  return masked;
}

// A line list names an attribute by its uid, or by its program's and its own. A data element stands
// behind its stage; without a stage it looks like an attribute and is masked too.
bool person_header(std::string_view path, const std::string& name) {
  if (is_uid_text(name)) return name != "lastupdated" && name != "eventstatus";
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || !is_uid_text(std::string_view(name).substr(dot + 1)))
    return false;
  const std::string_view before = std::string_view(name).substr(0, dot);
  const bool of_program = path.find("/" + std::string(before)) != std::string_view::npos;
  const bool of_entity = path.find("/trackedEntities/") != std::string_view::npos;
  return of_program || (of_entity && is_uid_text(before));
}

bool naming_header(const Json& header) {
  return is_uid_text(header.value("name", "")) && !header.contains("optionSet") &&
         !header.contains("legendSet") && among(kNaming, header.value("valueType", ""));
}

// "csv" of "/api/tracker/trackedEntities.csv".
std::string_view extension(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t dot = path.find('.', slash == std::string_view::npos ? 0 : slash);
  return dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
}

bool old_entity_query(std::string_view path) {
  return path.starts_with("/api/trackedEntityInstances/query");
}

}  // namespace

bool holds_persons(std::string_view path) {
  return among(kPersonPaths, first_segment(path)) || line_list(path) || event_counts(path);
}

void demand_maskable(std::string_view path, const Query& query) {
  if (!holds_persons(path)) return;
  const std::string_view form = extension(path);
  if (!form.empty() && form != "json") {
    throw Error(ErrorKind::refused,
                "This profile masks the attributes of persons, and that cannot be done in ." +
                    std::string(form) + ".",
                "Ask for the same path without the extension.");
  }
  if (path.find("/attributes/") != std::string_view::npos) {
    throw Error(ErrorKind::refused,
                "This is a file of a person, and this profile masks the attributes of persons.",
                "A person may set `pii: allow` on the profile.");
  }
  for (const auto& [name, value] : query.items()) {
    if (name == "fields" && value.find("rename") != std::string::npos) {
      throw Error(
          ErrorKind::refused,
          "This profile masks the attributes of persons, and renamed fields would hide them.",
          "Leave rename out of `fields`.");
    }
  }
}

bool mask_persons(std::string_view path, Json& document) {
  if (!among(kPersonPaths, first_segment(path))) return false;
  return mask_below(document, path.starts_with("/api/audits/trackedEntityAttributeValue"));
}

std::vector<std::size_t> person_columns(std::string_view path, const Json& headers) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string name = headers[i].value("name", "");
    const bool person = line_list(path)          ? person_header(path, name)
                        : old_entity_query(path) ? is_uid_text(name) && name != "lastupdated"
                        : event_counts(path)     ? naming_header(headers[i])
                                                 : false;
    if (person) columns.push_back(i);
  }
  return columns;
}

}  // namespace dhis2mcp
