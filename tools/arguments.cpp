// SPDX-License-Identifier: BSD-3-Clause
// Shape only: a value that fits after an obvious reading ("5" for 5, "x" for ["x"]) is taken, since
// models write both; all that does not fit is named at once.
#include "tools/arguments.h"

#include <algorithm>
#include <charconv>

#include "auth/nearest.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"

namespace dhis2mcp {
namespace {

using Failures = std::vector<std::string>;

std::string type_words(std::string_view type) {
  if (type == "string") return "expected text";
  if (type == "integer") return "expected a whole number";
  if (type == "number") return "expected a number";
  if (type == "boolean") return "expected true or false";
  if (type == "array") return "expected a list";
  return "expected an object";
}

// Some clients send lists and objects as their JSON text.
void unwrap_text(Json& value, char opening) {
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty() || text.front() != opening) return;
  try {
    Json parsed = parse_json(text);
    if (parsed.is_array() || parsed.is_object()) value = std::move(parsed);
  } catch (const Error&) {
    // A text that only looks like JSON stays a text, and is judged as one.
  }
}

bool read_integer(Json& value) {
  if (value.is_number_integer()) return true;
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number < -9e15 || number > 9e15 || number != static_cast<double>(std::int64_t(number))) {
      return false;
    }
    value = std::int64_t(number);
    return true;
  }
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return false;
  value = number;
  return true;
}

bool read_boolean(Json& value) {
  if (value == "true") value = true;
  if (value == "false") value = false;
  return value.is_boolean();
}

bool read_text(Json& value) {
  if (value.is_number()) value = value.dump();  // a period such as 2024
  return value.is_string();
}

bool read_number(Json& value) {
  if (value.is_string()) {
    const Json parsed = Json::parse(value.get_ref<const std::string&>(), nullptr, false);
    if (parsed.is_number()) value = parsed;
  }
  return value.is_number();
}

// To DHIS2 an empty name is no filter, or a request that it breaks at.
bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

void check(const std::string& path, const Json& schema, Json& value, Failures& failures);

bool read_list(const std::string& path, const Json& schema, Json& value, Failures& failures) {
  unwrap_text(value, '[');
  if (value.is_object()) return false;
  if (!value.is_array()) value = Json::array({value});
  for (std::size_t i = 0; i < value.size(); ++i) {
    check(path + "[" + std::to_string(i) + "]", schema["items"], value[i], failures);
  }
  return true;
}

bool read_as(const std::string& path, const std::string& type, const Json& schema, Json& value,
             Failures& failures) {
  if (type == "string") return read_text(value);
  if (type == "integer") return read_integer(value);
  if (type == "number") return read_number(value);
  if (type == "boolean") return read_boolean(value);
  if (type == "array") return read_list(path, schema, value, failures);
  unwrap_text(value, '{');
  return value.is_object();
}

void check_bounds(const std::string& path, const Json& schema, const Json& value,
                  Failures& failures) {
  if (schema.contains("minimum") && value < schema["minimum"]) {
    failures.push_back(path + ": must be at least " + schema["minimum"].dump());
  }
  if (schema.contains("maximum") && value > schema["maximum"]) {
    failures.push_back(path + ": must be at most " + schema["maximum"].dump());
  }
}

void check_enum(const std::string& path, const Json& allowed, const Json& value,
                Failures& failures) {
  std::vector<std::string> known;
  for (const Json& one : allowed) {
    if (one == value) return;
    known.push_back(one.is_string() ? one.get<std::string>() : one.dump());
  }
  failures.push_back(path + ": expected " + either(known));
}

void check(const std::string& path, const Json& schema, Json& value, Failures& failures) {
  const std::string type = schema.value("type", "");
  if (type.empty()) return;
  if (!read_as(path, type, schema, value, failures)) {
    failures.push_back(path + ": " + type_words(type));
    return;
  }
  if (value.is_number()) check_bounds(path, schema, value, failures);
  if (value.is_string() && is_blank(value.get_ref<const std::string&>())) {
    failures.push_back(path + ": expected text that is not empty");
    return;
  }
  if (schema.contains("enum")) check_enum(path, schema["enum"], value, failures);
}

std::string unknown_argument(const std::string& name, const Json& properties) {
  std::vector<std::string> known;
  for (const auto& [property, schema] : properties.items()) known.push_back(property);
  const std::vector<std::string> near = nearest_names(name, known, 1);
  return name + ": no such argument; " +
         (near.empty() ? "the arguments are " + either(known) : "did you mean " + near[0] + "?");
}

}  // namespace

Arguments::Arguments(const Json& input_schema, Json given) : values_(Json::object()) {
  if (given.is_null()) given = Json::object();
  if (!given.is_object()) {
    throw Error(ErrorKind::bad_input, "The arguments must be an object.",
                "Send them by name: {\"name\": value}.");
  }
  const Json& properties = input_schema.at("properties");
  const Json required = input_schema.value("required", Json::array());
  const auto left_empty = [&required](const std::string& name, const Json& value) {
    const bool needed = std::ranges::find(required, Json(name)) != required.end();
    return value.is_null() || (!needed && value.is_string() && is_blank(value));
  };
  Failures failures;
  for (auto& [name, value] : given.items()) {
    if (!properties.contains(name)) {
      failures.push_back(unknown_argument(name, properties));
    } else if (!left_empty(name, value)) {
      check(name, properties[name], value, failures);
      values_[name] = std::move(value);
    }
  }
  for (const Json& name : required) {
    if (!values_.contains(name.get_ref<const std::string&>())) {
      failures.push_back(name.get<std::string>() + ": required");
    }
  }
  if (failures.empty()) return;
  std::string message = "The arguments do not fit.";
  for (const std::string& failure : failures) message += "\n- " + failure;
  throw Error(ErrorKind::bad_input, message, "Mend these and call again; nothing was run.");
}

const Json* Arguments::value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &*found;
}

bool Arguments::has(std::string_view name) const { return value(name) != nullptr; }

std::string Arguments::text(std::string_view name, std::string_view fallback) const {
  const Json* found = value(name);
  return found == nullptr ? std::string(fallback) : found->get<std::string>();
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  const Json* found = value(name);
  return found == nullptr ? std::vector<std::string>() : found->get<std::vector<std::string>>();
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t fallback) const {
  const Json* found = value(name);
  return found == nullptr ? fallback : found->get<std::int64_t>();
}

bool Arguments::flag(std::string_view name, bool fallback) const {
  const Json* found = value(name);
  return found == nullptr ? fallback : found->get<bool>();
}

}  // namespace dhis2mcp
