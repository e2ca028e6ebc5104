// SPDX-License-Identifier: BSD-3-Clause
// Selects and sorts tracked objects.
#include "tests/sandbox/tracker_find.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <type_traits>

namespace sandbox {
namespace {

class Finder {
 public:
  Finder(const Country& country, const User& user, const TrackerQuery& query)
      : country_(country),
        user_(user),
        query_(query),
        major_(country.settings().major),
        program_(query.program ? query.program->value("id", "") : "") {}

  bool takes(const TrackedEntity& entity) const;
  bool takes(const TrackedEnrollment& enrollment) const;
  bool takes(const TrackedEvent& event) const;

  // Sorts by the order of the query, then by number.
  template <typename Kind>
  void sort(std::vector<const Kind*>& found, bool newest_first) const;

 private:
  // Values that are compared as numbers come first, then texts; no value at all comes last in an
  // ascending order.
  using Key = std::tuple<bool, double, std::string>;

  bool in_units(const std::string& uid) const;
  bool in_program(const TrackedEnrollment& enrollment) const {
    return program_.empty() || enrollment.program == program_;
  }
  bool passes_attributes(const TrackedEntity* entity) const;
  bool enrolled_as_asked(const TrackedEntity& entity) const;
  bool has_event_as_asked(const TrackedEnrollment& enrollment) const;
  bool recent() const;
  Key key(const std::string& text, const std::string& name) const;
  Key key_of(const TrackedEntity& entity, const std::string& name) const;
  Key key_of(const TrackedEnrollment& enrollment, const std::string& name) const;
  Key key_of(const TrackedEvent& event, const std::string& name) const;

