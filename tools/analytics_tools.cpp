// SPDX-License-Identifier: BSD-3-Clause
// analytics_query: one analytics request once names are known, several where the question is too
// large for one; two more that say why nothing came, one where units were left out.
#include <algorithm>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/analytics_answer.h"
#include "tools/analytics_empty.h"
#include "tools/analytics_parts.h"
#include "tools/analytics_question.h"
#include "tools/data_names.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/place.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// More units than this that were given by UID are not told one by one: their names stand in the
// rows.
constexpr std::size_t kToldUnits = 4;

std::vector<AnalyticsAsked> parts(Call& call, const AnalyticsAsked& asked, const Cost& cost,
                                  const Almanac& almanac) {
  PartBounds bounds;
  if (cost.figures() > bounds.figures) {
    bounds.figures = figures_per_answer(call.client(), call.patience());
  }
  return parts_of(cost.figures() > bounds.figures ? with_period_ids(asked, almanac) : asked, cost,
                  bounds);
}

bool ask(Call& call, Names& names, AnalyticsAsked& asked, const Almanac& almanac, Pivot& pivot) {
  const auto told = [&call](std::size_t done, std::size_t of) {
    if (of < 2 || !call.context.progress) return;
    call.context.progress(static_cast<double>(done), static_cast<double>(of),
                          "requests to DHIS2's analytics");
  };
  const Cost cost = cost_of(call.client(), asked, almanac, call.patience());
  demand_affordable(cost);
  try {
    return ask_parts(call.client(), parts(call, asked, cost, almanac), call.patience(), pivot,
                     told);
  } catch (const Error& error) {
    if (error.code == "E7128") {
      // Words for periods cannot be halved, their ids can.
      const AnalyticsAsked longer = with_period_ids(asked, almanac);
      if (period_ids(longer).size() == period_ids(asked).size()) throw;
      return ask_parts(call.client(), halves(longer, false), call.patience(), pivot, told);
    }
    if (!mend(names, asked, error)) throw;
  }
  return ask_parts(call.client(), parts(call, asked, cost, almanac), call.patience(), pivot, told);
}

std::string name_of(const Items& items, const std::string& id) {
  const auto item = items.find(id);
  return item ? clean_line(items.name(*item)) : std::string();
}

void tell_named(const std::vector<Named>& all, const Items& items, Answer& answer) {
  for (Named one : all) {
    const std::string name = name_of(items, one.item);
    // "co" is a word of DHIS2, not the id of something.
    if (one.name.empty() && (name.empty() || one.item == "co" || one.item == "ao")) continue;
    if (!name.empty() && (one.name.empty() || one.type == "reportingRate")) one.name = name;
    answer.read_as.push_back(one.read_as());
  }
}

void tell_units(const std::vector<Named>& units, const Items& items, Answer& answer) {
  std::vector<Named> by_uid, other;
  for (const Named& unit : units) {
    (unit.name.empty() && is_uid(unit.item) ? by_uid : other).push_back(unit);
  }
  tell_named(other, items, answer);
  if (by_uid.size() <= kToldUnits) {
    tell_named(by_uid, items, answer);
  } else {
    answer.read_as.push_back(std::to_string(by_uid.size()) + " org units by their UIDs");
  }
}

std::vector<std::string> ids_of(const Items& items, const char* dimension) {
  std::vector<std::string> out;
  for (const Items::Number item : items.dimension(dimension)) out.emplace_back(items.id(item));
  return out;
}

