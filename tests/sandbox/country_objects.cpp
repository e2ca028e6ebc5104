// SPDX-License-Identifier: BSD-3-Clause
// Completes the payload as DHIS2 does on import: what it fills in and the other side of each link.
#include <algorithm>
#include <cstdio>

#include "tests/sandbox/country_build.h"
#include "tests/sandbox/embedded.h"
#include "tests/sandbox/system.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

constexpr const char* kAdmin = "M5zQapPyTZI";

// A collection of one type and the collection of the other type that mirrors it.
struct Mirror {
  const char* plural;
  const char* collection;
  const char* other;
  const char* other_collection;
};

constexpr Mirror kMirrors[] = {
    {"dataElementGroups", "dataElements", "dataElements", "dataElementGroups"},
    {"dataElementGroupSets", "dataElementGroups", "dataElementGroups", "groupSets"},
    {"indicatorGroups", "indicators", "indicators", "indicatorGroups"},
    {"indicatorGroupSets", "indicatorGroups", "indicatorGroups", "groupSets"},
    {"organisationUnitGroups", "organisationUnits", "organisationUnits", "organisationUnitGroups"},
    {"organisationUnitGroupSets", "organisationUnitGroups", "organisationUnitGroups", "groupSets"},
    {"dataSets", "organisationUnits", "organisationUnits", "dataSets"},
    {"dataSets", "indicators", "indicators", "dataSets"},
    {"programs", "organisationUnits", "organisationUnits", "programs"},
    {"users", "organisationUnits", "organisationUnits", "users"},
    {"categories", "categoryOptions", "categoryOptions", "categories"},
    {"categoryCombos", "categories", "categories", "categoryCombos"},
    {"categoryOptionCombos", "categoryOptions", "categoryOptions", "categoryOptionCombos"},
    {"categoryOptionGroups", "categoryOptions", "categoryOptions", "categoryOptionGroups"},
    {"categoryOptionGroupSets", "categoryOptionGroups", "categoryOptionGroups", "groupSets"},
    {"userGroups", "users", "users", "userGroups"},
    {"users", "userRoles", "userRoles", "users"},
    {"validationRuleGroups", "validationRules", "validationRules", "validationRuleGroups"},
};

// A reference to one object and the collection of that object that mirrors it.
constexpr Mirror kOwners[] = {
    {"categoryOptionCombos", "categoryCombo", "categoryCombos", "categoryOptionCombos"},
    {"sections", "dataSet", "dataSets", "sections"},
    {"dataSets", "workflow", "dataApprovalWorkflows", "dataSets"},
    {"programStageSections", "programStage", "programStages", "programStageSections"},
    {"programIndicators", "program", "programs", "programIndicators"},
    {"programRuleVariables", "program", "programs", "programRuleVariables"},
};

using Places = std::unordered_map<std::string, Json*>;

Json reference(const Json& id) { return Json{{"id", id}}; }

Places places_in(std::vector<Json>& objects) {
  Places places;
  for (Json& object : objects) places[object["id"].get<std::string>()] = &object;
  return places;
}

Json& collection(Json& object, const char* name) {
  Json& list = object[name];
  if (list.is_null()) list = Json::array();
  return list;
}

void mirror_collections(Objects& objects) {
  for (const Mirror& mirror : kMirrors) {
    Places others = places_in(objects[mirror.other]);
    for (auto& [uid, other] : others) collection(*other, mirror.other_collection);
    for (Json& object : objects[mirror.plural]) {
      const Json items = object.value(mirror.collection, Json::array());
      for (const Json& item : items) {
        const auto it = others.find(item["id"].get<std::string>());
        if (it == others.end()) continue;
        collection(*it->second, mirror.other_collection).push_back(reference(object["id"]));
      }
    }
  }
  for (const Mirror& owner : kOwners) {
    Places others = places_in(objects[owner.other]);
    for (auto& [uid, other] : others) (*other)[owner.other_collection] = Json::array();
    for (Json& object : objects[owner.plural]) {
      if (!object.contains(owner.collection)) continue;
      const auto it = others.find(object[owner.collection]["id"].get<std::string>());
      if (it == others.end()) continue;
      (*it->second)[owner.other_collection].push_back(reference(object["id"]));
    }
  }
}

