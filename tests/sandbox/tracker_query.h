// SPDX-License-Identifier: BSD-3-Clause
// One request for a list of tracked objects, read and checked as its release does.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/tracker_filter.h"

namespace sandbox {

enum class TrackedKind { kEntities, kEnrollments, kEvents };

// Both ends belong to the span; an empty end is open. Only days are looked at.
struct DaySpan {
  std::string after, before;
  bool open() const { return after.empty() && before.empty(); }
  bool holds(const std::string& day) const;  // false for an empty day unless the span is open
};

struct OrderItem {
  std::string name;  // a field, or the uid of an attribute or data element
  bool descending = false;
};

struct TrackedPage {
  bool all = false;  // no pages were asked for
  bool total = false;
  size_t number = 1, size = 50;
};

struct TrackerQuery {
  TrackedKind kind = TrackedKind::kEntities;
  const Json* program = nullptr;  // null: any
  std::string stage, type;
  std::vector<const OrgUnit*> units;
  std::string mode;  // SELECTED, CHILDREN, DESCENDANTS, ACCESSIBLE, CAPTURE, ALL
  std::optional<std::set<std::string>> entities, enrollments, events;  // asked for by uid
  std::string enrollment_status, event_status;                         // empty: any
  DaySpan enrolled, incident, occurred, scheduled, updated;
  bool none = false;  // asks for follow-up or an assigned user, which the country has nowhere
  std::vector<ValueFilter> attribute_filters, element_filters;
  std::vector<OrderItem> order;
  TrackedPage page;
};

// Throws TrackerRefusal with the status, message and code of the release.
TrackerQuery read_tracker_query(const Country& country, const Request& request, TrackedKind kind);

// The parts of read_tracker_query that know lists of names; they live in tracker_order.cpp.
std::vector<OrderItem> read_tracker_order(const Country& country, const Request& request,
                                          TrackedKind kind);

// The program of this uid. Throws TrackerRefusal for one that does not exist.
const Json& tracker_program(const Country& country, const std::string& uid);

// True when the user may look at `unit` in tracker: search scope and capture scope together.
bool in_reach(const User& user, const OrgUnit& unit);
bool in_capture_scope(const User& user, const OrgUnit& unit);

}  // namespace sandbox
