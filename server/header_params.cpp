// SPDX-License-Identifier: BSD-3-Clause
// MCP 2026-07-28 "Custom headers from tool parameters".
#include "server/header_params.h"

#include <charconv>
#include <optional>

#include "dhis2/ascii.h"
#include "server/json_text.h"
#include "server/jsonrpc.h"

namespace dhis2mcp {
namespace {

void collect(const Json& schema, std::vector<std::string>& path, std::vector<HeaderParam>& found) {
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return;
  for (const auto& [name, property] : properties->items()) {
    if (!property.is_object()) continue;
    path.push_back(name);
    const auto header = property.find("x-mcp-header");
    if (header != property.end() && header->is_string()) {
      found.push_back({header->get<std::string>(), path});
    }
    collect(property, path, found);
    path.pop_back();
  }
}

std::string_view value_at(std::string_view value, const std::vector<std::string>& path) {
  for (const std::string& name : path) {
    if (value.empty() || type_of(value) != JsonType::object) return {};
    value = member(value, name);
  }
  return !value.empty() && type_of(value) == JsonType::null ? std::string_view() : value;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc{} || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

bool equal(std::string_view raw, const std::string& header) {
  switch (type_of(raw)) {
    case JsonType::string:
      return unquoted(raw) == header;
    case JsonType::number:
      return number(raw) && number(raw) == number(header);
    default:
      return raw == header;
  }
}

[[noreturn]] void mismatch(const HeaderParam& param, const std::string& why) {
  throw RpcError{
      kHeaderMismatch, "The header Mcp-Param-" + param.header + " " + why + ".", 400, {}};
}

}  // namespace

std::vector<HeaderParam> header_params(const Json& input_schema) {
  std::vector<HeaderParam> found;
  std::vector<std::string> path;
  collect(input_schema, path, found);
  return found;
}

void check_header_params(const std::vector<HeaderParam>& params, std::string_view arguments,
                         const HttpHead& head) {
  for (const HeaderParam& param : params) {
    std::optional<std::string_view> header;
    for (const auto& [name, value] : head.mcp_params) {
      if (!same_word(name, param.header)) continue;
      if (header) mismatch(param, "comes twice");
      header = value;
    }
    const std::string_view argument = value_at(arguments, param.path);
    if (!header && argument.empty()) continue;
    if (!header) mismatch(param, "is missing");
    if (argument.empty()) mismatch(param, "is there, but its argument is not");
    const std::optional<std::string> text = header_text(*header);
    if (!text) mismatch(param, "is malformed");
    if (!equal(argument, *text)) mismatch(param, "differs from its argument");
  }
}

}  // namespace dhis2mcp
