// SPDX-License-Identifier: BSD-3-Clause
// Tracked objects as JSON, whole: what `fields=*` shows.
#pragma once

#include <map>
#include <string>

#include "tests/sandbox/tracker_records.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// Releases differ in who is named where: 2.41 and 2.43 say storedBy, 2.42 and 2.43 name the users
// of each data value, 2.40 adds names of units.
class TrackerView {
 public:
  // Where an object stands in the answer. A side is one end of a relationship.
  enum class Place { kAlone, kInEntity, kInSide };

  // `program` limits an entity to its attributes, enrollments and owner there; empty: all. Up to
  // 2.41 lists show other things than single objects do.
  TrackerView(const Country& country, std::string program, bool listed = false);

  Json entity(const TrackedEntity& entity, Place place = Place::kAlone) const;
  Json enrollment(const TrackedEnrollment& enrollment, Place place = Place::kAlone) const;
  Json event(const TrackedEvent& event, Place place = Place::kAlone) const;
  // `inside`: as one of an entity's relationships.
  Json relationship(const TrackedRelationship& relationship, bool inside = false) const;

  // Kinds of metadata ("program", "programStage", "orgUnit", "dataElement", ...) to "CODE", "NAME"
  // or "ATTRIBUTE:uid"; events show these instead of uids (from 2.42 on).
  void use_schemes(std::map<std::string, std::string> schemes) { schemes_ = std::move(schemes); }
  // Throws TrackerRefusal (422) when an object of these events has no such identifier.
  void check_schemes(const std::vector<const TrackedEvent*>& events) const;

  // {"uid": ..., "username": "admin", ...}
  Json person() const;
  const std::string& stamp() const { return stamp_; }  // when everything was stored

 private:
  Json attributes_of(const TrackedEntity& entity, const std::string& program, Place place) const;
  Json enrollment_attributes(const TrackedEnrollment& enrollment, Place place) const;
  Json attribute(const TrackedValue& value, Place place) const;
  Json data_value(const TrackedValue& value, Place place) const;
  Json note(const TrackedNote& note, Place place) const;
  Json side(const TrackedEntity& entity, bool inside) const;
  void add_people(Json& object) const;
  std::string shown(const char* kind, const char* plural, const std::string& uid) const;
  std::string identifier(const char* kind, const char* plural, const std::string& uid) const;

  const Country& country_;
  int major_;
  std::string program_, stamp_;
  bool listed_;
  std::map<std::string, std::string> schemes_;
};

}  // namespace sandbox
