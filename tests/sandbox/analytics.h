// SPDX-License-Identifier: BSD-3-Clause
// Aggregate analytics of the practice DHIS2: /api/analytics and what lies below it.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// GET /analytics and /analytics/**: the aggregate query as JSON, CSV and XML, rawData,
// dataValueSet and tableTypes, and event analytics (event_analytics.h). Program data in aggregates,
// the spreadsheet and HTML forms and explain answer 501 with their name. Figures are those of the
// data values at the time of the call: there is no analytics run to wait for.
Reply analytics(const Country& country, const Request& request);

}  // namespace sandbox