// A data element lists the data sets that hold it, as pairs.
void mirror_data_set_elements(Objects& objects) {
  Places elements = places_in(objects["dataElements"]);
  for (auto& [uid, element] : elements) (*element)["dataSetElements"] = Json::array();
  for (const Json& set : objects["dataSets"]) {
    for (const Json& pair : set["dataSetElements"]) {
      (*elements.at(pair["dataElement"]["id"].get<std::string>()))["dataSetElements"].push_back(
          pair);
    }
  }
}

// Midnight is written out: DHIS2 keeps these dates as timestamps.
void widen_date(Json& object, const char* name) {
  const auto it = object.find(name);
  if (it != object.end() && it->get<std::string>().size() == 10) {
    *it = it->get<std::string>() + "T00:00:00.000";
  }
}

void complete_units(std::vector<Json>& units) {
  Places places = places_in(units);
  for (Json& unit : units) {
    const std::string uid = unit["id"];
    unit["children"] = Json::array();
    std::string path = "/" + uid;
    int level = 1;
    if (unit.contains("parent")) {
      Json& parent = *places.at(unit["parent"]["id"].get<std::string>());
      path = parent["path"].get<std::string>() + path;
      level = parent["level"].get<int>() + 1;
      parent["children"].push_back(reference(unit["id"]));
    }
    unit["path"] = path;
    unit["level"] = level;
    widen_date(unit, "openingDate");
    widen_date(unit, "closedDate");
  }
}

// The copies that scale asks for: same parent, same memberships, a name and a place of their own.
void multiply_facilities(Objects& objects, int scale) {
  if (scale < 2) return;
  std::vector<Json>& units = objects["organisationUnits"];
  Places parents;
  for (Json& unit : units) {
    if (unit.contains("parent")) parents[unit["parent"]["id"].get<std::string>()] = &unit;
  }
  std::map<std::string, std::vector<std::string>> copies;
  std::vector<Json> added;
  for (const Json& unit : units) {
    const std::string uid = unit["id"];
    if (parents.count(uid)) continue;
    for (int n = 2; n <= scale; ++n) {
      Json copy = unit;
      const std::string number = std::to_string(n);
      copy["id"] = copy_of(uid, n);
      copy["name"] = unit["name"].get<std::string>() + " (" + number + ")";
      copy["shortName"] = unit["shortName"].get<std::string>() + " (" + number + ")";
      copy["code"] = unit["code"].get<std::string>() + "_" + number;
      copy.erase("attributeValues");
      copies[uid].push_back(copy["id"]);
      added.push_back(std::move(copy));
    }
  }
  units.insert(units.end(), std::make_move_iterator(added.begin()),
               std::make_move_iterator(added.end()));
  for (const char* plural : {"dataSets", "organisationUnitGroups", "programs"}) {
    for (Json& object : objects[plural]) {
      const Json members = object["organisationUnits"];
      for (const Json& member : members) {
        for (const std::string& uid : copies[member["id"].get<std::string>()]) {
          object["organisationUnits"].push_back(reference(uid));
        }
      }
    }
  }
}

// What DHIS2 stores for a property that the payload left out.
void fill_in(const std::string& plural, const Json& defaults, Json& object) {
  const auto it = defaults.find(plural);
  if (it == defaults.end()) return;
  for (const auto& [name, value] : it->items()) {
    if (!object.contains(name)) object[name] = value;
  }
}

void complete_sharing(Json& object, bool external) {
  if (!object.contains("sharing")) return;
  Json sharing = {{"owner", kAdmin}, {"users", Json::object()}, {"userGroups", Json::object()}};
  if (external) sharing["external"] = false;
  sharing.update(object["sharing"]);
  object["sharing"] = sharing;
}

// What the server was born with belongs to nobody or to a user of the system's own.
void own_by_system(std::vector<Json>& objects, const Traits& traits) {
  for (Json& object : objects) {
    if (!object.contains("sharing") || object["sharing"].value("owner", "") != "XXXXXSystem") {
      continue;
    }
    object["sharing"].erase("owner");
    if (traits.system_owner) object["sharing"]["owner"] = traits.system_owner;
    if (traits.externalize) object["sharing"]["external"] = false;
  }
}

