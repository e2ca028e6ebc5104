// SPDX-License-Identifier: BSD-3-Clause
// A SAX reader that builds only the small values it wants: the parameters of each GET, and the
// shared parameters and enums that they refer to.
#include "tools/api_index.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/readable.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kLongestAbout = 160;
constexpr std::size_t kMostValues = 40;  // of one enum

// The first sentence or line; "?" and "[no description yet]" say nothing.
std::string one_line(const std::string& text) {
  std::string line = clean_line(text.substr(0, text.find("\n\n")));
  if (const auto stop = line.find(". "); stop != std::string::npos) line.resize(stop + 1);
  if (line == "?" || line.starts_with("[no desc")) return {};
  if (line.size() > kLongestAbout) line = clean_line(line.substr(0, kLongestAbout)) + "...";
  return line;
}

// Values that are wanted are handed over whole, by the names on the way to them.
class Sax {
 public:
  using Way = std::vector<std::string>;
  using OnValue = std::function<void(const Way& way, Json value)>;

  explicit Sax(OnValue on_value) : on_value_(std::move(on_value)) {}

  bool null() { return value({}); }
  bool boolean(bool given) { return value(given); }
  bool number_integer(Json::number_integer_t given) { return value(given); }
  bool number_unsigned(Json::number_unsigned_t given) { return value(given); }
  bool number_float(Json::number_float_t given, const std::string&) { return value(given); }
  bool string(std::string& given) { return value(given); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    way_.back() = name;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 private:
  // "paths", PATH, "get", member; "components", "parameters" or "schemas", NAME.
  bool wanted() const {
    if (way_.size() == 4 && way_[0] == "paths" && way_[2] == "get") {
      return way_[3] == "parameters" || way_[3] == "description" || way_[3] == "summary";
    }
    if (way_.size() == 3 && way_[0] == "components") return way_[1] == "parameters";
    return way_.size() == 4 && way_[0] == "components" && way_[1] == "schemas" && way_[3] == "enum";
  }

  bool value(Json given) {
    if (!building_.empty()) {
      put(std::move(given));
    } else if (wanted()) {
      on_value_(way_, std::move(given));
    }
    return true;
  }

  bool open(Json container) {
    if (!building_.empty() || wanted()) building_.push_back(std::move(container));
    way_.emplace_back();
    return way_.size() <= kDeepest;
  }

  bool close() {
    way_.pop_back();
    if (building_.empty()) return true;
    Json done = std::move(building_.back());
    building_.pop_back();
    if (building_.empty()) {
      on_value_(way_, std::move(done));
    } else {
      put(std::move(done));
    }
    return true;
  }

  void put(Json given) {
    Json& parent = building_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(given));
    } else {
      parent[way_.back()] = std::move(given);
    }
  }

  OnValue on_value_;
  Way way_;  // the name at each open level; empty inside an array
  std::vector<Json> building_;
};

// What a document says, before references are followed.
struct Document {
  std::map<std::string, Json> gets;  // path -> {parameters, description, summary}
  std::map<std::string, Json> parameters, enums;
};

Document read_document(std::string_view text) {
  Document document;
  Sax sax([&document](const Sax::Way& way, Json value) {
    if (way[0] == "paths") {
      document.gets[way[1]][way[3]] = std::move(value);
    } else if (way[1] == "parameters") {
      document.parameters[way[2]] = std::move(value);
    } else {
      document.enums[way[2]] = std::move(value);
    }
  });
  if (!Json::sax_parse(text, &sax)) {
    throw Error(ErrorKind::unavailable, "The OpenAPI document of this instance is no valid JSON.",
                "Ask again; dhis2_query reads any path without it.");
  }
  return document;
}

// "#/components/schemas/AggregationType" refers by its last part.
std::string referred(const Json& object) {
  const std::string reference = text_of(object, "$ref");
  return reference.substr(reference.rfind('/') + 1);
}

std::string values_of(const Json& list) {
  std::string text;
  for (std::size_t i = 0; i < list.size() && i < kMostValues; ++i) {
    if (list[i].is_string()) text += (i == 0 ? "" : " ") + list[i].get<std::string>();
  }
  return list.size() > kMostValues ? text + " ..." : text;
}

std::string type_of(const Json& schema, const Document& document) {
  if (const std::string name = referred(schema); !name.empty()) {
    const auto found = document.enums.find(name);
    return found == document.enums.end() ? name : values_of(found->second);
  }
  if (schema.contains("enum")) return values_of(schema["enum"]);
  const std::string type = text_of(schema, "type");
  if (type == "array") {
    return "list of " + type_of(schema.value("items", Json::object()), document);
  }
  std::string format = text_of(schema, "format");
  if (format == "uid" || format == "date-time" || format == "date") return format;
  return type == "string" || type.empty() ? "text" : type;
}

