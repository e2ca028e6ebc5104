// SPDX-License-Identifier: BSD-3-Clause
// analytics_query: one analytics request once names are known; one more, for the date of the last
// analytics run, when nothing came.
#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "tools/almanac.h"
#include "tools/analytics.h"
#include "tools/analytics_cost.h"
#include "tools/call.h"
#include "tools/document.h"
#include "tools/grid.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/pivot.h"
#include "tools/place.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

const std::vector<std::string> kDataTypes = {"dataElement", "indicator", "programIndicator"};

// "dimension:item;item"; items by name are looked up among the dimension's own.
std::pair<Named, std::vector<Named>> read_filter(Call& call, Names& names,
                                                 const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    throw Error(ErrorKind::bad_input, "filter: \"" + text + "\" has no items.",
                "Write dimension:item;item, for example Sex:Female.");
  }
  const Named dimension = names.dimension(text.substr(0, colon));
  std::vector<std::string> wanted;
  bool all_uids = true;
  std::string_view rest = std::string_view(text).substr(colon + 1);
  while (!rest.empty()) {
    const auto cut = rest.find(';');
    wanted.push_back(trimmed(rest.substr(0, cut)));
    all_uids = all_uids && is_uid(wanted.back());
    rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
  }
  std::vector<Named> items;
  if (all_uids || dimension.uid == "co") {
    for (const std::string& uid : wanted) items.push_back({uid, "", "", uid});
    return {dimension, items};
  }
  const Json known =
      call.client()
          .get("/api/dimensions/" + dimension.uid + "/items",
               Query().add("fields", "id,name").add("paging", "false"), call.patience())
          .value("items", Json::array());
  for (const std::string& name : wanted) {
    std::string some;
    const std::size_t before = items.size();
    for (const Json& item : known) {
      const std::string id = item.value("id", ""), its = item.value("name", "");
      if (some.size() < 300) some += (some.empty() ? "" : ", ") + clean_line(its);
      if (id == name || lower_ascii(its) == lower_ascii(name)) {
        items.push_back({id, clean_line(its), "", id});
        break;
      }
    }
    if (items.size() == before) {
      throw Error(ErrorKind::not_found, "filter: \"" + name + "\" is no item of that dimension.",
                  "It has: " + some + ".");
    }
  }
  return {dimension, items};
}

// What one argument list holds, none of it empty.
std::vector<std::string> needed(const Call& call, const char* argument, const char* example) {
  std::vector<std::string> out;
  for (const std::string& text : call.arguments.list(argument)) {
    // Lists in one text are what people paste from DHIS2.
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto cut = rest.find(';');
      if (std::string one = trimmed(rest.substr(0, cut)); !one.empty()) {
        out.push_back(std::move(one));
      }
      rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
    }
  }
  if (out.empty()) {
    throw Error(ErrorKind::bad_input, std::string(argument) + ": nothing was given.", example);
  }
  return out;
}

AnalyticsAsked read_question(Call& call, Names& names, const Almanac& almanac,
                             std::vector<std::string>& notes) {
  AnalyticsAsked asked;
  for (const std::string& text : needed(call, "periods", "Give LAST_12_MONTHS or 202608.")) {
    asked.periods.emplace_back(text, read_period(text, almanac));
  }
  asked.data = names.data_items(needed(call, "data", "Find data with metadata_find."));
  UnitsAsked places =
      read_places(call.client(), names,
                  needed(call, "org_units", "Give names, UIDs, a level (LEVEL-3) or USER_ORGUNIT."),
                  call.patience());
  asked.units = std::move(places.units);
  notes.insert(notes.end(), places.notes.begin(), places.notes.end());
  for (const std::string& text : call.arguments.list("by")) {
    asked.by.push_back(names.dimension(text));
  }
  for (const std::string& text : call.arguments.list("filter")) {
    asked.filters.push_back(read_filter(call, names, text));
  }
  if (const Json* min = call.arguments.value("min")) asked.min = to_text(*min);
  if (const Json* max = call.arguments.value("max")) asked.max = to_text(*max);
  asked.rounded = call.arguments.flag("rounded");
  asked.details = call.arguments.flag("totals");
  return asked;
}

// DHIS2 says only that something is not valid. A text that was taken for a UID may be a name, or a
// UID of something else: the look-up either mends it or tells.
bool mend(Names& names, AnalyticsAsked& asked, const Error& error) {
  bool changed = false;
  const auto check = [&](std::vector<Named>& all, const std::vector<std::string>& types) {
    for (Named& one : all) {
      if (!one.name.empty() || !is_uid(one.item)) continue;
      Named found = names.object(one.item, types);
      changed = changed || found.item != one.item;
      one = std::move(found);
    }
  };
  if (error.code == "E7124") check(asked.data, kDataTypes);
  if (error.code == "E7143") check(asked.units, {"organisationUnit"});
  return changed;
}

Figures ask(Call& call, Names& names, AnalyticsAsked& asked) {
  try {
    return ask_analytics(call.client(), asked, call.patience());
  } catch (const Error& error) {
    if (!mend(names, asked, error)) throw;
  }
  return ask_analytics(call.client(), asked, call.patience());
}

void tell_named(const std::vector<Named>& all, const Grid& grid, Answer& answer) {
  for (Named one : all) {
    const std::string* name = grid.name_of(one.item);
    // "co" is a word of DHIS2, not the id of something.
    if (one.name.empty() && (name == nullptr || one.item == "co" || one.item == "ao")) continue;
    if (name != nullptr && (one.name.empty() || one.type == "reportingRate")) {
      one.name = clean_line(*name);
    }
    answer.read_as.push_back(one.read_as());
  }
}

