// SPDX-License-Identifier: BSD-3-Clause
// /dataItems: everything that can stand in the data dimension, of all types in one list.
#include <algorithm>
#include <set>

#include "tests/sandbox/dimensions.h"
#include "tests/sandbox/fields.h"
#include "tests/sandbox/filter.h"
#include "tests/sandbox/paging.h"

namespace sandbox {
namespace {

constexpr const char* kTypes =
    "DATA_SET, PROGRAM_ATTRIBUTE, PROGRAM_DATA_ELEMENT, INDICATOR, PROGRAM_INDICATOR, "
    "EXPRESSION_DIMENSION_ITEM, PROGRAM_ATTRIBUTE_OPTION, DATA_ELEMENT, "
    "PROGRAM_DATA_ELEMENT_OPTION";
constexpr const char* kTypesBefore43 =
    "DATA_SET, PROGRAM_ATTRIBUTE, PROGRAM_DATA_ELEMENT, INDICATOR, PROGRAM_INDICATOR, "
    "EXPRESSION_DIMENSION_ITEM, DATA_ELEMENT";

const std::set<std::string>& filterable() {
  static const std::set<std::string> kNames = {"id",
                                               "code",
                                               "name",
                                               "displayName",
                                               "shortName",
                                               "programId",
                                               "dimensionItemType",
                                               "valueType",
                                               "displayShortName",
                                               "identifiable"};
  return kNames;
}

// What a value counts as when types of values are compared.
std::string simplified(const std::string& type) {
  static const std::set<std::string> kNumbers = {
      "NUMBER",           "UNIT_INTERVAL",           "PERCENTAGE", "INTEGER", "INTEGER_POSITIVE",
      "INTEGER_NEGATIVE", "INTEGER_ZERO_OR_POSITIVE"};
  static const std::set<std::string> kBooleans = {"BOOLEAN", "TRUE_ONLY"};
  static const std::set<std::string> kDates = {"DATE", "DATETIME", "AGE"};
  if (kNumbers.count(type) > 0) return "NUMBER";
  if (kBooleans.count(type) > 0) return "BOOLEAN";
  if (kDates.count(type) > 0) return "DATE";
  if (type == "FILE_RESOURCE" || type == "IMAGE") return "FILE_RESOURCE";
  return type == "COORDINATE" ? "COORDINATE" : "TEXT";
}

void add_types(Json& item, const Json& object) {
  const std::string type = object.value("valueType", "");
  if (type.empty()) return;
  item["simplifiedValueType"] = simplified(type);
  item["valueType"] = type;
  if (object.contains("optionSet")) item["optionSetId"] = object["optionSet"]["id"];
}

Json item_of(const Json& object, const char* type) {
  Json item = Json::object();
  if (object.contains("code")) item["code"] = object["code"];
  item["id"] = object["id"];
  item["name"] = item["displayName"] = object["name"];
  item["shortName"] = item["displayShortName"] = object.value("shortName", "");
  item["dimensionItemType"] = type;
  return item;
}

// "Suivi CPN Poids" for what belongs to a program.
Json item_of_program(const Json& program, const Json& object, const char* type) {
  Json item = item_of(object, type);
  add_types(item, object);
  item["id"] = program["id"].get<std::string>() + "." + object["id"].get<std::string>();
  item["programId"] = program["id"];
  for (const char* name : {"name", "shortName"}) {
    const std::string text = program.value(name, "") + " " + object.value(name, "");
    item[name] = text;
    item[name == std::string_view("name") ? "displayName" : "displayShortName"] = text;
  }
  return item;
}

void add_program_items(const Country& country, const Json& program, Json& items) {
  std::set<std::string> met;
  for (const Json& stage_reference : program.value("programStages", Json::array())) {
    const Json* stage = country.find("programStages", stage_reference.value("id", ""));
    for (const Json& part : stage ? (*stage)["programStageDataElements"] : Json::array()) {
      const std::string uid = part["dataElement"]["id"];
      if (!met.insert(uid).second) continue;
      items.push_back(
          item_of_program(program, *country.find("dataElements", uid), "PROGRAM_DATA_ELEMENT"));
    }
  }
  for (const Json& part : program.value("programTrackedEntityAttributes", Json::array())) {
    const Json* attribute =
        country.find("trackedEntityAttributes", part["trackedEntityAttribute"].value("id", ""));
    if (!attribute || attribute->value("confidential", false)) continue;
    items.push_back(item_of_program(program, *attribute, "PROGRAM_ATTRIBUTE"));
  }
}

Json all_items(const Country& country, const User& user) {
  const Schemas& schemas = Schemas::of(country.settings().major);
  Json items = Json::array();
  const auto each = [&](const char* plural, const auto& add) {
    for (const Json& object : country.list(plural)) {
      if (may_read(user, *schemas.by_plural(plural), object)) add(object);
    }
  };
  each("programs", [&](const Json& program) { add_program_items(country, program, items); });
  each("programIndicators", [&](const Json& object) {
    Json item = item_of(object, "PROGRAM_INDICATOR");
    item["programId"] = object["program"]["id"];
    items.push_back(item);
  });
  each("indicators", [&](const Json& object) { items.push_back(item_of(object, "INDICATOR")); });
  each("dataElements", [&](const Json& object) {
    if (object.value("domainType", "") == "TRACKER") return;
    Json item = item_of(object, "DATA_ELEMENT");
    add_types(item, object);
    items.push_back(item);
  });
  each("dataSets", [&](const Json& object) { items.push_back(item_of(object, "REPORTING_RATE")); });
  return items;
}

std::vector<std::string> words_of(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::string> words;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void check_types(const Filter& filter, int major) {
  const std::string known = major >= 43 ? kTypes : kTypesBefore43;
  for (const std::string& word : words_of(filter.value)) {
    if ((", " + known + ",").find(" " + word + ",") != std::string::npos) continue;
    throw BadFilter(409,
                    "Unable to parse element `" + word +
                        "` on filter `dimensionItemType`, the available values are: [" + known +
                        "]",
                    "E2016");
  }
}

void check(const Filter& filter, int major) {
  if (filterable().count(filter.path) == 0) {
    throw BadFilter(409, "Filter not supported: `" + filter.path + "`", "E2034");
  }
  static const std::set<std::string> kOperators = {"eq", "ilike", "like", "in", "token"};
  if (kOperators.count(lowered(filter.op)) == 0) {
    throw BadFilter(409, "Operator not supported: `" + filter.op + "`", "E2035");
  }
  if (filter.path == "dimensionItemType") check_types(filter, major);
}

bool passes_text(const std::string& text, const Filter& filter) {
  const std::string op = lowered(filter.op);
  if (op == "eq") return text == filter.value;
  if (op == "in") {
    const auto words = words_of(filter.value);
    return std::find(words.begin(), words.end(), text) != words.end();
  }
  return lowered(text).find(lowered(filter.value)) != std::string::npos;
}

bool passes(const Json& item, const Filter& filter) {
  if (filter.path == "identifiable") {
    for (const char* name : {"name", "code", "id", "shortName"}) {
      if (passes_text(item.value(name, ""), filter)) return true;
    }
    return false;
  }
  std::string text = item.value(filter.path, "");
  if (filter.path == "dimensionItemType" && text == "REPORTING_RATE") text = "DATA_SET";
  return passes_text(text, filter);
}

void sort_items(Json& items, const Request& request) {
  const std::string order = request.param("order").value_or("");
  if (order.empty()) return;
  const std::string name = order.substr(0, order.find(':'));
  static const std::set<std::string> kNames = {"name", "displayName", "id",
                                               "code", "shortName",   "displayShortName"};
  if (kNames.count(name) == 0) {
    throw BadFilter(409, "Order not supported: `" + name + "`", "E2037");
  }
  const bool down = order.ends_with(":desc");
  std::stable_sort(items.begin(), items.end(), [&](const Json& a, const Json& b) {
    const std::string left = lowered(a.value(name, "")), right = lowered(b.value(name, ""));
    return down ? right < left : left < right;
  });
}

Json picked(const Json& item, const std::optional<Field>& wanted) {
  if (!wanted || wanted->children.empty() || !wanted->presets.empty()) return item;
  Json shown = Json::object();
  for (const Field& field : wanted->children) {
    if (item.contains(field.name)) shown[field.name] = item[field.name];
  }
  return shown;
}

}  // namespace

Reply data_items(const Country& country, const Request& request) try {
  const int major = country.settings().major;
  const bool any = lowered(request.param("rootJunction").value_or("and")) == "or";
  std::vector<Filter> filters = parse_filters(request.all("filter"), std::min(major, 41));
  for (const Filter& filter : filters) check(filter, major);
  Json kept = Json::array();
  for (const Json& item : all_items(country, *request.user)) {
    const auto met = [&](const Filter& filter) { return passes(item, filter); };
    const bool passed = any && !filters.empty() ? std::any_of(filters.begin(), filters.end(), met)
                                                : std::all_of(filters.begin(), filters.end(), met);
    if (passed) kept.push_back(item);
  }
  sort_items(kept, request);
  const auto wanted = parse_fields(request.param("fields").value_or("*"));
  Json list = Json::array();
  for (const Json& item : memory_page(request, kept)) list.push_back(picked(item, wanted));
  Json body = Json::object();
  // The link of the next page has "/api" twice (2.40-2.43).
  const Json pager = memory_pager(request, kept.size(), "/api/api/dataItems");
  if (!pager.is_null()) body["pager"] = pager;
  body["dataItems"] = std::move(list);
  return json_reply(body);
} catch (const BadFilter& bad) {
  return web_message(bad.status, bad.what(), bad.code);
}

}  // namespace sandbox
