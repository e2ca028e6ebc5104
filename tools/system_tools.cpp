// SPDX-License-Identifier: BSD-3-Clause
// system_info: small requests, four at a time: system/info, org unit levels, one count for each
// level and type, data sets, programs.
#include <optional>

#include "dhis2/error.h"
#include "tools/handlers.h"
#include "tools/parallel.h"

namespace dhis2mcp {
namespace {

constexpr int kListed = 40;  // data sets and programs by name

// What is counted, by collection, as people call it; the first two are named as well.
constexpr std::pair<const char*, const char*> kCounted[] = {
    {"data_sets", "dataSets"},
    {"programs", "programs"},
    {"data_elements", "dataElements"},
    {"indicators", "indicators"},
    {"org_units", "organisationUnits"},
    {"users", "users"},
    {"dashboards", "dashboards"},
    {"visualizations", "visualizations"},
    {"validation_rules", "validationRules"}};

struct Inquiry {
  std::string path;
  Query query;
};
using Reply = std::optional<Json>;

// What an account may not see is left out and told, for the rest is worth having.
std::vector<Reply> ask(Call& call, const std::vector<Inquiry>& questions) {
  SignedClient& client = call.client();
  const Patience patience = call.patience();
  return ask_each(questions, [&](const Inquiry& question) -> Reply {
    try {
      return client.get(question.path, question.query, patience);
    } catch (const Error& error) {
      if (!is_local(error)) throw;
      return {};
    }
  });
}

Inquiry counting(const std::string& collection) {
  return {"/api/" + collection,
          Query().add("fields", "id").add("pageSize", "1").add("totalPages", "true")};
}

Inquiry naming(const std::string& collection, const std::string& kind) {
  return {"/api/" + collection, Query()
                                    .add("fields", "id,displayName," + kind)
                                    .add("order", "name:asc")
                                    .add("pageSize", std::to_string(kListed))
                                    .add("totalPages", "true")};
}

// Nothing where the account may not see the list or DHIS2 does not tell.
std::optional<std::uint64_t> total_of(const Reply& list) {
  static const Json::json_pointer total("/pager/total");
  if (!list || !list->contains(total) || !list->at(total).is_number_integer()) return {};
  return list->at(total).get<std::uint64_t>();
}

// "1970-01-01..." is DHIS2's way of saying never.
Json moment(const Json& info, const char* member) {
  const std::string text = info.value(member, "");
  return text.empty() || text.starts_with("1970-01-01") ? Json() : Json(text.substr(0, 19));
}

Json about_system(const Json& info) {
  return {{"name", info.value("systemName", "")},
          {"version", info.value("version", "")},
          {"calendar", info.value("calendar", "")},
          {"date_format", info.value("dateFormat", "")},
          {"server_time", moment(info, "serverDate")},
          {"time_zone", info.value("serverTimeZoneId", "")},
          {"analytics_last_ran", moment(info, "lastAnalyticsTableSuccess")}};
}

Json levels_with_counts(Call& call, const Json& levels) {
  std::vector<Inquiry> questions;
  for (const Json& level : levels) {
    questions.push_back(counting("organisationUnits"));
    questions.back().query.add("filter",
                               "level:eq:" + std::to_string(level.at("level").get<int>()));
  }
  const std::vector<Reply> replies = ask(call, questions);
  Json rows = Json::array();
  for (std::size_t i = 0; i < replies.size(); ++i) {
    Json row = {{"level", levels[i].at("level")}, {"name", levels[i].value("displayName", "")}};
    if (const auto units = total_of(replies[i])) row["org_units"] = *units;
    rows.push_back(std::move(row));
  }
  return rows;
}

// The names of one collection that was answered, and a note when there are more.
Json names_in(const Reply& list, const char* collection, const char* kind, Answer& answer) {
  Json names = Json::array();
  for (const Json& one : list->value(collection, Json::array())) {
    names.push_back({{"name", one.value("displayName", "")},
                     {"uid", one.value("id", "")},
                     {"kind", one.value(kind, "")}});
  }
  const std::uint64_t total = total_of(list).value_or(0);
  if (total > names.size()) {
    answer.notes.push_back("The first " + std::to_string(names.size()) + " of " +
                           std::to_string(total) + " " + collection +
                           " are named; metadata_find has all.");
  }
  return names;
}

}  // namespace

Answer system_info(Call& call) {
  Answer answer = call.answer();
  Query levels;
  levels.add("fields", "level,displayName").add("order", "level:asc").add("paging", "false");
  const std::vector<Reply> about =
      ask(call, {{"/api/system/info", {}}, {"/api/organisationUnitLevels", levels}});
  std::vector<Inquiry> questions = {naming("dataSets", "periodType"),
                                    naming("programs", "programType")};
  for (std::size_t i = questions.size(); i < std::size(kCounted); ++i) {
    questions.push_back(counting(kCounted[i].second));
  }
  const std::vector<Reply> lists = ask(call, questions);

  Json object = about_system(about[0].value_or(Json::object()));
  object["org_unit_levels"] = levels_with_counts(
      call, about[1].value_or(Json::object()).value("organisationUnitLevels", Json::array()));
  Json counts = Json::object();
  std::string hidden;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (const auto total = total_of(lists[i])) {
      counts[kCounted[i].first] = *total;
    } else {
      hidden += (hidden.empty() ? "" : ", ") + std::string(kCounted[i].second);
    }
  }
  object["counts"] = std::move(counts);
  if (lists[0]) object["data_sets"] = names_in(lists[0], "dataSets", "periodType", answer);
  if (lists[1]) object["programs"] = names_in(lists[1], "programs", "programType", answer);
  if (!hidden.empty()) answer.notes.push_back("This account may not see: " + hidden + ".");
  if (object["analytics_last_ran"].is_null()) {
    answer.notes.emplace_back("Analytics tables were never built, or this account may not know.");
  }
  answer.object = std::move(object);
  return answer;
}

}  // namespace dhis2mcp
