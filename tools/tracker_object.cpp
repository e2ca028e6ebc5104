// SPDX-License-Identifier: BSD-3-Clause
// tracker_get: one tracked entity as an object to read; one request, and one each for names that
// are new to this process. One more where the entity is not enrolled in the program asked.
#include <algorithm>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/call.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/laid_rows.h"
#include "tools/name_forms.h"
#include "tools/tracker_rows.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr char kUnits[] = "organisationUnits";
constexpr char kTypes[] = "trackedEntityTypes";
constexpr char kRelationTypes[] = "relationshipTypes";
constexpr char kPrograms[] = "programs";

constexpr char kFields[] =
    "trackedEntity,trackedEntityType,orgUnit,createdAt,updatedAt,inactive,deleted,"
    "potentialDuplicate,attributes[attribute,displayName,value],"
    "programOwners[program,orgUnit],"
    "enrollments[enrollment,program,status,orgUnit,enrolledAt,occurredAt,completedAt,followUp,"
    "attributes[attribute,displayName,value],notes[value,storedAt,createdBy[username]],"
    "events[event,programStage,status,orgUnit,occurredAt,scheduledAt,"
    "dataValues[dataElement,value],notes[value,storedAt,createdBy[username]]]],"
    "relationships[relationship,relationshipType,"
    "from[trackedEntity[trackedEntity,attributes[attribute,value]],enrollment[enrollment],"
    "event[event]],"
    "to[trackedEntity[trackedEntity,attributes[attribute,value]],enrollment[enrollment],"
    "event[event]]]";

// Cells know what a number is; here they become JSON again.
Json json_of(const Cell& cell) { return Json::parse(cell.to_json()); }

// Writes one entity with names for everything.
class Reader {
 public:
  // `program` is the one that was asked for, or empty.
  Reader(Call& call, std::string program)
      : call_(call), names_(call), program_(std::move(program)) {}

  Json read(const Json& entity) {
    learn(entity);
    Json out;
    out["tracked_entity"] = text_of(entity, "trackedEntity");
    put(out, "type", names_.of(text_of(entity, "trackedEntityType")));
    put(out, "org_unit", unit(entity));
    put(out, "created", short_time(entity.value("createdAt", Json())));
    put(out, "updated", short_time(entity.value("updatedAt", Json())));
    for (const char* flag : {"inactive", "deleted", "potentialDuplicate"}) {
      if (entity.value(flag, Json()) == Json(true)) out[flag] = true;
    }
    const Json own = values(list_of(entity, "attributes"), "attribute", Json::object());
    out["attributes"] = own;
    out["enrollments"] = Json::array();
    for (const Json& one : list_of(entity, "enrollments")) {
      out["enrollments"].push_back(enrollment(one, own));
    }
    Json relations = Json::array();
    for (const Json& one : list_of(entity, "relationships")) {
      relations.push_back(relationship(one, text_of(entity, "trackedEntity")));
    }
    if (!relations.empty()) out["relationships"] = std::move(relations);
    tell_owners(entity, out);
    return out;
  }

 private:
  static void put(Json& out, const char* name, const std::string& text) {
    if (!text.empty()) out[name] = text;
  }

  std::string unit(const Json& object) const { return names_.of(text_of(object, "orgUnit")); }

  const ProgramItem* item(const std::string& uid) const {
    for (const Scheme& scheme : schemes_) {
      if (const ProgramItem* found = scheme->item(uid)) return found;
    }
    return nullptr;
  }

  std::string program_name(const std::string& uid) const {
    for (const Scheme& scheme : schemes_) {
      if (scheme->uid == uid) return scheme->name;
    }
    return names_.of(uid);
  }

