// SPDX-License-Identifier: BSD-3-Clause
// Names, details and hierarchies of everything an analytics answer mentions.
#include "tests/sandbox/analytics_metadata.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

namespace sandbox {
namespace {

using Kind = Dimension::Kind;

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string reference(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? text(*found, "id") : "";
}

// How details call a dimension and its items, and where the items are found.
struct KindRow {
  Kind kind;
  const char* name;       // null: the name of the object
  const char* type;       // dimensionType
  const char* item_type;  // dimensionItemType
  const char* items;      // plural of the items
  const char* object;     // plural of the dimension itself
};

constexpr std::array<KindRow, 9> kKinds{{
    {Kind::kData, "Data", "DATA_X", "", "", ""},
    {Kind::kPeriod, "Period", "PERIOD", "PERIOD", "", ""},
    {Kind::kUnit, "Organisation unit", "ORGANISATION_UNIT", "ORGANISATION_UNIT",
     "organisationUnits", ""},
    {Kind::kCombo, "Category option combo", "CATEGORY_OPTION_COMBO", "CATEGORY_OPTION_COMBO",
     "categoryOptionCombos", ""},
    {Kind::kAttributeCombo, "Attribute option combo", "ATTRIBUTE_OPTION_COMBO",
     "CATEGORY_OPTION_COMBO", "categoryOptionCombos", ""},
    {Kind::kCategory, nullptr, "CATEGORY", "CATEGORY_OPTION", "categoryOptions", "categories"},
    {Kind::kOptionGroupSet, nullptr, "CATEGORY_OPTION_GROUP_SET", "CATEGORY_OPTION_GROUP",
     "categoryOptionGroups", "categoryOptionGroupSets"},
    {Kind::kUnitGroupSet, nullptr, "ORGANISATION_UNIT_GROUP_SET", "ORGANISATION_UNIT_GROUP",
     "organisationUnitGroups", "organisationUnitGroupSets"},
    {Kind::kElementGroupSet, nullptr, "DATA_ELEMENT_GROUP_SET", "DATA_ELEMENT_GROUP",
     "dataElementGroups", "dataElementGroupSets"},
}};

const KindRow& row(Kind kind) { return kKinds[static_cast<size_t>(kind)]; }

const std::map<std::string, std::string>& metric_names() {
  static const std::map<std::string, std::string> names = {
      {"REPORTING_RATE", "Reporting rate"},
      {"REPORTING_RATE_ON_TIME", "Reporting rate on time"},
      {"ACTUAL_REPORTS", "Actual reports"},
      {"ACTUAL_REPORTS_ON_TIME", "Actual reports on time"},
      {"EXPECTED_REPORTS", "Expected reports"}};
  return names;
}

std::string display(const AnalyticsQuery& query, const Json& object) {
  const std::string brief = query.short_names ? text(object, "shortName") : "";
  return brief.empty() ? text(object, "name") : brief;
}

const DataItem* data_item(const AnalyticsQuery& query, const std::string& id) {
  for (const DataItem& item : query.data) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

const Period* period(const AnalyticsQuery& query, const std::string& id) {
  for (const Period& found : query.periods) {
    if (found.id == id) return &found;
  }
  return nullptr;
}

const char* data_plural(DataItem::Kind kind) {
  if (kind == DataItem::Kind::kIndicator) return "indicators";
  return kind == DataItem::Kind::kRate ? "dataSets" : "dataElements";
}

std::string data_name(const Country& country, const AnalyticsQuery& query, const DataItem& item) {
  std::string name = display(query, *country.find(data_plural(item.kind), item.object));
  if (item.kind == DataItem::Kind::kRate) return name + " - " + metric_names().at(item.metric);
  if (item.kind != DataItem::Kind::kOperand) return name;
  const auto combo = [&](const std::string& uid) {
    const Json* object = uid.empty() ? nullptr : country.find("categoryOptionCombos", uid);
    return object == nullptr ? std::string("*") : text(*object, "name");
  };
  name += " " + combo(item.co);
  return item.ao.empty() ? name : name + " " + combo(item.ao);
}

void add_code(Json& item, const Json& object) {
  if (const std::string code = text(object, "code"); !code.empty()) item["code"] = code;
}

Json period_details(const Period& found) {
  return {{"uid", found.id},
          {"code", found.id},
          {"name", period_name(found)},
          {"dimensionItemType", "PERIOD"},
          {"valueType", "TEXT"},
          {"totalAggregationType", "SUM"},
          {"startDate", iso_day(found.start) + "T00:00:00.000"},
          {"endDate", iso_day(found.end) + "T00:00:00.000"}};
}

Json data_details(const Country& country, const AnalyticsQuery& query, const DataItem& item) {
  const Json& object = *country.find(data_plural(item.kind), item.object);
  static const std::map<DataItem::Kind, const char*> kTypes = {
      {DataItem::Kind::kElement, "DATA_ELEMENT"},
      {DataItem::Kind::kOperand, "DATA_ELEMENT_OPERAND"},
      {DataItem::Kind::kIndicator, "INDICATOR"},
      {DataItem::Kind::kRate, "REPORTING_RATE"}};
  Json details = {{"uid", item.id}};
  if (item.kind != DataItem::Kind::kOperand) add_code(details, object);
  details["name"] = data_name(country, query, item);
  if (const std::string words = text(object, "description"); !words.empty()) {
    details["description"] = words;
  }
  details["dimensionItemType"] = kTypes.at(item.kind);
  const std::string type = text(object, "valueType");
  details["valueType"] = type.empty() ? "NUMBER" : type;
  const std::string aggregation = text(object, "aggregationType");
  if (!aggregation.empty()) details["aggregationType"] = aggregation;
  const bool none = aggregation == "NONE";
  details["totalAggregationType"] = none                                      ? "NONE"
                                    : item.kind == DataItem::Kind::kIndicator ? "AVERAGE"
                                                                              : "SUM";
  if (const Json* kind = country.find("indicatorTypes", reference(object, "indicatorType"))) {
    details["indicatorType"] = {{"name", text(*kind, "name")},
                                {"displayName", text(*kind, "name")},
                                {"factor", kind->value("factor", 1)},
                                {"number", kind->value("number", false)}};
  }
  return details;
}

Json item_entry(const Country& country, const AnalyticsQuery& query, const Dimension& dimension,
                const std::string& id) {
  if (!query.details) return {{"name", item_name(country, query, dimension, id)}};
  if (dimension.kind == Kind::kData) return data_details(country, query, *data_item(query, id));
  if (dimension.kind == Kind::kPeriod) return period_details(*period(query, id));
  const Json* object = item_object(country, dimension, id);
  Json details = {{"uid", id}};
  if (object != nullptr) add_code(details, *object);
  details["name"] = item_name(country, query, dimension, id);
  details["dimensionItemType"] = row(dimension.kind).item_type;
  details["valueType"] = dimension.kind == Kind::kUnit ? "TEXT" : "NUMBER";
  details["totalAggregationType"] = "SUM";
  return details;
}

// The option combos of every data element that is asked for, as DHIS2 lists them below "co".
std::vector<std::string> element_combos(const Country& country, const AnalyticsQuery& query) {
  std::vector<std::string> found;
  for (const DataItem& item : query.data) {
    if (item.kind != DataItem::Kind::kElement || item.any_combo) continue;
    const Json& element = *country.find("dataElements", item.object);
    const std::string combo = reference(element, "categoryCombo");
    for (const Json& option_combo : country.list("categoryOptionCombos")) {
      if (reference(option_combo, "categoryCombo") != combo) continue;
      const std::string uid = text(option_combo, "id");
      if (std::find(found.begin(), found.end(), uid) == found.end()) found.push_back(uid);
    }
  }
  return found;
}

// An object that is built without searching it for each new key. The first entry of a key stays.
class Entries {
 public:
  void add(const std::string& key, Json value) {
    if (seen_.insert(key).second) entries_.emplace_back(key, std::move(value));
  }
  Json take() { return Json(std::move(entries_)); }

 private:
  Json::object_t entries_;
  std::unordered_set<std::string> seen_;
};

void add_hierarchies(const Country& country, const AnalyticsQuery& query, Json& metadata) {
  Entries uids, names;
  for (const OrgUnit* unit : query.units) {
    std::string parents, name;
    for (size_t from = 1; from < unit->path.size();) {
      const size_t to = std::min(unit->path.find('/', from), unit->path.size());
      const std::string uid = unit->path.substr(from, to - from);
      if (uid != unit->uid) parents += (parents.empty() ? "" : "/") + uid;
      name += "/" + country.unit(uid)->name;
      from = to + 1;
    }
    uids.add(unit->uid, parents);
    names.add(unit->uid, name);
  }
  if (query.hierarchy) metadata["ouHierarchy"] = uids.take();
  if (query.name_hierarchy) metadata["ouNameHierarchy"] = names.take();
}

Json dimension_entry(const Country& country, const AnalyticsQuery& query,
                     const Dimension& dimension) {
  if (dimension.fixed) return Json::object();
  const std::string name = dimension_name(country, query, dimension);
  if (!query.details) return {{"name", name}};
  return {{"uid", dimension.id}, {"name", name}, {"dimensionType", row(dimension.kind).type}};
}

}  // namespace

Json analytics_header(const std::string& name, const std::string& column, bool meta,
                      const std::string& value_type, bool hidden) {
  const bool number = value_type == "NUMBER";
  return {{"name", name},
          {"column", column},
          {"valueType", value_type},
          {"type", number ? "java.lang.Double" : "java.lang.String"},
          {"hidden", hidden},
          {"meta", meta}};
}

Json analytics_headers(const Country& country, const AnalyticsQuery& query) {
  Json headers = Json::array();
  for (const Dimension* axis : query.axes()) {
    headers.push_back(analytics_header(axis->id, dimension_name(country, query, *axis), true));
  }
  headers.push_back(analytics_header("value", "Value", false, "NUMBER"));
  if (!query.num_den) return headers;
  for (const char* name : {"Numerator", "Denominator", "Factor", "Multiplier", "Divisor"}) {
    std::string id = name;
    id[0] = static_cast<char>(id[0] - 'A' + 'a');
    headers.push_back(analytics_header(id, name, false, "NUMBER"));
  }
  return headers;
}

std::string dimension_name(const Country& country, const AnalyticsQuery& query,
                           const Dimension& dimension) {
  const KindRow& kind = row(dimension.kind);
  if (kind.name != nullptr) return kind.name;
  return display(query, *country.find(kind.object, dimension.id));
}

const Json* item_object(const Country& country, const Dimension& dimension, const std::string& id) {
  if (dimension.kind == Kind::kData) {
    const Json* element = country.find("dataElements", id);
    return element != nullptr ? element : country.find("indicators", id);
  }
  const char* plural = row(dimension.kind).items;
  return *plural == '\0' ? nullptr : country.find(plural, id);
}

std::string item_name(const Country& country, const AnalyticsQuery& query,
                      const Dimension& dimension, const std::string& id) {
  if (dimension.kind == Kind::kData) return data_name(country, query, *data_item(query, id));
  if (dimension.kind == Kind::kPeriod) return period_name(*period(query, id));
  const Json* object = item_object(country, dimension, id);
  return object == nullptr ? id : display(query, *object);
}

std::string item_in_scheme(const Country& country, const AnalyticsQuery& query,
                           const Dimension& dimension, const std::string& id) {
  if (query.output_schemes.empty()) return id;
  const auto& schemes = query.output_schemes;
  auto found = schemes.end();
  if (dimension.kind == Kind::kUnit) found = schemes.find("orgUnit");
  if (dimension.kind == Kind::kData) {
    found = schemes.find("dataItem");
    if (found == schemes.end() && country.find("dataElements", id) != nullptr) {
      found = schemes.find("dataElement");
    }
  }
  if (found == schemes.end()) found = schemes.find("*");
  if (found == schemes.end()) return id;
  if (found->second == "NAME") return item_name(country, query, dimension, id);
  const Json* object = item_object(country, dimension, id);
  if (object == nullptr) return id;
  if (found->second == "CODE") {
    const std::string code = text(*object, "code");
    return code.empty() ? id : code;
  }
  const std::string attribute = found->second.substr(found->second.find(':') + 1);
  for (const Json& value : object->value("attributeValues", Json::array())) {
    if (reference(value, "attribute") == attribute) return text(value, "value");
  }
  return id;
}

Json analytics_metadata(const Country& country, const AnalyticsQuery& query) {
  if (query.skip_meta) return Json::object();
  Entries items;
  Json dimensions = Json::object();
  for (const auto& [id, item] : query.keywords.items()) items.add(id, item);
  for (const Dimension& dimension : query.dimensions) {
    items.add(dimension.id, dimension_entry(country, query, dimension));
    dimensions[dimension.id] = dimension.items;
    for (const std::string& id : dimension.items) {
      items.add(id, item_entry(country, query, dimension, id));
    }
  }
  if (!dimensions.contains("pe")) dimensions["pe"] = Json::array();
  Dimension co;
  co.kind = Kind::kCombo;
  const std::vector<std::string> combos = element_combos(country, query);
  for (const std::string& id : combos) items.add(id, item_entry(country, query, co, id));
  dimensions["co"] = combos;
  Json metadata = {{"items", items.take()}, {"dimensions", dimensions}};
  add_hierarchies(country, query, metadata);
  return metadata;
}

}  // namespace sandbox
