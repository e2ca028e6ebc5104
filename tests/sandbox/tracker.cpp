// SPDX-License-Identifier: BSD-3-Clause
// Lists and single objects of tracker.
#include "tests/sandbox/tracker.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "tests/sandbox/pages.h"
#include "tests/sandbox/tracker_fields.h"
#include "tests/sandbox/tracker_find.h"
#include "tests/sandbox/tracker_form.h"
#include "tests/sandbox/tracker_page.h"
#include "tests/sandbox/tracker_view.h"

namespace sandbox {
namespace {

constexpr const char* kEntityFields = "*,!relationships,!enrollments,!events,!programOwners";
constexpr const char* kEnrollmentFields = "*,!relationships,!events,!attributes";
constexpr const char* kEventFields = "*,!relationships";
constexpr const char* kRelationshipFields =
    "relationship,relationshipType,from[trackedEntity[trackedEntity]],"
    "to[trackedEntity[trackedEntity]]";

// No such route: the container's page.
Reply no_route(const Request& request) {
  return html_error(404, "No static resource api" + request.path + ".");
}

Reply refused(int major, const TrackerRefusal& refusal) {
  if (refusal.html) return html_error(refusal.status, refusal.what());
  Reply reply = told(major, refusal.status, refusal.what(), refusal.code);
  if (refusal.dev.empty()) return reply;
  Json body = Json::parse(reply.body);
  body["devMessage"] = refusal.dev;
  reply.body = body.dump();
  return reply;
}

[[noreturn]] void not_found(const std::string& kind, const std::string& uid) {
  throw TrackerRefusal(404, kind + " with id " + uid + " could not be found.", "E1005");
}

class TrackerReads {
 public:
  TrackerReads(const Country& country, const Request& request)
      : country_(country),
        request_(request),
        major_(country.settings().major),
        records_(tracker_records()) {}

  Reply answer() const;

 private:
  Reply list(const std::string& kind) const;
  Reply entities() const;
  Reply enrollments() const;
  Reply events() const;
  Reply relationships() const;
  Reply one(const std::string& kind, const std::string& uid) const;
  Reply entity(const std::string& uid) const;
  Reply event(const std::string& kind, const std::string& uid) const;
  Reply below(const std::string& kind, const std::string& uid, const std::string& rest) const;
  Json logs_of(const std::string& kind, const std::string& uid) const;
  Reply change_logs(const std::string& kind, const std::string& uid) const;

  const TrackedEntity& visible_entity(const std::string& uid) const;
  [[noreturn]] void refuse_entity(const std::string& uid, const std::string& program) const;
  void check_uid(const std::string& kind, const std::string& uid) const;
  std::map<std::string, std::string> schemes() const;
  TrackerView view(const TrackerQuery& query) const {
    return {country_, query.program ? query.program->value("id", "") : "", true};
  }
  template <typename Kind, typename Make>
  Reply page(const char* plural, const TrackedPage& page, const std::vector<const Kind*>& found,
             const char* fields, const Make& make) const;