  // Programs first, for they say which values are options and units; then the names of those.
  void learn(const Json& entity) {
    std::set<std::string> programs;
    if (!program_.empty()) programs.insert(program_);
    for (const Json& one : list_of(entity, "enrollments")) programs.insert(text_of(one, "program"));
    try {
      schemes_ = program_schemes(call_, {programs.begin(), programs.end()});
      const std::string type = text_of(entity, "trackedEntityType");
      if (programs.empty() && !type.empty()) schemes_.push_back(entity_type_scheme(call_, type));
    } catch (const Error& error) {
      if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::sign_in_required) throw;
    }
    names_.want(kTypes, text_of(entity, "trackedEntityType"));
    names_.want(kUnits, text_of(entity, "orgUnit"));
    want_values(list_of(entity, "attributes"), "attribute");
    for (const Json& one : list_of(entity, "enrollments")) {
      names_.want(kUnits, text_of(one, "orgUnit"));
      want_values(list_of(one, "attributes"), "attribute");
      for (const Json& event : list_of(one, "events")) {
        names_.want(kUnits, text_of(event, "orgUnit"));
        want_values(list_of(event, "dataValues"), "dataElement");
      }
    }
    for (const Json& owner : list_of(entity, "programOwners")) {
      names_.want(kUnits, text_of(owner, "orgUnit"));
      if (!programs.contains(text_of(owner, "program"))) {
        names_.want(kPrograms, text_of(owner, "program"));
      }
    }
    for (const Json& one : list_of(entity, "relationships")) {
      names_.want(kRelationTypes, text_of(one, "relationshipType"));
    }
    names_.fetch();
  }

  void want_values(const Json& list, const char* key) {
    for (const Json& value : list) {
      want_value(item(text_of(value, key)), value.value("value", Json()), names_);
    }
  }

  // By name; what `known` says alike is not said again.
  Json values(const Json& list, const char* key, const Json& known) const {
    Json out = Json::object();
    for (const Json& value : list) {
      const std::string uid = text_of(value, key);
      const ProgramItem* found = item(uid);
      std::string name = found != nullptr ? found->name : line_of(value, "displayName");
      if (name.empty()) name = uid;
      if (out.contains(name)) name += " (" + uid + ")";
      Json shown = json_of(value_cell(found, value.value("value", Json()), names_));
      if (shown.is_null() || (known.contains(name) && known[name] == shown)) continue;
      out[name] = std::move(shown);
    }
    return out;
  }

  Json notes(const Json& object) const {
    Json out = Json::array();
    for (const Json& note : list_of(object, "notes")) {
      Json told;
      put(told, "text", text_of(note, "value"));
      put(told, "at", short_time(note.value("storedAt", Json())));
      put(told, "by", text_of(note.value("createdBy", Json::object()), "username"));
      out.push_back(std::move(told));
    }
    return out;
  }

  Json enrollment(const Json& one, const Json& own) const {
    Json out;
    const std::string program = text_of(one, "program");
    put(out, "program", program_name(program));
    put(out, "enrollment", text_of(one, "enrollment"));
    put(out, "status", text_of(one, "status"));
    put(out, "enrolled", short_time(one.value("enrolledAt", Json())));
    put(out, "incident", short_time(one.value("occurredAt", Json())));
    put(out, "completed", short_time(one.value("completedAt", Json())));
    put(out, "org_unit", unit(one));
    if (one.value("followUp", Json()) == Json(true)) out["follow_up"] = true;
    Json further = values(list_of(one, "attributes"), "attribute", own);
    if (!further.empty()) out["attributes"] = std::move(further);
    if (Json told = notes(one); !told.empty()) out["notes"] = std::move(told);
    // DHIS2 sends nested events in no order.
    Json events = list_of(one, "events");
    std::stable_sort(events.begin(), events.end(),
                     [](const Json& a, const Json& b) { return day_of(a) < day_of(b); });
    out["events"] = Json::array();
    for (const Json& event : events) out["events"].push_back(this->event(event, program));
    return out;
  }

  static std::string day_of(const Json& event) {
    const std::string occurred = text_of(event, "occurredAt");
    return occurred.empty() ? text_of(event, "scheduledAt") : occurred;
  }

  Json event(const Json& one, const std::string& program) const {
    Json out;
    std::string stage = text_of(one, "programStage");
    for (const Scheme& scheme : schemes_) {
      const ProgramStage* known = scheme->uid == program ? scheme->stage(stage) : nullptr;
      if (known != nullptr) stage = known->name;
    }
    put(out, "stage", stage);
    put(out, "event", text_of(one, "event"));
    put(out, "date", short_time(one.value("occurredAt", Json())));
    if (!out.contains("date")) put(out, "due", short_time(one.value("scheduledAt", Json())));
    put(out, "status", text_of(one, "status"));
    put(out, "org_unit", unit(one));
    if (Json told = values(list_of(one, "dataValues"), "dataElement", Json::object());
        !told.empty()) {
      out["values"] = std::move(told);
    }
    if (Json told = notes(one); !told.empty()) out["notes"] = std::move(told);
    return out;
  }

  // The other side of it, labelled by the first two attributes that it shows.
  Json relationship(const Json& one, const std::string& self) const {
    Json out;
    put(out, "type", names_.of(text_of(one, "relationshipType")));
    const Json from = one.value("from", Json::object()), to = one.value("to", Json::object());
    const bool outward =
        text_of(from.value("trackedEntity", Json::object()), "trackedEntity") == self;
    const Json& other = outward ? to : from;
    out["direction"] = outward ? "to" : "from";
    for (const char* kind : {"trackedEntity", "enrollment", "event"}) {
      if (!other.contains(kind)) continue;
      const Json& object = other[kind];
      const std::string uid =
          object.is_string() ? object.get<std::string>() : text_of(object, kind);
      out[kind == std::string("trackedEntity") ? "tracked_entity" : kind] = uid;
      if (object.is_object()) put(out, "label", label(list_of(object, "attributes")));
      break;
    }
    return out;
  }

  static std::string label(const Json& attributes) {
    std::string out;
    for (std::size_t i = 0; i < attributes.size() && i < 2; ++i) {
      std::string value = text_of(attributes[i], "value");
      if (value == kMasked) return value;
      if (!value.empty()) out += (out.empty() ? "" : " ") + value;
    }
    return out;
  }

  // Only where another unit owns the person than the one that enrolled them.
  void tell_owners(const Json& entity, Json& out) const {
    Json owners = Json::array();
    for (const Json& owner : list_of(entity, "programOwners")) {
      if (text_of(owner, "orgUnit") == text_of(entity, "orgUnit")) continue;
      owners.push_back({{"program", program_name(text_of(owner, "program"))},
                        {"org_unit", names_.of(text_of(owner, "orgUnit"))}});
    }
    if (!owners.empty()) out["owners"] = std::move(owners);
  }

  Call& call_;
  ReferredNames names_;
  const std::string program_;
  std::vector<Scheme> schemes_;
};

