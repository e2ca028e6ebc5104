// SPDX-License-Identifier: BSD-3-Clause
// The one table of handlers. Adding a tool with logic adds a line here and a declaration there.
#include "tools/handlers.h"

#include <utility>

namespace dhis2mcp {
namespace {

constexpr std::pair<std::string_view, Handler> kHandlers[] = {
    {"profile_list", profile_list},
    {"profile_status", profile_status},
    {"profile_login", profile_login},
    {"doctor", doctor_tool},
    {"pat_list", pat_list},
    {"system_info", system_info},
    {"dhis2_query", dhis2_query},
    {"metadata_find", metadata_find},
    {"metadata_get", metadata_get},
    {"org_unit_find", org_unit_find},
    {"analytics_query", analytics_query},
    {"result_page", result_page},
};

}  // namespace

Handler find_handler(std::string_view name) {
  for (const auto& [known, handler] : kHandlers) {
    if (known == name) return handler;
  }
  return nullptr;
}

}  // namespace dhis2mcp
