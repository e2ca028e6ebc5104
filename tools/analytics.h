// SPDX-License-Identifier: BSD-3-Clause
// One question to DHIS2's aggregate analytics: how it is asked and what came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dhis2/query.h"
#include "tools/names.h"
#include "tools/pivot.h"

namespace dhis2mcp {

// Everything resolved: what stands here is what DHIS2 is asked.
struct AnalyticsAsked {
  std::vector<Named> data, units, by;
  std::vector<std::pair<std::string, std::vector<std::string>>> periods;  // as written, the ids
  std::vector<std::pair<Named, std::vector<Named>>> filters;
  std::optional<std::string> min, max;  // decimal texts, both inclusive
  bool details = false;  // aggregation types and hierarchy, to tell where sums make sense
};

// The ids of all periods, each once.
std::vector<std::string> period_ids(const AnalyticsAsked& asked);

// The parameters of GET /api/analytics.
Query analytics_query_of(const AnalyticsAsked& asked);

// What is read of one question at most, all its parts together.
inline constexpr std::uint64_t kMostFigures = 2'000'000;

// Sends one request and hands the rows to the pivot as they arrive. False where the pivot takes no
// more, or holds kMostFigures. Throws what DHIS2 tells, with the next step for its code.
bool ask_analytics(SignedClient& client, const AnalyticsAsked& asked, const Patience& patience,
                   Pivot& pivot);

// Why sums down (over units) or across (over periods) would be wrong; empty where they make sense.
// Judges by what `details` brings.
std::string no_sum_over_data(const AnalyticsAsked& asked, const Items& items);
std::string no_sum_over_units(const Items& items);
std::string no_sum_over_periods(const Items& items);

}  // namespace dhis2mcp
