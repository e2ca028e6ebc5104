// SPDX-License-Identifier: BSD-3-Clause
// Event, enrollment and tracked entity analytics: what lies below /api/analytics/events,
// /enrollments and /trackedEntities.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/sandbox/analytics_write.h"
#include "tests/sandbox/event_query.h"

namespace sandbox {

// `form` is the path below /analytics: "events/query/Svw72tiR0Da". Lists, aggregates, counts,
// clusters and the lists of dimensions; spreadsheets and explain answer 501. Empty when the path is
// no route of the release. Throws AnalyticsRefusal.
std::optional<Reply> event_analytics(const Country& country, const Request& request,
                                     const std::string& form);

// A row for each event, enrollment or entity.
std::shared_ptr<const Answer> event_list(const Country& country, EventQuery query);

// Counts, or figures of `value`, by units, periods, options, legends and values.
std::shared_ptr<const Answer> event_aggregate(const Country& country, EventQuery query);

}  // namespace sandbox
