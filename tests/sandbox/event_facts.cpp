// SPDX-License-Identifier: BSD-3-Clause
// Selects and sorts the rows of event analytics.
#include "tests/sandbox/event_facts.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/pages.h"
#include "tests/sandbox/tracker_find.h"

namespace sandbox {
namespace {

bool lies_in(const std::vector<Period>& periods, const std::string& day) {
  const auto at = day_of(day);
  return at && std::any_of(periods.begin(), periods.end(), [&](const Period& period) {
           return *at >= period.start && *at <= period.end;
         });
}

class Condition {
 public:
  Condition(const EventItem& item, const std::string& op, const std::string& bound)
      : number_(numeric_item(item)), op_(op), bound_(bound) {}

  bool holds(const std::string& value) const {
    const bool negative = op_ == "NE" || op_ == "NEQ" || op_.starts_with("!");
    if (bound_ == "NV" && op_ != "IN") return value.empty() != negative;
    if (op_ == "IN") {
      const auto wanted = split(bound_, ';');
      return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
        return one == "NV" ? value.empty() : !value.empty() && order(value, one) == 0;
      });
    }
    if (value.empty()) return negative;
    return compared(value) != negative;
  }

 private:
  int order(const std::string& a, const std::string& b) const {
    if (!number_) return a.compare(b);
    const double x = std::strtod(a.c_str(), nullptr), y = std::strtod(b.c_str(), nullptr);
    return x < y ? -1 : x > y ? 1 : 0;
  }

  bool compared(const std::string& value) const {
    if (op_ == "GT") return order(value, bound_) > 0;
    if (op_ == "GE") return order(value, bound_) >= 0;
    if (op_ == "LT") return order(value, bound_) < 0;
    if (op_ == "LE") return order(value, bound_) <= 0;
    if (op_.ends_with("ILIKE")) return lowered(value).find(lowered(bound_)) != std::string::npos;
    if (op_.ends_with("LIKE")) return value.find(bound_) != std::string::npos;
    if (op_.ends_with("IEQ")) return lowered(value) == lowered(bound_);
    return order(value, bound_) == 0;
  }

  bool number_;
  std::string op_, bound_;
};

class Facts {
 public:
  Facts(const Country& country, const EventQuery& query)
      : country_(country), query_(query), today_(country.settings().today()) {}

  std::vector<EventFact> collect() const;

 private:
  std::vector<EventFact> all() const;
  bool takes(const EventFact& fact) const;
  bool in_units(const OrgUnit& unit) const;
  bool in_time(const EventFact& fact) const;
  bool in_dates(const EventFact& fact) const;
  bool meets(const EventItem& item, const EventFact& fact) const;
  std::string day_named(const std::string& parameter, const EventFact& fact) const;
  void sort(std::vector<EventFact>& facts) const;

  const Country& country_;
  const EventQuery& query_;
  std::string today_;
};

std::string program_of(const EventQuery& query) {
  return query.program ? query.program->value("id", "") : "";
}

std::vector<EventFact> Facts::all() const {
  const TrackerRecords& records = tracker_records();
  const std::string program = program_of(query_);
  std::vector<EventFact> facts;
  if (query_.kind == EventKind::kEvents) {
    for (const TrackedEvent& event : records.events) {
      const bool stage = query_.stage.empty() || event.stage == query_.stage;
      if (event.program != program || !stage) continue;
      facts.push_back({&event, event.enrollment, event.entity, country_.unit(event.unit)});
    }
  } else if (query_.kind == EventKind::kEnrollments) {
    for (const TrackedEnrollment& one : records.enrollments) {
      if (one.program != program) continue;
      facts.push_back({nullptr, &one, one.entity, country_.unit(one.unit)});
    }
  } else {
    for (const TrackedEntity& one : records.entities) {
      const bool enrolled =
          program.empty() || std::any_of(one.enrollments.begin(), one.enrollments.end(),
                                         [&](const auto* e) { return e->program == program; });
      if (one.type != query_.type || !enrolled) continue;
      facts.push_back({nullptr, nullptr, &one, country_.unit(one.unit)});
    }
  }
  return facts;
}