// Objects that live inside others and have an identity all the same.
constexpr const char* kParts[] = {"legends",
                                  "programStageDataElements",
                                  "programTrackedEntityAttributes",
                                  "trackedEntityTypeAttributes",
                                  "analyticsPeriodBoundaries",
                                  "mapViews",
                                  "dashboardItems"};

void complete_parts(Json& object, const Json& defaults) {
  for (const char* name : kParts) {
    const auto parts = object.find(name);
    if (parts == object.end()) continue;
    int number = 0;
    for (Json& part : *parts) {
      ++number;
      // The server gives a uid to a part that came without one.
      if (!part.contains("id")) {
        part["id"] = uid_of(object["id"].get<std::string>() + name + std::to_string(number));
      }
      fill_in(name, defaults, part);
    }
  }
}

// The type of a rule variable follows what it stands for, whatever was sent.
void type_rule_variables(Objects& objects) {
  for (const auto& [reference, plural] :
       {std::pair{"dataElement", "dataElements"},
        std::pair{"trackedEntityAttribute", "trackedEntityAttributes"}}) {
    Places targets = places_in(objects[plural]);
    for (Json& variable : objects["programRuleVariables"]) {
      if (!variable.contains(reference)) continue;
      const Json* target = targets.at(variable[reference]["id"].get<std::string>());
      variable["valueType"] = (*target)["valueType"];
    }
  }
}

// Times of making: one millisecond after another, on the morning of the server's day.
void stamp(Objects& objects, const Settings& settings) {
  int count = 0;
  for (auto& [plural, list] : objects) {
    for (Json& object : list) {
      char time[32];
      std::snprintf(time, sizeof time, "T09:%02d:%02d.%03d", 43 + count / 60000 % 15,
                    count / 1000 % 60, count % 1000);
      ++count;
      object["created"] = settings.today() + time;
      object["lastUpdated"] = object["created"];
      for (const char* name : kParts) {
        const auto parts = object.find(name);
        if (parts == object.end()) continue;
        for (Json& part : *parts) part["created"] = part["lastUpdated"] = object["created"];
      }
    }
  }
}

// Options count from 0 from 2.41 on, whatever number was sent.
void renumber_options(Objects& objects) {
  std::map<std::string, int> next;
  for (Json& option : objects["options"]) {
    option["sortOrder"] = next[option["optionSet"]["id"].get<std::string>()]++;
  }
}

void complete_combos(Objects& objects) {
  const Json admin = {{"id", kAdmin}};
  const Json defaults = {{"translations", Json::array()},
                         {"lastUpdatedBy", admin},
                         {"ignoreApproval", false},
                         {"attributeValues", Json::array()}};
  for (Json& combo : objects["categoryOptionCombos"]) {
    for (const auto& [name, value] : defaults.items()) combo[name] = value;
  }
}

// Three differences in one data set: a member gone, another category combo, another sharing.
void drift(Objects& objects) {
  for (Json& set : objects["dataSets"]) {
    if (set.value("code", "") != "DS_RMA") continue;
    set["dataSetElements"].erase(set["dataSetElements"].size() - 1);
    set["categoryCombo"] = reference("SWtNJsF7lbU");
    set["sharing"]["public"] = "r-r-----";
  }
}

// The data set of immunisation is one group's alone, and the analyst may look at it.
void grant(Objects& objects) {
  for (Json& set : objects["dataSets"]) {
    if (set.value("code", "") != "DS_EPI") continue;
    set["sharing"]["public"] = "--------";
    set["sharing"]["userGroups"] = {
        {"FgVgutVzjea", {{"id", "FgVgutVzjea"}, {"access", "r-rw----"}}}};
    set["sharing"]["users"] = {{"Z2oGuwR1M07", {{"id", "Z2oGuwR1M07"}, {"access", "r-r-----"}}}};
  }
}