std::optional<ApiParameter> parameter_of(const Json& given, const Document& document) {
  const Json* said = &given;
  if (given.contains("$ref")) {
    const auto found = document.parameters.find(referred(given));
    if (found == document.parameters.end()) return {};
    said = &found->second;
  }
  ApiParameter parameter;
  parameter.name = line_of(*said, "name");
  parameter.where = text_of(*said, "in");
  if (parameter.name.empty() || (parameter.where != "query" && parameter.where != "path")) {
    return {};
  }
  parameter.type = clean_line(type_of(said->value("schema", Json::object()), document));
  parameter.about = one_line(text_of(*said, "description"));
  parameter.required = said->value("required", Json(false)) == true;
  return parameter;
}

// With the braces filled by something plain; `users` is only readable with fields named.
bool is_readable(const std::string& path) {
  std::string plain;
  bool inside = false;
  for (const char c : path) {
    if (c == '{') plain += 'x';
    if (c == '{' || c == '}') inside = c == '{';
    if (!inside && c != '}') plain += c;
  }
  try {
    readable(plain, Query().add("fields", "id"));
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string whole_path(std::string path) {
  if (path != "/api" && !path.starts_with("/api/")) path = "/api" + path;
  while (path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    if (slash > 0) segments.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  if (!segments.empty() && segments.front() == "api") segments.erase(segments.begin());
  return segments;
}

}  // namespace

std::vector<ApiPath> read_openapi(std::string_view text) {
  const Document document = read_document(text);
  std::map<std::string, ApiPath> paths;  // "/x" and "/x/" are one
  for (const auto& [written, get] : document.gets) {
    ApiPath one;
    one.path = whole_path(written);
    if (one.path == "/api" || !is_readable(one.path)) continue;
    one.about = one_line(text_of(get, "summary"));
    if (one.about.empty()) one.about = one_line(text_of(get, "description"));
    for (const Json& given : get.value("parameters", Json::array())) {
      if (auto parameter = parameter_of(given, document)) {
        one.parameters.push_back(std::move(*parameter));
      }
    }
    paths[one.path] = std::move(one);
  }
  if (paths.empty()) {
    throw Error(ErrorKind::unavailable, "The OpenAPI document of this instance names no path.",
                "dhis2_query reads any path without it.");
  }
  std::vector<ApiPath> sorted;
  sorted.reserve(paths.size());
  for (auto& [path, one] : paths) sorted.push_back(std::move(one));
  return sorted;
}

std::vector<ApiPath> read_schemas(const Json& schemas) {
  std::vector<ApiPath> paths;
  for (const Json& schema : schemas.value("schemas", Json::array())) {
    const std::string below = text_of(schema, "relativeApiEndpoint");
    if (below.empty() || !is_readable("/api" + below)) continue;
    const std::string name = line_of(schema, "displayName");
    paths.push_back({"/api" + below,
                     "List of " + name,
                     {{"fields", "query", "text", "Properties to show", false},
                      {"filter", "query", "list of text", "property:operator:value", false},
                      {"order", "query", "text", "property:asc or :desc", false},
                      {"page", "query", "integer", "", false},
                      {"pageSize", "query", "integer", "", false}}});
    paths.push_back({"/api" + below + "/{uid}",
                     "One " + name,
                     {{"uid", "path", "uid", "", true},
                      {"fields", "query", "text", "Properties to show", false}}});
  }
  std::ranges::sort(paths, {}, &ApiPath::path);
  return paths;
}

Json to_json(const std::vector<ApiPath>& paths) {
  Json list = Json::array();
  for (const ApiPath& one : paths) {
    Json parameters = Json::array();
    for (const ApiParameter& p : one.parameters) {
      parameters.push_back({p.name, p.where, p.type, p.about, p.required});
    }
    list.push_back({one.path, one.about, std::move(parameters)});
  }
  return list;
}

std::vector<ApiPath> api_paths(const Json& json) {
  std::vector<ApiPath> paths;
  for (const Json& given : json) {
    ApiPath one{given.at(0).get<std::string>(), given.at(1).get<std::string>(), {}};
    for (const Json& p : given.at(2)) {
      one.parameters.push_back({p.at(0).get<std::string>(), p.at(1).get<std::string>(),
                                p.at(2).get<std::string>(), p.at(3).get<std::string>(),
                                p.at(4).get<bool>()});
    }
    paths.push_back(std::move(one));
  }
  return paths;
}

const ApiPath* matching(const std::vector<ApiPath>& paths, std::string_view path) {
  const std::vector<std::string_view> asked = segments_of(path.substr(0, path.find('?')));
  const ApiPath* best = nullptr;
  std::ptrdiff_t fewest = 0;
  for (const ApiPath& one : paths) {
    const std::vector<std::string_view> known = segments_of(one.path);
    const bool fits = std::ranges::equal(known, asked, [](auto segment, auto written) {
      return segment.starts_with('{') || segment == written;
    });
    const auto braces = std::ranges::count_if(known, [](auto s) { return s.starts_with('{'); });
    if (fits && (best == nullptr || braces < fewest)) {
      best = &one;
      fewest = braces;
    }
  }
  return best;
}

}  // namespace dhis2mcp
