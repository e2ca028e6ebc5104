// SPDX-License-Identifier: BSD-3-Clause
// org_unit_find: from the index of names where it is ready and words are all there is to find; else
// one request, after the look-up of names that are not UIDs.
#include <algorithm>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/call.h"
#include "tools/document.h"
#include "tools/flat_rows.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/name_indexes.h"
#include "tools/names.h"
#include "tools/place.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr char kPath[] = "/api/organisationUnits";
constexpr char kMember[] = "organisationUnits";
constexpr std::size_t kMostNear = 10;
constexpr std::size_t kMostDigits = 3;  // of a level's number

// What is asked for. With several units to look below, each is asked for on its own.
struct Wanted {
  std::string text, level, group;
  std::vector<std::string> under;
  std::vector<std::string> uids;  // these alone
  std::int64_t limit = 50;
  bool by_uid = false;  // the text is looked for as a UID

  bool only_words() const { return !text.empty() && group.empty(); }
};

// Units as the Web API shows them, the best first.
struct Units {
  std::vector<Json> units;
  std::optional<std::uint64_t> total;
  Continuation rest;
};

// As it stands, then what it may be the plural of.
std::vector<std::string> readings_of(const std::string& text) {
  std::vector<std::string> out = singulars(text);
  out.insert(out.begin(), text);
  return out;
}

// From the index; empty where that is not ready, or knows no such level.
std::string indexed_level(Call& call, const std::string& text) {
  if (call.registry.indexes() == nullptr) return {};
  const std::vector<std::string> levels = {"organisationUnitLevel"};
  const auto index = call.registry.indexes()->ready(call.client(), levels);
  if (!index) return {};
  for (const std::string& one : readings_of(text)) {
    const std::vector<IndexedName> found = index->exact(one, levels);
    if (found.size() == 1 && found[0].level > 0) return std::to_string(found[0].level);
  }
  return {};
}

Json levels_of(Call& call) {
  return list_of(
      call.client().get("/api/organisationUnitLevels",
                        Query().add("fields", "id,name,displayName,level").add("paging", "false"),
                        call.patience()),
      "organisationUnitLevels");
}

std::string number_of(const Json& level) {
  return level.contains("level") ? to_text(level["level"]) : std::string();
}

[[noreturn]] void refuse_level(const std::string& text, const Json& levels) {
  std::vector<std::string> names;
  for (const Json& level : levels) {
    names.push_back(line_of(level, "name") + " (" + number_of(level) + ")");
  }
  throw Error(ErrorKind::not_found, "No org unit level is called \"" + text + "\".",
              "The levels are " + joined(names, ", ") + ".");
}

// The number of a level that was given by number, "level 3", name or UID.
std::string level_number(Call& call, const std::string& written, Answer& answer) {
  std::string text = trimmed(written);
  if (lower_ascii(text).starts_with("level")) {
    text = trimmed(text.substr(5));
    if (text.starts_with('-')) text.erase(0, 1);
  }
  if (all_digits(text) && text.size() <= kMostDigits && text != "0") return text;
  if (std::string number = indexed_level(call, text); !number.empty()) {
    answer.read_as.push_back(text + " = level " + number);
    return number;
  }
  const Json levels = levels_of(call);
  const std::vector<std::string> wanted = readings_of(lower_ascii(text));
  for (const Json& level : levels) {
    for (const char* member : {"name", "displayName", "id"}) {
      const std::string lower = lower_ascii(text_of(level, member));
      if (lower.empty() || std::ranges::find(wanted, lower) == wanted.end()) continue;
      answer.read_as.push_back(text + " = level " + number_of(level));
      return number_of(level);
    }
  }
  refuse_level(text, levels);
}

// Nothing was found at a level: is there one of that number?
void demand_level(Call& call, const std::string& number) {
  Json levels;
  try {
    levels = levels_of(call);
  } catch (const Error& error) {
    if (!is_local(error)) throw;
    return;
  }
  const bool known =
      std::ranges::any_of(levels, [&](const Json& level) { return number_of(level) == number; });
  if (!known && !levels.empty()) refuse_level(number, levels);
}

// The UID of a unit or group that was given by anything.
std::string resolved(Call& call, const char* argument, const std::string& type, Answer& answer) {
  std::string text = trimmed(call.arguments.text(argument));
  if (is_uid(text) && !may_be_word(text)) return text;
  Names names = names_of(call);
  const Named named = names.object(text, {type});
  answer.read_as.push_back(named.read_as());
  return named.uid;
}

