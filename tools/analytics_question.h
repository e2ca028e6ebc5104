// SPDX-License-Identifier: BSD-3-Clause
// From the arguments of analytics_query to what DHIS2 is asked.
#pragma once

#include <string>
#include <vector>

#include "tools/almanac.h"
#include "tools/analytics.h"
#include "tools/call.h"

namespace dhis2mcp {

// Reads data, periods, org_units, by, filter, min, max and totals. What of it is not as
// one may think goes to `notes`. Throws bad_input, ambiguous or not_found; no figure was asked for
// then.
AnalyticsAsked read_question(Call& call, Names& names, const Almanac& almanac,
                             std::vector<std::string>& notes);

// DHIS2 says only that something is not valid. A text that was taken for a UID may be a name, or a
// UID of something else: the look-up either mends it or tells. True when something changed.
bool mend(Names& names, AnalyticsAsked& asked, const Error& error);

}  // namespace dhis2mcp
