// SPDX-License-Identifier: BSD-3-Clause
// Periods first, for they cost no request; then data, places and dimensions.
#include "tools/analytics_question.h"

#include <algorithm>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/data_names.h"
#include "tools/data_scope.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/place.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

const std::vector<std::string> kDataTypes = {"dataElement", "indicator", "programIndicator"};

// Each combination of categories has combos of its own, so a name may stand for several: all are
// meant. DHIS2 leaves out what it does not know, and counts everything where nothing is left.
std::vector<Named> option_combos(Call& call, const std::vector<std::string>& wanted,
                                 const std::string& argument) {
  std::vector<Named> out;
  for (const std::string& text : wanted) {
    const std::string words = search_words(text);
    Query query;
    query.add("fields", "id,name").add("paging", "false");
    if (!words.empty()) query.add("filter", "identifiable:token:" + words);
    const Json found = call.client().get("/api/categoryOptionCombos", query, call.patience());
    const std::size_t before = out.size();
    for (const Json& combo : list_of(found, "categoryOptionCombos")) {
      const std::string uid = text_of(combo, "id"), name = text_of(combo, "name");
      if (uid != text && !same_word(straight(name), straight(text))) continue;
      out.push_back({uid, clean_line(name), "option combo", uid});
    }
    if (out.size() > before) continue;
    throw Error(ErrorKind::not_found, argument + ": \"" + text + "\" is no option combo here.",
                "See those of the data by \"option combo\", or find them with metadata_find, type "
                "\"option combo\".");
  }
  return out;
}

// "dimension:item;item"; items by name are looked up among the dimension's own.
std::pair<Named, std::vector<Named>> read_filter(Call& call, Names& names, const std::string& text,
                                                 const std::string& argument = "filter") {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    throw Error(ErrorKind::bad_input, argument + ": \"" + text + "\" has no items.",
                "Write dimension:item;item, for example Sex:Female.");
  }
  const Named dimension = names.dimension(text.substr(0, colon));
  const std::vector<std::string> wanted = split_at(std::string_view(text).substr(colon + 1), ';');
  if (dimension.uid == "co" || dimension.uid == "ao") {
    return {dimension, option_combos(call, wanted, argument)};
  }
  const bool all_uids = std::ranges::all_of(
      wanted, [](const std::string& one) { return is_uid(one) && !may_be_word(one); });
  std::vector<Named> items;
  if (all_uids) {
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
      if (some.size() < 300) some.append(some.empty() ? "" : ", ").append(clean_line(its));
      if (id == name || same_word(straight(its), straight(name))) {
        items.push_back({id, clean_line(its), "", id});
        break;
      }
    }
    if (items.size() == before) {
      throw Error(ErrorKind::not_found,
                  argument + ": \"" + name + "\" is no item of that dimension.",
                  "It has: " + some + ".");
    }
  }
  return {dimension, items};
}

// "Sex", or some of its items: "Sex:Female;Male".
Named read_breakdown(Call& call, Names& names, const std::string& text) {
  if (text.find(':') == std::string::npos) return names.dimension(text);
  auto [dimension, items] = read_filter(call, names, text, "by");
  char mark = ':';
  for (const Named& item : items) {
    dimension.item += std::exchange(mark, ';') + item.item;
  }
  return dimension;
}

Named data_or_group(Names& names, const std::string& text) {
  try {
    return object_but(names, "data", text, kDataTypes, data_set_as_data());
  } catch (const Error& error) {
    if (error.kind != ErrorKind::not_found) throw;
    if (auto group = data_group(names, text)) return std::move(*group);
    throw;
  }
}

// What one argument list holds, none of it empty.
std::vector<std::string> needed(const Call& call, const char* argument, const char* example) {
  std::vector<std::string> out = texts_of(call, argument);
  if (out.empty()) {
    throw Error(ErrorKind::bad_input, std::string(argument) + ": nothing was given.", example);
  }
  return out;
}

void read_bounds(const Call& call, AnalyticsAsked& asked) {
  const Json *min = call.arguments.value("min"), *max = call.arguments.value("max");
  if (min != nullptr) asked.min = to_text(*min);
  if (max != nullptr) asked.max = to_text(*max);
  if (min == nullptr || max == nullptr || *min <= *max) return;
  throw Error(
      ErrorKind::bad_input,
      "min: " + *asked.min + " is above `max`, " + *asked.max + ": no figure could be shown.",
      "Exchange them.");
}

}  // namespace

AnalyticsAsked read_question(Call& call, Names& names, const Almanac& almanac,
                             std::vector<std::string>& notes) {
  AnalyticsAsked asked;
  for (const std::string& text : needed(call, "periods", "Give LAST_12_MONTHS or 202608.")) {
    asked.periods.emplace_back(text, read_period(text, almanac));
  }
  asked.data = data_named(call, names, needed(call, "data", "Find data with metadata_find."));
  UnitsAsked places =
      read_places(call.client(), names,
                  needed(call, "org_units", "Give names, UIDs, a level (LEVEL-3) or USER_ORGUNIT."),
                  call.patience());
  asked.units = std::move(places.units);
  notes.insert(notes.end(), places.notes.begin(), places.notes.end());
  for (const std::string& text : call.arguments.list("by")) {
    asked.by.push_back(read_breakdown(call, names, text));
  }
  for (const std::string& text : call.arguments.list("filter")) {
    asked.filters.push_back(read_filter(call, names, text));
  }
  read_bounds(call, asked);
  asked.details = call.arguments.flag("totals");
  return asked;
}

bool mend(Names& names, AnalyticsAsked& asked, const Error& error) {
  bool changed = false;
  const auto check = [&](std::vector<Named>& all, const auto& look_up) {
    for (Named& one : all) {
      if (!one.name.empty() || !is_uid(one.item)) continue;
      Named found = look_up(one.item);
      changed = changed || found.item != one.item;
      one = std::move(found);
    }
  };
  if (error.code == "E7124") {
    check(asked.data, [&](const std::string& text) { return data_or_group(names, text); });
  }
  if (error.code == "E7143") {
    check(asked.units,
          [&](const std::string& text) { return names.object(text, {"organisationUnit"}); });
  }
  return changed;
}

}  // namespace dhis2mcp
