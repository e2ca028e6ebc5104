// SPDX-License-Identifier: BSD-3-Clause
// From one JSON file of schemas/ to a tool or a table of metadata types, with every rule checked;
// and the holes that the texts of such a file have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/catalogue.h"

namespace dhis2mcp {

// Throws internal: "schemas/tools/x.json: title: missing".
[[noreturn]] void throw_rule(std::string_view file, std::string_view member,
                             const std::string& rule);

Json parse_schema_file(std::string_view path, std::string_view text);

// Expands `$use`, "list" and `required`, adds `profile`, takes the output schema from common.json
// and binds the handler. Throws as above on a member that is missing, unknown or of the wrong form.
Tool read_tool(std::string_view path, const Json& file, const Json& common);

std::vector<MetadataType> read_metadata_types(const Json& file);

// "{name}" or "{name?}" in a text: a request's template, a line of a prompt.
struct Hole {
  std::string_view before, name, after;
  bool optional = false;
};

// The first one; nothing where there is none, or its brace is not closed.
std::optional<Hole> hole_in(std::string_view text);

}  // namespace dhis2mcp
