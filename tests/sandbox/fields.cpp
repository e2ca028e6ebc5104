// SPDX-License-Identifier: BSD-3-Clause
// Renders objects by a field selection.
#include "tests/sandbox/fields.h"

#include <algorithm>

namespace sandbox {
namespace {

constexpr std::string_view kUserKlass = "org.hisp.dhis.user.User";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool in_preset(const Property& property, std::string_view preset) {
  if (preset == ":all") return true;
  if (preset == ":identifiable") {
    return is_one_of(property.name,
                     {"id", "name", "code", "created", "lastUpdated", "lastUpdatedBy"});
  }
  if (preset == ":nameable") {
    return is_one_of(property.name,
                     {"id", "name", "shortName", "description", "code", "created", "lastUpdated"});
  }
  if (preset == ":simple") return property.simple && !property.collection;
  if (preset == ":owner") return property.persisted && property.owner;
  return preset == ":persisted" && property.persisted;
}

// How DHIS2 shows a user inside another object.
Json user_reference(const Json& user) {
  const std::string name = user.value("firstName", "") + " " + user.value("surname", "");
  return {{"id", user.value("id", "")},
          {"code", user.value("code", Json())},
          {"name", name},
          {"displayName", name},
          {"username", user.value("username", "")}};
}

const Field& whole() {
  static const Field field = *parse_fields(":all");
  return field;
}

Json attribute_value(const Json& object, const std::string& attribute) {
  for (const Json& value : object.value("attributeValues", Json::array())) {
    if (value["attribute"]["id"] == attribute) return value["value"];
  }
  return nullptr;
}

}  // namespace

Renderer::Renderer(const Country& country, const Request& request)
    : country_(country), request_(request), schemas_(Schemas::of(country.settings().major)) {}

std::vector<std::string> Renderer::names_in(const Schema& schema, const Field& wanted) const {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (wanted.excluded.count(name)) return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Property& property : schema.properties) {
    for (const std::string& preset : wanted.presets) {
      if (in_preset(property, preset)) add(property.name);
    }
  }
  for (const Field& child : wanted.children) add(child.name);
  return names;
}

Json Renderer::render(const Schema& schema, const Json& object, const Field& wanted,
                      bool outermost) const {
  Json result = Json::object();
  for (const std::string& name : names_in(schema, wanted)) {
    if (name == "href" && !outermost) continue;
    const auto child = std::find_if(wanted.children.begin(), wanted.children.end(),
                                    [&](const Field& field) { return field.name == name; });
    static const Field plain;
    const Field& field = child == wanted.children.end() ? plain : *child;
    const Property* property = schema.property(name);
    Json value = property ? value_of(schema, *property, object) : attribute_value(object, name);
    if (value.is_null()) continue;
    if (property) value = render_value(*property, std::move(value), field);
    std::string shown = name;
    if (!field.transformers.empty()) value = transformed(field, std::move(value), shown);
    result[shown] = std::move(value);
  }
  return result;
}

Json Renderer::value_of(const Schema& schema, const Property& property, const Json& object) const {
  const auto stored = object.find(property.name);
  if (stored != object.end()) return *stored;
  return computed(schema, property, object);
}

// A selection within a value that has no schema; references in it are followed.
Json Renderer::picked(const Json& value, const Field& wanted) const {
  if (wanted.empty() || !wanted.presets.empty()) return value;
  Json result = value.is_array() ? Json::array() : Json::object();
  if (value.is_array()) {
    for (const Json& item : value) result.push_back(picked(item, wanted));
    return result;
  }
  if (!value.is_object()) return value;
  if (value.size() == 1 && value.contains("id")) {
    if (const auto found = country_.find_any(value["id"].get<std::string>())) {
      return render(*schemas_.by_plural(found->plural), *found->object, wanted, false);
    }
  }
  for (const Field& child : wanted.children) {
    const auto it = value.find(child.name);
    if (it != value.end()) result[child.name] = picked(*it, child);
  }
  return result;
}

Json Renderer::render_value(const Property& property, Json value, const Field& wanted) const {
  // A transformed collection is rendered with what the transformer needs to see.
  if (!value.is_array()) return render_item(property, value, wanted);
  if (!property.collection) return picked(value, wanted);
  Json items = Json::array();
  for (const Json& item : value) items.push_back(render_item(property, item, wanted));
  return items;
}

Json Renderer::render_item(const Property& property, const Json& item, const Field& wanted) const {
  if (!item.is_object()) return item;
  const Schema* schema = schemas_.by_klass(property.klass);
  if (!schema) return picked(item, wanted);
  const Json* object = &item;
  const bool reference = item.size() == 1 && item.contains("id");
  if (reference) {
    if (const auto found = country_.find_any(item["id"].get<std::string>())) object = found->object;
  }
  if (!wanted.empty()) return render(*schema, *object, wanted, false);
  if (property.klass == kUserKlass) {
    return object == &item && !reference ? item : user_reference(*object);
  }
  if (reference) return item;
  return render(*schema, item, whole(), false);
}

Json Renderer::transformed(const Field& wanted, Json value, std::string& name) const {
  for (const Transformer& transformer : wanted.transformers) {
    const std::string argument = transformer.arguments.empty() ? "" : transformer.arguments.front();
    const bool sized = value.is_array() || value.is_string();
    const size_t size = value.is_string() ? value.get<std::string>().size() : value.size();
    if (transformer.name == "rename" && !argument.empty()) {
      name = argument;
    } else if (transformer.name == "size" && sized) {
      value = size;
    } else if (transformer.name == "isEmpty" && sized) {
      value = size == 0;
    } else if (transformer.name == "isNotEmpty" && sized) {
      value = size != 0;
    } else if (transformer.name == "pluck" && value.is_array() && !wanted.bracketed &&
               argument.empty()) {
      for (Json& item : value) item = item.value("id", Json());
    } else if (transformer.name == "keyBy" && value.is_array()) {
      Json keyed = Json::object();
      for (const Json& item : value) {
        const Json key = item.value(argument.empty() ? "id" : argument, Json());
        if (key.is_string()) keyed[key.get<std::string>()] = item;
      }
      value = std::move(keyed);
    }
  }
  return value;
}

}  // namespace sandbox
