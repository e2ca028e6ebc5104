// SPDX-License-Identifier: BSD-3-Clause
// How much a question to analytics asks for, before it is asked.
#pragma once

#include <cstdint>

#include "tools/analytics.h"
#include "tools/period.h"

namespace dhis2mcp {

// Figures at most: one for each data item, period and unit. Groups of data and breakdowns (`by`)
// make it more than this.
struct Cost {
  std::uint64_t data = 0, periods = 0, units = 0;
  bool exact = true;  // false where `units` is only the most that it can be
  std::uint64_t figures() const { return data * periods * units; }
};

// Below this many data items times periods, levels and groups count as one unit: counting them
// would cost a request for a question that is small whatever the count.
inline constexpr std::uint64_t kCheapWithoutUnits = 200;

Cost cost_of(SignedClient& client, const AnalyticsAsked& asked, const Almanac& almanac,
             const Patience& patience);

// Throws bad_input with the sum when it is certainly more than is read of one question
// (kMostFigures).
void demand_affordable(const Cost& cost);

// The same question with relative periods as the ids that they stand for, so that it can be cut.
// Those that are counted by the server alone stay words.
AnalyticsAsked with_period_ids(AnalyticsAsked asked, const Almanac& almanac);

}  // namespace dhis2mcp
