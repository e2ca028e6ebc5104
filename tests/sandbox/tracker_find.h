// SPDX-License-Identifier: BSD-3-Clause
// Which tracked objects a list request finds, in the order of the release.
#pragma once

#include <vector>

#include "tests/sandbox/tracker_query.h"

namespace sandbox {

// Every object that the request's user may see and the query takes, in order, before pages.
// Without an order, 2.40 lists entities and enrollments as they were made and all else lists the
// newest first; 2.43 lists events of event programs by their day.
std::vector<const TrackedEntity*> find_entities(const Country& country, const User& user,
                                                const TrackerQuery& query);
std::vector<const TrackedEnrollment*> find_enrollments(const Country& country, const User& user,
                                                       const TrackerQuery& query);
std::vector<const TrackedEvent*> find_events(const Country& country, const User& user,
                                             const TrackerQuery& query);

// True when the user reaches the entity in any of its programs (or in `program` when not empty).
bool may_see(const Country& country, const User& user, const TrackedEntity& entity,
             const std::string& program = "");

// SCHEDULE with a day that has passed is OVERDUE.
std::string status_of(const TrackedEvent& event, const std::string& today);

}  // namespace sandbox
