// SPDX-License-Identifier: BSD-3-Clause
// Places of the tracker: it knows units and modes, but neither levels nor groups.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/place.h"
#include "tools/tracker_request.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostUnits = 300;  // their UIDs fit one request

struct Reading {
  std::string mode, rest;
};

// What a text says of the mode, and the place that is left.
Reading mode_of(const std::string& text) {
  const std::string lower = lower_ascii(text);
  for (const char* mode : {"ACCESSIBLE", "CAPTURE", "ALL"}) {
    if (text == mode) return {mode, ""};
  }
  for (const char* words : {"all org units", "all units", "everywhere", "anywhere", "all"}) {
    if (lower == words) return {"ACCESSIBLE", ""};
  }
  if (org_unit_item(text) == "USER_ORGUNIT") return {"CAPTURE", ""};
  constexpr auto kHeads = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"children of ", "CHILDREN"},
       {"directly under ", "CHILDREN"},
       {"directly below ", "CHILDREN"},
       {"only ", "SELECTED"},
       {"just ", "SELECTED"},
       {"everything in ", "DESCENDANTS"},
       {"under ", "DESCENDANTS"},
       {"below ", "DESCENDANTS"},
       {"within ", "DESCENDANTS"},
       {"inside ", "DESCENDANTS"},
       {"in ", "DESCENDANTS"}});
  for (const auto& [head, mode] : kHeads) {
    if (lower.starts_with(head)) return {std::string(mode), trimmed(text.substr(head.size()))};
  }
  if (lower.ends_with(" only")) return {"SELECTED", trimmed(text.substr(0, text.size() - 5))};
  return {"", text};
}

void demand_few(const std::vector<std::string>& units) {
  if (units.size() <= kMostUnits) return;
  throw Error(ErrorKind::bad_input,
              "org_units: these are more than " + std::to_string(kMostUnits) + " units.",
              "Give the unit above them, or count with analytics_events, which takes levels and "
              "groups.");
}

void add_new(std::vector<std::string> some, std::vector<std::string>& all) {
  for (std::string& uid : some) {
    if (std::ranges::find(all, uid) == all.end()) all.push_back(std::move(uid));
  }
}

// The units that a place stands for, by their UIDs; `written` is the whole text.
std::vector<std::string> units_of(Call& call, Names& names, const std::string& place,
                                  const std::string& written, Answer& answer) {
  std::vector<Named> scopes;
  std::vector<std::string> uids;
  for (const Named& one : read_places(call.client(), names, {place}, call.patience()).units) {
    if (!one.name.empty()) answer.read_as.push_back(one.read_as());
    if (one.item.starts_with("USER_ORGUNIT")) {
      throw Error(ErrorKind::bad_input,
                  "org_units: \"" + clean_line(written) + "\" is none that the tracker takes.",
                  "Give \"my org units\", \"all org units\", or units by name.");
    }
    if (is_scope(one)) {
      scopes.push_back(one);
    } else {
      uids.push_back(one.item);
    }
  }
  if (scopes.empty()) return uids;
  const std::vector<std::string> within = std::exchange(uids, {});
  for (const Named& scope : scopes) {
    for (Named& unit : scope_units(call.client(), scope, within, kMostUnits, call.patience())) {
      uids.push_back(std::move(unit.uid));
    }
  }
  if (!uids.empty()) return uids;
  throw Error(ErrorKind::not_found, "org_units: \"" + clean_line(written) + "\" holds no org unit.",
              "Look with org_unit_find.");
}

}  // namespace

std::vector<std::string> outermost(Call& call, const std::vector<std::string>& units) {
  if (units.size() < 2) return units;
  Query query;
  query.add("fields", "id,path").add("filter", "id:in:[" + joined(units, ",") + "]");
  query.add("paging", "false");
  const Json found = call.client().get("/api/organisationUnits", query, call.patience());
  std::set<std::string> within;
  for (const Json& unit : list_of(found, "organisationUnits")) {
    for (const std::string& above : split_at(text_of(unit, "path"), '/')) {
      const bool other = above != text_of(unit, "id");
      if (other && std::ranges::find(units, above) != units.end())
        within.insert(text_of(unit, "id"));
    }
  }
  std::vector<std::string> out;
  for (const std::string& unit : units) {
    if (!within.contains(unit)) out.push_back(unit);
  }
  return out;
}

TrackerPlaces read_tracker_places(Call& call, const std::vector<std::string>& texts,
                                  Answer& answer) {
  TrackerPlaces out;
  Names names = names_of(call);
  for (const std::string& written : texts) {
    Reading reading = mode_of(trimmed(written));
    if (!reading.rest.empty()) {
      if (reading.mode.empty()) reading.mode = "DESCENDANTS";
      add_new(units_of(call, names, reading.rest, written, answer), out.units);
    }
    if (!out.mode.empty() && out.mode != reading.mode) {
      throw Error(ErrorKind::bad_input,
                  "org_units: these need different ways of looking (" + out.mode + " and " +
                      reading.mode + "), and DHIS2 takes one at a time.",
                  "Ask in two calls.");
    }
    out.mode = reading.mode;
  }
  demand_few(out.units);
  return out;
}

}  // namespace dhis2mcp
