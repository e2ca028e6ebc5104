// SPDX-License-Identifier: BSD-3-Clause
// Reads the tracker payload of the country.
#include "tests/sandbox/tracker_records.h"

#include <algorithm>

#include "tests/sandbox/embedded.h"

namespace sandbox {
namespace {

Json list_in(const Json& object, const char* name) { return object.value(name, Json::array()); }

std::vector<TrackedValue> values_of(const Json& list, const char* key) {
  std::vector<TrackedValue> values;
  for (const Json& one : list) values.push_back({one.value(key, ""), one.value("value", "")});
  return values;
}

TrackedEvent& add_event(TrackerRecords& records, const Json& json) {
  TrackedEvent& event = records.events.emplace_back();
  event.number = records.events.size();
  event.uid = json.value("event", "");
  event.program = json.value("program", "");
  event.stage = json.value("programStage", "");
  event.unit = json.value("orgUnit", "");
  event.status = json.value("status", "");
  event.occurred = json.value("occurredAt", "");
  event.scheduled = json.value("scheduledAt", "");
  event.geometry = json.value("geometry", Json());
  event.values = values_of(list_in(json, "dataValues"), "dataElement");
  for (const Json& note : list_in(json, "notes")) {
    event.notes.push_back({note.value("note", ""), note.value("value", "")});
  }
  return event;
}

void add_enrollment(TrackerRecords& records, TrackedEntity& entity, const Json& json) {
  TrackedEnrollment& enrollment = records.enrollments.emplace_back();
  enrollment.number = records.enrollments.size();
  enrollment.uid = json.value("enrollment", "");
  enrollment.program = json.value("program", "");
  enrollment.unit = json.value("orgUnit", "");
  enrollment.status = json.value("status", "");
  enrollment.enrolled = json.value("enrolledAt", "");
  enrollment.occurred = json.value("occurredAt", "");
  enrollment.entity = &entity;
  for (TrackedValue& value : values_of(list_in(json, "attributes"), "attribute")) {
    if (!value_in(entity.attributes, value.id)) entity.attributes.push_back(std::move(value));
  }
  for (const Json& one : list_in(json, "events")) {
    TrackedEvent& event = add_event(records, one);
    event.entity = &entity;
    event.enrollment = &enrollment;
    enrollment.events.push_back(&event);
  }
  entity.enrollments.push_back(&enrollment);
}

TrackedEntity* end_of(TrackerRecords& records, const Json& side) {
  const std::string uid = side["trackedEntity"].value("trackedEntity", "");
  const auto found = std::find_if(records.entities.begin(), records.entities.end(),
                                  [&](const TrackedEntity& entity) { return entity.uid == uid; });
  return found == records.entities.end() ? nullptr : &*found;
}

TrackerRecords read_records() {
  const Json payload = Json::parse(embedded_text("tracker.json.gz"));
  TrackerRecords records;
  for (const Json& json : payload["trackedEntities"]) {
    TrackedEntity& entity = records.entities.emplace_back();
    entity.number = records.entities.size();
    entity.uid = json.value("trackedEntity", "");
    entity.type = json.value("trackedEntityType", "");
    entity.unit = json.value("orgUnit", "");
    entity.geometry = json.value("geometry", Json());
    entity.attributes = values_of(list_in(json, "attributes"), "attribute");
    for (const Json& one : list_in(json, "enrollments")) add_enrollment(records, entity, one);
  }
  for (const Json& json : payload["events"]) add_event(records, json);
  for (const Json& json : payload["relationships"]) {
    TrackedEntity* from = end_of(records, json["from"]);
    TrackedEntity* to = end_of(records, json["to"]);
    TrackedRelationship& relationship = records.relationships.emplace_back();
    relationship = {records.relationships.size(), json.value("relationship", ""),
                    json.value("relationshipType", ""), from, to};
    from->relationships.push_back(&relationship);
    to->relationships.push_back(&relationship);
  }
  return records;
}

template <typename Kind>
const Kind* named(const std::deque<Kind>& list, std::string_view uid) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Kind& one) { return one.uid == uid; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const std::string* value_in(const std::vector<TrackedValue>& values, std::string_view id) {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const TrackedValue& value) { return value.id == id; });
  return found == values.end() ? nullptr : &found->value;
}

const TrackedEntity* TrackerRecords::entity(std::string_view uid) const {
  return named(entities, uid);
}

const TrackedEnrollment* TrackerRecords::enrollment(std::string_view uid) const {
  return named(enrollments, uid);
}

const TrackedEvent* TrackerRecords::event(std::string_view uid) const { return named(events, uid); }

const TrackedRelationship* TrackerRecords::relationship(std::string_view uid) const {
  return named(relationships, uid);
}

const TrackerRecords& tracker_records() {
  static const TrackerRecords records = read_records();
  return records;
}

}  // namespace sandbox
