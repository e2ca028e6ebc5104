// SPDX-License-Identifier: BSD-3-Clause
// Reads data sets, elements, periods and units of an export, and refuses what DHIS2 refuses.
#include "tests/sandbox/data_values_selection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>

namespace sandbox {
namespace {

constexpr int kStrictSince = 43;

constexpr const char* kNoData =
    "At least one data element, data set or data element group must be specified";
constexpr const char* kNoTime =
    "At least one period, start/end dates, last updated or last updated duration must be specified";
constexpr const char* kNoUnit =
    "At least one organisation unit or organisation unit group must be specified";

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_strict(const Country& country) { return country.settings().major >= kStrictSince; }

void add_once(std::vector<std::string>& list, const std::string& uid) {
  if (std::find(list.begin(), list.end(), uid) == list.end()) list.push_back(uid);
}

void add_members(const Json& object, const char* collection, std::vector<std::string>& list) {
  std::set<std::string> seen(list.begin(), list.end());
  for (const Json& member : object.value(collection, Json::array())) {
    const std::string uid = text(member, "id");
    if (seen.insert(uid).second) list.push_back(uid);
  }
}

// 2.43 says at which character a period stops being one.
[[noreturn]] void refuse_period(const std::string& id) {
  if (id.size() < 4 || id.size() > 11) {
    throw SelectionRefusal(400,
                           "Period must be have between 4 and 11 characters but got: `" + id + "`");
  }
  for (size_t i = 0; i < 4; ++i) {
    if (std::isdigit(static_cast<unsigned char>(id[i]))) continue;
    throw SelectionRefusal(400, "Invalid Period `" + id + "`, expected a digit at position " +
                                    std::to_string(i) + " but found: `" + id[i] + "`");
  }
  throw SelectionRefusal(400, "Invalid Period `" + id +
                                  "`, expected one of [W, Q, S] at index 4 for a ISO period of "
                                  "length " +
                                  std::to_string(id.size()) + " but found: `" + id.substr(4) + "`");
}

void read_time(const Country& country, const Request& request, Selection& selection) {
  for (const std::string& id : request.all("period")) {
    if (auto period = parse_period(id, country.settings().major)) {
      selection.periods.push_back(std::move(*period));
    } else if (is_strict(country)) {
      refuse_period(id);
    }
  }
  selection.start = day_of(request.param("startDate").value_or(""));
  selection.end = day_of(request.param("endDate").value_or(""));
}

void read_units(const Country& country, const Request& request, Selection& selection) {
  selection.children = request.param("children") == "true";
  selection.named_units = request.all("orgUnit");
  std::set<std::string> wanted;
  for (const std::string& uid : selection.named_units) wanted.insert(uid);
  for (const std::string& uid : request.all("orgUnitGroup")) {
    selection.grouped = true;
    const Json* group = country.find("organisationUnitGroups", uid);
    if (group == nullptr) continue;
    for (const Json& member : group->value("organisationUnits", Json::array())) {
      wanted.insert(text(member, "id"));
    }
  }
  // Parents stand before children, so a descendant finds its parent already taken.
  std::set<std::string> taken;
  for (const OrgUnit& unit : country.units()) {
    const bool below = selection.children && taken.count(unit.parent) > 0;
    if (!below && wanted.count(unit.uid) == 0) continue;
    taken.insert(unit.uid);
    selection.units.push_back(&unit);
  }
}

void read_sets(const Country& country, const Request& request, Selection& selection) {
  for (const std::string& uid : request.all("dataSet")) {
    if (country.find("dataSets", uid) != nullptr) add_once(selection.sets, uid);
  }
}

void read_elements(const Country& country, const Request& request, Selection& selection) {
  for (const std::string& uid : selection.sets) {
    const Json& set = *country.find("dataSets", uid);
    for (const Json& element : set.value("dataSetElements", Json::array())) {
      add_once(selection.elements, text(element.value("dataElement", Json::object()), "id"));
    }
  }
  for (const std::string& uid : request.all("dataElementGroup")) {
    if (const Json* group = country.find("dataElementGroups", uid)) {
      add_members(*group, "dataElements", selection.elements);
    }
  }
  for (const std::string& uid : request.all("dataElement")) {
    if (country.find("dataElements", uid) != nullptr) add_once(selection.elements, uid);
  }
}

void read_combos(const Country& country, const Request& request, Selection& selection) {
  selection.ao = request.all("attributeOptionCombo");
  if (is_strict(country)) selection.co = request.all("categoryOptionCombo");
  const std::vector<std::string> options = request.all("attributeOptions");
  if (options.empty()) return;
  for (const Json& combo : country.list("categoryOptionCombos")) {
    std::vector<std::string> has;
    add_members(combo, "categoryOptions", has);
    const bool all = std::all_of(options.begin(), options.end(), [&](const std::string& uid) {
      return std::find(has.begin(), has.end(), uid) != has.end();
    });
    if (all) selection.ao.push_back(text(combo, "id"));
  }
}

void read_window(const Country& country, const Request& request, Selection& selection) {
  const auto number = [&](const char* name) {
    return std::strtol(request.param(name).value_or("0").c_str(), nullptr, 10);
  };
  if (request.param("limit")) {
    if (number("limit") < 0) {
      // 2.43 forgets to fill in the number.
      const std::string shown = is_strict(country) ? "{0}" : *request.param("limit");
      throw SelectionRefusal(409, "Limit cannot be less than zero: `" + shown + "`", "E2009");
    }
    selection.limit = static_cast<size_t>(number("limit"));
  }
  if (!is_strict(country)) return;
  selection.offset = static_cast<size_t>(std::max(0L, number("offset")));
  const std::string order = request.param("order").value_or("");
  if (std::any_of(order.begin(), order.end(),
                  [](unsigned char c) { return std::islower(c) != 0; })) {
    throw SelectionRefusal(400, "Value '" + order +
                                    "' is not valid for parameter order.  Cannot convert " + order +
                                    " to class org.hisp.dhis.datavalue.DataExportParams$Order");
  }
}

// "10d", "4h", "30m".
bool is_duration(const std::string& text) {
  if (text.size() < 2 || std::string("dhms").find(text.back()) == std::string::npos) return false;
  return std::all_of(text.begin(), text.end() - 1,
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

// The earliest time that `day` or `duration` back from the clock allows; empty without them.
std::string since(const Country& country, const Request& request, const char* day,
                  const char* duration) {
  const std::string length = request.param(duration).value_or("");
  if (length.empty()) return request.param(day).value_or("");
  if (!is_duration(length)) {
    throw SelectionRefusal(409, "Duration is not valid: `{0}`", "E2005");
  }
  const int count = std::atoi(length.c_str());
  const int days = length.back() == 'd' ? count : length.back() == 'h' ? count / 24 : 0;
  return iso_day(*day_of(country.settings().today()) - std::chrono::days{days});
}

bool may_see(const User& user, const OrgUnit& unit) {
  if (user.has("ALL")) return true;
  const auto above = [&](const std::string& root) {
    return unit.path.find(root) != std::string::npos;
  };
  return std::any_of(user.org_units.begin(), user.org_units.end(), above) ||
         std::any_of(user.view_units.begin(), user.view_units.end(), above);
}

void check_access(const Country& country, const Request& request, Selection& selection) {
  if (request.user == nullptr) return;
  std::string refused;
  for (const OrgUnit* unit : selection.units) {
    if (!may_see(*request.user, *unit)) refused += (refused.empty() ? "" : ", ") + unit->uid;
  }
  if (refused.empty()) return;
  if (is_strict(country)) {
    throw SelectionRefusal(409, "User is not allowed to view org unit(s): `[" + refused + "]`",
                           "E2012");
  }
  selection.foreign = true;
}

}  // namespace

bool Selection::has_period(const Period& period) const {
  if (!periods.empty()) {
    return std::find(periods.begin(), periods.end(), period) != periods.end();
  }
  if (start && end) return period.start >= *start && period.end <= *end;
  return true;
}

Selection read_values_selection(const Country& country, const Request& request) {
  Selection selection;
  read_sets(country, request, selection);
  read_elements(country, request, selection);
  read_combos(country, request, selection);
  read_units(country, request, selection);
  if (is_strict(country)) {
    if (selection.elements.empty()) throw SelectionRefusal(409, kNoData, "E2001");
    read_time(country, request, selection);
    if (!selection.has_time()) throw SelectionRefusal(409, kNoTime, "E2002");
    if (selection.named_units.empty() && !selection.grouped) {
      throw SelectionRefusal(409, kNoUnit, "E2006");
    }
  } else {
    if (selection.units.empty()) throw SelectionRefusal(409, kNoUnit, "E2006");
    if (selection.elements.empty()) throw SelectionRefusal(409, kNoData, "E2001");
    read_time(country, request, selection);
    selection.since = since(country, request, "lastUpdated", "lastUpdatedDuration");
    if (!selection.has_time() && selection.since.empty())
      throw SelectionRefusal(409, kNoTime, "E2002");
  }
  read_window(country, request, selection);
  check_access(country, request, selection);
  return selection;
}

Selection read_completeness_selection(const Country& country, const Request& request) {
  Selection selection;
  read_sets(country, request, selection);
  read_units(country, request, selection);
  if (selection.units.empty()) throw SelectionRefusal(409, kNoUnit, "E2006");
  if (selection.sets.empty()) {
    throw SelectionRefusal(409, "At least one data set must be specified", "E2013");
  }
  read_time(country, request, selection);
  selection.since = since(country, request, "created", "createdDuration");
  if (!selection.has_time() && selection.since.empty())
    throw SelectionRefusal(409, kNoTime, "E2002");
  read_window(country, request, selection);
  check_access(country, request, selection);
  return selection;
}

Schemes read_schemes(const Country& country, const Request& request) {
  static constexpr std::array<const char*, 7> kKinds = {
      "dataSet",  "dataElement",   "orgUnit", "categoryOptionCombo", "attributeOptionCombo",
      "category", "categoryOption"};
  Schemes schemes;
  const auto take = [&](const std::string& kind, const std::string& parameter) {
    const std::string value = request.param(parameter).value_or("");
    if (value.empty()) return;
    const bool known =
        value == "UID" || value == "CODE" || value == "NAME" || value.starts_with("ATTRIBUTE:");
    if (!known && is_strict(country)) {
      throw SelectionRefusal(400, "Value '" + value + "' is not valid for parameter " + parameter +
                                      ". Invalid ID scheme: " + value +
                                      "\n\tUse UID, CODE, NAME, ATTRIBUTE:<uid>");
    }
    if (!known) {
      throw SelectionRefusal(400,
                             "No enum constant org.hisp.dhis.common.IdentifiableProperty." + value);
    }
    schemes[kind] = value;
  };
  for (const char* kind : kKinds) {
    take(kind, "idScheme");
    take(kind, std::string(kind) + "IdScheme");
  }
  std::erase_if(schemes, [](const auto& entry) { return entry.second == "UID"; });
  return schemes;
}

std::optional<std::string> in_scheme(const Json& object, const std::string& scheme) {
  if (scheme == "CODE" || scheme == "NAME") {
    const std::string id = text(object, scheme == "CODE" ? "code" : "name");
    return id.empty() ? std::nullopt : std::optional(id);
  }
  const std::string attribute = scheme.substr(scheme.find(':') + 1);
  for (const Json& value : object.value("attributeValues", Json::array())) {
    if (text(value.value("attribute", Json::object()), "id") == attribute) {
      return text(value, "value");
    }
  }
  return std::nullopt;
}

}  // namespace sandbox
