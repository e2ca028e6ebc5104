// SPDX-License-Identifier: BSD-3-Clause
// The rows of event analytics before they are shown: which objects a query takes, and their values.
#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/event_query.h"

namespace sandbox {

// One row of an analytics table. An event of an event program has neither enrollment nor entity,
// an enrollment no event, an entity neither event nor enrollment.
struct EventFact {
  const TrackedEvent* event = nullptr;
  const TrackedEnrollment* enrollment = nullptr;
  const TrackedEntity* entity = nullptr;
  const OrgUnit* unit = nullptr;
};

// In the order in which the analytics tables of the release hold them (the answer promises none):
// by year, then by name of unit up to 2.41, by unit in 2.42, by number in 2.43.
std::vector<EventFact> event_facts(const Country& country, const EventQuery& query);

// The value of an item as stored; empty when there is none. A program indicator counts as 1.
std::string fact_value(const EventItem& item, const EventFact& fact);

// The day that decides in which period a fact lies; empty when it has none.
std::string fact_day(const EventQuery& query, const EventFact& fact, const std::string& today);

// [longitude, latitude]; null when it has none.
Json fact_point(const EventFact& fact);

bool numeric_item(const EventItem& item);

}  // namespace sandbox
