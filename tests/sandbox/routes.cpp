// SPDX-License-Identifier: BSD-3-Clause
// Finds the handler of a request.
#include "tests/sandbox/routes.h"

#include "tests/sandbox/analytics.h"
#include "tests/sandbox/data_values.h"
#include "tests/sandbox/metadata.h"
#include "tests/sandbox/system.h"
#include "tests/sandbox/units.h"

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

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = {
      {"GET", "/analytics/*", analytics},
      {"GET", "/dataValueSets", data_value_sets},
      {"GET", "/completeDataSetRegistrations", complete_registrations},
      {"GET", "/me/*", me},
      {"GET", "/system/*", system_pages},
      {"GET", "/schemas/*", schemas_pages},
      {"GET", "/resources", resources},
      {"GET", "/systemSettings/*", system_settings},
      {"GET", "/userSettings/*", user_settings},
      {"GET", "/identifiableObjects/*", identifiable_object},
      {"GET", "/periodTypes/*", born_document},
      {"GET", "/locales/*", born_document},
      {"GET", "/authorities", born_document},
      {"GET", "/relativePeriods/*", expanded_periods},
      {"GET", "/filledOrganisationUnitLevels", filled_levels},
  };
  return table;
}

Reply answer(const Country& country, const Request& request) {
  for (const Route& route : routes()) {
    if (matches(route, request)) return route.handle(country, request);
  }
  if (auto reply = metadata(country, request)) return *reply;
  const std::string first = request.path.substr(0, request.path.find('/', 1));
  if (first.size() < 2 || !has_segment(first.substr(1), country.settings().major)) {
    return html_error(404);
  }
  return not_played(request.method + " /api" + request.path);
}

}  // namespace sandbox