// Relative periods as the ids that the server made of them.
void tell_periods(const AnalyticsAsked& asked, const Almanac& almanac, const Items& items,
                  Answer& answer) {
  const std::vector<std::string> came = ids_of(items, "pe");
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

// What was given as data and is none, and how it is given.
std::string why_dropped(Names& names, const std::string& item) {
  std::string unknown = "it does not exist here, or this account may not read it.";
  if (!is_uid(item)) return unknown;
  try {
    const auto group = data_group(names, item);
    return group ? "it is the group \"" + group->name + "\"; write " + group->item + "." : unknown;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
    return unknown;
  }
}

// DHIS2 drops data that it does not know when it knows some of it.
void tell_dropped(const AnalyticsAsked& asked, Names& names, const Items& items, Answer& answer) {
  const std::vector<std::string> came = ids_of(items, "dx");
  if (came.empty()) return;
  for (const Named& one : asked.data) {
    const bool stands_for_others =
        one.item.find("GROUP-") != std::string::npos || one.item.find('*') != std::string::npos;
    if (stands_for_others || std::ranges::find(came, one.item) != came.end()) continue;
    answer.notes.push_back("DHIS2 did not take " + one.item +
                           " as data: " + why_dropped(names, one.item));
  }
}

// An item that its dimension does not have is dropped; where none is left, so is the filter.
void check_items(const char* argument, const std::string& dimension,
                 const std::vector<std::string>& wanted, const Items& items, Answer& answer) {
  // Of option combos DHIS2 lists those of the data.
  if (dimension == "co" || !items.has_dimension(dimension)) return;
  const std::vector<std::string> came = ids_of(items, dimension.c_str());
  std::vector<std::string> dropped;
  for (const std::string& one : wanted) {
    if (std::ranges::find(came, one) == came.end()) dropped.push_back(one);
  }
  if (dropped.empty()) return;
  const std::string told = some_of(dropped) + (dropped.size() == 1 ? " is" : " are") +
                           " no item of " + dimension + " here, or this account may not read it";
  if (dropped.size() < wanted.size()) {
    answer.notes.push_back(std::string(argument) + ": " + told + ", and left out.");
    return;
  }
  throw Error(ErrorKind::not_found,
              std::string(argument) + ": " + told + ". DHIS2 would count them all.",
              "Write the names of items, for example Sex:Female, or ask dhis2_query for "
              "dimensions/" +
                  dimension + "/items.");
}

// Of filters and breakdowns, which name theirs as "uid:item;item".
void check_items(const AnalyticsAsked& asked, const Items& items, Answer& answer) {
  for (const auto& [dimension, some] : asked.filters) {
    std::vector<std::string> wanted;
    for (const Named& one : some) wanted.push_back(one.item);
    check_items("filter", dimension.uid, wanted, items, answer);
  }
  for (const Named& one : asked.by) {
    const auto colon = one.item.find(':');
    if (colon == std::string::npos) continue;
    check_items("by", one.item.substr(0, colon), split_at(one.item.substr(colon + 1), ';'), items,
                answer);
  }
}

// A cell that they emptied looks like one without a figure.
void tell_bounds(const AnalyticsAsked& asked, Answer& answer) {
  if (!asked.min && !asked.max) return;
  std::string outside = asked.min ? "below " + *asked.min : "";
  if (asked.max) outside += (outside.empty() ? "above " : " or above ") + *asked.max;
  answer.notes.push_back("Figures " + outside +
                         " are left out: an empty cell, or a row that is not there, may be one of "
                         "those.");
}

// Sums where they make sense, and a note where they do not.
void plan_sums(const AnalyticsAsked& asked, const Items& items, const std::string& across,
               PivotAsked& how, Answer& answer) {
  if (!asked.details) return;
  if (const std::string why = no_sum_over_data(asked, items); !why.empty()) {
    answer.notes.push_back("No totals: " + why + ".");
    return;
  }
  const std::string units = no_sum_over_units(items);
  const std::string periods = no_sum_over_periods(items);
  const bool units_across = across == "ou";
  // Down a table of periods by unit run the periods.
  const std::string& down = units_across                      ? periods
                            : across == "dx" && units.empty() ? periods
                                                              : units;
  if (across != "dx") how.across_rows = (units_across ? units : periods).empty();
  how.down_columns = down.empty();
  for (const std::string& why : {units, periods}) {
    if (!why.empty()) answer.notes.push_back("Some totals are left out: " + why + ".");
  }
}

std::string dimension_of(const std::string& columns) {
  if (columns == "data") return "dx";
  return columns == "org_unit" ? "ou" : "pe";
}

void tell_read_as(Call& call, const AnalyticsAsked& asked, Names& names, const Almanac& almanac,
                  const Items& items, Answer& answer) {
  tell_named(asked.data, items, answer);
  tell_periods(asked, almanac, items, answer);
  tell_units(asked.units, items, answer);
  tell_named(asked.by, items, answer);
  for (const auto& [dimension, some] : asked.filters) tell_named(some, items, answer);
  tell_dropped(asked, names, items, answer);
  const auto lacks = [&items](const std::string& uid) {
    return items.has_dimension("ou") && name_of(items, uid).empty();
  };
  tell_dropped_units(call.client(), asked.units, lacks, call.patience(), answer.notes);
  check_items(asked, items, answer);
}

void tell_table(const PivotAsked& how, const Pivoted& pivoted, bool whole, Answer& answer) {
  if (pivoted.left_out > 0 && how.every_row) {
    answer.notes.push_back(std::to_string(pivoted.left_out) +
                           " rows without any data are not shown.");
  }
  if (pivoted.repeated > 0) {
    answer.notes.push_back(
        std::to_string(pivoted.repeated) +
        " figures fell on a cell that was taken and stand in rows of their own.");
  }
  if (!whole) {
    answer.notes.emplace_back(
        "DHIS2 sent more than 2,000,000 figures; the rest was not read. Ask for less at once.");
  }
}

// A breakdown drops what is not collected by it.
void tell_without_row(const AnalyticsAsked& asked, const std::vector<Items::Number>& absent,
                      Items& items, Answer& answer) {
  if (absent.empty()) return;
  std::vector<std::string> names;
  names.reserve(absent.size());
  for (const Items::Number item : absent) {
    names.push_back("\"" + clean_line(items.shown(item)) + "\"");
  }
  answer.notes.push_back(std::string("Without any figure") +
                         (asked.by.empty() ? "" : " by this breakdown") +
                         ", and so without a row: " + some_of(names) + ".");
}

std::vector<std::pair<std::string, std::string>> seen_in(Items& items, const char* dimension) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& id : ids_of(items, dimension)) {
    out.emplace_back(id, clean_line(items.shown(items.number(id))));
  }
  return out;
}

}  // namespace

