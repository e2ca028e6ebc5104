// SPDX-License-Identifier: BSD-3-Clause
// Every tool that exists, and every metadata type: the embedded JSON files of schemas/, read once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/tool.h"

namespace dhis2mcp {

// One row of schemas/metadata.json.
struct MetadataType {
  std::string name;        // "dataElement"
  std::string collection;  // "dataElements", the path below /api and the member of a list
  std::string words;       // "data element", as people say it
  std::string fields;      // what metadata_get shows by default
  int since = 0, until = 0;
};

class Catalogue {
 public:
  // Throws internal, naming the file and the member, when an embedded file breaks a rule of
  // schemas/README.md; the build runs the same check.
  static const Catalogue& embedded();

  const std::vector<Tool>& tools() const { return tools_; }  // sorted as toolsets.json lists them
  const Tool* find(std::string_view name) const;
  const std::vector<MetadataType>& types() const { return types_; }

  // By name, collection or words, in any case, singular or plural; nullptr when there is none.
  const MetadataType* type(std::string_view text) const;

  // The tools of "default", "compact", "all" or a comma list of toolset names. Throws bad_input on
  // an unknown.
  std::vector<const Tool*> toolset(std::string_view list) const;

 private:
  std::vector<Tool> tools_;
  std::vector<MetadataType> types_;
  Json toolsets_;
};

}  // namespace dhis2mcp