// "my org units" are those that the account was given.
std::vector<std::string> own_units(Call& call, const std::string& written, Answer& answer) {
  const Json me = call.client().get("/api/me", Query().add("fields", "organisationUnits[id,name]"),
                                    call.patience());
  std::vector<std::string> uids;
  std::string names;
  for (const Json& unit : me.value(kMember, Json::array())) {
    uids.push_back(text_of(unit, "id"));
    names += (names.empty() ? "" : ", ") + line_of(unit, "name");
  }
  if (uids.empty()) {
    throw Error(ErrorKind::not_found, "This account has no org units of its own.",
                "Name a unit in `under`.");
  }
  answer.read_as.push_back(written + " = " + names);
  return uids;
}

Wanted wanted_of(Call& call, Answer& answer) {
  Wanted wanted;
  wanted.text = trimmed(call.arguments.text("query"));
  demand_name_length(wanted.text);
  if (!wanted.text.empty() && search_words(wanted.text).empty()) {
    throw Error(ErrorKind::bad_input, "`query` holds no word to search for.",
                "Give words of a name, a code or a UID.");
  }
  if (call.arguments.has("under")) {
    const std::string under = trimmed(call.arguments.text("under"));
    wanted.under = org_unit_item(under) == "USER_ORGUNIT"
                       ? own_units(call, under, answer)
                       : std::vector{resolved(call, "under", "organisationUnit", answer)};
  }
  if (call.arguments.has("level")) {
    wanted.level = level_number(call, call.arguments.text("level"), answer);
  }
  if (call.arguments.has("group")) {
    wanted.group = resolved(call, "group", "organisationUnitGroup", answer);
  }
  wanted.limit = call.arguments.integer("limit", 50);
  wanted.by_uid = is_uid(wanted.text) && !may_be_word(wanted.text);
  return wanted;
}

// Nothing where the index is not ready or has no answer: what it does not know may be new.
std::optional<Units> indexed(Call& call, const Wanted& wanted) {
  if (call.registry.indexes() == nullptr || !wanted.only_words()) return std::nullopt;
  const std::vector<std::string> type = {"organisationUnit"};
  const auto index = call.registry.indexes()->ready(call.client(), type);
  if (!index) return std::nullopt;
  const IndexedPlace place{wanted.level.empty() ? 0 : std::stoi(wanted.level), wanted.under};
  const IndexSearch found =
      index->search(wanted.text, type, static_cast<std::size_t>(wanted.limit), place);
  if (found.hits.empty()) return std::nullopt;
  Units out;
  for (const IndexedName& one : found.hits) {
    Json unit = {{"name", one.display}, {"level", one.level}};
    if (!one.parent.empty()) unit["parent"] = {{"name", one.parent}};
    unit["id"] = one.uid;
    if (!one.code.empty()) unit["code"] = one.code;
    out.units.push_back(std::move(unit));
  }
  if (found.counted) out.total = found.total.at("organisationUnit");
  return out;
}

Query query_of(const Wanted& wanted, const std::string& under) {
  Query query;
  query.add("fields", "name,level,parent[name],id,code");
  if (wanted.by_uid) {
    query.add("filter", "id:eq:" + wanted.text);
  } else if (!wanted.text.empty()) {
    query.add("filter", "identifiable:token:" + search_words(wanted.text));
  }
  if (!wanted.uids.empty()) {
    query.add("filter", "id:in:[" + joined(wanted.uids, ",") + "]");
  }
  if (!under.empty()) query.add("filter", "path:like:" + under + "/");
  if (!wanted.level.empty()) query.add("filter", "level:eq:" + wanted.level);
  if (!wanted.group.empty()) query.add("filter", "organisationUnitGroups.id:eq:" + wanted.group);
  query.add("order", "name:asc");
  query.add("pageSize", std::to_string(wanted.limit));
  return query;
}

