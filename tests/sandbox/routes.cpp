// SPDX-License-Identifier: BSD-3-Clause
// Finds the handler of a request.
#include "tests/sandbox/routes.h"

#include <algorithm>

#include "tests/sandbox/analytics.h"
#include "tests/sandbox/audits.h"
#include "tests/sandbox/data_store.h"
#include "tests/sandbox/data_values.h"
#include "tests/sandbox/dimensions.h"
#include "tests/sandbox/locks.h"
#include "tests/sandbox/metadata.h"
#include "tests/sandbox/outliers.h"
#include "tests/sandbox/system.h"
#include "tests/sandbox/tracker.h"
#include "tests/sandbox/tracker_side.h"
#include "tests/sandbox/traits.h"
#include "tests/sandbox/units.h"
#include "tests/sandbox/validation.h"

namespace sandbox {
namespace {

bool matches(const Route& route, const Request& request) {
  const std::string_view asked = request.method;
  const std::string_view method = asked == "HEAD" ? "GET" : asked;
  if (route.methods.find(method) == std::string_view::npos) return false;
  if (!route.path.ends_with("/*")) return request.path == route.path;
  const std::string_view root = route.path.substr(0, route.path.size() - 2);
  return request.path == root ||
         (request.path.starts_with(root) && request.path[root.size()] == '/');
}

// Listed for their method alone: anything else is 405.
Reply not_taken(const Country& /*country*/, const Request& request) {
  return not_played(request.method + " /api" + request.path);
}

// A path that has rows, none of them for this method.
bool other_method_only(const Request& request) {
  return std::any_of(routes().begin(), routes().end(), [&](const Route& route) {
    Request with_its_method = request;
    with_its_method.method = route.methods.substr(0, route.methods.find(' '));
    const bool exact = !route.path.ends_with("/*") || request.path == "/system/info" ||
                       request.path == "/analytics";
    return exact && matches(route, with_its_method);
  });
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = {
      {"GET", "/analytics/*", analytics},
      {"GET", "/tracker/*", tracker},
      {"GET", "/audits/*", audits},
      {"GET", "/outlierDetection", outliers},
      {"POST", "/dataAnalysis/validationRules", validation_analysis},
      {"GET", "/dataValueSets", data_value_sets},
      {"GET", "/completeDataSetRegistrations", complete_registrations},
      {"POST DELETE", "/completeDataSetRegistrations", write_registrations},
      {"GET", "/me/*", me},
      {"GET", "/system/*", system_pages},
      {"GET", "/schemas/*", schemas_pages},
      {"GET", "/resources", resources},
      {"GET POST DELETE", "/systemSettings/*", system_settings},
      {"GET POST DELETE", "/userSettings/*", user_settings},
      {"GET", "/identifiableObjects/*", identifiable_object},
      {"GET", "/periodTypes/*", born_document},
      {"GET", "/locales/*", born_document},
      {"GET", "/authorities", born_document},
      {"GET", "/relativePeriods/*", expanded_periods},
      {"GET", "/filledOrganisationUnitLevels", filled_levels},
      {"GET", "/dataSummary/*", data_summary},
      {"GET", "/dataStatistics/*", data_statistics},
      {"GET", "/sharing/search", sharing_search},
      {"GET", "/apps/*", small_page},
      {"GET", "/configuration/*", small_page},
      {"GET", "/gateways", small_page},
      {"GET", "/scheduler/queues", small_page},
      {"GET", "/scheduler/queueable", small_page},
      {"GET", "/account/linkedAccounts", small_page},
      {"GET", "/sms/outbound", small_page},
      {"GET", "/sms/inbound", small_page},
      {"GET", "/expressionDimensionItems", small_page},
      {"GET", "/synchronization/availability", small_page},
      {"GET", "/files/style", small_page},
      {"GET", "/files/script", small_page},
      {"GET", "/metrics", small_page},
      {"GET", "/systemUpdates", small_page},
      {"GET", "/appHub", small_page},
      {"GET", "/dimensions/*", dimensions},
      {"GET", "/dataItems", data_items},
      {"GET", "/geoFeatures", geo_features},
      {"GET POST DELETE", "/dataApprovals/*", data_approvals},
      {"GET POST DELETE", "/lockExceptions/*", lock_exceptions},
      {"POST", "/i18n", not_taken},
      {"GET POST", "/query/alias/*", query_alias},
      {"GET POST PUT DELETE", "/dataStore/*", data_store},
      {"GET", "/documents", small_page},
      {"GET", "/interpretations", small_page},
      {"GET", "/organisationUnitProfile", small_page},
      {"POST", "/email/test", not_taken},
      {"POST", "/maintenance", not_taken},
  };
  return table;
}

Reply answer(const Country& country, const Request& request) {
  if (request.method == "OPTIONS") {
    Reply reply;
    reply.content_type.clear();
    return reply;
  }
  for (const Route& route : routes()) {
    if (matches(route, request)) return route.handle(country, request);
  }
  if (auto reply = tracker_side(country, request)) return *reply;
  if (auto reply = metadata(country, request)) return *reply;
  if (other_method_only(request)) {
    return web_message(405, "Request method '" + request.method + "' " +
                                traits_of(country.settings().major).is_not_supported);
  }
  const std::string first = request.path.substr(0, request.path.find('/', 1));
  if (first.size() < 2 || !has_segment(first.substr(1), country.settings().major)) {
    return html_error(404);
  }
  return not_played(request.method + " /api" + request.path);
}

}  // namespace sandbox
