// SPDX-License-Identifier: BSD-3-Clause
// Which paths of a server can be read, and with which parameters, as the server itself tells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dhis2/json.h"

namespace dhis2mcp {

struct ApiParameter {
  std::string name;
  std::string where;  // "query" or "path"
  std::string type;   // "text", "list of integer", an enum's values "SUM AVERAGE ..."
  std::string about;
  bool required = false;
};

struct ApiPath {
  std::string path;   // "/api/dataSets/{uid}/form"
  std::string about;  // one line; empty where the server says nothing
  std::vector<ApiParameter> parameters;
};

// The GETs of an OpenAPI document that the read policy lets through, sorted by path. Reads as the
// text goes by and keeps nothing else of it: a document of 10 MB leaves about 1 MB. Knows the
// documents of 2.40 and 2.41, whose paths lack /api. Throws unavailable for what is no JSON or no
// OpenAPI document.
std::vector<ApiPath> read_openapi(std::string_view document);

// The paths of metadata types, for servers without such a document (up to 2.39): /api/schemas.
std::vector<ApiPath> read_schemas(const Json& schemas);

// For the file that an index is kept in.
Json to_json(const std::vector<ApiPath>& paths);
std::vector<ApiPath> api_paths(const Json& json);  // throws Json::exception on a strange file

// The path that fits "dataSets/abc/form", braces standing for any segment; the one with the fewest
// braces where several do. nullptr when there is none.
const ApiPath* matching(const std::vector<ApiPath>& paths, std::string_view path);

}  // namespace dhis2mcp
