// SPDX-License-Identifier: BSD-3-Clause
// Which form of analytics a path asks for.
#include "tests/sandbox/analytics.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <set>

#include "tests/sandbox/analytics_raw.h"
#include "tests/sandbox/analytics_write.h"
#include "tests/sandbox/event_analytics.h"

namespace sandbox {
namespace {

constexpr int kSpreadsheetsSince = 42;

Reply not_acceptable() {
  return html_error(406,
                    "Acceptable representations: [application&#47;json, "
                    "application&#47;javascript].");
}

Reply no_resource(const Request& request) {
  std::string path = "api" + request.path;
  if (!request.extension.empty()) path += "." + request.extension;
  std::string escaped;
  for (const char c : path) escaped += c == '/' ? "&#47;" : std::string(1, c);
  return html_error(404, "No static resource " + escaped + ".");
}

// The form is chosen by the extension alone; an Accept header can only say no.
bool accepts_json(const Request& request) {
  const std::string accept = request.header("Accept");
  return accept.empty() || accept.find("json") != std::string::npos ||
         accept.find("*/*") != std::string::npos || accept.find("javascript") != std::string::npos;
}

bool accepts_text(const Request& request) {
  const std::string accept = request.header("Accept");
  return accept.find("text/html") != std::string::npos ||
         accept.find("text/plain") != std::string::npos;
}

Reply write(const std::string& extension, std::shared_ptr<const Answer> answer) {
  if (extension == "csv") return analytics_csv(std::move(answer));
  if (extension == "xml") return analytics_xml(std::move(answer));
  return analytics_json(std::move(answer));
}

Reply aggregate(const Country& country, const Request& request) {
  static const std::set<std::string> kPlayed = {"", "json", "csv", "xml"};
  static const std::set<std::string> kKnown = {"html", "html+css", "xls", "xlsx", "jrxml"};
  const std::string& extension = request.extension;
  if (kPlayed.count(extension) == 0) {
    const bool too_old = extension == "xlsx" && country.settings().major < kSpreadsheetsSince;
    if (kKnown.count(extension) == 0 || too_old) return not_acceptable();
    return not_played("GET /api/analytics." + extension);
  }
  if (extension.empty() && !accepts_json(request)) return not_acceptable();
  const auto query = std::make_shared<const AnalyticsQuery>(read_analytics_query(country, request));
  if (query->skip_data) return write(extension, plain_answer(country, query, nullptr));
  auto grid = std::make_shared<const Grid>(compute_grid(country, *query));
  if (query->table) return write(extension, table_answer(country, *query, *grid));
  return write(extension, plain_answer(country, query, std::move(grid)));
}

Reply table_types(const Country& country) {
  struct TypeRow {
    const char* name;
    int since;
  };
  static constexpr std::array<TypeRow, 11> kTypes{{{"DATA_VALUE", 0},
                                                   {"COMPLETENESS", 0},
                                                   {"COMPLETENESS_TARGET", 0},
                                                   {"ORG_UNIT_TARGET", 0},
                                                   {"EVENT", 0},
                                                   {"ENROLLMENT", 0},
                                                   {"OWNERSHIP", 39},
                                                   {"VALIDATION_RESULT", 0},
                                                   {"TRACKED_ENTITY_INSTANCE_EVENTS", 41},
                                                   {"TRACKED_ENTITY_INSTANCE_ENROLLMENTS", 41},
                                                   {"TRACKED_ENTITY_INSTANCE", 41}}};
  Json names = Json::array();
  for (const TypeRow& row : kTypes) {
    if (country.settings().major >= row.since) names.push_back(row.name);
  }
  return json_reply(names);
}

Reply data_value_set(const Country& country, const Request& request) {
  AnalyticsForm form;
  form.periods_optional = country.settings().major < 41;
  const AnalyticsQuery query = read_analytics_query(country, request, form);
  static constexpr std::array<std::pair<const char*, const char*>, 3> kNeeded = {
      {{"dx", "Data"}, {"pe", "Period"}, {"ou", "Organisation unit"}}};
  for (const auto& [id, name] : kNeeded) {
    const Dimension* dimension = query.dimension(id);
    if (dimension == nullptr || dimension->filter) {
      throw AnalyticsRefusal(400, std::string(name) + " header does not exist");
    }
  }
  return json_reply(aggregated_value_set(country, query));
}

// No release can write it: up to 2.41 it is not offered, later it fails.
Reply value_set_as_xml(const Country& country) {
  if (country.settings().major < 42) return not_acceptable();
  return html_error(500,
                    "No converter for [class org.hisp.dhis.dxf2.datavalueset.DataValueSet] with "
                    "preset Content-Type &#39;application&#47;xml;charset=UTF-8&#39;");
}

Reply below(const Country& country, const Request& request, const std::string& form) {
  const std::string& extension = request.extension;
  const bool json = extension == "json", csv = extension == "csv";
  if (form == "tableTypes") return table_types(country);
  if (form == "rawData" && (json || csv)) {
    AnalyticsForm raw;
    raw.periods_optional = true;
    auto query = read_analytics_query(country, request, raw);
    return write(extension, raw_answer(country, std::move(query)));
  }
  if (form == "dataValueSet" && json) return data_value_set(country, request);
  if (form == "debug/sql") {
    if (accepts_text(request)) return not_played("GET /api/analytics/debug/sql");
    return web_message(406, country.settings().major >= 42
                                ? "No acceptable representation"
                                : "Could not find acceptable representation");
  }
  if (auto reply = event_analytics(country, request, form)) return *reply;
  static const std::set<std::string> kReal = {"outlierDetection", "explain"};
  if (form == "dataValueSet" && extension == "xml") return value_set_as_xml(country);
  const bool set = form == "dataValueSet" && csv;
  if (set || kReal.count(form.substr(0, form.find('/'))) > 0) {
    return not_played("GET /api/analytics/" + form + (extension.empty() ? "" : "." + extension));
  }
  return no_resource(request);
}

}  // namespace

Reply analytics(const Country& country, const Request& request) {
  static const std::string kRoot = "/analytics";
  try {
    if (request.path.size() <= kRoot.size()) return aggregate(country, request);
    return below(country, request, request.path.substr(kRoot.size() + 1));
  } catch (const AnalyticsRefusal& refusal) {
    Reply reply = web_message(refusal.status, refusal.what(), refusal.code);
    if (refusal.dev.empty()) return reply;
    Json body = Json::parse(reply.body);
    body["devMessage"] = refusal.dev;
    reply.body = body.dump();
    return reply;
  }
}

}  // namespace sandbox
