// SPDX-License-Identifier: BSD-3-Clause
// The properties that DHIS2 does not store but works out when asked.
#include <algorithm>
#include <cctype>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

struct ByType {
  const char* plural;
  const char* value;
};

constexpr ByType kItemTypes[] = {{"dataElements", "DATA_ELEMENT"},
                                 {"indicators", "INDICATOR"},
                                 {"dataSets", "REPORTING_RATE"},
                                 {"organisationUnits", "ORGANISATION_UNIT"},
                                 {"organisationUnitGroups", "ORGANISATION_UNIT_GROUP"},
                                 {"categoryOptions", "CATEGORY_OPTION"},
                                 {"categoryOptionGroups", "CATEGORY_OPTION_GROUP"},
                                 {"programIndicators", "PROGRAM_INDICATOR"},
                                 {"trackedEntityAttributes", "PROGRAM_ATTRIBUTE"},
                                 {"dataElementGroups", "DATA_ELEMENT_GROUP"}};

constexpr ByType kDimensionTypes[] = {{"categories", "CATEGORY"},
                                      {"categoryOptionGroupSets", "CATEGORY_OPTION_GROUP_SET"},
                                      {"dataElementGroupSets", "DATA_ELEMENT_GROUP_SET"},
                                      {"organisationUnitGroupSets", "ORGANISATION_UNIT_GROUP_SET"}};

// The members of a dimension, by their own name.
constexpr ByType kDimensionItems[] = {{"categories", "categoryOptions"},
                                      {"categoryOptionGroupSets", "categoryOptionGroups"},
                                      {"dataElementGroupSets", "dataElementGroups"},
                                      {"organisationUnitGroupSets", "organisationUnitGroups"}};

template <size_t N>
Json looked_up(const ByType (&table)[N], const std::string& plural) {
  for (const ByType& row : table) {
    if (plural == row.plural) return row.value;
  }
  return nullptr;
}

// "displayShortName" shows "shortName"; a form name falls back on the name.
Json display_value(const std::string& name, const Json& object, bool combo) {
  std::string shown = name.substr(7);
  shown[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(shown[0])));
  if (object.contains(shown)) return object[shown];
  // An option combo has no short name to show and shows its name.
  const bool named = shown == "formName" || (shown == "shortName" && combo);
  return named ? object.value("name", Json()) : Json();
}

Json ancestors_of(const Json& object) {
  Json ancestors = Json::array();
  const std::string path = object.value("path", "");
  for (size_t at = 1; at + 12 < path.size(); at += 12) {
    ancestors.push_back({{"id", path.substr(at, 11)}});
  }
  return ancestors;
}

// A chart's dimensions on one axis; stored as "columnDimensions" and so on.
Json axis_of(const Json& object, const std::string& axis) {
  const std::string stored = axis.substr(0, axis.size() - 1) + "Dimensions";
  Json dimensions = Json::array();
  for (const Json& dimension : object.value(stored, Json::array())) {
    dimensions.push_back({{"id", dimension}});
  }
  return dimensions;
}

Json combos_of_section(const Country& country, const Json& section) {
  Json combos = Json::array();
  for (const Json& element : section.value("dataElements", Json::array())) {
    const Json* found = country.find("dataElements", element["id"].get<std::string>());
    if (!found) continue;
    const Json& combo = (*found)["categoryCombo"];
    if (std::find(combos.begin(), combos.end(), combo) == combos.end()) combos.push_back(combo);
  }
  return combos;
}

}  // namespace

