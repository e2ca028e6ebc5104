// SPDX-License-Identifier: BSD-3-Clause
// Reads the embedded files, checks them against the rules of schemas/README.md, and finds things.
#include "tools/catalogue.h"

#include <algorithm>
#include <set>

#include "auth/nearest.h"
#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/embedded.h"
#include "tools/schema_file.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

Json json_of(std::span<const EmbeddedFile> files, std::string_view path) {
  for (const EmbeddedFile& file : files) {
    if (file.path == path) return parse_schema_file(path, file.text);
  }
  throw Error(ErrorKind::internal, "schemas/" + std::string(path) + " is not embedded");
}

// "Org unit groups" and "orgUnitGroup" are the same word to whoever types it.
std::string type_key(std::string_view text) {
  std::string key;
  for (const char c : text) {
    if (is_letter_or_digit(c)) key += lower_letter(c);
  }
  return key;
}

bool same_but_plural(std::string_view singular, std::string_view asked) {
  if (asked == singular) return true;
  if (asked.size() == singular.size() + 1)
    return asked.starts_with(singular) && asked.back() == 's';
  return singular.ends_with('y') && asked.ends_with("ies") &&
         asked.substr(0, asked.size() - 3) == singular.substr(0, singular.size() - 1);
}

}  // namespace

std::vector<std::string> comma_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

const Catalogue& Catalogue::embedded() {
  static const Catalogue catalogue(embedded_files());
  return catalogue;
}

Catalogue::Catalogue(std::span<const EmbeddedFile> files)
    : types_(read_metadata_types(json_of(files, "metadata.json"))),
      toolsets_(json_of(files, "toolsets.json")) {
  read_tools(files, json_of(files, "common.json"));
}

void Catalogue::read_tools(std::span<const EmbeddedFile> files, const Json& common) {
  for (const EmbeddedFile& file : files) {
    if (!file.path.starts_with("tools/")) continue;
    tools_.push_back(read_tool(file.path, parse_schema_file(file.path, file.text), common));
    const Tool& tool = tools_.back();
    if (!toolsets_.at("toolsets").contains(tool.toolset)) {
      throw_rule(file.path, "toolset", "\"" + tool.toolset + "\" is not in toolsets.json");
    }
  }
  sort_tools();
}

// As "default" of toolsets.json lists them; tools that are not listed by default follow by name.
void Catalogue::sort_tools() {
  const auto listed = toolsets_.at("default").get<std::vector<std::string>>();
  for (const char* set : {"default", "compact"}) {
    for (const Json& name : toolsets_.at(set)) {
      if (find(name.get<std::string>()) == nullptr) {
        throw_rule("toolsets.json", set, name.get<std::string>() + " is no tool");
      }
    }
  }
  const auto place = [&](const Tool& tool) {
    return std::find(listed.begin(), listed.end(), tool.name) - listed.begin();
  };
  std::stable_sort(tools_.begin(), tools_.end(),
                   [&](const Tool& a, const Tool& b) { return place(a) < place(b); });
}

const Tool* Catalogue::find(std::string_view name) const {
  const auto found = std::find_if(tools_.begin(), tools_.end(),
                                  [&](const Tool& tool) { return tool.name == name; });
  return found == tools_.end() ? nullptr : &*found;
}

const MetadataType* Catalogue::type(std::string_view text) const {
  const std::string asked = type_key(text);
  if (asked.empty()) return nullptr;
  for (const MetadataType& type : types_) {
    if (asked == type_key(type.collection) || same_but_plural(type_key(type.name), asked) ||
        same_but_plural(type_key(type.words), asked)) {
      return &type;
    }
    for (const std::string& other : type.also) {
      if (same_but_plural(type_key(other), asked)) return &type;
    }
  }
  return nullptr;
}

const MetadataType& Catalogue::known_type(std::string_view text) const {
  if (const MetadataType* found = type(text)) return *found;
  std::vector<std::string> known;
  for (const MetadataType& one : types_) known.push_back(one.words);
  const std::string nearest = did_you_mean(nearest_names(text, known));
  throw Error(ErrorKind::bad_input, "There is no metadata type \"" + clean_line(text) + "\".",
              nearest.empty() ? "Write it like \"data element\" or \"dataSet\"." : nearest);
}

std::vector<const Tool*> Catalogue::toolset(std::string_view list) const {
  std::set<const Tool*> chosen;
  for (const std::string& name : comma_list(list)) {
    const bool all = name == "all";
    const bool named = name == "default" || name == "compact";
    if (!all && !named && !toolsets_.at("toolsets").contains(name)) {
      std::vector<std::string> known = {"default", "compact", "all"};
      for (const auto& [key, words] : toolsets_.at("toolsets").items()) known.push_back(key);
      throw Error(ErrorKind::bad_input, "There is no toolset \"" + name + "\".",
                  "The toolsets are " + either(known) + ".");
    }
    for (const Tool& tool : tools_) {
      const bool listed = named && std::find(toolsets_.at(name).begin(), toolsets_.at(name).end(),
                                             Json(tool.name)) != toolsets_.at(name).end();
      if (all || listed || tool.toolset == name) chosen.insert(&tool);
    }
  }
  // The tools stand in one array, so that their addresses sort as they are listed.
  return {chosen.begin(), chosen.end()};
}

}  // namespace dhis2mcp
