// SPDX-License-Identifier: BSD-3-Clause
// Renders tracked objects.
#include "tests/sandbox/tracker_view.h"

#include <algorithm>
#include <set>

#include "tests/sandbox/tracker_filter.h"

namespace sandbox {
namespace {

constexpr const char* kDefaultOption = "xYerKDKCefk";

std::string moment(const std::string& day) { return day + "T00:00:00.000"; }

void add_day(Json& object, const char* name, const std::string& day) {
  if (!day.empty()) object[name] = moment(day);
}

}  // namespace

TrackerView::TrackerView(const Country& country, std::string program, bool listed)
    : country_(country),
      major_(country.settings().major),
      program_(std::move(program)),
      stamp_(country.settings().clock + ".000"),
      listed_(listed) {}

Json TrackerView::person() const {
  return {{"uid", country_.user("admin")->uid},
          {"username", "admin"},
          {"firstName", "admin"},
          {"surname", "admin"}};
}

void TrackerView::add_people(Json& object) const {
  object["createdBy"] = person();
  object["updatedBy"] = person();
}

Json TrackerView::attribute(const TrackedValue& value, Place place) const {
  const Json* attribute = country_.find("trackedEntityAttributes", value.id);
  Json json = {{"attribute", value.id},
               {"code", attribute->value("code", "")},
               {"displayName", attribute->value("name", "")},
               {"createdAt", stamp_},
               {"updatedAt", stamp_}};
  if (major_ == 41 || (major_ >= 43 && place != Place::kInSide)) json["storedBy"] = "admin";
  json["valueType"] = attribute->value("valueType", "");
  json["value"] = value.value;
  return json;
}

Json TrackerView::enrollment_attributes(const TrackedEnrollment& enrollment, Place place) const {
  // Sides of relationships, and single entities of 2.41, show all that the entity has.
  const bool all =
      place == Place::kInSide || (major_ == 41 && place == Place::kInEntity && !listed_);
  Json attributes = Json::array();
  if (major_ <= 40 && listed_ && place == Place::kAlone) return attributes;
  const Json* program = country_.find("programs", enrollment.program);
  std::set<std::string> known;
  for (const Json& one : program->value("programTrackedEntityAttributes", Json::array())) {
    known.insert(one["trackedEntityAttribute"].value("id", ""));
  }
  for (const TrackedValue& value : enrollment.entity->attributes) {
    if (all || known.count(value.id) > 0) attributes.push_back(attribute(value, place));
  }
  return attributes;
}

// Those of the type, and those of the program when there is one. Sides of relationships, 2.40, and
// lists of 2.41 that name no program show all.
Json TrackerView::attributes_of(const TrackedEntity& entity, const std::string& program,
                                Place place) const {
  std::set<std::string> wanted;
  const auto take = [&](const Json* owner, const char* list) {
    if (owner == nullptr) return;
    for (const Json& one : owner->value(list, Json::array())) {
      wanted.insert(one["trackedEntityAttribute"].value("id", ""));
    }
  };
  if (!program.empty()) take(country_.find("programs", program), "programTrackedEntityAttributes");
  take(country_.find("trackedEntityTypes", entity.type), "trackedEntityTypeAttributes");
  Json attributes = Json::array();
  const bool all =
      place == Place::kInSide || major_ <= 40 || (major_ == 41 && listed_ && program.empty());
  for (const TrackedValue& value : entity.attributes) {
    if (all || wanted.count(value.id) > 0) attributes.push_back(attribute(value, place));
  }
  return attributes;
}

Json TrackerView::entity(const TrackedEntity& entity, Place place) const {
  const bool side = place == Place::kInSide;
  Json json = {{"trackedEntity", entity.uid},
               {"trackedEntityType", entity.type},
               {"createdAt", stamp_},
               {"updatedAt", stamp_},
               {"orgUnit", entity.unit},
               {"inactive", false},
               {"deleted", false},
               {"potentialDuplicate", false}};
  if (!entity.geometry.is_null() && !(side && major_ >= 42)) json["geometry"] = entity.geometry;
  if (major_ == 41) json["storedBy"] = "admin";
  add_people(json);
  const std::string program = side ? "" : program_;
  if (!side) {
    json["relationships"] = Json::array();
    for (const TrackedRelationship* one : entity.relationships) {
      json["relationships"].push_back(relationship(*one, true));
    }
  }
  json["attributes"] = attributes_of(entity, program, side ? Place::kInSide : Place::kAlone);
  json["enrollments"] = Json::array();
  json["programOwners"] = Json::array();
  for (const TrackedEnrollment* one : entity.enrollments) {
    const bool other = !program.empty() && one->program != program;
    if (other && !(listed_ && major_ <= 41)) continue;
    json["enrollments"].push_back(enrollment(*one, side ? place : Place::kInEntity));
    if (other) continue;
    json["programOwners"].push_back(
        {{"orgUnit", one->unit}, {"trackedEntity", entity.uid}, {"program", one->program}});
  }
  return json;
}

Json TrackerView::enrollment(const TrackedEnrollment& enrollment, Place place) const {
  const bool side = place == Place::kInSide;
  Json json = {{"enrollment", enrollment.uid},  {"createdAt", stamp_},
               {"updatedAt", stamp_},           {"trackedEntity", enrollment.entity->uid},
               {"program", enrollment.program}, {"status", enrollment.status},
               {"orgUnit", enrollment.unit}};
  if (major_ <= 40) json["orgUnitName"] = country_.unit(enrollment.unit)->name;
  add_day(json, "enrolledAt", enrollment.enrolled);
  add_day(json, "occurredAt", enrollment.occurred);
  json["followUp"] = false;
  if (enrollment.status != "ACTIVE" && (major_ >= 41 || enrollment.status == "COMPLETED")) {
    json["completedAt"] = stamp_;
  }
  const bool named = !side || major_ <= 41;
  if (enrollment.status == "COMPLETED" && named) json["completedBy"] = "admin";
  json["deleted"] = false;
  if (major_ == 41 || major_ >= 43) json["storedBy"] = "admin";
  add_people(json);
  if (major_ >= 43 && !side) json["attributeOptionCombo"] = Country::kDefaultCombo;
  json["events"] = Json::array();
  // Lists of enrollments in 2.40 have no events or attributes in them, whatever is asked for.
  if (!(major_ <= 40 && listed_ && place == Place::kAlone)) {
    for (const TrackedEvent* one : enrollment.events) json["events"].push_back(event(*one, place));
  }
  if (!side) json["relationships"] = Json::array();
  json["attributes"] = enrollment_attributes(enrollment, place);
  json["notes"] = Json::array();
  return json;
}

Json TrackerView::data_value(const TrackedValue& value, Place place) const {
  Json json = {{"createdAt", stamp_}, {"updatedAt", stamp_}};
  if (major_ == 41 || (major_ >= 42 && place != Place::kInSide)) json["storedBy"] = "admin";
  json["providedElsewhere"] = false;
  json["dataElement"] = shown("dataElement", "dataElements", value.id);
  json["value"] = value.value;
  if (major_ >= 42) add_people(json);
  return json;
}

Json TrackerView::note(const TrackedNote& note, Place place) const {
  Json json = {{"note", note.uid}, {"storedAt", stamp_}, {"value", note.text}};
  if (place == Place::kAlone || major_ >= 42 || (place == Place::kInSide && major_ <= 40)) {
    json["createdBy"] = person();
    if (major_ >= 41) json["createdBy"]["displayName"] = "admin admin";
  }
  if (major_ == 41 || major_ >= 43) json["storedBy"] = "admin";
  return json;
}

Json TrackerView::event(const TrackedEvent& event, Place place) const {
  const bool side = place == Place::kInSide;
  Json json = {{"event", event.uid},
               {"status", event.status},
               {"program", shown("program", "programs", event.program)},
               {"programStage", shown("programStage", "programStages", event.stage)}};
  if (event.enrollment != nullptr) {
    json["enrollment"] = event.enrollment->uid;
    if (!side) json["trackedEntity"] = event.entity->uid;
  } else if (major_ <= 42 && !(major_ <= 40 && listed_)) {
    // One enrollment that nobody sees holds all events of an event program.
    json["enrollment"] = uid_of("enrollment of " + event.program + std::to_string(major_));
  }
  json["orgUnit"] = shown("orgUnit", "organisationUnits", event.unit);
  if (major_ <= 40) json["orgUnitName"] = country_.unit(event.unit)->name;
  if (!side) json["relationships"] = Json::array();
  add_day(json, "occurredAt", event.occurred);
  add_day(json, "scheduledAt", event.scheduled);
  if (major_ == 41 || major_ >= 43) json["storedBy"] = "admin";
  if (major_ <= 41) json["followup"] = false;
  if (major_ >= 41) json["followUp"] = false;
  json["deleted"] = false;
  json["createdAt"] = json["updatedAt"] = stamp_;
  json["attributeOptionCombo"] =
      shown("categoryOptionCombo", "categoryOptionCombos", std::string(Country::kDefaultCombo));
  json["attributeCategoryOptions"] = shown("categoryOption", "categoryOptions", kDefaultOption);
  if (event.status == "COMPLETED") {
    json["completedBy"] = "admin";
    json["completedAt"] = stamp_;
  }
  if (!event.geometry.is_null()) json["geometry"] = event.geometry;
  if (major_ <= 40) json["assignedUser"] = Json::object();
  add_people(json);
  json["dataValues"] = json["notes"] = Json::array();
  for (const TrackedValue& value : event.values) {
    json["dataValues"].push_back(data_value(value, place));
  }
  for (const TrackedNote& one : event.notes) json["notes"].push_back(note(one, place));
  return json;
}

Json TrackerView::side(const TrackedEntity& entity, bool inside) const {
  if (!inside || major_ >= 41) return {{"trackedEntity", this->entity(entity, Place::kInSide)}};
  return {{"trackedEntity",
           {{"trackedEntity", entity.uid},
            {"inactive", false},
            {"deleted", false},
            {"potentialDuplicate", false},
            {"attributes", Json::array()},
            {"programOwners", Json::array()}}}};
}

Json TrackerView::relationship(const TrackedRelationship& relationship, bool inside) const {
  const Json* type = country_.find("relationshipTypes", relationship.type);
  Json json = {{"relationship", relationship.uid},
               {"relationshipName", type->value("name", "")},
               {"relationshipType", relationship.type},
               {"createdAt", stamp_},
               {"updatedAt", stamp_},
               {"bidirectional", type->value("bidirectional", false)}};
  json["from"] = side(*relationship.from, inside);
  json["to"] = side(*relationship.to, inside);
  return json;
}

std::string TrackerView::identifier(const char* kind, const char* plural,
                                    const std::string& uid) const {
  const auto scheme = schemes_.find(kind);
  if (scheme == schemes_.end() || scheme->second == "UID") return uid;
  const Json* object = country_.find(plural, uid);
  if (object == nullptr) return "";
  if (scheme->second == "CODE") return object->value("code", "");
  if (scheme->second == "NAME") return object->value("name", "");
  const std::string attribute = scheme->second.substr(scheme->second.find(':') + 1);
  for (const Json& value : object->value("attributeValues", Json::array())) {
    if (value["attribute"].value("id", "") == attribute) return value.value("value", "");
  }
  return "";
}

std::string TrackerView::shown(const char* kind, const char* plural, const std::string& uid) const {
  if (schemes_.empty()) return uid;
  const std::string found = identifier(kind, plural, uid);
  return found.empty() ? uid : found;
}

void TrackerView::check_schemes(const std::vector<const TrackedEvent*>& events) const {
  std::string missing;
  std::set<std::string> met;
  const auto check = [&](const char* kind, const char* klass, const char* plural,
                         const std::string& uid) {
    if (schemes_.empty() || !met.insert(uid).second) return;
    if (!identifier(kind, plural, uid).empty()) return;
    missing += "\n" + std::string(klass) + "[" + schemes_.at(kind) + "]=" + uid;
  };
  for (const TrackedEvent* event : events) {
    check("program", "Program", "programs", event->program);
    check("programStage", "ProgramStage", "programStages", event->stage);
    check("orgUnit", "OrganisationUnit", "organisationUnits", event->unit);
    for (const TrackedValue& value : event->values) {
      check("dataElement", "DataElement", "dataElements", value.id);
    }
  }
  if (missing.empty()) return;
  throw TrackerRefusal(
      422,
      "Not all metadata has an identifier for the requested idScheme. Either change the "
      "requested idScheme or add the missing identifiers to the metadata.",
      "",
      "Following metadata listed using their UIDs is missing identifiers for the requested "
      "idScheme:\n" +
          missing);
}

}  // namespace sandbox
