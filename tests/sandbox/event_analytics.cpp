// SPDX-License-Identifier: BSD-3-Clause
// Which form of event analytics a path asks for.
#include "tests/sandbox/event_analytics.h"

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/event_dimensions.h"
#include "tests/sandbox/event_places.h"
#include "tests/sandbox/pages.h"

namespace sandbox {
namespace {

constexpr int kEntitiesSince = 41;
constexpr int kSpreadsheetsSince = 42;

// A page with a table, as browsers are shown it.
Reply html(const Answer& answer) {
  Reply reply;
  reply.content_type = "text/html;charset=UTF-8";
  std::string& body = reply.body;
  body = "<table><thead><tr>";
  for (const Json& header : answer.headers) {
    body += "<th>" + html_text(header.value("column", "")) + "</th>";
  }
  body += "</tr></thead><tbody>";
  for (size_t i = 0; i < answer.height; ++i) {
    body += "<tr>";
    for (const std::string& cell : answer.row(i)) body += "<td>" + html_text(cell) + "</td>";
    body += "</tr>";
  }
  body += "</tbody></table>";
  return reply;
}

Reply written(const Country& country, const Request& request,
              std::shared_ptr<const Answer> answer) {
  const std::string& extension = request.extension;
  if (extension.empty() || extension == "json") return analytics_json(std::move(answer));
  if (extension == "csv") return analytics_csv(std::move(answer));
  if (extension == "xml") return analytics_xml(std::move(answer));
  if (extension.starts_with("html")) return html(*answer);
  const bool too_old = extension == "xlsx" && country.settings().major < kSpreadsheetsSince;
  if (too_old || (extension != "xls" && extension != "xlsx")) return html_error(406);
  return not_played("GET /api" + request.path + "." + extension);
}

// An event program has no enrollments: its table lacks the column that is asked for.
void check_registration(const Country& country, const EventQuery& query) {
  if (query.kind != EventKind::kEnrollments) return;
  if (query.program->value("programType", "") == "WITH_REGISTRATION") return;
  AnalyticsRefusal refusal(409, "Query failed because of a syntax error (SqlState: 42703)",
                           "E7145");
  const int major = country.settings().major;
  refusal.dev = major <= 41   ? "SqlState: 42703"
                : major == 42 ? "ERROR: column \"trackedentity\" does not exist\n  Position: 19"
                              : "ERROR: column ax.trackedentity does not exist\n  Position: 23";
  throw refusal;
}

}  // namespace

std::optional<Reply> event_analytics(const Country& country, const Request& request,
                                     const std::string& form) {
  const int major = country.settings().major;
  const std::vector<std::string> words = pieces(form, '/');
  if (words.size() < 3) return std::nullopt;
  const bool events = words[0] == "events", entities = words[0] == "trackedEntities";
  const std::string &what = words[1], &target = words[2];
  if (entities && (major < kEntitiesSince || what != "query")) return std::nullopt;
  const bool aggregate = what == "aggregate", list = what == "query";
  const bool places = events && (what == "count" || what == "cluster");
  if (!aggregate && !list && !places) return std::nullopt;
  const EventKind kind = events     ? EventKind::kEvents
                         : entities ? EventKind::kEntities
                                    : EventKind::kEnrollments;
  if (target == "dimensions") {
    const bool named = request.param("programId") || request.param("programStageId");
    if (events && !named && major <= 40) return html_error(400);
    return event_dimensions(country, request, kind, aggregate);
  }
  if (words.size() > 3) return not_played("GET /api/analytics/" + form);
  const std::string size = request.param("clusterSize").value_or("");
  if (what == "cluster" && size.empty()) return html_error(400);
  EventQuery query = read_event_query(country, request, kind, aggregate, target);
  check_registration(country, query);
  if (what == "count") return event_count(country, query);
  if (what == "cluster") {
    return analytics_json(event_clusters(
        country, query, std::max(1.0, std::strtod(size.c_str(), nullptr)),
        request.param("bbox").value_or(""), request.param("includeClusterPoints") == "true"));
  }
  return written(country, request,
                 aggregate ? event_aggregate(country, std::move(query))
                           : event_list(country, std::move(query)));
}

}  // namespace sandbox
