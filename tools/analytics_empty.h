// SPDX-License-Identifier: BSD-3-Clause
// Why a question to analytics brought nothing.
#pragma once

#include "tools/analytics.h"
#include "tools/call.h"

namespace dhis2mcp {

// When the analytics tables were last built, in DHIS2's words: "never" where it tells none,
// "unknown" where it cannot be learnt. Throws only when the call was cancelled.
std::string last_analytics_build(Call& call);

// Notes for an answer without any figure, in two requests that go at once: when the analytics
// tables were last built, and the last period for which the same data and units have a figure
// (months of this and last year, else years; without breakdowns, filters and bounds). `periods` are
// those that DHIS2 read the question's as. What cannot be learnt is said to be unknown. Throws only
// when the call was cancelled.
std::vector<std::string> why_empty(Call& call, const AnalyticsAsked& asked,
                                   const std::vector<std::string>& periods);

}  // namespace dhis2mcp
