// SPDX-License-Identifier: BSD-3-Clause
// The one table of handlers. Adding a tool with logic adds a line here and a declaration there.
#include "tools/handlers.h"

#include <utility>

namespace dhis2mcp {
namespace {

constexpr std::pair<std::string_view, Handler> kHandlers[] = {
    {"tool_find", tool_find},
    {"profile_list", profile_list},
    {"profile_status", profile_status},
    {"profile_login", profile_login},
    {"doctor", doctor_tool},
    {"pat_list", pat_list},
    {"system_info", system_info},
    {"dhis2_query", dhis2_query},
    {"metadata_find", metadata_find},
    {"metadata_get", metadata_get},
    {"metadata_describe", metadata_describe},
    {"metadata_usage", metadata_usage},
    {"metadata_compare", metadata_compare},
    {"org_unit_find", org_unit_find},
    {"org_unit_tree", org_unit_tree},
    {"analytics_query", analytics_query},
    {"chart", chart},
    {"access_explain", access_explain},
    {"reporting_rates", reporting_rates},
    {"indicator_explain", indicator_explain},
    {"outlier_find", outlier_find},
    {"validation_check", validation_check},
    {"data_values_get", data_values_get},
    {"data_value_history", data_value_history},
    {"analytics_events", analytics_events},
    {"tracker_find", tracker_find},
    {"tracker_get", tracker_get},
    {"event_find", event_find},
    {"result_page", result_page},
    {"result_save", result_save},
    {"api_find", api_find},
    {"api_describe", api_describe},
};

}  // namespace

Handler find_handler(std::string_view name) {
  for (const auto& [known, handler] : kHandlers) {
    if (known == name) return handler;
  }
  return nullptr;
}

}  // namespace dhis2mcp