void append(Objects& objects, const Json& bundle) {
  for (const auto& [plural, list] : bundle.items()) {
    auto& target = objects[plural];
    for (const Json& object : list) target.push_back(object);
  }
}

// Servers before 2.43 listed the combos of a category combo in another order when they were loaded,
// so that some figures stand under another combo of the same total there.
const std::string& loaded_as(const std::string& uid) {
  static const std::map<std::string, std::string> kOther = {
      {"Qb5srhPIMrV", "Kvzo0qtYzbr"}, {"XG13pdwVzDo", "Qb5srhPIMrV"},
      {"Kvzo0qtYzbr", "XG13pdwVzDo"}, {"mcie15sRQzI", "MwvP7bl0bQS"},
      {"MwvP7bl0bQS", "mcie15sRQzI"}, {"zJlSuJQzxEd", "tXKc6N1QU5Q"},
      {"tXKc6N1QU5Q", "zJlSuJQzxEd"}, {"rqIs7VFP8Y8", "gqalHy2uKbj"},
      {"gqalHy2uKbj", "rqIs7VFP8Y8"}, {"YZh9EWqN8yb", "etB31L6DP3m"},
      {"etB31L6DP3m", "YZh9EWqN8yb"}};
  const auto it = kOther.find(uid);
  return it == kOther.end() ? uid : it->second;
}

}  // namespace

std::string copy_of(std::string_view facility, int n) {
  return uid_of(std::string(facility) + "/" + std::to_string(n));
}

std::string text_for(std::string_view name, const Settings& settings) {
  std::string text = embedded_text(name);
  if (settings.major == 43) return text;
  for (const Json& combo : Json::parse(embedded_text("option_combos.json"))) {
    const std::string uid = combo["id"];
    if (uid == Country::kDefaultCombo) continue;
    const std::string& stored = name == "values.tsv.gz" ? loaded_as(uid) : uid;
    const std::string own = uid_of(std::to_string(settings.major) + "/" + stored);
    for (size_t at = text.find(uid); at != std::string::npos; at = text.find(uid, at + 11)) {
      text.replace(at, uid.size(), own);
    }
  }
  return text;
}

std::string password_of(const std::string& username) {
  return username == "admin" ? "district" : "Baralia-2026!";
}

Objects build_objects(const Settings& settings) {
  const Traits& traits = traits_of(settings.major);
  Objects objects;
  append(objects, Json::parse(text_for("metadata.json", settings)));
  objects["categoryOptionCombos"] =
      Json::parse(text_for("option_combos.json", settings)).get<std::vector<Json>>();
  add_forms(objects, settings);
  add_formulas(objects, settings);
  multiply_facilities(objects, settings.scale);
  const Json defaults = Json::parse(embedded_text("defaults.json"));
  for (auto& [plural, list] : objects) {
    for (Json& object : list) {
      object.erase("password");
      fill_in(plural, defaults, object);
      complete_sharing(object, traits.externalize);
      complete_parts(object, defaults);
    }
  }
  append(objects, Json::parse(text_for("born.json", settings)));
  for (auto& [plural, list] : objects) own_by_system(list, traits);
  objects["userRoles"].back()["authorities"] = document_of("superuser", settings.major);
  if (settings.variant == "drift") drift(objects);
  if (settings.variant == "grants") grant(objects);
  for (Json& user : objects["users"]) {
    user.erase("password");
    user["name"] = user["firstName"].get<std::string>() + " " + user["surname"].get<std::string>();
  }
  // Map views are objects of their own as well (2.40-2.43).
  for (const Json& map : objects["maps"]) {
    for (const Json& view : map["mapViews"]) objects["mapViews"].push_back(view);
  }
  complete_units(objects["organisationUnits"]);
  complete_combos(objects);
  if (settings.major >= 41) renumber_options(objects);
  for (Json& option : objects["categoryOptions"]) widen_date(option, "startDate");
  mirror_collections(objects);
  mirror_data_set_elements(objects);
  type_rule_variables(objects);
  // A section does not tell its stage.
  for (Json& section : objects["programStageSections"]) section.erase("programStage");
  stamp(objects, settings);
  return objects;
}

}  // namespace sandbox