Answer analytics_query(Call& call) { return analytics_answer(call); }

Answer analytics_answer(Call& call, AnalyticsSeen* seen) {
  Names names = names_of(call);
  const Almanac almanac = almanac_of(call.client(), call.patience());
  Answer answer = call.answer();
  AnalyticsAsked asked = read_question(call, names, almanac, answer.notes);
  if (seen != nullptr) asked.details = seen->judge_sums;
  const std::string across = dimension_of(call.arguments.text("columns", "period"));
  Pivot pivot(across, call.connections.places().results());
  const bool whole = ask(call, names, asked, almanac, pivot);

  tell_read_as(call, asked, names, almanac, pivot.items(), answer);
  tell_bounds(asked, answer);
  PivotAsked how;
  how.every_row = !asked.min && !asked.max;
  how.rounded = call.arguments.flag("rounded");
  if (seen == nullptr) plan_sums(asked, pivot.items(), across, how, answer);
  if (pivot.is_long() && pivot.figures() > 0) {
    how.across_rows = how.down_columns = false;
    answer.notes.emplace_back("There are too many items for a table: each figure has a row.");
  }
  RowCollector collector(call.results, call.owner(), pivot.columns(how));
  if (pivot.figures() > 0) {
    const Pivoted pivoted =
        pivot.turn(how, [&collector](Row&& row) { return collector.add(std::move(row)); });
    tell_table(how, pivoted, whole, answer);
    tell_without_row(asked, pivoted.without_row, pivot.items(), answer);
  } else {
    std::vector<std::string> periods = ids_of(pivot.items(), "pe");
    if (periods.empty()) periods = period_ids(asked);
    for (std::string& note : why_empty(call, asked, periods)) {
      answer.notes.push_back(std::move(note));
    }
  }
  collector.finish(answer);
  if (!whole) answer.truncated = true;
  if (seen != nullptr) {
    seen->data = seen_in(pivot.items(), "dx");
    seen->units = seen_in(pivot.items(), "ou");
    if (seen->judge_sums) seen->no_sum = no_sum_over_data(asked, pivot.items());
  }
  return answer;
}

}  // namespace dhis2mcp
