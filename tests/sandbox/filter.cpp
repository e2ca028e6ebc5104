// SPDX-License-Identifier: BSD-3-Clause
// Filters of metadata lists, with each version's own mistakes.
#include "tests/sandbox/filter.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

const std::vector<std::string> kUnary = {"null", "!null", "empty", "!empty"};

const std::vector<std::string> kBinary = {
    "eq",       "ieq",   "!eq",    "neq",    "ne",      "gt",     "ge",      "gte",
    "lt",       "le",    "lte",    "like",   "!like",   "$like",  "!$like",  "like$",
    "!like$",   "ilike", "!ilike", "$ilike", "!$ilike", "ilike$", "!ilike$", "startsWith",
    "endsWith", "token", "!token", "in",     "!in"};

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts(1);
  // A bracket that never closes protects nothing.
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '[' && text.find(']', i) != std::string_view::npos) ++depth;
    if (c == ']' && depth > 0) --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

Filter filter_from(const std::string& text) {
  const size_t first = text.find(':');
  if (first == std::string::npos) throw BadFilter(400, "Invalid filter => " + text);
  const size_t second = text.find(':', first + 1);
  Filter filter;
  filter.path = text.substr(0, first);
  filter.op = text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  if (second != std::string::npos) filter.value = text.substr(second + 1);
  return filter;
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object()) return value.value("id", "");
  return value.is_null() ? "" : value.dump();
}

std::vector<std::string> items_of(const std::string& value) {
  if (value.size() < 2 || value.front() != '[' || value.back() != ']') {
    throw BadFilter(400, "Collection size must be integer `" + value + "`");
  }
  std::vector<std::string> items = split_at_commas(value.substr(1, value.size() - 2));
  return items;
}

