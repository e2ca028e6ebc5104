// SPDX-License-Identifier: BSD-3-Clause
// The visible table of what the practice DHIS2 plays below /api.
#pragma once

#include <string_view>
#include <vector>

#include "tests/sandbox/wire.h"

namespace sandbox {

struct Route {
  std::string_view methods;  // "GET" or "GET POST"; HEAD comes with GET
  std::string_view path;     // "/analytics", or "/dataSets/*" for everything below as well
  Reply (*handle)(const Country& country, const Request& request);
};

// The first row that matches wins; metadata types come after the rows.
const std::vector<Route>& routes();

// The answer to a signed-in request below /api: a row of the table, a metadata type, 501 for what
// DHIS2 has and is not played, and the container's 404 page for what DHIS2 does not have.
Reply answer(const Country& country, const Request& request);

}  // namespace sandbox
