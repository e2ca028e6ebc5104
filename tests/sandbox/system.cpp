// SPDX-License-Identifier: BSD-3-Clause
// system/info, settings and schemas.
#include "tests/sandbox/system.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/pat.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

// Only superusers are told about the machine.
constexpr const char* kForSuperusers[] = {"jasperReportsVersion",
                                          "environmentVariable",
                                          "fileStoreProvider",
                                          "readOnlyMode",
                                          "nodeId",
                                          "javaVersion",
                                          "javaVendor",
                                          "osName",
                                          "osArchitecture",
                                          "osVersion",
                                          "externalDirectory",
                                          "readReplicaCount",
                                          "memoryInfo",
                                          "cpuCores",
                                          "clusterHostname"};

// The analytics tables were built on the server's day, ten minutes before its clock.
constexpr long long kAnalyticsAgeSeconds = 600;

std::string replaced(std::string_view text, std::string_view what, const std::string& with) {
  std::string result;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what)) {
    result.append(text.substr(0, at)).append(with);
    text.remove_prefix(at + what.size());
  }
  return result.append(text);
}

std::string iso_of(long long milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000", std::gmtime(&seconds));
  return text;
}

std::string interval_of(long long seconds) {
  const long long hours = seconds / 3600;
  const std::string rest =
      std::to_string(seconds % 3600 / 60) + " m, " + std::to_string(seconds % 60) + " s";
  return hours > 0 ? std::to_string(hours) + " h, " + rest : rest;
}

Json selected(const Json& document, const Request& request) {
  const auto fields = request.param("fields");
  if (!fields) return document;
  const auto wanted = parse_fields(*fields);
  if (!wanted || !wanted->presets.empty()) return document;
  Json chosen = Json::object();
  for (const Field& field : wanted->children) {
    const auto it = document.find(field.name);
    if (it != document.end()) chosen[field.name] = *it;
  }
  return chosen;
}

// One schema or property as a schema document selects from it.
Json picked(const Json& document, const Field& wanted) {
  if (wanted.empty() || !wanted.presets.empty()) return document;
  if (document.is_array()) {
    Json list = Json::array();
    for (const Json& item : document) list.push_back(picked(item, wanted));
    return list;
  }
  Json chosen = Json::object();
  for (const Field& field : wanted.children) {
    const auto it = document.find(field.name);
    if (it != document.end()) chosen[field.name] = picked(*it, field);
  }
  return chosen;
}

// New uids and uuids: other ones with each call, the same ones with each run.
Reply new_codes(const Request& request) {
  static std::atomic<int> made = 0;
  const int limit = std::clamp(std::atoi(request.param("limit").value_or("1").c_str()), 1, 10000);
  Json codes = Json::array();
  for (int i = 0; i < limit; ++i) {
    const std::string seed = "code/" + std::to_string(++made);
    if (request.path == "/system/id") {
      codes.push_back(uid_of(seed));
      continue;
    }
    char text[40];
    const size_t a = std::hash<std::string>()(seed), b = std::hash<std::string>()(seed + "/");
    std::snprintf(text, sizeof text, "%08zx-%04zx-4%03zx-a%03zx-%012zx", a >> 32, a >> 16 & 0xffff,
                  a & 0xfff, b >> 52, b & 0xffffffffffff);
    codes.push_back(text);
  }
  return json_reply({{"codes", codes}});
}

}  // namespace

Reply system_info(const Country& country, const Request& request) {
  const Settings& settings = country.settings();
  const long long now = milliseconds_of(settings.clock);
  Json info = document_of("/system/info", settings.major);
  const std::string clock = iso_of(now);
  info["contextPath"] = request.base_url;
  info["instanceBaseUrl"] = request.base_url;
  info["serverDate"] = clock;
  info["version"] = settings.version();
  info["lastAnalyticsTableSuccess"] = iso_of(now - kAnalyticsAgeSeconds * 1000);
  info["intervalSinceLastAnalyticsTableSuccess"] = interval_of(kAnalyticsAgeSeconds);
  if (info.contains("intervalSinceLastAnalyticsTablePartitionSuccess")) {
    info["intervalSinceLastAnalyticsTablePartitionSuccess"] = interval_of(now / 1000);
  }
  if (info["databaseInfo"].contains("time")) info["databaseInfo"]["time"] = clock;
  if (!request.user->has("ALL")) {
    for (const char* name : kForSuperusers) info.erase(name);
    info["encryption"] = false;
    info["databaseInfo"] = {{"spatialSupport", false}};
  }
  return json_reply(settings.major >= 40 ? selected(info, request) : info);
}

