// SPDX-License-Identifier: BSD-3-Clause
// Reads and applies gist filters.
#include "tests/sandbox/gist_filter.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

struct GistFilter {
  int group = 0;
  std::string path, op, value;
  std::vector<std::string> values;  // of "[a,b]" and "a,b"
};

enum class Op {
  kNull,
  kNotNull,
  kEq,
  kNe,
  kIeq,
  kLt,
  kLe,
  kGt,
  kGe,
  kLike,
  kNotLike,
  kStarts,
  kNotStarts,
  kEnds,
  kNotEnds,
  kIn,
  kNotIn,
  kEmpty,
  kNotEmpty,
  kCanRead,
  kCanWrite,
  kCanDataRead,
  kCanDataWrite,
  kCanAccess
};

const std::map<std::string, Op>& operators() {
  static const std::map<std::string, Op> kOperators = {{"null", Op::kNull},
                                                       {"!null", Op::kNotNull},
                                                       {"eq", Op::kEq},
                                                       {"!eq", Op::kNe},
                                                       {"ne", Op::kNe},
                                                       {"neq", Op::kNe},
                                                       {"ieq", Op::kIeq},
                                                       {"lt", Op::kLt},
                                                       {"le", Op::kLe},
                                                       {"lte", Op::kLe},
                                                       {"gt", Op::kGt},
                                                       {"ge", Op::kGe},
                                                       {"gte", Op::kGe},
                                                       {"like", Op::kLike},
                                                       {"ilike", Op::kLike},
                                                       {"!like", Op::kNotLike},
                                                       {"!ilike", Op::kNotLike},
                                                       {"$like", Op::kStarts},
                                                       {"$ilike", Op::kStarts},
                                                       {"startswith", Op::kStarts},
                                                       {"!$like", Op::kNotStarts},
                                                       {"!$ilike", Op::kNotStarts},
                                                       {"!startswith", Op::kNotStarts},
                                                       {"like$", Op::kEnds},
                                                       {"ilike$", Op::kEnds},
                                                       {"endswith", Op::kEnds},
                                                       {"!like$", Op::kNotEnds},
                                                       {"!ilike$", Op::kNotEnds},
                                                       {"!endswith", Op::kNotEnds},
                                                       {"in", Op::kIn},
                                                       {"!in", Op::kNotIn},
                                                       {"empty", Op::kEmpty},
                                                       {"!empty", Op::kNotEmpty},
                                                       {"canread", Op::kCanRead},
                                                       {"canwrite", Op::kCanWrite},
                                                       {"candataread", Op::kCanDataRead},
                                                       {"candatawrite", Op::kCanDataWrite},
                                                       {"canaccess", Op::kCanAccess}};
  return kOperators;
}

bool is_access(Op op) { return op >= Op::kCanRead; }

std::vector<std::string> listed(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::string> values;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    values.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return values;
}

GistFilter parse(const std::string& text) {
  GistFilter filter;
  std::string rest = text;
  if (rest.size() > 2 && std::isdigit(static_cast<unsigned char>(rest[0])) && rest[1] == ':') {
    filter.group = rest[0] - '0';
    rest = rest.substr(2);
  }
  const size_t first = rest.find(':');
  if (first == std::string::npos) throw BadGist(400, "Not a valid filter expression: " + text);
  filter.path = rest.substr(0, first);
  const size_t second = rest.find(':', first + 1);
  filter.op = rest.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  if (second != std::string::npos) filter.value = rest.substr(second + 1);
  filter.values = listed(filter.value);
  return filter;
}

Op op_of(const GistFilter& filter) {
  const auto found = operators().find(lowered(filter.op));
  if (found == operators().end()) {
    throw BadGist(400, "Not an comparison operator symbol: " + filter.op);
  }
  return found->second;
}

