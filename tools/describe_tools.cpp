// SPDX-License-Identifier: BSD-3-Clause
// metadata_describe: one request to /api/schemas, laid out as a property for each row.
#include <algorithm>
#include <cmath>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/catalogue.h"
#include "tools/handlers.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostConstants = 50;  // of one property, DHIS2's longest list today is 46
constexpr double kNoBound = 1e15;           // DHIS2 writes the largest double for "none"

constexpr char kFields[] =
    "name,plural,relativeApiEndpoint,shareable,properties[name,collectionName,collection,"
    "propertyType,itemPropertyType,klass,itemKlass,href,required,unique,writable,persisted,"
    "length,min,max,constants]";

bool is_set(const Json& object, const char* name) {
  return object.value(name, Json(false)) == true;
}

// "org.hisp.dhis.option.OptionSet" and ".../api/schemas/optionSet" both end in a name.
std::string last_part(const std::string& text) { return text.substr(text.find_last_of("./$") + 1); }

std::string kind_of(const Json& property, const char* kind_member, const char* klass_member) {
  const std::string kind = text_of(property, kind_member);
  if (kind == "REFERENCE" || kind == "COMPLEX") {
    const std::string href = text_of(property, "href");
    return last_part(href.empty() ? text_of(property, klass_member) : href);
  }
  return lower_ascii(kind);
}

std::string type_of(const Json& property) {
  if (text_of(property, "propertyType") == "COLLECTION") {
    return "list of " + kind_of(property, "itemPropertyType", "itemKlass");
  }
  const bool reference = text_of(property, "propertyType") == "REFERENCE";
  return (reference ? "reference to " : "") + kind_of(property, "propertyType", "klass");
}

void add_rule(std::string& rules, const std::string& rule) {
  rules += (rules.empty() ? "" : ", ") + rule;
}

std::string rules_of(const Json& property) {
  std::string rules;
  if (is_set(property, "required")) add_rule(rules, "required");
  if (is_set(property, "unique")) add_rule(rules, "unique");
  if (property.value("writable", Json(true)) == false) add_rule(rules, "read only");
  const std::string kind = text_of(property, "propertyType");
  const auto bound = [&](const char* name) {
    const double value = property.contains(name) && property[name].is_number()
                             ? property[name].get<double>()
                             : kNoBound;
    return std::abs(value) < kNoBound && std::floor(value) == value
               ? std::to_string(static_cast<long long>(value))
               : std::string();
  };
  const bool text = kind == "TEXT" || kind == "IDENTIFIER";
  if (text && !bound("length").empty()) add_rule(rules, "up to " + bound("length") + " letters");
  if (kind == "INTEGER" || kind == "NUMBER") {
    if (!bound("min").empty()) add_rule(rules, "from " + bound("min"));
    if (!bound("max").empty()) add_rule(rules, "to " + bound("max"));
  }
  return rules;
}

Cell values_of(const Json& property) {
  const Json constants = property.value("constants", Json::array());
  std::string text;
  for (std::size_t i = 0; i < constants.size(); ++i) {
    if (i == kMostConstants) {
      text += " and " + std::to_string(constants.size() - i) + " more";
      break;
    }
    if (constants[i].is_string()) text += (i == 0 ? "" : " ") + constants[i].get<std::string>();
  }
  return text.empty() ? Cell() : Cell::text(text);
}

std::string property_name(const Json& property) {
  const std::string plural = text_of(property, "collectionName");
  return is_set(property, "collection") && !plural.empty() ? plural : text_of(property, "name");
}

// DHIS2 renamed some types; both names are tried, the present one first.
Json schema_of(Call& call, const MetadataType& type) {
  std::vector<std::string> names = {type.name};
  for (const std::string& also : type.also) {
    if (also.find(' ') == std::string::npos) names.push_back(also);
  }
  for (std::size_t i = 0;; ++i) {
    try {
      return call.client().get("/api/schemas/" + names[i], Query().add("fields", kFields),
                               call.patience());
    } catch (const Error& error) {
      if (error.kind != ErrorKind::not_found || i + 1 < names.size()) {
        if (error.kind != ErrorKind::not_found) throw;
        continue;
      }
      throw Error(ErrorKind::not_found,
                  "This instance describes no type " + type.name + " in /api/schemas.",
                  "Read one with metadata_get to see what it has.");
    }
  }
}

// Required ones first, then by name: DHIS2's own order changes from boot to boot.
std::vector<Json> sorted_properties(const Json& schema) {
  const Json given = schema.value("properties", Json::array());
  std::vector<Json> properties(given.begin(), given.end());
  std::ranges::sort(properties, {}, [](const Json& property) {
    return std::pair(!is_set(property, "required"), property_name(property));
  });
  return properties;
}

}  // namespace

Answer metadata_describe(Call& call) {
  const MetadataType& type = call.registry.catalogue().known_type(call.arguments.text("type"));
  Answer answer = call.answer();
  const Json schema = schema_of(call, type);

  RowCollector collector(call.results, call.owner(), {"Property", "Type", "Rules", "Values"});
  std::string computed;
  for (const Json& property : sorted_properties(schema)) {
    if (!is_set(property, "persisted")) {
      computed += (computed.empty() ? "" : ", ") + property_name(property);
      continue;
    }
    const std::string rules = rules_of(property);
    collector.add({Cell::text(property_name(property)), Cell::text(type_of(property)),
                   rules.empty() ? Cell() : Cell::text(rules), values_of(property)});
  }
  answer.read_as.push_back(type.words + " = " + type.name + ", listed at /api/" + type.collection);
  if (!is_set(schema, "shareable")) {
    answer.notes.emplace_back("Objects of this type have no sharing of their own.");
  }
  if (!computed.empty()) {
    answer.notes.push_back("Also readable, but not to filter or order by: " + clean_line(computed) +
                           ".");
  }
  collector.finish(answer);
  return answer;
}

}  // namespace dhis2mcp