  const Country& country_;
  const Request& request_;
  int major_;
  const TrackerRecords& records_;
};

template <typename Kind, typename Make>
Reply TrackerReads::page(const char* plural, const TrackedPage& page,
                         const std::vector<const Kind*>& found, const char* fields,
                         const Make& make) const {
  const TrackedForm form = tracked_form(request_);
  const bool csv = form.csv();
  // From 2.41 on CSV has no pages, and never chooses its columns.
  const TrackedPage shown = csv && major_ >= 41 ? TrackedPage{true, false, 1, 50} : page;
  const auto [first, last] = rows_of(shown, found.size());
  Json rows = Json::array();
  for (size_t i = first; i < last; ++i) {
    rows.push_back(csv ? make(*found[i]) : chosen(make(*found[i]), request_, fields));
  }
  if (csv) return written_csv(form, plural, rows, major_);
  return written_json(form, plural, paged(request_, major_, plural, rows, shown, found.size()));
}

Reply TrackerReads::entities() const {
  const TrackerQuery query = read_tracker_query(country_, request_, TrackedKind::kEntities);
  const TrackerView view = this->view(query);
  return page("trackedEntities", query.page, find_entities(country_, *request_.user, query),
              kEntityFields, [&](const TrackedEntity& one) { return view.entity(one); });
}

Reply TrackerReads::enrollments() const {
  TrackerQuery query = read_tracker_query(country_, request_, TrackedKind::kEnrollments);
  // Asked for by uid, 2.40 tells no page.
  if (major_ <= 40 && query.enrollments) query.page.all = true;
  const TrackerView view = this->view(query);
  return page("enrollments", query.page, find_enrollments(country_, *request_.user, query),
              kEnrollmentFields,
              [&](const TrackedEnrollment& one) { return view.enrollment(one); });
}

// From 2.42 on events tell metadata by the identifiers asked for.
std::map<std::string, std::string> TrackerReads::schemes() const {
  std::map<std::string, std::string> schemes;
  if (major_ < 42) return schemes;
  const auto take = [&](const char* name, std::vector<const char*> kinds) {
    const auto value = request_.param(name);
    if (!value) return;
    if (*value != "UID" && *value != "CODE" && *value != "NAME" &&
        !value->starts_with("ATTRIBUTE:")) {
      throw TrackerRefusal(400, "Value '" + *value + "' is not valid for parameter " + name +
                                    ". Valid values are: [UID, CODE, NAME, "
                                    "ATTRIBUTE:attributeUid]");
    }
    for (const char* kind : kinds) schemes[kind] = *value;
  };
  take("idScheme", {"program", "programStage", "orgUnit", "dataElement", "categoryOptionCombo",
                    "categoryOption"});
  take("programIdScheme", {"program"});
  take("programStageIdScheme", {"programStage"});
  take("orgUnitIdScheme", {"orgUnit"});
  take("dataElementIdScheme", {"dataElement"});
  take("categoryOptionComboIdScheme", {"categoryOptionCombo"});
  take("categoryOptionIdScheme", {"categoryOption"});
  return schemes;
}

Reply TrackerReads::events() const {
  const auto wanted = schemes();
  const TrackerQuery query = read_tracker_query(country_, request_, TrackedKind::kEvents);
  TrackerView view = this->view(query);
  view.use_schemes(wanted);
  const auto found = find_events(country_, *request_.user, query);
  const auto [first, last] = rows_of(query.page, found.size());
  view.check_schemes({found.begin() + static_cast<std::ptrdiff_t>(first),
                      found.begin() + static_cast<std::ptrdiff_t>(last)});
  return page("events", query.page, found, kEventFields,
              [&](const TrackedEvent& one) { return view.event(one); });
}

Reply TrackerReads::relationships() const {
  std::string entity = request_.param("trackedEntity").value_or("");
  if (major_ <= 41 && entity.empty()) entity = request_.param("tei").value_or("");
  const bool enrollment = request_.param("enrollment").has_value();
  const bool event = request_.param("event").has_value();
  const int asked = (entity.empty() ? 0 : 1) + (enrollment ? 1 : 0) + (event ? 1 : 0);
  const std::string code = major_ <= 40 ? "" : "E1003";
  if (asked == 0) {
    throw TrackerRefusal(
        400, "Missing required parameter 'trackedEntity', 'enrollment' or 'event'.", code);
  }
  if (asked > 1) {
    throw TrackerRefusal(
        400, "Only one of parameters 'trackedEntity', 'enrollment' or 'event' is allowed.", code);
  }
  std::vector<const TrackedRelationship*> found;
  if (!entity.empty()) found = visible_entity(entity).relationships;
  TrackedPage page;
  page.size = static_cast<size_t>(
      std::max(1, std::atoi(request_.param("pageSize").value_or("50").c_str())));
  page.total = request_.param("totalPages") == "true";
  const TrackerView view(country_, "");
  return this->page("relationships", page, found, kRelationshipFields,
                    [&](const TrackedRelationship& one) { return view.relationship(one); });
}

Reply TrackerReads::list(const std::string& kind) const {
  if (kind == "trackedEntities") return entities();
  if (kind == "enrollments") return enrollments();
  if (kind == "relationships") return relationships();
  if (kind == "events") return events();
  // The two kinds of events have lists of their own, each for its kind of program.
  const Json& program = tracker_program(country_, request_.param("program").value_or(""));
  const bool tracked = program.value("programType", "") == "WITH_REGISTRATION";
  if (tracked != (kind == "trackerEvents")) {
    throw TrackerRefusal(400,
                         "Program specified is not " +
                             std::string(tracked ? "an event" : "a tracker") +
                             " program: " + program.value("id", ""),
                         "E1003");
  }
  return not_played("GET /api/tracker/" + kind);
}

void TrackerReads::check_uid(const std::string& kind, const std::string& uid) const {
  if (well_formed_uid(uid)) return;
  if (major_ <= 40) not_found(kind, uid);
  throw TrackerRefusal(
      400, "Value '" + uid + "' is not valid for path parameter uid. " + malformed_uid(uid));
}

void TrackerReads::refuse_entity(const std::string& uid, const std::string& program) const {
  if (major_ >= 42) not_found("TrackedEntity", uid);
  if (major_ == 41) {
    throw TrackerRefusal(403,
                         program.empty() ? "User has no access to TrackedEntity:" + uid
                                         : "User has no read access to organisation unit",
                         "E1006");
  }
  if (program.empty()) throw TrackerRefusal(409, "[OWNERSHIP_ACCESS_DENIED]");
  throw TrackerRefusal(401, "OWNERSHIP_ACCESS_DENIED");
}

const TrackedEntity& TrackerReads::visible_entity(const std::string& uid) const {
  const TrackedEntity* entity = records_.entity(uid);
  if (entity == nullptr) not_found(major_ <= 40 ? "TrackedEntityInstance" : "TrackedEntity", uid);
  if (!may_see(country_, *request_.user, *entity)) refuse_entity(uid, "");
  return *entity;
}

Reply TrackerReads::entity(const std::string& uid) const {
  check_uid("TrackedEntityInstance", uid);
  const std::string program = request_.param("program").value_or("");
  if (!program.empty() && country_.find("programs", program) == nullptr) {
    not_found("Program", program);
  }
  const TrackedEntity* found = records_.entity(uid);
  if (found != nullptr && !program.empty() && !may_see(country_, *request_.user, *found, program)) {
    const bool elsewhere = may_see(country_, *request_.user, *found);
    if (!elsewhere || major_ >= 42) refuse_entity(uid, program);
  }
  const TrackedEntity& entity = visible_entity(uid);
  const Json whole = TrackerView(country_, program).entity(entity);
  const TrackedForm form = tracked_form(request_);
  if (form.csv()) return written_csv(form, "trackedEntity", Json::array({whole}), major_);
  return json_reply(chosen(whole, request_, kEntityFields));
}

// Those of the two kinds of 2.43 leave out what has no meaning there.
Reply TrackerReads::event(const std::string& kind, const std::string& uid) const {
  check_uid("Event", uid);
  const TrackedEvent* event = records_.event(uid);
  const bool tracked = event != nullptr && event->enrollment != nullptr;
  const bool wrong = (kind == "trackerEvents" && !tracked) || (kind == "singleEvents" && tracked);
  if (event == nullptr || wrong || !in_reach(*request_.user, *country_.unit(event->unit))) {
    not_found("Event", uid);
  }
  Json whole = TrackerView(country_, "").event(*event);
  if (kind != "events") whole.erase("attributeCategoryOptions");
  if (kind == "singleEvents") {
    whole.erase("programStage");
    whole.erase("followUp");
  }
  return json_reply(chosen(whole, request_, kEventFields));
}

Reply TrackerReads::one(const std::string& kind, const std::string& uid) const {
  if (kind == "trackedEntities") return entity(uid);
  if (kind == "relationships") {
    const TrackedRelationship* relationship = records_.relationship(uid);
    if (relationship == nullptr) not_found("Relationship", uid);
    return json_reply(chosen(TrackerView(country_, "").relationship(*relationship), request_,
                             kRelationshipFields));
  }
  if (kind != "enrollments") return event(kind, uid);
  check_uid("Enrollment", uid);
  const TrackedEnrollment* enrollment = records_.enrollment(uid);
  if (enrollment == nullptr || !in_reach(*request_.user, *country_.unit(enrollment->unit))) {
    not_found("Enrollment", uid);
  }
  return json_reply(
      chosen(TrackerView(country_, "").enrollment(*enrollment), request_, kEnrollmentFields));
}

// A creation for each value, from 2.42 on for the days of an event as well. 2.43 writes logs only
// for what changes after an import.
Json TrackerReads::logs_of(const std::string& kind, const std::string& uid) const {
  const TrackerView view(country_, request_.param("program").value_or(""));
  Json logs = Json::array();
  const auto add = [&](const char* what, const char* key, const TrackedValue& value) {
    Json change = Json::object();
    change[what] = {{key, value.id}, {"currentValue", value.value}};
    logs.push_back({{"createdBy", view.person()},
                    {"createdAt", view.stamp()},
                    {"type", "CREATE"},
                    {"change", change}});
  };
  if (kind == "trackedEntities") {
    const Json entity = view.entity(visible_entity(uid));
    for (const Json& one : entity["attributes"]) {
      add("attributeValue", "attribute", {one["attribute"], one["value"]});
    }
  } else {
    const TrackedEvent* event = records_.event(uid);
    const bool seen = event && in_reach(*request_.user, *country_.unit(event->unit));
    if (!seen) not_found("Event", uid);
    for (const TrackedValue& value : event->values) add("dataValue", "dataElement", value);
    const std::string midnight = " 00:00:00.000";
    const bool days = major_ >= 42;
    if (days && !event->scheduled.empty()) {
      add("eventField", "field", {"scheduledAt", event->scheduled + midnight});
    }
    if (days && !event->occurred.empty()) {
      add("eventField", "field", {"occurredAt", event->occurred + midnight});
    }
  }
  return major_ >= 43 ? Json::array() : logs;
}

Reply TrackerReads::change_logs(const std::string& kind, const std::string& uid) const {
  const bool of_entity = kind == "trackedEntities";
  const std::string order = request_.param("order").value_or("createdAt:desc");
  const std::string field = order.substr(0, order.find(':'));
  const std::string known = major_ == 41 ? "createdAt"
                            : of_entity  ? "attribute, createdAt, username"
                                         : "createdAt, dataElement, field, username";
  if (known.find(field) == std::string::npos) {
    throw TrackerRefusal(400,
                         "order parameter is invalid. Cannot order by '" + field +
                             "'. Supported fields are '" + known +
                             "'. All of which can at most be specified once.",
                         "E1003");
  }
  const Json logs = logs_of(kind, uid);
  TrackedPage page;
  page.size = static_cast<size_t>(
      std::max(1, std::atoi(request_.param("pageSize").value_or("50").c_str())));
  const auto [first, last] = rows_of(page, logs.size());
  Json rows = Json::array();
  for (size_t i = first; i < last; ++i) rows.push_back(logs[i]);
  return json_reply(paged(request_, std::max(major_, 42), "changeLogs", rows, page, logs.size()));
}

Reply TrackerReads::below(const std::string& kind, const std::string& uid,
                          const std::string& rest) const {
  const bool entity = kind == "trackedEntities", event = kind == "events";
  if (major_ <= 40 || (!entity && !event)) return no_route(request_);
  if (rest == "changeLogs") return change_logs(kind, uid);
  const std::vector<std::string> words = pieces(rest, '/');
  if (words.size() == 3 && entity && words[0] == "attributes") {
    not_found("TrackedEntityAttribute", words[1]);
  }
  if (words.size() == 3 && event && words[0] == "dataValues") {
    if (major_ == 41) {
      throw TrackerRefusal(404, "DataValue for data element " + words[1] + " could not be found.",
                           "E1005");
    }
    throw TrackerRefusal(
        404, "Event " + uid + " with data element " + words[1] + " could not be found.", "E1005");
  }
  return no_route(request_);
}

Reply TrackerReads::answer() const {
  static const std::string kRoot = "/tracker/";
  if (request_.path.size() <= kRoot.size()) {
    return told(major_, 405,
                major_ >= 42 ? "Request method 'GET' is not supported"
                             : "Request method 'GET' not supported");
  }
  const std::vector<std::string> words = pieces(request_.path.substr(kRoot.size()), '/');
  const std::string& kind = words[0];
  static const std::set<std::string> kKinds = {"trackedEntities", "enrollments", "events",
                                               "relationships"};
  const bool newer = major_ >= 43 && (kind == "trackerEvents" || kind == "singleEvents");
  if (kind == "jobs") return tracker_jobs(request_, major_);
  if (kKinds.count(kind) == 0 && !newer) return no_route(request_);
  if (const auto refusal = unwritable_form(request_, kind, words.size() == 1)) {
    return *refusal;
  }
  if (words.size() == 1) return list(kind);
  if (words.size() == 2) return one(kind, words[1]);
  return below(kind, words[1],
               request_.path.substr(kRoot.size() + kind.size() + 2 + words[1].size()));
}

}  // namespace

Reply tracker(const Country& country, const Request& request) {
  try {
    return TrackerReads(country, request).answer();
  } catch (const TrackerRefusal& refusal) {
    // Asked for CSV, 2.40 fails over its own refusal.
    const bool csv = request.extension.starts_with("csv");
    if (csv && country.settings().major <= 40 && refusal.status == 409) return html_error(500);
    return refused(country.settings().major, refusal);
  }
}

}  // namespace sandbox
