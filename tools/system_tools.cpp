// SPDX-License-Identifier: BSD-3-Clause
// system_info: small requests, sent side by side (the client bounds them to four at a time):
// system/info, org unit levels, one count for each level and type, data sets, programs.
#include <future>

#include "dhis2/error.h"
#include "tools/handlers.h"

namespace dhis2mcp {
namespace {

constexpr int kListed = 40;  // data sets and programs by name

// What is counted, by collection, as people call it.
constexpr std::pair<const char*, const char*> kCounted[] = {
    {"data_elements", "dataElements"},      {"indicators", "indicators"},
    {"org_units", "organisationUnits"},     {"users", "users"},
    {"dashboards", "dashboards"},           {"visualizations", "visualizations"},
    {"validation_rules", "validationRules"}};

using Reply = std::future<Json>;

Reply ask(Call& call, const std::string& path, Query query) {
  SignedClient& client = call.client();
  return std::async(std::launch::async,
                    [&client, path, query = std::move(query), patience = call.patience()] {
                      return client.get(path, query, patience);
                    });
}

Query counting() {
  Query query;
  query.add("fields", "id").add("pageSize", "1").add("totalPages", "true");
  return query;
}

std::uint64_t total_of(const Json& list) {
  return list.at("pager").at("total").get<std::uint64_t>();
}

// What an account may not see is left out and told, for the rest is worth having.
bool worth_going_on(const Error& error) {
  return error.kind == ErrorKind::forbidden || error.kind == ErrorKind::not_found ||
         error.kind == ErrorKind::conflict;
}

std::optional<std::uint64_t> count(Reply& reply) {
  try {
    return total_of(reply.get());
  } catch (const Error& error) {
    if (!worth_going_on(error)) throw;
    return {};
  }
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
  std::vector<Reply> replies;
  for (const Json& level : levels) {
    Query query = counting();
    query.add("filter", "level:eq:" + std::to_string(level.at("level").get<int>()));
    replies.push_back(ask(call, "/api/organisationUnits", std::move(query)));
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < replies.size(); ++i) {
    Json row = {{"level", levels[i].at("level")}, {"name", levels[i].value("displayName", "")}};
    if (const auto units = count(replies[i])) row["org_units"] = *units;
    rows.push_back(std::move(row));
  }
  return rows;
}

Reply ask_names(Call& call, const char* collection, const char* kind) {
  Query query;
  query.add("fields", std::string("id,displayName,") + kind)
      .add("order", "name:asc")
      .add("pageSize", std::to_string(kListed))
      .add("totalPages", "true");
  return ask(call, std::string("/api/") + collection, std::move(query));
}

// The names of one collection, its total among the counts, and a note when there are more.
Json names_of(Reply& reply, const char* collection, const char* kind, const char* words,
              const char* key, Json& counts, Answer& answer) {
  const Json list = reply.get();
  const std::uint64_t total = total_of(list);
  counts[key] = total;
  Json names = Json::array();
  for (const Json& one : list.at(collection)) {
    names.push_back({{"name", one.value("displayName", "")},
                     {"uid", one.value("id", "")},
                     {"kind", one.value(kind, "")}});
  }
  if (total > names.size()) {
    answer.notes.push_back("The first " + std::to_string(names.size()) + " of " +
                           std::to_string(total) + " " + words +
                           " are named; metadata_find has all.");
  }
  return names;
}

}  // namespace

Answer system_info(Call& call) {
  Answer answer = call.answer();
  Query levels_query;
  levels_query.add("fields", "level,displayName").add("order", "level:asc").add("paging", "false");
  Reply info = ask(call, "/api/system/info", {});
  Reply levels = ask(call, "/api/organisationUnitLevels", levels_query);
  Reply data_sets = ask_names(call, "dataSets", "periodType");
  Reply programs = ask_names(call, "programs", "programType");
  std::vector<Reply> replies;
  for (const auto& [key, collection] : kCounted) {
    replies.push_back(ask(call, std::string("/api/") + collection, counting()));
  }

  Json object = about_system(info.get());
  object["org_unit_levels"] =
      levels_with_counts(call, levels.get().value("organisationUnitLevels", Json::array()));
  Json counts = Json::object();
  std::string hidden;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (const auto number = count(replies[i])) {
      counts[kCounted[i].first] = *number;
    } else {
      hidden += (hidden.empty() ? "" : ", ") + std::string(kCounted[i].second);
    }
  }
  Json sets =
      names_of(data_sets, "dataSets", "periodType", "data sets", "data_sets", counts, answer);
  Json named =
      names_of(programs, "programs", "programType", "programs", "programs", counts, answer);
  object["counts"] = std::move(counts);
  object["data_sets"] = std::move(sets);
  object["programs"] = std::move(named);
  if (!hidden.empty()) answer.notes.push_back("This account may not count: " + hidden + ".");
  if (object["analytics_last_ran"].is_null()) {
    answer.notes.emplace_back("Analytics tables were never built, or this account may not know.");
  }
  answer.object = std::move(object);
  return answer;
}

}  // namespace dhis2mcp
