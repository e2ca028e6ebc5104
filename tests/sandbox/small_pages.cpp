// SPDX-License-Identifier: BSD-3-Clause
// Counts of what the server holds, and the pages of things that a new server has none of.
#include <algorithm>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/period.h"
#include "tests/sandbox/system.h"

namespace sandbox {
namespace {

struct Page {
  std::string_view path;
  int since, until;  // majors
  int status;
  std::string_view type;
  std::string_view body;
};

constexpr std::string_view kJson = "application/json;charset=UTF-8";
constexpr std::string_view kBare = "application/json";  // from 2.42 on for errors

// clang-format off
constexpr Page kPages[] = {
    {"/apps", 40, 43, 200, kJson, "[]"},
    {"/apps/menu", 42, 43, 200, kJson, R"({"modules":[]})"},
    {"/gateways", 40, 43, 200, kJson, R"({"gateways":[]})"},
    {"/scheduler/queues", 40, 43, 200, kJson, "[]"},
    {"/scheduler/queueable", 40, 43, 200, kJson, "[]"},
    {"/account/linkedAccounts", 40, 43, 200, kJson, R"({"users":[]})"},
    {"/configuration/systemReadOnlyMode", 40, 43, 200, kJson, "false"},
    {"/configuration/infrastructuralIndicators", 40, 43, 200, "", ""},
    {"/configuration/infrastructuralDataElements", 40, 43, 200, "", ""},
    {"/configuration/infrastructuralPeriodType", 40, 43, 200, "", ""},
    {"/configuration/feedbackRecipients", 40, 43, 200, "", ""},
    {"/configuration/systemUpdateNotificationRecipients", 40, 43, 200, "", ""},
    {"/configuration/selfRegistrationRole", 40, 43, 200, "", ""},
    {"/configuration/selfRegistrationOrgUnit", 40, 43, 200, "", ""},
    {"/configuration/offlineOrganisationUnitLevel", 40, 43, 200, "", ""},
    {"/configuration/corsWhitelist", 40, 43, 200, kJson, "[]"},
    {"/configuration/corsAllowlist", 42, 43, 200, kJson, "[]"},
    {"/configuration/remoteServerUrl", 40, 43, 200, "text/plain;charset=UTF-8", ""},
    {"/configuration/systemId", 40, 43, 200, kJson, R"("5a0db0a1-7a11-4c0d-8f3e-2b6d1f0c9e57")"},
    {"/configuration/appHubUrl", 40, 43, 200, kJson, R"({"baseUrl":"http://127.0.0.1:9","apiUrl":"http://127.0.0.1:9/api"})"},
    {"/configuration", 40, 41, 200, kJson, R"({"systemId":"5a0db0a1-7a11-4c0d-8f3e-2b6d1f0c9e57","corsWhitelist":[]})"},
    {"/configuration", 42, 42, 200, kJson, R"({"systemId":"5a0db0a1-7a11-4c0d-8f3e-2b6d1f0c9e57","corsWhitelist":[],"corsAllowlist":[]})"},
    {"/configuration", 43, 43, 200, kJson, R"({"systemId":"5a0db0a1-7a11-4c0d-8f3e-2b6d1f0c9e57","corsWhitelist":[],"dataOutputPeriodTypes":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}],"corsAllowlist":[]})"},
    {"/sms/outbound", 40, 43, 200, kJson, R"({"pager":{"page":1,"total":0,"pageSize":50,"pageCount":0},"outboundsmss":[]})"},
    {"/sms/inbound", 40, 43, 200, kJson, R"({"pager":{"page":1,"total":0,"pageSize":50,"pageCount":0},"inboundsmss":[]})"},
    {"/expressionDimensionItems", 40, 43, 200, kJson, R"({"pager":{"page":1,"total":0,"pageSize":50,"pageCount":0},"expressionDimensionItems":[]})"},
    {"/synchronization/availability", 40, 43, 200, kJson, R"({"available":false,"message":"Remote server is not configured","statusCode":502,"statusPhrase":"Bad Gateway"})"},
    {"/files/style", 40, 43, 200, "text/css;charset=UTF-8", ""},
    {"/files/script", 40, 43, 200, "application/javascript;charset=UTF-8", ""},
    {"/metrics", 40, 41, 406, kJson, R"({"httpStatus":"Not Acceptable","httpStatusCode":406,"status":"ERROR","message":"Could not find acceptable representation"})"},
    {"/metrics", 42, 43, 406, kBare, R"({"httpStatus":"Not Acceptable","httpStatusCode":406,"status":"ERROR","message":"No acceptable representation"})"},
    {"/dataSummary/metrics", 41, 41, 406, kJson, R"({"httpStatus":"Not Acceptable","httpStatusCode":406,"status":"ERROR","message":"Could not find acceptable representation"})"},
    {"/dataSummary/metrics", 42, 43, 406, kBare, R"({"httpStatus":"Not Acceptable","httpStatusCode":406,"status":"ERROR","message":"No acceptable representation"})"},
    {"/systemUpdates", 40, 43, 409, kJson, R"({"httpStatus":"Conflict","httpStatusCode":409,"status":"ERROR","message":"Failed to fetch list of latest versions."})"},
    {"/appHub", 40, 43, 503, kJson, R"({"httpStatus":"Service Unavailable","httpStatusCode":503,"status":"ERROR","message":"I/O error on GET request for \"http://127.0.0.1:9/api/apps\": Connection refused"})"},
};
// clang-format on

// The names of counts differ from the names of types for tracker objects.
constexpr const char* kCounted[] = {"indicators",
                                    "visualizations",
                                    "organisationUnits",
                                    "validationRules",
                                    "programs",
                                    "dataElements",
                                    "organisationUnitGroups",
                                    "indicatorTypes",
                                    "eventVisualizations",
                                    "dataSets",
                                    "userGroups",
                                    "users",
                                    "maps",
                                    "dataElementGroups",
                                    "indicatorGroups",
                                    "dashboards"};

long long count_of(const Country& country, const char* sql) {
  const auto database = country.stored();
  SQLite::Statement statement(database, sql);
  statement.executeStep();
  return statement.getColumn(0).getInt64();
}

Json counts_of(const Country& country) {
  const Schemas& schemas = Schemas::of(country.settings().major);
  Json counts = Json::object();
  for (const char* plural : kCounted) {
    const Schema* schema = schemas.by_plural(plural);
    if (schema) counts[schema->singular] = country.list(plural).size();
  }
  counts["period"] = count_of(country,
                              "SELECT COUNT(*) FROM (SELECT period FROM data_value UNION "
                              "SELECT period FROM completeness)");
  counts["dataValue"] = count_of(country, "SELECT COUNT(*) FROM data_value");
  return counts;
}

}  // namespace

Reply small_page(const Country& country, const Request& request) {
  const int major = std::max(40, country.settings().major);
  if (request.path == "/apps" && request.param("key")) {
    Reply none;
    none.status = 404;
    none.content_type.clear();
    return none;
  }
  for (const Page& page : kPages) {
    if (page.path != request.path || major < page.since || major > page.until) continue;
    Reply reply;
    reply.status = page.status;
    reply.content_type = page.type;
    reply.body = page.body;
    return reply;
  }
  if (request.path.starts_with("/apps/")) {
    return web_message(404, "App '" + request.path.substr(6) + "' not found.");
  }
  return not_played("GET /api" + request.path);
}

Reply object_counts(const Country& country, const Request& /*request*/) {
  return json_reply(counts_of(country));
}

Reply data_summary(const Country& country, const Request& request) {
  if (request.path != "/dataSummary") return small_page(country, request);
  const Json counts = counts_of(country);
  Json entered = Json::object(), nobody = Json::object();
  for (const char* days : {"0", "1", "7", "30"}) entered[days] = counts["dataValue"];
  for (const char* days : {"0", "1", "2", "7", "30"}) nobody[days] = 0;
  return json_reply({{"objectCounts", counts},
                     {"activeUsers", nobody},
                     {"logins", nobody},
                     {"userInvitations", {{"all", 0}, {"expired", 0}}},
                     {"dataValueCount", entered},
                     {"system",
                      {{"version", country.settings().version()},
                       {"serverDate", country.settings().clock + ".000"}}}});
}

Reply data_statistics(const Country& country, const Request& request) {
  if (request.path == "/dataStatistics/favorites") return json_reply(Json::array());
  if (request.path.starts_with("/dataStatistics/favorites/")) return json_reply({{"views", 0}});
  if (request.path != "/dataStatistics") return small_page(country, request);
  for (const char* name : {"startDate", "endDate", "interval"}) {
    if (request.param(name)) continue;
    return html_error(400, "Required parameter '" + std::string(name) + "' is not present.");
  }
  static const std::set<std::string> kIntervals = {"DAY", "WEEK", "MONTH", "YEAR"};
  const std::string interval = *request.param("interval");
  if (kIntervals.count(interval) > 0) return json_reply(Json::array());
  return web_message(400, "Value '" + interval +
                              "' is not valid for parameter interval. Valid values are: [DAY, "
                              "WEEK, MONTH, YEAR]");
}

Reply sharing_search(const Country& country, const Request& request) {
  const std::string key = lowered(request.param("key").value_or(""));
  if (key.empty()) return web_message(409, "Search key not specified");
  const auto found = [&](const char* plural) {
    Json list = Json::array();
    for (const Json& object : country.list(plural)) {
      const std::string name = object.value("name", "");
      const std::string username = object.value("username", "");
      if (lowered(name).find(key) == std::string::npos &&
          lowered(username).find(key) == std::string::npos) {
        continue;
      }
      Json shown = {{"id", object["id"]}, {"name", name}, {"displayName", name}};
      if (!username.empty()) shown["username"] = username;
      list.push_back(shown);
    }
    return list;
  };
  return json_reply({{"users", found("users")}, {"userGroups", found("userGroups")}});
}

}  // namespace sandbox
