// SPDX-License-Identifier: BSD-3-Clause
// org_unit_find: one request, after the look-up of names that are not UIDs.
#include <algorithm>
#include <cctype>
#include <utility>

#include "dhis2/error.h"
#include "tools/call.h"
#include "tools/document.h"
#include "tools/flat_rows.h"
#include "tools/handlers.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/registry.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr char kPath[] = "/api/organisationUnits";
constexpr char kMember[] = "organisationUnits";

bool all_digits(const std::string& text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string word_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The number of a level that was given by number, "level 3", name or UID.
std::string level_number(Call& call, const std::string& written, Answer& answer) {
  std::string text = trimmed(written);
  if (lower_ascii(text).starts_with("level")) text = trimmed(text.substr(5));
  if (text.starts_with('-')) text.erase(0, 1);
  if (all_digits(text)) return text;
  const Json levels =
      call.client()
          .get("/api/organisationUnitLevels",
               Query().add("fields", "id,name,displayName,level").add("paging", "false"),
               call.patience())
          .value("organisationUnitLevels", Json::array());
  const std::string wanted = lower_ascii(text);
  std::string names;
  for (const Json& level : levels) {
    const std::string number = level.contains("level") ? to_text(level["level"]) : std::string();
    const std::string name = word_of(level, "name");
    for (const std::string& known : {name, word_of(level, "displayName"), word_of(level, "id")}) {
      const std::string lower = lower_ascii(known);
      if (lower.empty() || (wanted != lower && wanted != lower + "s")) continue;
      answer.read_as.push_back(text + " = level " + number);
      return number;
    }
    names += (names.empty() ? "" : ", ") + clean_line(name) + " (" + number + ")";
  }
  throw Error(ErrorKind::not_found, "No org unit level is called \"" + text + "\".",
              "The levels are " + names + ".");
}

// The UID of a unit or group that was given by anything.
std::string resolved(Call& call, Names& names, const char* argument, const std::string& type,
                     Answer& answer) {
  const std::string text = trimmed(call.arguments.text(argument));
  if (is_uid(text)) return text;
  const Named named = names.object(text, {type});
  answer.read_as.push_back(named.read_as());
  return named.uid;
}

Query asked_query(Call& call, Answer& answer) {
  Names names = names_of(call);
  Query query;
  query.add("fields", "name,level,parent[name],id,code");
  const std::string text = trimmed(call.arguments.text("query"));
  if (is_uid(text)) {
    query.add("filter", "id:eq:" + text);
  } else if (!text.empty()) {
    const std::string words = search_words(text);
    if (words.empty()) {
      throw Error(ErrorKind::bad_input, "`query` holds no word to search for.",
                  "Give words of a name, a code or a UID.");
    }
    query.add("filter", "identifiable:token:" + words);
  }
  if (call.arguments.has("under")) {
    const std::string uid = resolved(call, names, "under", "organisationUnit", answer);
    query.add("filter", "path:like:" + uid + "/");
  }
  if (call.arguments.has("level")) {
    query.add("filter", "level:eq:" + level_number(call, call.arguments.text("level"), answer));
  }
  if (call.arguments.has("group")) {
    query.add("filter", "organisationUnitGroups.id:eq:" +
                            resolved(call, names, "group", "organisationUnitGroup", answer));
  }
  query.add("order", "name:asc");
  query.add("pageSize", std::to_string(call.arguments.integer("limit", 50)));
  return query;
}

}  // namespace

Answer org_unit_find(Call& call) {
  Answer answer = call.answer();
  const Query query = asked_query(call, answer);
  Json json = call.client().get(kPath, query, call.patience());

  // The columns are members, so that result_page can lay further pages under them.
  FlatRows flat({"name", "level", "parent.name", "id", "code"});
  const Json units = json.value(kMember, Json::array());
  const std::string text = lower_ascii(trimmed(call.arguments.text("query")));
  const auto exact = [&text](const Json& unit) {
    return lower_ascii(word_of(unit, "name")) == text || lower_ascii(word_of(unit, "code")) == text;
  };
  RowCollector collector(call.results, call.owner(), flat.columns());
  for (const bool exact_ones : {true, false}) {
    for (const Json& unit : units) {
      if (exact(unit) == exact_ones) collector.add(flat.row(unit));
    }
  }

  const Paging paging = read_paging(json, units.size(), kPath);
  answer.total = paging.total;
  if (units.empty()) {
    answer.notes.emplace_back(
        "No org unit fits, or none that this account may see. Try fewer "
        "words, or leave out under, level or group.");
  }
  Continuation rest;
  if (paging.next > 0) rest = {kPath, query, kMember, paging.next};
  collector.finish(answer, rest);
  return answer;
}

}  // namespace dhis2mcp