Json Renderer::computed(const Schema& schema, const Property& property, const Json& object) const {
  const std::string& name = property.name;
  const std::string id = object.value("id", "");
  if (name.starts_with("display") && name.size() > 7) {
    return display_value(name, object, schema.plural == "categoryOptionCombos");
  }
  if (name == "name" && schema.plural == "users") {
    return object.value("firstName", "") + " " + object.value("surname", "");
  }
  if (name == "access") {
    return access_of(*request_.user, schema, object, country_.settings().major);
  }
  if (name == "href") {
    if (schema.endpoint.empty()) return nullptr;
    return request_.base_url + "/api" + schema.endpoint + "/" + id;
  }
  if (name == "user") return object.value("createdBy", Json());
  if (name == "sharing") {
    Json sharing = {{"users", Json::object()}, {"userGroups", Json::object()}};
    if (traits_of(country_.settings().major).externalize) sharing["external"] = false;
    return sharing;
  }
  // Up to 2.40 sharing is also told in properties of its own.
  if (name == "publicAccess") {
    return object.value("sharing", Json::object()).value("public", Json());
  }
  if (name == "externalAccess") return false;
  if (name == "dimensionItem" || name == "dimension") return id;
  if (name == "dimensionItemType") return looked_up(kItemTypes, schema.plural);
  if (name == "dimensionType") return looked_up(kDimensionTypes, schema.plural);
  if (name == "items") {
    const Json members = looked_up(kDimensionItems, schema.plural);
    return members.is_null() ? Json() : object.value(members.get<std::string>(), Json::array());
  }
  if (name == "attributeValues") return Json::array();
  if (name == "aggregationType") return schema.plural == "dataElementGroups" ? "SUM" : Json();
  for (const char* axis : {"columns", "rows", "filters"}) {
    if (name == axis) return axis_of(object, axis);
  }
  if (name == "leaf") return object.value("children", Json::array()).empty();
  if (name == "ancestors") return ancestors_of(object);
  if (name == "isDefault") return object.value("name", "") == "default";
  if (name == "itemCount") return object.value("dashboardItems", Json::array()).size();
  if (name == "optionSetValue") return object.contains("optionSet");
  if (name == "formType") return "DEFAULT";
  if (name == "registration" || name == "withoutRegistration") {
    return (object.value("programType", "") == "WITH_REGISTRATION") == (name == "registration");
  }
  if (name == "indicatorGroupSet") {
    const Json sets = object.value("groupSets", Json::array());
    return sets.empty() ? Json() : sets.front();
  }
  if (name == "categoryCombos" && schema.plural == "sections") {
    return combos_of_section(country_, object);
  }
  if (property.collection) return Json::array();
  // Properties that are no objects of Java have a value from the start.
  if (property.type == "BOOLEAN") return false;
  return nullptr;
}

// Whether a user has any of the authorities that the schema asks for an action.
static bool has_type_authority(const User& user, const Schema& schema, std::string_view action) {
  for (const Json& row : schema.document->value("authorities", Json::array())) {
    if (row.value("type", "") != action) continue;
    for (const Json& authority : row["authorities"]) {
      if (user.has(authority.get<std::string>())) return true;
    }
  }
  return false;
}

// Whether public access or a grant to the user or one of their groups has the letter at a place.
static bool granted(const User& user, const Json& sharing, const std::string& open, size_t place) {
  const auto has = [place](const std::string& access) {
    return access.size() > place && access[place] != '-';
  };
  if (has(open)) return true;
  const Json people = sharing.value("users", Json::object());
  if (people.contains(user.uid) && has(people[user.uid].value("access", ""))) return true;
  const Json groups = sharing.value("userGroups", Json::object());
  return std::any_of(user.groups.begin(), user.groups.end(), [&](const std::string& uid) {
    return groups.contains(uid) && has(groups[uid].value("access", ""));
  });
}

bool may_read(const User& user, const Schema& schema, const Json& object) {
  if (!schema.shareable || user.has("ALL")) return true;
  const Json sharing = object.value("sharing", Json::object());
  if (sharing.value("owner", "") == user.uid) return true;
  return granted(user, sharing, sharing.value("public", "r-------"), 0);
}

Json access_of(const User& user, const Schema& schema, const Json& object, int major) {
  const Json sharing = object.value("sharing", Json::object());
  const bool all = user.has("ALL");
  const bool owner = sharing.value("owner", "") == user.uid;
  const std::string open = sharing.value("public", schema.shareable ? "--------" : "rw------");
  const bool writes = all || owner || granted(user, sharing, open, 1);
  const bool reads = all || owner || may_read(user, schema, object);
  // Besides sharing, changing an object needs an authority of its type.
  const bool changes = all || (writes && has_type_authority(user, schema, "CREATE_PUBLIC"));
  const bool deletes = all || (writes && has_type_authority(user, schema, "DELETE"));
  Json access = {{"manage", all || owner}};
  if (traits_of(major).externalize) access["externalize"] = all;
  access["write"] = changes;
  access["read"] = reads;
  access["update"] = changes;
  access["delete"] = deletes;
  if (schema.data_shareable) {
    access["data"] = {{"read", all || granted(user, sharing, open, 2)},
                      {"write", all || granted(user, sharing, open, 3)}};
  }
  return access;
}

}  // namespace sandbox