Reply system_pages(const Country& country, const Request& request) {
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  if (request.path == "/system/objectCounts") return object_counts(country, request);
  if (request.path == "/system/info") return system_info(country, request);
  if (request.path == "/system/ping") {
    Reply reply;
    reply.body = "pong";
    return reply;
  }
  if (request.path == "/system/id" || request.path == "/system/uuid") {
    return new_codes(request);
  }
  return born_document(country, request);
}

Reply expanded_periods(const Country& country, const Request& request) {
  if (country.settings().major < 43) return html_error(404);
  const std::string key = request.path.substr(std::string("/relativePeriods/").size());
  const Day today = *day_of(request.param("startDate").value_or(country.settings().today()));
  PeriodType year = PeriodType::kFinancialOct;
  const std::string start = request.param("financialYearStart").value_or("");
  if (start == "FINANCIAL_YEAR_APRIL") year = PeriodType::kFinancialApril;
  if (start == "FINANCIAL_YEAR_JULY") year = PeriodType::kFinancialJuly;
  if (start == "FINANCIAL_YEAR_NOVEMBER") year = PeriodType::kFinancialNov;
  const auto periods = relative_periods(key, today, year);
  if (!periods) {
    std::string known;
    for (const Json& name : document_of("/periodTypes/relativePeriodTypes", 43)) {
      known += (known.empty() ? "" : ", ") + name.get<std::string>();
    }
    return web_message(400, "Value '" + key +
                                "' is not valid for path parameter relativePeriod. Valid values "
                                "are: [" +
                                known + "]");
  }
  Json ids = Json::array();
  for (const Period& period : *periods) ids.push_back(period.id);
  return json_reply(ids);
}

Reply schemas_pages(const Country& country, const Request& request) {
  const Schemas& schemas = Schemas::of(country.settings().major);
  const auto wanted = parse_fields(request.param("fields").value_or("*"));
  const auto shown = [&](const Json& document) {
    Reply reply;
    reply.body = replaced(document.dump(), "\"@", "\"" + request.base_url);
    return reply;
  };
  if (!request.extension.empty() && request.extension != "json") return html_error(406);
  if (request.path == "/schemas") {
    Json list = Json::array();
    for (const Schema& schema : schemas.all()) list.push_back(picked(*schema.document, *wanted));
    return shown({{"schemas", list}});
  }
  const std::string rest = request.path.substr(9);
  const size_t slash = rest.find('/');
  const Schema* schema = schemas.by_singular(rest.substr(0, slash));
  if (!schema) return web_message(404, "Type " + rest + " does not exist.", "E1005");
  if (slash == std::string::npos) return shown(picked(*schema->document, *wanted));
  for (const Json& property : (*schema->document)["properties"]) {
    const std::string name = rest.substr(slash + 1);
    if (property.value("name", "") == name || property.value("collectionName", "") == name) {
      return shown(picked(property, *wanted));
    }
  }
  return web_message(404,
                     "Property " + rest.substr(slash + 1) + " does not exist on type " +
                         rest.substr(0, slash) + ".",
                     "E1005");
}

Reply identifiable_object(const Country& country, const Request& request) {
  const std::string uid = request.path.substr(std::string("/identifiableObjects/").size());
  const auto found = country.find_any(uid);
  if (!found) {
    return web_message(404, "No identifiable object with id `" + uid + "` exists", "E1005");
  }
  const Renderer renderer(country, request);
  const Schema* schema = renderer.schemas().by_plural(found->plural);
  const auto wanted = parse_fields(request.param("fields").value_or(":all"));
  return json_reply(renderer.render(*schema, *found->object, *wanted));
}

}  // namespace sandbox