Json asked(Call& call, const std::string& path, const std::string& program, Answer& answer) {
  Query query;
  query.add("fields", kFields);
  try {
    if (program.empty()) return call.client().get(path, query, call.patience());
    Query of_program = query;
    of_program.add("program", program);
    try {
      return call.client().get(path, of_program, call.patience());
    } catch (const Error& error) {
      if (error.kind != ErrorKind::not_found) throw;
    }
    // From 2.42 on an entity that is not in the program is not found with it [recorded].
    Json entity = call.client().get(path, query, call.patience());
    answer.notes.emplace_back(
        "It is not enrolled in that program; what is shown is what stands outside of it.");
    return entity;
  } catch (const Error& error) {
    rethrow_explained(error);
  }
}

}  // namespace

Answer tracker_get(Call& call) {
  const std::string uid = trimmed(call.arguments.text("tracked_entity"));
  if (!is_uid(uid)) {
    throw Error(ErrorKind::bad_input, "tracked_entity: \"" + clean_line(uid) + "\" is no UID.",
                "Find the person with tracker_find; its first column is the UID.");
  }
  Answer answer = call.answer();
  std::string program;
  if (const std::string text = trimmed(call.arguments.text("program")); !text.empty()) {
    program = read_program(call, text, answer)->uid;
  }
  const std::string path = "/api/tracker/trackedEntities/" + uid;
  Json entity = asked(call, path, program, answer);
  const bool masks = !call.client().profile().pii_allowed;
  if (masks && mask_persons(path, entity)) answer.notes.emplace_back(kMaskedNote);
  answer.object = Reader(call, program).read(entity);
  return answer;
}

}  // namespace dhis2mcp