  const Country& country_;
  const User& user_;
  const TrackerQuery& query_;
  int major_;
  std::string program_;
};

bool asked(const std::optional<std::set<std::string>>& uids, const std::string& uid) {
  return !uids || uids->count(uid) > 0;
}

bool Finder::in_units(const std::string& uid) const {
  const OrgUnit& unit = *country_.unit(uid);
  if (!in_reach(user_, unit)) return false;
  if (query_.mode == "ALL" || query_.mode == "ACCESSIBLE") return true;
  if (query_.mode == "CAPTURE") return in_capture_scope(user_, unit);
  return std::any_of(query_.units.begin(), query_.units.end(), [&](const OrgUnit* root) {
    if (root == &unit) return query_.mode != "CHILDREN" || major_ >= 41;
    if (query_.mode == "CHILDREN") return unit.parent == root->uid;
    return query_.mode == "DESCENDANTS" && unit.path.starts_with(root->path + "/");
  });
}

bool Finder::passes_attributes(const TrackedEntity* entity) const {
  return std::all_of(
      query_.attribute_filters.begin(), query_.attribute_filters.end(),
      [&](const ValueFilter& filter) {
        return passes(filter, entity ? value_in(entity->attributes, filter.id) : nullptr, major_);
      });
}

bool Finder::has_event_as_asked(const TrackedEnrollment& enrollment) const {
  if (query_.event_status.empty()) return true;
  const std::string today = country_.settings().today();
  return std::any_of(
      enrollment.events.begin(), enrollment.events.end(), [&](const TrackedEvent* event) {
        const bool planned = query_.event_status == "SCHEDULE" || query_.event_status == "OVERDUE";
        return (query_.stage.empty() || event->stage == query_.stage) &&
               status_of(*event, today) == query_.event_status &&
               query_.occurred.holds(planned ? event->scheduled : event->occurred);
      });
}

bool Finder::enrolled_as_asked(const TrackedEntity& entity) const {
  const bool any = program_.empty() && query_.enrollment_status.empty() && query_.enrolled.open() &&
                   query_.incident.open() && query_.event_status.empty();
  return any || std::any_of(entity.enrollments.begin(), entity.enrollments.end(),
                            [&](const TrackedEnrollment* enrollment) {
                              return in_program(*enrollment) &&
                                     (query_.enrollment_status.empty() ||
                                      enrollment->status == query_.enrollment_status) &&
                                     query_.enrolled.holds(enrollment->enrolled) &&
                                     query_.incident.holds(enrollment->occurred) &&
                                     has_event_as_asked(*enrollment);
                            });
}

// All objects were stored on the server's own day.
bool Finder::recent() const {
  return !query_.none && query_.updated.holds(country_.settings().today());
}

bool Finder::takes(const TrackedEntity& entity) const {
  if (!recent() || !asked(query_.entities, entity.uid)) return false;
  if (!query_.type.empty() && entity.type != query_.type) return false;
  return in_units(entity.unit) && enrolled_as_asked(entity) && passes_attributes(&entity);
}

bool Finder::takes(const TrackedEnrollment& enrollment) const {
  if (!recent() || !in_program(enrollment) || !asked(query_.enrollments, enrollment.uid)) {
    return false;
  }
  if (query_.entities && !asked(query_.entities, enrollment.entity->uid)) return false;
  if (!query_.type.empty() && enrollment.entity->type != query_.type) return false;
  return in_units(enrollment.unit) &&
         (query_.enrollment_status.empty() || enrollment.status == query_.enrollment_status) &&
         query_.enrolled.holds(enrollment.enrolled) && query_.incident.holds(enrollment.occurred);
}

bool Finder::takes(const TrackedEvent& event) const {
  if (!recent() || !asked(query_.events, event.uid)) return false;
  if (!program_.empty() && event.program != program_) return false;
  // From 2.43 on the events of an event program know no stage.
  const bool staged = event.enrollment != nullptr || major_ <= 42;
  if (staged && !query_.stage.empty() && event.stage != query_.stage) return false;
  const TrackedEnrollment* enrollment = event.enrollment;
  if (query_.entities && (!enrollment || !asked(query_.entities, enrollment->entity->uid))) {
    return false;
  }
  if (query_.enrollments && (!enrollment || !asked(query_.enrollments, enrollment->uid))) {
    return false;
  }
  if (enrollment != nullptr) {
    if (!query_.enrollment_status.empty() && enrollment->status != query_.enrollment_status) {
      return false;
    }
    if (!query_.enrolled.holds(enrollment->enrolled)) return false;
    if (!query_.incident.holds(enrollment->occurred)) return false;
  }
  if (!query_.event_status.empty() &&
      status_of(event, country_.settings().today()) != query_.event_status) {
    return false;
  }
  const bool values = std::all_of(
      query_.element_filters.begin(), query_.element_filters.end(), [&](const ValueFilter& filter) {
        return passes(filter, value_in(event.values, filter.id), major_);
      });
  return values && query_.occurred.holds(event.occurred) &&
         query_.scheduled.holds(event.scheduled) && in_units(event.unit) &&
         passes_attributes(event.entity);
}

Finder::Key Finder::key(const std::string& text, const std::string& name) const {
  const Json* object = country_.find("dataElements", name);
  const std::string type = object ? object->value("valueType", "") : "";
  const bool numeric = type.starts_with("INTEGER") || type == "NUMBER" || type == "PERCENTAGE";
  return {text.empty(), numeric ? std::strtod(text.c_str(), nullptr) : 0, numeric ? "" : text};
}

std::string text_of(const std::string* value) { return value ? *value : ""; }

Finder::Key Finder::key_of(const TrackedEntity& entity, const std::string& name) const {
  if (name == "trackedEntity") return key(entity.uid, name);
  if (name == "enrolledAt") {
    std::string latest;
    for (const TrackedEnrollment* one : entity.enrollments) {
      if (in_program(*one)) latest = std::max(latest, one->enrolled);
    }
    return key(latest, name);
  }
  return key(text_of(value_in(entity.attributes, name)), name);
}

Finder::Key Finder::key_of(const TrackedEnrollment& enrollment, const std::string& name) const {
  return key(name == "enrolledAt" ? enrollment.enrolled : "", name);
}

Finder::Key Finder::key_of(const TrackedEvent& event, const std::string& name) const {
  if (name == "occurredAt" || name == "eventDate") return key(event.occurred, name);
  if (name == "scheduledAt" || name == "dueDate") return key(event.scheduled, name);
  if (name == "event") return key(event.uid, name);
  if (name == "status") return key(event.status, name);
  if (name == "orgUnit") return key(event.unit, name);
  if (name == "programStage") return key(event.stage, name);
  if (name == "program") return key(event.program, name);
  if (name == "completedAt" || name == "completedDate" || name == "completedBy") {
    return key(event.status == "COMPLETED" ? "done" : "", name);
  }
  if (name == "enrolledAt" && event.enrollment) return key(event.enrollment->enrolled, name);
  if (const std::string* value = value_in(event.values, name)) return key(*value, name);
  return key(event.entity ? text_of(value_in(event.entity->attributes, name)) : "", name);
}

template <typename Kind>
void Finder::sort(std::vector<const Kind*>& found, bool newest_first) const {
  const std::vector<OrderItem>& order = query_.order;
  // 2.43 settles ties in the direction of the last order.
  const bool down = order.empty() || major_ <= 42 ? newest_first : order.back().descending;
  std::stable_sort(found.begin(), found.end(), [&](const Kind* a, const Kind* b) {
    for (const OrderItem& item : order) {
      // The order of being made is that of the number.
      if (item.name == "createdAt" || item.name == "created" ||
          (item.name == "updatedAt" && std::is_same_v<Kind, TrackedEvent>)) {
        if (a != b) return item.descending ? a->number > b->number : a->number < b->number;
        continue;
      }
      const Key left = key_of(*a, item.name), right = key_of(*b, item.name);
      if (left != right) return item.descending ? right < left : left < right;
    }
    return down ? a->number > b->number : a->number < b->number;
  });
}

}  // namespace

std::vector<const TrackedEntity*> find_entities(const Country& country, const User& user,
                                                const TrackerQuery& query) {
  const Finder finder(country, user, query);
  std::vector<const TrackedEntity*> found;
  for (const TrackedEntity& entity : tracker_records().entities) {
    if (finder.takes(entity)) found.push_back(&entity);
  }
  finder.sort(found, country.settings().major >= 41);
  return found;
}

std::vector<const TrackedEnrollment*> find_enrollments(const Country& country, const User& user,
                                                       const TrackerQuery& query) {
  const Finder finder(country, user, query);
  std::vector<const TrackedEnrollment*> found;
  for (const TrackedEnrollment& enrollment : tracker_records().enrollments) {
    if (finder.takes(enrollment)) found.push_back(&enrollment);
  }
  finder.sort(found, country.settings().major >= 41 || query.enrollments.has_value());
  return found;
}

std::vector<const TrackedEvent*> find_events(const Country& country, const User& user,
                                             const TrackerQuery& query) {
  const Finder finder(country, user, query);
  std::vector<const TrackedEvent*> found;
  for (const TrackedEvent& event : tracker_records().events) {
    if (finder.takes(event)) found.push_back(&event);
  }
  finder.sort(found, true);
  const bool single =
      query.program && query.program->value("programType", "") == "WITHOUT_REGISTRATION";
  if (country.settings().major >= 43 && single && query.order.empty()) {
    std::stable_sort(found.begin(), found.end(), [](const TrackedEvent* a, const TrackedEvent* b) {
      return a->occurred > b->occurred;
    });
  }
  return found;
}

bool may_see(const Country& country, const User& user, const TrackedEntity& entity,
             const std::string& program) {
  if (program.empty() && in_reach(user, *country.unit(entity.unit))) return true;
  return std::any_of(entity.enrollments.begin(), entity.enrollments.end(),
                     [&](const TrackedEnrollment* enrollment) {
                       return (program.empty() || enrollment->program == program) &&
                              in_reach(user, *country.unit(enrollment->unit));
                     });
}

std::string status_of(const TrackedEvent& event, const std::string& today) {
  return event.status == "SCHEDULE" && event.scheduled < today ? "OVERDUE" : event.status;
}

}  // namespace sandbox
