// SPDX-License-Identifier: BSD-3-Clause
// Rebuilds the schemas of a major from 2.43's and the differences.
#include "tests/sandbox/schema.h"

#include <algorithm>
#include <mutex>

#include "tests/sandbox/embedded.h"

namespace sandbox {
namespace {

// A property is known by its name and its Java field together: names alone repeat.
bool is_same(const Json& property, const Json& key) {
  return property["name"] == key[0] && property.value("fieldName", Json()) == key[1];
}

void apply_values(Json& object, const Json& change) {
  const Json set = change.value("set", Json::object());
  for (const auto& [name, value] : set.items()) {
    object[name] = value;
  }
  for (const Json& name : change.value("unset", Json::array())) {
    object.erase(name.get<std::string>());
  }
}

void change_schema(Json& schema, const Json& change) {
  Json properties = Json::array();
  const Json gone = change.value("propertiesGone", Json::array());
  for (Json& property : schema["properties"]) {
    const bool dropped = std::any_of(gone.begin(), gone.end(),
                                     [&](const Json& key) { return is_same(property, key); });
    if (!dropped) properties.push_back(std::move(property));
  }
  for (const Json& property : change.value("propertiesNew", Json::array())) {
    properties.push_back(property);
  }
  for (const Json& other : change.value("propertiesChanged", Json::array())) {
    for (Json& property : properties) {
      if (is_same(property, other["of"])) apply_values(property, other);
    }
  }
  schema["properties"] = std::move(properties);
  apply_values(schema, change);
}

std::vector<Json> documents_of(int major) {
  std::map<std::string, Json> named;
  std::vector<std::string> order;
  for (Json& schema : Json::parse(embedded_text("schemas.json.gz"))) {
    order.push_back(schema["singular"]);
    named[order.back()] = std::move(schema);
  }
  if (major < 43) {
    const Json older = Json::parse(embedded_text("schemas_older.json.gz"));
    for (int step = 42; step >= std::max(major, 40); --step) {
      const Json& changes = older.at("2" + std::to_string(step));
      for (const Json& schema : changes["new"]) named[schema["singular"]] = schema;
      for (const auto& [name, change] : changes["changed"].items()) {
        change_schema(named.at(name), change);
      }
      order = changes["order"].get<std::vector<std::string>>();
    }
  }
  std::vector<Json> documents;
  for (const std::string& name : order) documents.push_back(std::move(named.at(name)));
  return documents;
}

Property property_from(const Json& document) {
  Property property;
  property.collection = document.value("collection", false);
  property.name = document.value(property.collection ? "collectionName" : "name", "");
  if (property.name.empty()) property.name = document.value("name", "");
  property.klass = document.value(property.collection ? "itemKlass" : "klass", "");
  property.type = document.value(property.collection ? "itemPropertyType" : "propertyType", "");
  property.persisted = document.value("persisted", false);
  property.owner = document.value("owner", false);
  property.simple = document.value("simple", false);
  property.identifiable = document.value("identifiableObject", false);
  property.embedded = document.value("embeddedObject", false);
  property.sortable = document.value("sortable", false);
  property.translatable = document.value("translatable", false);
  return property;
}

}  // namespace

const Property* Schema::property(std::string_view wanted) const {
  for (const Property& known : properties) {
    if (known.name == wanted) return &known;
  }
  return nullptr;
}

const Schemas& Schemas::of(int major) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<Schemas>> made;
  const std::lock_guard lock(mutex);
  auto& schemas = made[major];
  if (!schemas) schemas = std::make_unique<Schemas>(major);
  return *schemas;
}

Schemas::Schemas(int major) : documents_(documents_of(major)) {
  for (const Json& document : documents_) {
    Schema schema;
    schema.document = &document;
    schema.singular = document.value("singular", "");
    schema.plural = document.value("plural", "");
    schema.name = document.value("name", "");
    schema.klass = document.value("klass", "");
    schema.endpoint = document.value("relativeApiEndpoint", "");
    schema.identifiable = document.value("identifiableObject", false);
    schema.nameable = document.value("nameableObject", false);
    schema.shareable = document.value("shareable", false);
    schema.data_shareable = document.value("dataShareable", false);
    for (const Json& property : document["properties"]) {
      schema.properties.push_back(property_from(property));
    }
    plurals_.emplace(schema.plural, schemas_.size());
    singulars_.emplace(schema.singular, schemas_.size());
    klasses_.emplace(schema.klass, schemas_.size());
    schemas_.push_back(std::move(schema));
  }
}

const Schema* Schemas::by_plural(std::string_view plural) const {
  const auto it = plurals_.find(std::string(plural));
  return it == plurals_.end() ? nullptr : &schemas_[it->second];
}

const Schema* Schemas::by_singular(std::string_view singular) const {
  const auto it = singulars_.find(std::string(singular));
  return it == singulars_.end() ? nullptr : &schemas_[it->second];
}

const Schema* Schemas::by_klass(std::string_view klass) const {
  const auto it = klasses_.find(std::string(klass));
  return it == klasses_.end() ? nullptr : &schemas_[it->second];
}

}  // namespace sandbox
