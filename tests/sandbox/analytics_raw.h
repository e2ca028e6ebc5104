// SPDX-License-Identifier: BSD-3-Clause
// The forms of analytics that are not a grid of aggregates: single values, and value sets.
#pragma once

#include <memory>

#include "tests/sandbox/analytics_write.h"

namespace sandbox {

// rawData: every data value between the days of the query, with its own unit, period and days.
// Plays dx and ou; throws AnalyticsRefusal (501) for other dimensions.
std::shared_ptr<const Answer> raw_answer(const Country& country, AnalyticsQuery query);

// dataValueSet: the aggregates of a query as {"dataValues":[...]}.
Json aggregated_value_set(const Country& country, const AnalyticsQuery& query);

}  // namespace sandbox
