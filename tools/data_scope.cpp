// SPDX-License-Identifier: BSD-3-Clause
// Everything is made of ids before the first value is asked, so that a wrong word costs nothing.
#include "tools/data_scope.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/calendar.h"
#include "tools/day_span.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/period_type.h"
#include "tools/place.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostPeriods = 400;
constexpr std::size_t kMostUnits = 5'000;
constexpr std::size_t kToldUnits = 10;

// The periods of a type that a longer one holds; the id itself where it is of that type or nothing
// is known of it.
std::vector<std::string> within(const std::string& id, const PeriodType* type,
                                const Calendar* calendar) {
  if (type == nullptr || calendar == nullptr) return {id};
  const PeriodCount count(*calendar);
  const auto asked = count.parse(id);
  if (!asked || asked->type->name == type->name) return {id};
  const auto bounds = days_of(*asked, *calendar);
  if (!bounds) return {id};
  const auto at_start = count.containing(*type, bounds->first);
  std::vector<std::string> out;
  for (auto period = at_start; period && out.size() <= kMostPeriods; period = count.next(*period)) {
    const auto days = days_of(*period, *calendar);
    if (!days || days->first > bounds->last) break;
    // Weeks belong to where they begin, as no month is made of whole weeks.
    const bool held =
        days->first >= bounds->first && (type->is_weeks() || days->last <= bounds->last);
    if (held) out.push_back(period->id());
  }
  if (out.empty()) {
    throw Error(ErrorKind::bad_input,
                "periods: values of this data set are " + std::string(type->name) + ", and " + id +
                    " is shorter than that.",
                at_start ? "Ask for " + at_start->id() + "." : "Ask for a longer period.");
  }
  return out;
}

void add_new(const std::string& id, std::vector<std::string>& all) {
  if (std::ranges::find(all, id) == all.end()) all.push_back(id);
}

// USER_ORGUNIT and its kin. The units whose data a user may see come before those of data entry.
void add_own_units(Call& call, const std::string& item, std::vector<std::string>& all,
                   UidNames& labels) {
  std::string inner = "id,displayName";
  const bool grandchildren = item == "USER_ORGUNIT_GRANDCHILDREN";
  if (grandchildren) inner = "children[" + inner + "]";
  if (item != "USER_ORGUNIT") inner = "children[" + inner + "]";
  const Json me = call.client().get("/api/me",
                                    Query().add("fields", "dataViewOrganisationUnits[" + inner +
                                                              "],organisationUnits[" + inner + "]"),
                                    call.patience());
  Json units = me.value("dataViewOrganisationUnits", Json::array());
  if (units.empty()) units = me.value("organisationUnits", Json::array());
  for (int depth = item == "USER_ORGUNIT" ? 0 : grandchildren ? 2 : 1; depth > 0; --depth) {
    Json below = Json::array();
    for (const Json& unit : units) {
      for (const Json& child : unit.value("children", Json::array())) below.push_back(child);
    }
    units = std::move(below);
  }
  for (const Json& unit : units) {
    add_new(text_of(unit, "id"), all);
    labels.put(text_of(unit, "id"), line_of(unit, "displayName"));
  }
}

}  // namespace

DataSetAsked read_data_set(Call& call, Names& names, std::string_view text, bool with_units) {
  const std::string written = trimmed(text);
  const std::string uid = is_uid(written) ? written : names.object(written, {"dataSet"}).uid;
  std::string fields = "id,displayName,periodType,categoryCombo[name]";
  if (with_units) fields += ",organisationUnits[id,displayName,path,openingDate,closedDate]";
  Json object;
  try {
    object =
        call.client().get("/api/dataSets/" + uid, Query().add("fields", fields), call.patience());
  } catch (const Error& error) {
    if (error.kind != ErrorKind::not_found || uid != written) throw;
    // Eleven letters may be a name after all, and the look-up tells what is near.
    const Named named = names.object(written, {"dataSet"});
    if (named.uid == written) throw;
    return read_data_set(call, names, named.uid, with_units);
  }
  DataSetAsked out;
  out.uid = uid;
  out.name = line_of(object, "displayName");
  out.period_type = text_of(object, "periodType");
  const Json combo = object.value("categoryCombo", Json::object());
  out.plain_attributes = text_of(combo, "name") == "default";
  if (with_units) out.units = object.value("organisationUnits", Json::array());
  return out;
}

std::vector<std::string> elements_of_set(Call& call, const std::string& data_set) {
  const Json set =
      call.client().get("/api/dataSets/" + data_set,
                        Query().add("fields", "dataSetElements[dataElement[id]]"), call.patience());
  std::vector<std::string> out;
  for (const Json& member : list_of(set, "dataSetElements")) {
    out.push_back(text_of(member_of(member, "dataElement"), "id"));
  }
  return out;
}