bool Facts::in_units(const OrgUnit& unit) const {
  const auto& units = query_.places.units;
  return units.empty() || std::any_of(units.begin(), units.end(), [&](const OrgUnit* root) {
           if (query_.mode == "SELECTED") return root == &unit;
           if (query_.mode == "CHILDREN") return unit.parent == root->uid;
           return root == &unit || unit.path.starts_with(root->path + "/");
         });
}

std::string Facts::day_named(const std::string& parameter, const EventFact& fact) const {
  if (parameter == "lastUpdated") return today_;
  if (parameter == "scheduledDate") return fact.event ? fact.event->scheduled : "";
  if (parameter == "enrollmentDate") return fact.enrollment ? fact.enrollment->enrolled : "";
  if (parameter == "incidentDate") return fact.enrollment ? fact.enrollment->occurred : "";
  return fact.event ? fact.event->occurred : fact.enrollment ? fact.enrollment->occurred : "";
}

// Periods, and a date asked for beside them, widen each other.
bool Facts::in_time(const EventFact& fact) const {
  const AnalyticsQuery& places = query_.places;
  const std::string day = fact_day(query_, fact, today_);
  if (places.start && places.end) {
    const auto at = day_of(day);
    return at && *at >= *places.start && *at <= *places.end;
  }
  if (places.periods.empty()) return true;
  if (lies_in(places.periods, day)) return true;
  return std::any_of(query_.dates.begin(), query_.dates.end(), [&](const DatePeriods& dates) {
    return (dates.parameter == "eventDate" || dates.parameter == "occurredDate") &&
           lies_in(dates.periods, day_named(dates.parameter, fact));
  });
}

bool Facts::in_dates(const EventFact& fact) const {
  return std::all_of(query_.dates.begin(), query_.dates.end(), [&](const DatePeriods& dates) {
    const bool widens = dates.parameter == "eventDate" || dates.parameter == "occurredDate";
    if (widens && !query_.places.periods.empty()) return true;
    if (query_.kind != EventKind::kEntities) {
      return lies_in(dates.periods, day_named(dates.parameter, fact));
    }
    const auto& enrollments = fact.entity->enrollments;
    return std::any_of(enrollments.begin(), enrollments.end(), [&](const auto* enrollment) {
      const EventFact one = {nullptr, enrollment, fact.entity, fact.unit};
      return enrollment->program == dates.program &&
             lies_in(dates.periods, day_named(dates.parameter, one));
    });
  });
}

bool Facts::meets(const EventItem& item, const EventFact& fact) const {
  if (item.what == EventItem::What::kDate) {
    return fact.event && lies_in(item.periods, fact.event->occurred);
  }
  const std::string value = fact_value(item, fact);
  return std::all_of(item.conditions.begin(), item.conditions.end(), [&](const auto& condition) {
    return Condition(item, condition.first, condition.second).holds(value);
  });
}

bool Facts::takes(const EventFact& fact) const {
  if (fact.event && !query_.event_statuses.empty() &&
      query_.event_statuses.count(status_of(*fact.event, today_)) == 0) {
    return false;
  }
  if (fact.enrollment && !query_.program_statuses.empty() &&
      query_.program_statuses.count(fact.enrollment->status) == 0) {
    return false;
  }
  if (query_.coordinates_only && fact_point(fact).is_null()) return false;
  return in_units(*fact.unit) && in_time(fact) && in_dates(fact) &&
         std::all_of(query_.items.begin(), query_.items.end(),
                     [&](const EventItem& item) { return meets(item, fact); });
}

size_t number_of(const EventFact& fact) {
  return fact.event        ? fact.event->number
         : fact.enrollment ? fact.enrollment->number
                           : fact.entity->number;
}

