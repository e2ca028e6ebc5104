// SPDX-License-Identifier: BSD-3-Clause
// The tracked entities, enrollments, events and relationships of the practice country.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/country.h"

namespace sandbox {

struct TrackedValue {
  std::string id;  // of the attribute or data element
  std::string value;
};

struct TrackedNote {
  std::string uid, text;
};

struct TrackedEntity;
struct TrackedEnrollment;

// Days are "2026-01-05", empty when there is none. `number` counts objects of a kind in the order
// in which the server stored them, which is the order that DHIS2 falls back to.
struct TrackedEvent {
  size_t number = 0;
  std::string uid, program, stage, unit, status, occurred, scheduled;
  Json geometry;  // null when it has none
  std::vector<TrackedValue> values;
  std::vector<TrackedNote> notes;
  const TrackedEntity* entity = nullptr;  // both null in event programs
  const TrackedEnrollment* enrollment = nullptr;
};

struct TrackedEnrollment {
  size_t number = 0;
  std::string uid, program, unit, status, enrolled, occurred;
  const TrackedEntity* entity = nullptr;
  std::vector<const TrackedEvent*> events;
};

struct TrackedRelationship {
  size_t number = 0;
  std::string uid, type;
  const TrackedEntity* from = nullptr;
  const TrackedEntity* to = nullptr;
};

struct TrackedEntity {
  size_t number = 0;
  std::string uid, type, unit;
  Json geometry;
  std::vector<TrackedValue> attributes;  // those of its enrollments too: DHIS2 keeps them together
  std::vector<const TrackedEnrollment*> enrollments;
  std::vector<const TrackedRelationship*> relationships;
};

// The value of an attribute or data element; null when there is none.
const std::string* value_in(const std::vector<TrackedValue>& values, std::string_view id);

// Read once from the embedded payload and never changed: safe from several threads. The payload
// holds what the recorded servers stored, values that program rules assigned included.
struct TrackerRecords {
  std::deque<TrackedEntity> entities;
  std::deque<TrackedEnrollment> enrollments;
  std::deque<TrackedEvent> events;  // those of tracker programs come first
  std::deque<TrackedRelationship> relationships;

  const TrackedEntity* entity(std::string_view uid) const;
  const TrackedEnrollment* enrollment(std::string_view uid) const;
  const TrackedEvent* event(std::string_view uid) const;
  const TrackedRelationship* relationship(std::string_view uid) const;
};

const TrackerRecords& tracker_records();

}  // namespace sandbox
