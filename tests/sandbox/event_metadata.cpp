// SPDX-License-Identifier: BSD-3-Clause
// Names what answers of event analytics mention.
#include "tests/sandbox/event_metadata.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/sandbox/analytics_metadata.h"
#include "tests/sandbox/filter.h"

namespace sandbox {
namespace {

Json named(const EventQuery& query, const Json& object) {
  const bool brief = query.places.short_names && object.contains("shortName");
  return {{"name", object.value(brief ? "shortName" : "name", "")}};
}

// A program or stage; details add the uid and the code.
Json program_entry(const EventQuery& query, const Json& object) {
  Json entry = named(query, object);
  if (!query.places.details) return entry;
  entry["uid"] = object.value("id", "");
  if (object.contains("code")) entry["code"] = object["code"];
  return entry;
}

Json item_entry(const EventQuery& query, const EventItem& item) {
  Json entry = named(query, *item.object);
  if (!query.places.details || item.what != EventItem::What::kElement) return entry;
  entry["uid"] = item.uid;
  if (item.object->contains("code")) entry["code"] = (*item.object)["code"];
  entry["dimensionItemType"] = "DATA_ELEMENT";
  entry["valueType"] = numeric_item(item) ? "NUMBER" : "TEXT";
  entry["aggregationType"] = item.object->value("aggregationType", "");
  entry["totalAggregationType"] = "SUM";
  return entry;
}

Json option_entry(const Json& option) {
  return {{"code", option.value("code", "")}, {"name", option.value("name", "")}};
}

// The stages that a query can see: its own, those of its items, or all of its program.
void add_programs(const Country& country, const EventQuery& query, Json& items) {
  const int major = country.settings().major;
  std::vector<const Json*> programs;
  if (query.program != nullptr) {
    programs.push_back(query.program);
  } else if (major >= 42) {
    for (const Json& program : country.list("programs")) {
      const bool meant = program.contains("trackedEntityType") &&
                         program["trackedEntityType"].value("id", "") == query.type;
      if (meant) programs.push_back(&program);
    }
  }
  std::set<std::string> of_items;
  for (const EventItem& item : query.items) {
    if (!item.stage.empty() && query.kind != EventKind::kEnrollments) of_items.insert(item.stage);
  }
  if (!query.stage.empty()) of_items = {query.stage};
  for (const Json* program : programs) {
    items[program->value("id", "")] = program_entry(query, *program);
    for (const Json& one : program->value("programStages", Json::array())) {
      const std::string uid = one.value("id", "");
      if (!of_items.empty() && of_items.count(uid) == 0) continue;
      items[uid] = program_entry(query, *country.find("programStages", uid));
    }
  }
}

std::string label_of(const EventQuery& query, const std::string& parameter) {
  static const std::map<std::string, std::pair<const char*, const char*>> kLabels = {
      {"enrollmentDate", {"enrollmentDateLabel", "Enrollment date"}},
      {"incidentDate", {"incidentDateLabel", "Incident date"}},
      {"eventDate", {"", "Event date"}},
      {"occurredDate", {"", "Occurred date"}},
      {"scheduledDate", {"", "Scheduled date"}},
      {"lastUpdated", {"", "Last updated"}}};
  const auto& [own, otherwise] = kLabels.at(parameter);
  return query.program != nullptr && *own != '\0' ? query.program->value(own, otherwise)
                                                  : otherwise;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The dates of a query are dimensions of their own in 2.43; before, aggregates count them as
// periods.
void add_dates(const Country& country, const EventQuery& query, Json& metadata) {
  if (query.dates.empty()) return;
  const bool own = country.settings().major >= 43 && query.kind != EventKind::kEntities;
  const bool as_periods = query.aggregate || query.kind == EventKind::kEntities;
  if (!own && !as_periods) return;
  Json& items = metadata["items"];
  for (const DatePeriods& dates : query.dates) {
    Json ids = Json::array();
    for (const Period& period : dates.periods) {
      ids.push_back(period.id);
      items[period.id] = {{"name", period_name(period)}};
    }
    const std::string name = own ? lower(dates.parameter) : "pe";
    metadata["dimensions"][name] = ids;
    if (own) items[name] = {{"name", label_of(query, dates.parameter)}};
    if (!dates.program.empty()) items[dates.program + ".pe"] = {{"name", "Period"}};
  }
  items["pe"] = query.kind == EventKind::kEntities ? Json{{"name", "Period"}} : Json::object();
  if (own && query.aggregate) metadata["dimensions"].erase("pe");
}

// In 2.43 the status of enrollments that was asked for is a dimension.
void add_statuses(const Country& country, const EventQuery& query, Json& metadata) {
  if (country.settings().major < 43 || query.kind != EventKind::kEnrollments ||
      !query.named_status) {
    return;
  }
  Json ids = Json::array();
  for (const std::string& status : query.program_statuses) {
    ids.push_back(status);
    metadata["items"][status] = {{"name", status.substr(0, 1) + lower(status.substr(1))}};
  }
  metadata["dimensions"]["programstatus"] = ids;
  metadata["items"]["programstatus"] = {{"name", "Program status"}};
}

// True for an item of tracked entities whose column is not among the headers asked for.
bool leaves_out(const EventQuery& query, const EventItem& item) {
  return query.kind == EventKind::kEntities && !query.headers.empty() &&
         std::find(query.headers.begin(), query.headers.end(), item.name) == query.headers.end();
}

// What ou and pe say of themselves.
Json places_metadata(const Country& country, const EventQuery& query) {
  Json metadata = analytics_metadata(country, query.places);
  metadata["dimensions"].erase("co");
  // Names of units stand behind two slashes from 2.41 on.
  if (metadata.contains("ouNameHierarchy") && country.settings().major >= 41) {
    for (auto& [uid, name] : metadata["ouNameHierarchy"].items()) {
      name = "/" + name.get<std::string>();
    }
  }
  return metadata;
}

// Lists show no periods: before 2.43 nothing of them, from then on their names.
void hide_periods(const Country& country, const EventQuery& query, Json& metadata) {
  Json& items = metadata["items"];
  metadata["dimensions"]["pe"] = Json::array();
  items.erase("pe");
  if (country.settings().major < 43) {
    for (const Period& period : query.places.periods) items.erase(period.id);
    return;
  }
  const bool dated = query.kind != EventKind::kEntities && !query.dates.empty();
  if (query.places.periods.empty() && !dated) return;
  items["pe"] = Json::object();
  if (query.places.details) items["pe"] = {{"uid", "pe"}, {"dimensionType", "PERIOD"}};
}

// The options that the rows show, and their set.
void add_shown_options(const Country& country, const EventItem& item,
                       const std::vector<EventFact>& shown, Json& metadata) {
  const std::string set = item.option_set();
  Json& dimension = metadata["dimensions"][item.key];
  dimension = Json::array();
  if (set.empty()) return;
  std::set<std::string> codes, named;
  for (const EventFact& fact : shown) codes.insert(fact_value(item, fact));
  // Without rows the options of the conditions are named, though in no dimension.
  for (const auto& [op, text] : item.conditions) {
    if (shown.empty()) named.insert(lowered(text));
  }
  Json options = Json::array();
  for (const Json* option : options_of(country, set)) {
    const std::string code = option->value("code", ""), uid = option->value("id", "");
    if (codes.count(code) == 0 && named.count(lowered(code)) == 0) continue;
    options.push_back({{"uid", uid}, {"code", code}});
    if (codes.count(code) > 0) dimension.push_back(uid);
    metadata["items"][uid] = option_entry(*option);
  }
  if (options.empty()) return;
  metadata["items"][set] = {{"uid", set},
                            {"name", country.find("optionSets", set)->value("name", "")},
                            {"options", options}};
}

void add_item_names(const Country& country, const EventQuery& query, const EventItem& item,
                    Json& items) {
  const int major = country.settings().major;
  if (item.implied && major <= 41) return;
  items[item.uid] = item_entry(query, item);
  if (item.key != item.uid && (!query.aggregate || major >= 43)) {
    items[item.key] = item_entry(query, item);
  }
  const bool whole = query.kind == EventKind::kEntities && !item.program.empty();
  if (whole && major >= 43) items[item.stage + "." + item.uid] = item_entry(query, item);
}

}  // namespace

Json event_header(const std::string& name, const std::string& column,
                  const std::string& value_type) {
  static const std::map<std::string, const char*> kTypes = {
      {"NUMBER", "java.lang.Double"},
      {"PERCENTAGE", "java.lang.Double"},
      {"UNIT_INTERVAL", "java.lang.Double"},
      {"INTEGER", "java.lang.Integer"},
      {"INTEGER_POSITIVE", "java.lang.Integer"},
      {"INTEGER_NEGATIVE", "java.lang.Integer"},
      {"INTEGER_ZERO_OR_POSITIVE", "java.lang.Integer"},
      {"BOOLEAN", "java.lang.Boolean"},
      {"TRUE_ONLY", "java.lang.Boolean"},
      {"ORGANISATION_UNIT", "org.hisp.dhis.organisationunit.OrganisationUnit"},
      {"DATE", "java.time.LocalDate"},
      {"DATETIME", "java.time.LocalDateTime"}};
  Json header = analytics_header(name, column, true, value_type);
  const auto type = kTypes.find(value_type);
  if (type != kTypes.end()) header["type"] = type->second;
  return header;
}

std::string item_title(const EventQuery& query, const EventItem& item) {
  if (item.what == EventItem::What::kStatus) return "Event status";
  if (item.what == EventItem::What::kDate) return "Event date";
  return named(query, *item.object)["name"];
}

Json item_header(const EventQuery& query, const EventItem& item, int major) {
  const bool number = item.what == EventItem::What::kIndicator;
  std::string type = number        ? "NUMBER"
                     : item.object ? item.object->value("valueType", "TEXT")
                                   : "TEXT";
  if (item.what == EventItem::What::kDate) type = "DATE";
  const bool legends = !item.legend_set.empty();
  std::string name = item.name;
  if (query.aggregate && legends) {
    type = "TEXT";
    if (major <= 42) name = item.uid;
  }
  Json header = event_header(name, item_title(query, item), type);
  // From 2.43 on aggregates of events keep their sets to themselves.
  if (!query.aggregate || major <= 42 || query.kind == EventKind::kEnrollments) {
    if (const std::string set = item.option_set(); !set.empty()) header["optionSet"] = set;
    if (legends) header["legendSet"] = item.legend_set;
  }
  if (item.offset) {
    const std::string index = std::to_string(*item.offset);
    header["programStage"] = item.stage;
    header["stageOffset"] = *item.offset;
    header["repeatableStageParams"] =
        major <= 41 ? "startIndex:" + index + " count:1 startDate:null endDate: null"
                    : "index:" + index + " startDate:null endDate: null dimension: " + item.name;
  }
  return header;
}

std::vector<const Json*> options_of(const Country& country, const std::string& option_set) {
  std::vector<const Json*> options;
  const Json* set = country.find("optionSets", option_set);
  if (set == nullptr) return options;
  for (const Json& one : set->value("options", Json::array())) {
    if (const Json* option = country.find("options", one.value("id", "")))
      options.push_back(option);
  }
  return options;
}

Json legends_of(const Country& country, const std::string& legend_set) {
  const Json* set = country.find("legendSets", legend_set);
  return set == nullptr ? Json::array() : set->value("legends", Json::array());
}

Json list_metadata(const Country& country, const EventQuery& query,
                   const std::vector<EventFact>& shown) {
  Json metadata = places_metadata(country, query);
  hide_periods(country, query, metadata);
  Json& items = metadata["items"];
  add_programs(country, query, items);
  for (const EventItem& item : query.items) {
    if (item.object == nullptr) {
      items[item.key] = {{"name", item_title(query, item)}};
      Json ids = Json::array();
      for (const Period& period : item.periods) {
        ids.push_back(period.id);
        items[period.id] = {{"name", period_name(period)}};
      }
      metadata["dimensions"][item.key] = ids;
      continue;
    }
    add_item_names(country, query, item, items);
    const bool whole = query.kind == EventKind::kEntities && !item.program.empty();
    EventItem keyed = item;
    if (whole) keyed.key = item.uid;
    if (leaves_out(query, item)) {
      Json& dimension = metadata["dimensions"][item.key];
      dimension = Json::array();
      for (const Json* option : options_of(country, item.option_set())) {
        dimension.push_back(option->value("id", ""));
      }
      continue;
    }
    add_shown_options(country, keyed, shown, metadata);
  }
  add_dates(country, query, metadata);
  add_statuses(country, query, metadata);
  const auto& headers = query.headers;
  if (query.kind == EventKind::kEntities &&
      std::find(headers.begin(), headers.end(), "ouname") != headers.end()) {
    items["ouname"] = {{"name", "Organisation Unit Name"}, {"dimensionType", "ORGANISATION_UNIT"}};
  }
  return metadata;
}

Json aggregate_metadata(const Country& country, const EventQuery& query) {
  Json metadata = places_metadata(country, query);
  Json& items = metadata["items"];
  add_programs(country, query, items);
  for (const EventItem& item : query.items) {
    if (item.object == nullptr) continue;
    add_item_names(country, query, item, items);
    Json& dimension = metadata["dimensions"][item.key];
    dimension = Json::array();
    for (const Json* option : options_of(country, item.option_set())) {
      dimension.push_back(option->value("id", ""));
      items[option->value("id", "")] = option_entry(*option);
    }
    for (const Json& legend : legends_of(country, item.legend_set)) {
      dimension.push_back(legend.value("id", ""));
      items[legend.value("id", "")] = {{"name", legend.value("name", "")}};
    }
  }
  if (const Json* value = country.find("dataElements", query.value)) {
    items[query.value] = {{"code", value->value("code", "")}, {"name", value->value("name", "")}};
  }
  add_dates(country, query, metadata);
  return metadata;
}

}  // namespace sandbox