void Facts::sort(std::vector<EventFact>& facts) const {
  const int major = country_.settings().major;
  const OrgUnit* first = country_.units().data();
  // 2.43 holds the first twenty entities behind the others; conditions are read from an index.
  constexpr size_t kLate = 20;
  const bool indexed = std::any_of(query_.items.begin(), query_.items.end(),
                                   [](const EventItem& item) { return !item.conditions.empty(); });
  const auto place = [&](const EventFact& fact) {
    const size_t number = number_of(fact);
    const auto unit = static_cast<size_t>(fact.unit - first);
    if (fact.event) {
      const std::string year = fact.event->occurred.substr(0, 4);
      if (major <= 41) return std::make_tuple(year, fact.unit->name, unit, number);
      if (major == 42) return std::make_tuple(year, std::string(), unit, SIZE_MAX - number);
      return std::make_tuple(year, std::string(), size_t{0}, number);
    }
    const bool named = fact.enrollment && major <= 40;
    const bool late = !fact.enrollment && major >= 43 && number <= kLate && !indexed;
    return std::make_tuple(std::string(late ? "1" : ""), named ? fact.unit->name : "",
                           named ? unit : 0, number);
  };
  std::stable_sort(facts.begin(), facts.end(),
                   [&](const EventFact& a, const EventFact& b) { return place(a) < place(b); });
}

std::vector<EventFact> Facts::collect() const {
  std::vector<EventFact> facts = all();
  std::erase_if(facts, [&](const EventFact& fact) { return !takes(fact); });
  sort(facts);
  return facts;
}

// The events of a stage with the value, latest first.
std::vector<const TrackedEvent*> latest_of(const EventItem& item,
                                           const std::vector<const TrackedEvent*>& events) {
  std::vector<const TrackedEvent*> found;
  for (const TrackedEvent* event : events) {
    if (event->stage == item.stage && !event->occurred.empty()) found.push_back(event);
  }
  std::stable_sort(found.begin(), found.end(), [](const TrackedEvent* a, const TrackedEvent* b) {
    return a->occurred > b->occurred;
  });
  return found;
}

std::string element_of(const EventItem& item, const EventFact& fact) {
  const auto read = [&](const TrackedEvent& event) {
    const std::string* value = value_in(event.values, item.uid);
    return value ? *value : std::string();
  };
  if (fact.event) return read(*fact.event);
  std::vector<const TrackedEnrollment*> enrollments;
  if (fact.enrollment) enrollments.push_back(fact.enrollment);
  if (!fact.enrollment) {
    for (const TrackedEnrollment* one : fact.entity->enrollments) {
      if (item.program.empty() || one->program == item.program) enrollments.push_back(one);
    }
  }
  for (const TrackedEnrollment* one : enrollments) {
    const auto events = latest_of(item, one->events);
    const auto back = static_cast<size_t>(-std::min(0, item.offset.value_or(0)));
    if (back < events.size()) return read(*events[back]);
  }
  return "";
}

}  // namespace

std::vector<EventFact> event_facts(const Country& country, const EventQuery& query) {
  return Facts(country, query).collect();
}

std::string fact_value(const EventItem& item, const EventFact& fact) {
  switch (item.what) {
    case EventItem::What::kIndicator:
      return "1";
    case EventItem::What::kStatus:
      return fact.event ? fact.event->status : "";
    case EventItem::What::kDate:
      return fact.event ? fact.event->occurred : "";
    case EventItem::What::kAttribute: {
      const std::string* value =
          fact.entity ? value_in(fact.entity->attributes, item.uid) : nullptr;
      return value ? *value : "";
    }
    default:
      return element_of(item, fact);
  }
}

std::string fact_day(const EventQuery& query, const EventFact& fact, const std::string& today) {
  const std::string& field = query.time_field;
  if (field == "LAST_UPDATED") return today;
  if (field == "SCHEDULED_DATE") return fact.event ? fact.event->scheduled : "";
  if (field == "INCIDENT_DATE" && fact.enrollment) return fact.enrollment->occurred;
  if (field == "ENROLLMENT_DATE" && fact.enrollment) return fact.enrollment->enrolled;
  if (fact.event) return fact.event->occurred;
  return fact.enrollment ? fact.enrollment->enrolled : "";
}

Json fact_point(const EventFact& fact) {
  const Json& geometry = fact.event        ? fact.event->geometry
                         : fact.enrollment ? Json::object()
                                           : fact.entity->geometry;
  return geometry.is_object() ? geometry.value("coordinates", Json()) : Json();
}

bool numeric_item(const EventItem& item) {
  if (item.what == EventItem::What::kIndicator) return true;
  if (item.object == nullptr || !item.option_set().empty()) return false;
  const std::string type = item.object->value("valueType", "");
  return type.starts_with("INTEGER") || type == "NUMBER" || type == "PERCENTAGE";
}

}  // namespace sandbox