std::vector<std::string> elements_of_group(Call& call, const std::string& group) {
  const Json found = call.client().get("/api/dataElementGroups/" + group,
                                       Query().add("fields", "dataElements[id]"), call.patience());
  std::vector<std::string> out;
  for (const Json& element : list_of(found, "dataElements")) out.push_back(text_of(element, "id"));
  return out;
}

std::vector<std::string> texts_of(const Call& call, const char* argument) {
  return split_at(joined(call.arguments.list(argument), ";"), ';');
}

std::vector<std::string> read_period_ids(const std::vector<std::string>& texts,
                                         const std::string& period_type, const Almanac& almanac,
                                         std::vector<std::string>& read_as) {
  const PeriodType* type = PeriodType::named(period_type);
  const Calendar* calendar = Calendar::named(almanac.calendar);
  std::vector<std::string> all;
  for (const std::string& text : texts) {
    std::vector<std::string> ids;
    for (const std::string& id : read_period(text, almanac)) {
      if (!is_relative_period(id)) {
        ids.push_back(id);
        continue;
      }
      for (std::string& one : relative_ids(id, almanac)) ids.push_back(std::move(one));
    }
    std::vector<std::string> held;
    for (const std::string& id : ids) {
      for (const std::string& one : within(id, type, calendar)) add_new(one, held);
    }
    if (std::string line = period_read_as(text, held, almanac); !line.empty()) {
      read_as.push_back(std::move(line));
    }
    for (const std::string& id : held) add_new(id, all);
  }
  if (all.empty()) {
    throw Error(ErrorKind::bad_input, "periods: nothing was given.",
                "Give a period such as 202608, \"Aug 2026\" or LAST_3_MONTHS.");
  }
  if (all.size() > kMostPeriods) {
    throw Error(ErrorKind::bad_input,
                "periods: these are " + std::to_string(all.size()) + " periods.",
                "Ask for at most " + std::to_string(kMostPeriods) + " at once.");
  }
  return all;
}

DaysOfPeriod days_of(const std::string& id, const Almanac& almanac) {
  const Calendar* calendar = Calendar::named(almanac.calendar);
  if (calendar == nullptr) return {};
  const auto period = PeriodCount(*calendar).parse(id);
  const auto days = period ? days_of(*period, *calendar) : std::nullopt;
  return days ? DaysOfPeriod{iso_day(days->first), iso_day(days->last)} : DaysOfPeriod{};
}

std::vector<std::string> read_unit_ids(Call& call, Names& names,
                                       const std::vector<std::string>& texts, UidNames& labels,
                                       Answer& answer) {
  if (texts.empty()) {
    throw Error(ErrorKind::bad_input, "org_units: nothing was given.",
                "Give names, UIDs, a level (LEVEL-3), a group or USER_ORGUNIT.");
  }
  const std::vector<Named> places = read_places(call.client(), names, texts, call.patience()).units;
  std::vector<std::string> plain, listed;
  bool scoped = false;
  for (const Named& one : places) {
    if (is_scope(one)) {
      scoped = true;
    } else if (one.item.starts_with("USER_ORGUNIT")) {
      add_own_units(call, one.item, plain, labels);
    } else {
      add_new(one.item, plain);
    }
  }
  for (const Named& one : places) {
    if (!is_scope(one)) continue;
    for (Named& unit : scope_units(call.client(), one, plain, kMostUnits, call.patience())) {
      listed.push_back(std::move(unit.uid));
    }
    answer.read_as.push_back(one.read_as());
  }
  std::ranges::sort(listed);
  listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
  std::vector<std::string> units = scoped ? listed : plain;
  if (units.size() > kMostUnits) {
    throw Error(ErrorKind::bad_input,
                "org_units: these are more than " + std::to_string(kMostUnits) + " units.",
                "Name units above them and set `children`, or ask for one part at a time.");
  }
  labels.learn({{"organisationUnits", scoped ? plain : units}});
  for (const std::string& unit : plain) {
    if (labels.knows(unit)) {
      if (plain.size() <= kToldUnits) answer.read_as.push_back(labels.of(unit) + " = " + unit);
    } else if (labels.complete()) {
      throw Error(ErrorKind::not_found,
                  "org_units: no unit " + unit + " exists here that this account may see.",
                  "Look it up with org_unit_find.");
    }
  }
  if (scoped) {
    answer.read_as.push_back("org_units = " + count_of(units.size(), "unit"));
    if (units.empty()) {
      throw Error(ErrorKind::not_found, "org_units: no unit is of that level or group there.",
                  "See the levels with metadata_find (type \"organisation unit level\").");
    }
  }
  return units;
}

}  // namespace dhis2mcp