std::string text_of(const Json& value) {
  if (value.is_object() && value.contains("id")) return value["id"].get<std::string>();
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Numbers by size, texts and dates letter by letter.
int compared(const Json& value, const std::string& to) {
  if (value.is_number()) {
    const double difference = value.get<double>() - std::atof(to.c_str());
    return difference < 0 ? -1 : difference > 0 ? 1 : 0;
  }
  return text_of(value).compare(to);
}

bool any_of_values(const std::vector<Json>& values, const std::function<bool(const Json&)>& test) {
  return std::any_of(values.begin(), values.end(), test);
}

bool text_matches(Op op, const std::string& text, const GistFilter& filter) {
  std::string pattern = lowered(filter.value);
  const std::string plain = lowered(text);
  std::replace(pattern.begin(), pattern.end(), '*', '%');
  std::replace(pattern.begin(), pattern.end(), '?', '_');
  const bool wild = pattern.find_first_of("%_") != std::string::npos;
  switch (op) {
    case Op::kLike:
    case Op::kNotLike:
      return wild ? like(plain, pattern) : plain.find(pattern) != std::string::npos;
    case Op::kStarts:
    case Op::kNotStarts:
      return plain.starts_with(pattern);
    default:
      return plain.ends_with(pattern);
  }
}

bool value_passes(Op op, const std::vector<Json>& values, const GistFilter& filter, bool many) {
  const auto equals = [&](const std::string& to) {
    return any_of_values(values, [&](const Json& value) { return compared(value, to) == 0; });
  };
  // A collection is compared by its size with numbers.
  if (many && op >= Op::kLt && op <= Op::kGe) {
    const double difference = static_cast<double>(values.size()) - std::atof(filter.value.c_str());
    return op == Op::kLt   ? difference < 0
           : op == Op::kLe ? difference <= 0
           : op == Op::kGt ? difference > 0
                           : difference >= 0;
  }
  switch (op) {
    case Op::kNull:
      return values.empty();
    case Op::kNotNull:
      return !values.empty();
    case Op::kEmpty:
      return !any_of_values(values, [](const Json& value) { return value != ""; });
    case Op::kNotEmpty:
      return any_of_values(values, [](const Json& value) { return value != ""; });
    case Op::kEq:
      return equals(filter.value);
    case Op::kNe:
      return !values.empty() && !equals(filter.value);
    case Op::kIeq:
      return any_of_values(values, [&](const Json& value) {
        return lowered(text_of(value)) == lowered(filter.value);
      });
    case Op::kIn:
    case Op::kNotIn:
      return (op == Op::kIn) == std::any_of(filter.values.begin(), filter.values.end(), equals);
    case Op::kLt:
      return any_of_values(values, [&](const Json& v) { return compared(v, filter.value) < 0; });
    case Op::kLe:
      return any_of_values(values, [&](const Json& v) { return compared(v, filter.value) <= 0; });
    case Op::kGt:
      return any_of_values(values, [&](const Json& v) { return compared(v, filter.value) > 0; });
    case Op::kGe:
      return any_of_values(values, [&](const Json& v) { return compared(v, filter.value) >= 0; });
    case Op::kNotLike:
    case Op::kNotStarts:
    case Op::kNotEnds:
      return !values.empty() && !any_of_values(values, [&](const Json& value) {
        return text_matches(op, text_of(value), filter);
      });
    default:
      return any_of_values(
          values, [&](const Json& value) { return text_matches(op, text_of(value), filter); });
  }
}

void check_access_filter(const GistFilter& filter, Op op, int major) {
  if (op == Op::kCanAccess) {
    const std::string pattern = filter.values.size() > 1 ? filter.values[1] : "";
    const bool good = pattern.size() >= 2 && pattern.size() <= 8 &&
                      pattern.find_first_not_of("rw_%") == std::string::npos;
    if (good) return;
    std::string shown;
    for (const std::string& value : filter.values) shown += (shown.empty() ? "" : ", ") + value;
    throw BadGist(400, "Filter `" + filter.path + ":" + lowered(filter.op) + ":[" + shown +
                           "]` pattern argument must be 2 to 8 letters allowing letters 'r', "
                           "'w', '_' and '%'.");
  }
  // 2.43 trips over these when nobody is named.
  if (major >= 43 && filter.value.empty()) {
    throw BadGist(500,
                  "Cannot invoke \"java.lang.Class.getSimpleName()\" because \"table\" is null");
  }
}

bool access_passes(const Country& country, const Schema& schema, const Json& object, Op op,
                   const GistFilter& filter, const User& caller) {
  const User* user = &caller;
  for (const User& other : country.users()) {
    if (!filter.values.empty() && other.uid == filter.values[0]) user = &other;
  }
  const Json access = access_of(*user, schema, object, country.settings().major);
  if (op == Op::kCanRead || op == Op::kCanAccess) return access.value("read", false);
  if (op == Op::kCanWrite) return access.value("write", false);
  const Json data = access.value("data", Json::object());
  return data.value(op == Op::kCanDataRead ? "read" : "write", false);
}

}  // namespace