int compared(const Json& value, const std::string& with) {
  if (value.is_number()) {
    const double a = value.get<double>();
    const double b = std::strtod(with.c_str(), nullptr);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const std::string text = text_of(value);
  return text.compare(with);
}

bool matches_like(std::string op, const std::string& text, const std::string& value) {
  const bool any_case =
      op.find("ilike") != std::string::npos || op == "startsWith" || op == "endsWith";
  const bool from_start = op.find("$ilike") != std::string::npos ||
                          op.find("$like") != std::string::npos || op == "startsWith";
  const bool to_end = op.ends_with("$") || op == "endsWith";
  const std::string pattern = (from_start ? "" : "%") + value + (to_end ? "" : "%");
  return any_case ? like(lowered(text), lowered(pattern)) : like(text, pattern);
}

bool matches_token(const std::string& text, const std::string& value) {
  const std::string low = lowered(text);
  size_t at = 0;
  while (at < value.size()) {
    const size_t end = std::min(value.find(' ', at), value.size());
    const std::string word = lowered(std::string_view(value).substr(at, end - at));
    if (!word.empty() && low.find(word) == std::string::npos) return false;
    at = end + 1;
  }
  return true;
}

// Whether one value passes an operator; negated operators come without their "!".
bool holds(const std::string& op, const Json& value, const std::string& with,
           const std::vector<std::string>& items) {
  const std::string text = text_of(value);
  if (op == "eq") return value.is_number() ? compared(value, with) == 0 : text == with;
  if (op == "ieq") return lowered(text) == lowered(with);
  if (op == "gt") return compared(value, with) > 0;
  if (op == "ge" || op == "gte") return compared(value, with) >= 0;
  if (op == "lt") return compared(value, with) < 0;
  if (op == "le" || op == "lte") return compared(value, with) <= 0;
  if (op == "in") return contains(items, text);
  if (op == "token") return matches_token(text, with);
  return matches_like(op, text, with);
}

// A uid-like name that no property has is an attribute's.
bool is_attribute(const Country& country, const std::string& path) {
  return country.find("attributes", path) != nullptr;
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string low(text);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

bool like(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '_' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

std::vector<Filter> parse_filters(const std::vector<std::string>& texts, int major) {
  std::vector<Filter> filters;
  for (const std::string& text : texts) {
    if (text.empty() && traits_of(major).empty_filter_passes) continue;
    if (!traits_of(major).filters_joined) {
      filters.push_back(filter_from(text));
      continue;
    }
    const std::vector<std::string> parts = split_at_commas(text);
    filters.push_back(filter_from(parts.front()));
    // What follows a comma counts when it reads like a filter, and is dropped when not.
    for (size_t i = 1; i < parts.size(); ++i) {
      if (std::count(parts[i].begin(), parts[i].end(), ':') > 0) {
        filters.push_back(filter_from(parts[i]));
      }
    }
  }
  return filters;
}

Sieve::Sieve(const Country& country, const Renderer& renderer, const Schema& schema,
             const Request& request)
    : country_(country),
      renderer_(renderer),
      schema_(schema),
      major_(country.settings().major),
      query_(request.param("query").value_or("")) {
  const Traits& traits = traits_of(major_);
  const std::string junction = request.param("rootJunction").value_or("AND");
  const bool known = lowered(junction) == "and" || lowered(junction) == "or";
  if (!known && traits.junction_any_case) {
    throw BadFilter(400,
                    "Value '" + junction +
                        "' is not valid for parameter rootJunction. Valid values are: [AND, OR]",
                    "");
  }
  any_ = traits.junction_any_case ? lowered(junction) == "or" : junction == "OR";
  if (!query_.empty() && !traits.query_beside_filter) return;
  for (const Filter& filter : parse_filters(request.all("filter"), major_)) {
    tests_.push_back(test_for(filter));
  }
}

bool Sieve::passes(const Json& object) const {
  if (!query_.empty()) {
    const bool found = object.value("id", "") == query_ || object.value("code", "") == query_ ||
                       like(lowered(object.value("name", "")), "%" + lowered(query_) + "%");
    if (!found) return false;
  }
  if (tests_.empty()) return true;
  const auto holds_for = [&](const Test& test) { return test(object); };
  return any_ ? std::any_of(tests_.begin(), tests_.end(), holds_for)
              : std::all_of(tests_.begin(), tests_.end(), holds_for);
}

namespace {

// An object inside another whose type has no schema of its own, such as a data dimension item.
bool is_embedded(const Property* property) {
  return property && property->klass.starts_with("org.hisp.dhis");
}

// What a path leads to below such an object.
void collect_embedded(const Json& value, std::string_view path, std::vector<Json>& values) {
  if (value.is_array()) {
    for (const Json& item : value) collect_embedded(item, path, values);
    return;
  }
  if (!value.is_object()) return;
  const size_t dot = path.find('.');
  const auto member = value.find(std::string(path.substr(0, dot)));
  if (member == value.end()) return;
  if (dot == std::string_view::npos) {
    values.push_back(*member);
  } else {
    collect_embedded(*member, path.substr(dot + 1), values);
  }
}

}  // namespace

const Property* Sieve::last_property(const std::string& path) const {
  const Schema* schema = &schema_;
  const Property* property = nullptr;
  size_t at = 0;
  while (at <= path.size()) {
    const size_t dot = std::min(path.find('.', at), path.size());
    if (!schema && is_embedded(property) && path.ends_with(".id")) return schema_.property("id");
    property = schema ? schema->property(path.substr(at, dot - at)) : nullptr;
    if (!property) throw BadFilter(400, "Unknown path property: " + path);
    schema = renderer_.schemas().by_klass(property->klass);
    at = dot + 1;
  }
  return property;
}

void Sieve::collect(const Schema& schema, const Json& object, std::string_view path,
                    std::vector<Json>& values) const {
  const size_t dot = path.find('.');
  const Property* property = schema.property(path.substr(0, dot));
  if (!property) return;
  Json value = renderer_.value_of(schema, *property, object);
  if (dot == std::string_view::npos) {
    values.push_back(std::move(value));
    return;
  }
  const Schema* next = renderer_.schemas().by_klass(property->klass);
  if (!next) return collect_embedded(value, path.substr(dot + 1), values);
  const auto follow = [&](const Json& item) {
    if (!item.is_object()) return;
    const Json* target = &item;
    if (item.size() == 1 && item.contains("id")) {
      if (const auto found = country_.find_any(item["id"].get<std::string>())) {
        target = found->object;
      }
    }
    collect(*next, *target, path.substr(dot + 1), values);
  };
  if (value.is_array()) {
    for (const Json& item : value) follow(item);
  } else {
    follow(value);
  }
}

Sieve::Test Sieve::attribute_test(const Filter& filter) const {
  if (filter.op == "in" || filter.op == "!in") {
    throw BadFilter(500,
                    "Cannot invoke \"org.hisp.dhis.schema.Property.isCollection()\" because "
                    "\"property\" is null",
                    "");
  }
  return [filter](const Json& object) {
    for (const Json& value : object.value("attributeValues", Json::array())) {
      if (value["attribute"]["id"] != filter.path) continue;
      if (filter.op == "null" || filter.op == "empty") return false;
      if (contains(kUnary, filter.op)) return true;
      const bool negated = filter.op.starts_with("!") || filter.op == "ne" || filter.op == "neq";
      const std::string op = filter.op.starts_with("!") ? filter.op.substr(1)
                             : negated                  ? "eq"
                                                        : filter.op;
      return holds(op, value["value"], filter.value, {}) != negated;
    }
    return filter.op == "null" || filter.op == "empty";
  };
}

Sieve::Test Sieve::identifiable_test(const Filter& filter) const {
  if (filter.op == "in" && traits_of(major_).filters_joined) return attribute_test(filter);
  return [filter](const Json& object) {
    for (const char* name : {"id", "code", "name", "shortName"}) {
      const Json value = object.value(name, Json());
      if (!value.is_null() && holds(filter.op, value, filter.value, {})) return true;
    }
    return false;
  };
}

void Sieve::check_operator(const Filter& filter) const {
  const Traits& traits = traits_of(major_);
  const bool known = contains(kUnary, filter.op) || contains(kBinary, filter.op);
  const bool too_new =
      (filter.op == "ieq" && major_ < 41) || (filter.op == "!empty" && !traits.text_can_be_empty);
  if (!known || too_new) throw BadFilter(400, "`" + filter.op + "` is not a valid operator.");
  if (filter.path == "attributeValues.value" && traits.filters_joined) {
    throw BadFilter(400, "Unknown path property: " + filter.path);
  }
}

// What the type of a property refuses, in DHIS2's words.
void Sieve::check_value(const Filter& filter, const Property& property) const {
  const bool unary = contains(kUnary, filter.op);
  if (!unary && filter.value.empty()) throw BadFilter(500, "", "");
  if (filter.op == "empty" && !property.collection && !traits_of(major_).text_can_be_empty) {
    throw BadFilter(400,
                    "unknown collection expression type "
                    "[org.hibernate.query.criteria.internal.path.SingularAttributePath]",
                    "");
  }
  if (property.klass == "org.hisp.dhis.period.PeriodType" && !unary) {
    const std::string asked = filter.op == "in" ? items_of(filter.value).front() : filter.value;
    throw BadFilter(400, "Unable to parse `" + asked + "` to `PeriodType`.");
  }
  const bool sizes = property.collection && !unary && !filter.op.ends_with("in");
  if (sizes && filter.value.find_first_not_of("0123456789") != std::string::npos) {
    throw BadFilter(400, "Collection size must be integer `" + filter.value + "`");
  }
}

Sieve::Test Sieve::test_for(const Filter& filter) const {
  check_operator(filter);
  if (filter.path == "identifiable") return identifiable_test(filter);
  if (is_attribute(country_, filter.path)) return attribute_test(filter);
  if (filter.path == "attributeValues.attribute.id") {
    return [filter](const Json& object) {
      const Json values = object.value("attributeValues", Json::array());
      return std::any_of(values.begin(), values.end(), [&](const Json& value) {
        return holds(filter.op, value["attribute"]["id"], filter.value, {});
      });
    };
  }
  const Property& property = *last_property(filter.path);
  check_value(filter, property);
  const bool unary = contains(kUnary, filter.op);
  const bool no_boolean =
      property.type == "BOOLEAN" && !unary && filter.value != "true" && filter.value != "false";
  // DHIS2 lets every row pass: a boolean that is none (2.40-2.43), a token on ids (2.41-2.43).
  if (no_boolean || (filter.op == "token" && filter.path == "id")) {
    return [](const Json&) { return true; };
  }
  return unary ? unary_test(filter) : binary_test(filter, property);
}

Sieve::Test Sieve::unary_test(const Filter& filter) const {
  const bool negated = filter.op.starts_with("!");
  const bool empty = filter.op.ends_with("empty");
  return [this, filter, negated, empty](const Json& object) {
    std::vector<Json> values;
    collect(schema_, object, filter.path, values);
    const bool blank = std::all_of(values.begin(), values.end(), [&](const Json& value) {
      return value.is_null() || (value.is_array() && value.empty()) || (empty && value == "");
    });
    return blank != negated;
  };
}

Sieve::Test Sieve::binary_test(const Filter& filter, const Property& property) const {
  const bool negated = filter.op.starts_with("!") || filter.op == "ne" || filter.op == "neq";
  std::string op = filter.op.starts_with("!") ? filter.op.substr(1) : filter.op;
  if (op == "ne" || op == "neq") op = "eq";
  const std::vector<std::string> items =
      op == "in" ? items_of(filter.value) : std::vector<std::string>{};
  const bool sizes = property.collection && op != "in";
  return [this, filter, negated, op, items, sizes](const Json& object) {
    std::vector<Json> values;
    collect(schema_, object, filter.path, values);
    return std::any_of(values.begin(), values.end(), [&](const Json& value) {
      if (value.is_null()) return false;
      return holds(op, sizes ? Json(value.size()) : value, filter.value, items) != negated;
    });
  };
}

}  // namespace sandbox
