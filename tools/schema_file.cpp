// SPDX-License-Identifier: BSD-3-Clause
// The compact form of schemas/README.md becomes JSON Schema that every client takes: no $ref, no
// combinator at the root, no list of types.
#include "tools/schema_file.h"

#include <algorithm>
#include <set>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/handlers.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestDescription = 600;
constexpr std::size_t kLongestName = 40;

const std::set<std::string, std::less<>> kMembers = {
    "name",    "toolset", "effect", "title", "description", "input",    "output",
    "request", "handler", "local",  "since", "until",       "forwards", "also"};
const std::set<std::string, std::less<>> kPropertyMembers = {
    "type",    "description", "enum",     "minimum", "maximum",
    "default", "items",       "required", "$use",    "examples"};
const std::set<std::string, std::less<>> kTypes = {"string",  "integer", "number",
                                                   "boolean", "list",    "object"};

bool is_tool_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

std::string text_member(std::string_view path, const Json& file, const char* member) {
  if (!file.contains(member)) throw_rule(path, member, "missing");
  if (!file[member].is_string() || file[member].get_ref<const std::string&>().empty()) {
    throw_rule(path, member, "not a text");
  }
  return file[member].get<std::string>();
}

Effect effect_of(std::string_view path, const std::string& word) {
  if (word == "read") return Effect::read;
  if (word == "write") return Effect::write;
  if (word == "destroy") return Effect::destroy;
  throw_rule(path, "effect", "\"" + word + "\" is none of read, write, destroy");
}

// The property with `$use` replaced by the shared field; what stands beside it wins.
Json used(std::string_view path, const std::string& name, const Json& given, const Json& common) {
  const std::string where = "input." + name;
  if (!given.is_object()) throw_rule(path, where, "not an object");
  Json property = Json::object();
  if (given.contains("$use")) {
    const auto field = given["$use"].get<std::string>();
    if (!common.at("fields").contains(field)) {
      throw_rule(path, where, "common.json has no field \"" + field + "\"");
    }
    property = common["fields"][field];
  }
  for (const auto& [key, value] : given.items()) {
    if (!kPropertyMembers.contains(key)) throw_rule(path, where + "." + key, "unknown");
    if (key != "$use") property[key] = value;
  }
  return property;
}

// "list" is an array of texts, or of the items that the file names; an enum belongs to its items.
void expand_list(Json& property) {
  if (property["type"] != "list") return;
  property["type"] = "array";
  if (!property.contains("items")) property["items"] = {{"type", "string"}};
  if (property.contains("enum")) {
    property["items"]["enum"] = property["enum"];
    property.erase("enum");
  }
}

Json input_schema(std::string_view path, const Json& input, const Json& common) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& [name, given] : input.items()) {
    Json property = used(path, name, given, common);
    if (!property.contains("type") || !property["type"].is_string() ||
        !kTypes.contains(property["type"].get_ref<const std::string&>())) {
      throw_rule(path, "input." + name + ".type", "missing or unknown");
    }
    if (property.value("required", false)) required.push_back(name);
    property.erase("required");
    expand_list(property);
    properties[name] = std::move(property);
  }
  if (!properties.contains("profile")) {
    properties["profile"] = common.at("fields").at("profile");
  }
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

// Each {x} and {x?} of a template must be an argument, or a call could never fill it.
void check_template(std::string_view path, std::string_view text, const Json& properties) {
  while (const auto hole = hole_in(text)) {
    const std::string name(hole->name);
    if (!properties.contains(name)) throw_rule(path, "request", "{" + name + "} is no argument");
    text = hole->after;
  }
  if (text.find('{') != std::string_view::npos) {
    throw_rule(path, "request", "a brace is not closed");
  }
}

RequestTemplate request_template(std::string_view path, const Json& request,
                                 const Json& properties) {
  RequestTemplate made{text_member(path, request, "path"), {}};
  if (!made.path.starts_with("/api/")) throw_rule(path, "request.path", "not below /api/");
  check_template(path, made.path, properties);
  const Json query = request.value("query", Json::object());
  for (const auto& [name, value] : query.items()) {
    made.query.emplace_back(name, value.get<std::string>());
    check_template(path, made.query.back().second, properties);
  }
  return made;
}

void bind(std::string_view path, const Json& file, Tool& tool) {
  tool.forwards = file.value("forwards", false);
  const int ways = (file.contains("handler") ? 1 : 0) + (file.contains("request") ? 1 : 0);
  if (ways + (tool.forwards ? 1 : 0) != 1) {
    throw_rule(path, "handler", "exactly one of handler, request and forwards");
  }
  if (tool.forwards) return;
  if (file.contains("request")) {
    tool.request = request_template(path, file["request"], tool.input_schema["properties"]);
    return;
  }
  tool.handler = find_handler(text_member(path, file, "handler"));
  if (tool.handler == nullptr) throw_rule(path, "handler", "no such handler");
}

}  // namespace

void throw_rule(std::string_view file, std::string_view member, const std::string& rule) {
  throw Error(ErrorKind::internal,
              "schemas/" + std::string(file) + ": " + std::string(member) + ": " + rule);
}

std::optional<Hole> hole_in(std::string_view text) {
  const auto open = text.find('{');
  const auto close = text.find('}', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  Hole hole{text.substr(0, open), text.substr(open + 1, close - open - 1), text.substr(close + 1)};
  hole.optional = hole.name.ends_with('?');
  if (hole.optional) hole.name.remove_suffix(1);
  return hole;
}

Json parse_schema_file(std::string_view path, std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw_rule(path, "JSON", error.what());
  }
}

Tool read_tool(std::string_view path, const Json& file, const Json& common) {
  for (const auto& [member, value] : file.items()) {
    if (!kMembers.contains(member)) throw_rule(path, member, "unknown");
  }
  Tool tool;
  tool.name = text_member(path, file, "name");
  if (!is_tool_name(tool.name) || path != "tools/" + tool.name + ".json") {
    throw_rule(path, "name", "not [a-z0-9_]{1,40}, or not the file's name");
  }
  tool.toolset = text_member(path, file, "toolset");
  tool.title = text_member(path, file, "title");
  tool.description = text_member(path, file, "description");
  if (tool.description.size() > kLongestDescription) {
    throw_rule(path, "description", "over " + std::to_string(kLongestDescription) + " characters");
  }
  tool.effect = effect_of(path, text_member(path, file, "effect"));
  tool.input_schema = input_schema(path, file.value("input", Json::object()), common);
  const std::string output = file.value("output", "answer");
  if (!common.at("outputs").contains(output)) throw_rule(path, "output", "not in common.json");
  tool.output_schema = common["outputs"][output];
  tool.also = file.value("also", std::vector<std::string>());
  tool.local = file.value("local", false);
  tool.since = file.value("since", 0);
  tool.until = file.value("until", 0);
  bind(path, file, tool);
  return tool;
}

std::vector<MetadataType> read_metadata_types(const Json& file) {
  std::vector<MetadataType> types;
  for (const Json& row : file) {
    MetadataType type;
    type.name = text_member("metadata.json", row, "name");
    type.collection = text_member("metadata.json", row, "collection");
    type.words = text_member("metadata.json", row, "words");
    type.fields = text_member("metadata.json", row, "fields");
    type.also = row.value("also", std::vector<std::string>());
    type.since = row.value("since", 0);
    type.until = row.value("until", 0);
    types.push_back(std::move(type));
  }
  return types;
}

}  // namespace dhis2mcp