// Relative periods as the ids that the server made of them.
void tell_periods(const AnalyticsAsked& asked, const Almanac& almanac, const Json& metadata,
                  Answer& answer) {
  const std::vector<std::string> came = items_of(metadata, "pe");
  std::string absent;
  for (const auto& [written, ids] : asked.periods) {
    if (ids.size() == 1 && is_relative_period(ids.front())) {
      std::string line = written == ids.front() ? written : written + " = " + ids.front();
      if (asked.periods.size() == 1 && !came.empty()) {
        line += " = " + came.front();
        if (came.size() > 1) line += " to " + came.back();
      }
      answer.read_as.push_back(line);
      continue;
    }
    if (std::string line = period_read_as(written, ids, almanac); !line.empty()) {
      answer.read_as.push_back(std::move(line));
    }
    for (const std::string& id : ids) {
      if (!came.empty() && std::ranges::find(came, id) == came.end()) {
        absent += (absent.empty() ? "" : ", ") + id;
      }
    }
  }
  if (!absent.empty()) answer.notes.push_back("DHIS2 did not take these periods: " + absent + ".");
}

// DHIS2 drops data that it does not know when it knows some of it.
void tell_dropped(const AnalyticsAsked& asked, const Json& metadata, Answer& answer) {
  const std::vector<std::string> came = items_of(metadata, "dx");
  if (came.empty()) return;
  for (const Named& one : asked.data) {
    const bool stands_for_others =
        one.item.find("GROUP-") != std::string::npos || one.item.find('*') != std::string::npos;
    if (stands_for_others || std::ranges::find(came, one.item) != came.end()) continue;
    answer.notes.push_back("DHIS2 did not take " + one.item +
                           " as data: it does not exist here, or this account may not read it.");
  }
}

void tell_empty(Call& call, Answer& answer) {
  std::string built = "unknown";
  try {
    const Json about = call.client().get(
        "/api/system/info", Query().add("fields", "lastAnalyticsTableSuccess"), call.patience());
    built = about.value("lastAnalyticsTableSuccess", "never");
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
  }
  answer.notes.push_back("No data came, which is not zero. The analytics tables were last built: " +
                         built + "; values entered later are not in them.");
  answer.notes.emplace_back(
      "Try earlier periods, a higher level of org units, or raw values with dhis2_query at "
      "dataValueSets.");
}

// Sums where they make sense, and a note where they do not.
void plan_sums(const AnalyticsAsked& asked, const Json& metadata, PivotAsked& how, Answer& answer) {
  if (!asked.details) return;
  if (const std::string why = no_sum_over_data(asked, metadata); !why.empty()) {
    answer.notes.push_back("No totals: " + why + ".");
    return;
  }
  const std::string units = no_sum_over_units(metadata);
  const std::string periods = no_sum_over_periods(metadata);
  const bool units_across = how.across == "ou";
  const std::string& across = units_across ? units : periods;
  // Down a table of periods by unit run the periods.
  const std::string& down = units_across                          ? periods
                            : how.across == "dx" && units.empty() ? periods
                                                                  : units;
  if (how.across != "dx") how.across_rows = across.empty();
  how.down_columns = down.empty();
  for (const std::string& why : {units, periods}) {
    if (!why.empty()) answer.notes.push_back("Some totals are left out: " + why + ".");
  }
}

std::string dimension_of(const std::string& columns) {
  if (columns == "data") return "dx";
  return columns == "org_unit" ? "ou" : "pe";
}

}  // namespace

Answer analytics_query(Call& call) {
  Names names = names_of(call);
  const Almanac almanac = almanac_of(call.client(), call.patience());
  Answer answer = call.answer();
  AnalyticsAsked asked = read_question(call, names, almanac, answer.notes);
  demand_affordable(cost_of(call.client(), asked, almanac, call.patience()));
  const Figures figures = ask(call, names, asked);

  const Grid grid(figures.headers, figures.metadata);
  tell_named(asked.data, grid, answer);
  tell_periods(asked, almanac, figures.metadata, answer);
  tell_named(asked.units, grid, answer);
  tell_named(asked.by, grid, answer);
  for (const auto& [dimension, items] : asked.filters) tell_named(items, grid, answer);
  tell_dropped(asked, figures.metadata, answer);

  PivotAsked how;
  how.across = dimension_of(call.arguments.text("columns", "period"));
  how.every_row = !asked.min && !asked.max;
  plan_sums(asked, figures.metadata, how, answer);
  Pivoted pivoted = pivot(grid, figures.metadata, figures.rows, how);
  if (pivoted.figures == 0) {
    pivoted.table.rows.clear();
    tell_empty(call, answer);
  } else if (pivoted.left_out > 0 && how.every_row) {
    answer.notes.push_back(std::to_string(pivoted.left_out) +
                           " rows without any data are not shown.");
  }
  if (pivoted.repeated > 0) {
    answer.notes.push_back(
        std::to_string(pivoted.repeated) +
        " figures fell on a cell that was taken and stand in rows of their own.");
  }
  if (!figures.complete) {
    answer.notes.emplace_back(
        "DHIS2 sent more than 500,000 figures; the rest was not read. Ask "
        "for less at once.");
  }
  RowCollector collector(call.results, call.owner(), std::move(pivoted.table.columns));
  for (Row& row : pivoted.table.rows) collector.add(std::move(row));
  collector.finish(answer);
  if (!figures.complete) answer.truncated = true;
  return answer;
}

}  // namespace dhis2mcp