const Property& gist_property(const Renderer& renderer, const Schema& schema,
                              const std::string& path) {
  const size_t dot = path.find('.');
  const std::string name = path.substr(0, dot);
  const Property* property = schema.property(name);
  if (!property) {
    throw BadGist(400, "Property `" + name + "` does not exist in " + schema.singular);
  }
  if (dot == std::string::npos) return *property;
  const Schema* next = renderer.schemas().by_klass(property->klass);
  if (!next) throw BadGist(400, "Property `" + path + "` does not exist in " + schema.singular);
  return gist_property(renderer, *next, path.substr(dot + 1));
}

std::vector<Json> gist_values(const Country& country, const Renderer& renderer,
                              const Schema& schema, const Json& object, const std::string& path) {
  const size_t dot = path.find('.');
  const Property* property = schema.property(path.substr(0, dot));
  if (!property) return {};
  const Json value = renderer.value_of(schema, *property, object);
  std::vector<Json> values;
  for (const Json& one : value.is_array() ? value : Json::array({value})) {
    if (one.is_null()) continue;
    if (dot == std::string::npos) {
      values.push_back(one);
      continue;
    }
    if (!one.is_object()) continue;
    const Schema* next = renderer.schemas().by_klass(property->klass);
    const auto found = country.find_any(one.value("id", ""));
    if (!next) continue;
    for (Json& deeper : gist_values(country, renderer, *next, found ? *found->object : one,
                                    path.substr(dot + 1))) {
      values.push_back(std::move(deeper));
    }
  }
  return values;
}

std::function<bool(const Json& object)> gist_filter(const Country& country,
                                                    const Renderer& renderer, const Schema& schema,
                                                    const Request& request) {
  const bool any = lowered(request.param("rootJunction").value_or("and")) == "or";
  std::vector<std::pair<GistFilter, Op>> filters;
  for (const std::string& text : request.all("filter")) {
    GistFilter filter = parse(text);
    const Op op = op_of(filter);
    gist_property(renderer, schema, filter.path);
    if (is_access(op)) check_access_filter(filter, op, country.settings().major);
    filters.emplace_back(std::move(filter), op);
  }
  const User* user = request.user;
  return [&country, &renderer, &schema, filters, any, user](const Json& object) {
    std::map<int, bool> groups;
    bool passes = !any;
    for (const auto& [filter, op] : filters) {
      bool met = false;
      if (is_access(op)) {
        met = access_passes(country, schema, object, op, filter, *user);
      } else {
        const bool many = gist_property(renderer, schema, filter.path).collection;
        const auto values = gist_values(country, renderer, schema, object, filter.path);
        met = value_passes(op, values, filter, many);
      }
      if (filter.group > 0) {
        const auto [group, is_new] = groups.emplace(filter.group, met);
        if (!is_new) group->second = any ? group->second && met : group->second || met;
      } else {
        passes = any ? passes || met : passes && met;
      }
    }
    for (const auto& [number, met] : groups) passes = any ? passes || met : passes && met;
    return filters.empty() || passes;
  };
}

}  // namespace sandbox