Units remote(Call& call, const Wanted& wanted) {
  Units out;
  std::vector<std::string> under = wanted.under;
  if (under.empty()) under.emplace_back();
  std::vector<Json> others;
  const std::string text = lower_ascii(wanted.text);
  for (const std::string& uid : under) {
    const Query query = query_of(wanted, uid);
    const Json json = call.client().get(kPath, query, call.patience());
    const Json units = json.value(kMember, Json::array());
    for (const Json& unit : units) {
      const bool exact = !text.empty() && (lower_ascii(text_of(unit, "name")) == text ||
                                           lower_ascii(text_of(unit, "code")) == text);
      (exact ? out.units : others).push_back(unit);
    }
    const Paging paging = read_paging(json, units.size(), kPath);
    if (paging.total) out.total = out.total.value_or(0) + *paging.total;
    if (paging.next > 0 && under.size() == 1) out.rest = {kPath, query, kMember, paging.next};
  }
  out.units.insert(out.units.end(), others.begin(), others.end());
  return out;
}

// "districts in Bo", "clinics", "children of Bo": nothing where the words are no place.
std::optional<Wanted> place_in(Call& call, const Wanted& wanted, Answer& answer) {
  if (!wanted.level.empty() || !wanted.group.empty() || !wanted.under.empty()) return std::nullopt;
  Names names = names_of(call);
  UnitsAsked asked;
  try {
    asked = read_places(call.client(), names, {wanted.text}, call.patience());
  } catch (const Error& error) {
    const bool none = error.kind == ErrorKind::not_found || error.kind == ErrorKind::ambiguous ||
                      error.kind == ErrorKind::bad_input;
    if (!none) throw;
    return std::nullopt;
  }
  Wanted place;
  place.limit = wanted.limit;
  std::string read;
  for (const Named& one : asked.units) {
    const std::string id = one.item.substr(one.item.find('-') + 1);
    if (one.item.starts_with("LEVEL-")) {
      place.level = is_uid(id) ? level_number(call, id, answer) : id;
    } else if (one.item.starts_with("OU_GROUP-")) {
      place.group = id;
    } else if (one.item.starts_with("USER_ORGUNIT")) {
      place.under = own_units(call, wanted.text, answer);
    } else {
      place.under.push_back(one.item);
    }
    if (!one.name.empty()) answer.read_as.push_back(one.read_as());
  }
  const bool scoped = !place.level.empty() || !place.group.empty();
  if (!scoped) place.uids = std::move(place.under);
  return place;
}

void tell_near(Call& call, const Wanted& wanted, Units& found, Answer& answer) {
  answer.notes.emplace_back(
      "No org unit fits, or none that this account may see. Try fewer "
      "words, or leave out under, level or group.");
  if (call.registry.indexes() == nullptr || !wanted.only_words()) return;
  const std::vector<std::string> type = {"organisationUnit"};
  const auto index = call.registry.indexes()->ready(call.client(), type);
  if (!index) return;
  std::string near;
  for (const IndexedName& one : index->near(wanted.text, type, kMostNear)) {
    near += (near.empty() ? "\"" : ", \"") + clean_line(one.display) + "\" (" + one.uid + ")";
  }
  if (!near.empty()) answer.notes.push_back("Near are " + near + ".");
  found.total = 0;
}

}  // namespace

Answer org_unit_find(Call& call) {
  Answer answer = call.answer();
  Wanted wanted = wanted_of(call, answer);
  std::optional<Units> found = indexed(call, wanted);
  if (!found) found = remote(call, wanted);
  // Names and codes may have the form of a UID.
  if (found->units.empty() && std::exchange(wanted.by_uid, false)) found = remote(call, wanted);
  if (found->units.empty() && wanted.only_words()) {
    if (const auto place = place_in(call, wanted, answer)) found = remote(call, *place);
  }
  if (found->units.empty()) {
    if (!wanted.level.empty()) demand_level(call, wanted.level);
    tell_near(call, wanted, *found, answer);
  }

  // The columns are members, so that result_page can lay further pages under them.
  FlatRows flat({"name", "level", "parent.name", "id", "code"});
  RowCollector collector(call.results, call.owner(), flat.columns());
  for (const Json& unit : found->units) collector.add(flat.row(unit));
  answer.total = found->total;
  collector.finish(answer, found->rest);
  const bool more = !answer.total || found->units.size() < *answer.total;
  if (more && found->rest.path.empty() && !found->units.empty()) {
    answer.truncated = true;
    answer.notes.emplace_back("For the rest give a larger `limit`, or more words.");
  }
  return answer;
}

}  // namespace dhis2mcp
