// SPDX-License-Identifier: BSD-3-Clause
// Every tool that exists, and every metadata type: the embedded JSON files of schemas/, read once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/embedded.h"
#include "tools/tool.h"

namespace dhis2mcp {

// One row of schemas/metadata.json.
struct MetadataType {
  std::string name;               // "dataElement"
  std::string collection;         // "dataElements", the path below /api and the member of a list
  std::string words;              // "data element", as people say it
  std::vector<std::string> also;  // other words for it: "org unit", "facility"
  std::string fields;             // what metadata_get shows by default
  int since = 0, until = 0;       // DHIS2 majors: since inclusive, until exclusive; 0 = unbounded
};

class Catalogue {
 public:
  // Throws internal, naming the file and the member, when an embedded file breaks a rule of
  // schemas/README.md; the build runs the same check.
  static const Catalogue& embedded();

  // Of other files of the same form, which are only read here.
  explicit Catalogue(std::span<const EmbeddedFile> files);

  // As toolsets.json lists them; tools that are not listed by default follow by name.
  const std::vector<Tool>& tools() const { return tools_; }
  const Tool* find(std::string_view name) const;
  const std::vector<MetadataType>& types() const { return types_; }

  // By name, collection or words, in any case, singular or plural; nullptr when there is none.
  const MetadataType* type(std::string_view text) const;

  // The same; throws bad_input with the nearest words when there is none.
  const MetadataType& known_type(std::string_view text) const;

  // The tools of "default", "compact", "all" or a comma list of toolset names. Throws bad_input on
  // an unknown.
  std::vector<const Tool*> toolset(std::string_view list) const;

 private:
  void read_tools(std::span<const EmbeddedFile> files, const Json& common);
  void sort_tools();

  std::vector<Tool> tools_;
  std::vector<MetadataType> types_;
  Json toolsets_;
};

// "a, b" as {"a", "b"}; empty parts are dropped.
std::vector<std::string> comma_list(std::string_view text);

}  // namespace dhis2mcp
