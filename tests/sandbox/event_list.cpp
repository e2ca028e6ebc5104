// SPDX-License-Identifier: BSD-3-Clause
// Line lists of event, enrollment and tracked entity analytics.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/sandbox/event_analytics.h"
#include "tests/sandbox/event_metadata.h"

namespace sandbox {
namespace {

// A column that every row has, whatever is asked for.
struct Column {
  const char* name;
  const char* title;
  const char* type;
  int since = 0;
};

constexpr Column kEventColumns[] = {
    {"psi", "Event", "TEXT"},
    {"ps", "Program stage", "TEXT"},
    {"eventdate", "Event date", "DATETIME"},
    {"storedby", "Stored by", "TEXT"},
    {"createdbydisplayname", "Created by", "TEXT"},
    {"lastupdatedbydisplayname", "Last updated by", "TEXT"},
    {"lastupdated", "Last updated on", "DATETIME"},
    {"created", "Created on", "DATETIME", 43},
    {"completed", "Completed on", "DATETIME", 43},
    {"scheduleddate", "Scheduled date", "DATETIME"},
    {"enrollmentdate", "Enrollment date", "DATETIME"},
    {"incidentdate", "Incident date", "DATETIME"},
    {"tei", "Tracked entity", "TEXT"},
    {"pi", "Enrollment", "TEXT"},
    {"geometry", "Geometry", "TEXT"},
    {"enrollmentgeometry", "Enrollment geometry", "TEXT", 43},
    {"longitude", "Longitude", "NUMBER"},
    {"latitude", "Latitude", "NUMBER"},
    {"ouname", "Organisation unit name", "TEXT"},
    {"ounamehierarchy", "Organisation unit name hierarchy", "TEXT"},
    {"oucode", "Organisation unit code", "TEXT"},
    {"programstatus", "Program status", "TEXT"},
    {"eventstatus", "Event status", "TEXT"},
    {"ou", "Organisation unit", "TEXT"},
};

constexpr Column kEnrollmentColumns[] = {
    {"pi", "Enrollment", "TEXT"},
    {"tei", "Tracked entity", "TEXT"},
    {"enrollmentdate", "Enrollment date", "DATETIME"},
    {"incidentdate", "Incident date", "DATETIME"},
    {"storedby", "Stored by", "TEXT"},
    {"createdbydisplayname", "Created by", "TEXT"},
    {"lastupdatedbydisplayname", "Last updated by", "TEXT"},
    {"lastupdated", "Last updated on", "DATETIME"},
    {"created", "Created on", "DATETIME", 43},
    {"completed", "Completed on", "DATETIME", 43},
    {"geometry", "Geometry", "TEXT"},
    {"longitude", "Longitude", "NUMBER"},
    {"latitude", "Latitude", "NUMBER"},
    {"ouname", "Organisation unit name", "TEXT"},
    {"ounamehierarchy", "Organisation unit name hierarchy", "TEXT"},
    {"oucode", "Organisation unit code", "TEXT"},
    {"programstatus", "Program status", "TEXT"},
    {"ou", "Organisation unit", "TEXT"},
};

constexpr Column kEntityColumns[] = {
    {"trackedentity", "Tracked entity", "TEXT"},
    {"lastupdated", "Last updated", "DATETIME"},
    {"lastupdatedbydisplayname", "Last updated by", "TEXT"},
    {"created", "Created", "DATETIME"},
    {"createdbydisplayname", "Created by", "TEXT"},
    {"storedby", "Stored by", "TEXT"},
    {"geometry", "Geometry", "TEXT"},
    {"longitude", "Longitude", "NUMBER"},
    {"latitude", "Latitude", "NUMBER"},
    {"ouname", "Organisation unit name", "TEXT"},
    {"oucode", "Organisation unit code", "TEXT"},
    {"ounamehierarchy", "Organisation unit hierarchy", "TEXT"},
};

class EventList {
 public:
  EventList(const Country& country, EventQuery query)
      : country_(country), query_(std::move(query)), major_(country.settings().major) {}

  std::shared_ptr<const Answer> answer();

 private:
  bool registered() const {
    return query_.program && query_.program->value("programType", "") == "WITH_REGISTRATION";
  }
  Json headers() const;
  Json column_header(const Column& column) const;
  Json chosen(const Json& headers) const;
  void sort(std::vector<EventFact>& facts) const;
  std::string cell(const std::string& name, const EventFact& fact) const;
  std::string place_cell(const std::string& name, const EventFact& fact) const;
  std::string item_cell(const EventItem& item, const EventFact& fact) const;
  std::string hierarchy(const OrgUnit& unit) const;
  Json pager(size_t total, size_t last) const;

  const Country& country_;
  EventQuery query_;
  int major_;
};

Json EventList::column_header(const Column& column) const {
  std::string name = column.name, title = column.title;
  // Programs may name their dates.
  if (query_.program != nullptr && name == "enrollmentdate") {
    title = query_.program->value("enrollmentDateLabel", title);
  }
  if (query_.program != nullptr && name == "incidentdate") {
    title = query_.program->value("incidentDateLabel", title);
  }
  if (major_ <= 41 && title == "Tracked entity") {
    title = "Tracked entity instance";
    if (name == "trackedentity") name = "trackedentityinstanceuid";
  }
  return event_header(name, title, column.type);
}

Json EventList::headers() const {
  Json headers = Json::array();
  const auto add = [&](const auto& columns) {
    for (const Column& column : columns) {
      const std::string name = column.name;
      const bool of_registration =
          name == "enrollmentdate" || name == "incidentdate" || name == "tei" || name == "pi";
      if (of_registration && !registered()) continue;
      if (name == "ou" && query_.places.dimension("ou")->fixed) continue;
      if (column.since <= major_) headers.push_back(column_header(column));
    }
  };
  if (query_.kind == EventKind::kEvents) add(kEventColumns);
  if (query_.kind == EventKind::kEnrollments) add(kEnrollmentColumns);
  if (query_.kind == EventKind::kEntities) add(kEntityColumns);
  for (const EventItem& item : query_.items) {
    if (item.filter) continue;
    Json header = item_header(query_, item, major_);
    // Tracked entities say where an element comes from.
    if (query_.kind == EventKind::kEntities && !item.program.empty()) {
      header["column"] = header.value("column", "") + ", " +
                         country_.find("programs", item.program)->value("name", "") + ", " +
                         country_.find("programStages", item.stage)->value("name", "");
    }
    headers.push_back(header);
  }
  return chosen(headers);
}

// The headers asked for, in the order asked for. 2.43 knows two by newer names as well.
Json EventList::chosen(const Json& headers) const {
  if (query_.headers.empty()) return headers;
  Json found = Json::array();
  for (const std::string& asked : query_.headers) {
    std::string name = asked;
    if (major_ >= 43 && name == "event") name = "psi";
    if (major_ >= 43 && name == "enrollment") name = "pi";
    const auto header = std::find_if(headers.begin(), headers.end(), [&](const Json& one) {
      return one.value("name", "") == name;
    });
    if (header == headers.end() && query_.kind == EventKind::kEntities && major_ <= 41) {
      throw AnalyticsRefusal(409,
                             "Item identifier does not reference any data element, attribute or "
                             "indicator part of the program: `" +
                                 asked + "`",
                             "E7224");
    }
    if (header == headers.end()) {
      throw AnalyticsRefusal(409, "Header param `" + asked + "` does not exist", "E7230");
    }
    found.push_back(*header);
  }
  return found;
}

std::string EventList::hierarchy(const OrgUnit& unit) const {
  std::string names = unit.name;
  for (const OrgUnit* parent = country_.unit(unit.parent); parent != nullptr;
       parent = country_.unit(parent->parent)) {
    names = parent->name + " / " + names;
  }
  return names;
}

std::string EventList::place_cell(const std::string& name, const EventFact& fact) const {
  const Json point = fact_point(fact);
  const bool none = point.is_null();
  if (name == "longitude" || name == "latitude") {
    if (none) return query_.kind == EventKind::kEvents ? "0.0" : "";
    return point[name == "longitude" ? 0 : 1].dump();
  }
  Json geometry;
  if (!none) geometry = {{"type", "Point"}, {"coordinates", point}};
  if (query_.unit_coordinates) {
    geometry = country_.find("organisationUnits", fact.unit->uid)->value("geometry", Json());
  }
  if (geometry.is_null()) return "";
  if (query_.kind != EventKind::kEntities) return geometry.dump();
  return "SRID=4326;POINT(" + point[0].dump() + " " + point[1].dump() + ")";
}

std::string EventList::cell(const std::string& name, const EventFact& fact) const {
  const auto moment = [](const std::string& day) { return day.empty() ? "" : day + " 00:00:00.0"; };
  std::string now = country_.settings().clock;
  now.replace(10, 1, " ");
  now += ".000";
  if (name == "psi") return fact.event->uid;
  if (name == "ps") {
    const bool names = query_.places.output_schemes.count("*") > 0 &&
                       query_.places.output_schemes.at("*") == "NAME";
    return names ? country_.find("programStages", fact.event->stage)->value("name", "")
                 : fact.event->stage;
  }
  if (name == "pi") return fact.enrollment->uid;
  if (name == "tei" || name.starts_with("trackedentity")) return fact.entity->uid;
  if (name == "eventdate" || name == "occurreddate") {
    return fact.event ? moment(fact.event->occurred) : "";
  }
  if (name == "scheduleddate") return fact.event ? moment(fact.event->scheduled) : "";
  if (name == "enrollmentdate") return fact.enrollment ? moment(fact.enrollment->enrolled) : "";
  if (name == "incidentdate") return fact.enrollment ? moment(fact.enrollment->occurred) : "";
  if (name == "storedby") return major_ == 41 || major_ >= 43 ? "admin" : "";
  if (name.ends_with("bydisplayname")) return "admin, admin (admin)";
  if (name == "lastupdated" || name == "created") return now;
  if (name == "completed") {
    const std::string& status = fact.event ? fact.event->status : fact.enrollment->status;
    const bool ended = status == "COMPLETED" || (!fact.event && status == "CANCELLED");
    return ended ? now : "";
  }
  if (name == "geometry" || name == "longitude" || name == "latitude") {
    return place_cell(name, fact);
  }
  if (name == "ouname") return fact.unit->name;
  if (name == "ounamehierarchy") return hierarchy(*fact.unit);
  if (name == "oucode") return fact.unit->code;
  if (name == "ou") return fact.unit->uid;
  if (name == "eventstatus") return fact.event ? fact.event->status : "";
  if (name == "programstatus") {
    if (fact.enrollment) return fact.enrollment->status;
    return major_ <= 42 ? "ACTIVE" : "";
  }
  return "";
}

std::string EventList::item_cell(const EventItem& item, const EventFact& fact) const {
  const std::string value = fact_value(item, fact);
  if (item.object == nullptr)
    return item.what == EventItem::What::kDate ? value + " 00:00:00.0" : value;
  const std::string type = item.object->value("valueType", "");
  if (type == "DATE" && !value.empty()) return value + " 00:00:00.0";
  // Enrollments of 2.43 show whole numbers as such.
  const bool plain = query_.kind == EventKind::kEnrollments && major_ >= 43;
  if (type == "NUMBER" && plain && value.ends_with(".0")) return value.substr(0, value.size() - 2);
  const bool spelled = type == "NUMBER" && !plain && !value.empty() && !item.option_set().size();
  if (spelled && value.find('.') == std::string::npos) return value + ".0";
  if (type == "BOOLEAN" || type == "TRUE_ONLY") {
    return value == "true" ? "1" : value == "false" ? "0" : "";
  }
  return value;
}

void EventList::sort(std::vector<EventFact>& facts) const {
  for (auto order = query_.order.rbegin(); order != query_.order.rend(); ++order) {
    const auto item = std::find_if(query_.items.begin(), query_.items.end(),
                                   [&](const EventItem& i) { return i.name == order->first; });
    const auto key = [&](const EventFact& fact) -> std::pair<double, std::string> {
      if (item == query_.items.end()) return {0, cell(order->first, fact)};
      const std::string value = fact_value(*item, fact);
      if (numeric_item(*item)) return {std::strtod(value.c_str(), nullptr), ""};
      return {0, value};
    };
    std::stable_sort(facts.begin(), facts.end(), [&](const EventFact& a, const EventFact& b) {
      return order->second ? key(b) < key(a) : key(a) < key(b);
    });
  }
}

Json EventList::pager(size_t total, size_t last) const {
  Json pager = {{"page", query_.page}};
  if (query_.count_all) pager["total"] = total;
  pager["pageSize"] = query_.page_size;
  if (query_.count_all) {
    pager["pageCount"] = (total + query_.page_size - 1) / query_.page_size;
  } else {
    pager["isLastPage"] = last >= total;
  }
  return pager;
}

std::shared_ptr<const Answer> EventList::answer() {
  auto answer = std::make_shared<Answer>();
  answer->headers = headers();
  std::vector<EventFact> facts = event_facts(country_, query_);
  if (query_.places.skip_data) facts.clear();
  sort(facts);
  const size_t total = facts.size();
  size_t last = total;
  if (!query_.no_pages) {
    const size_t first = std::min(total, (query_.page - 1) * query_.page_size);
    last = std::min(total, first + query_.page_size);
    facts = std::vector<EventFact>(facts.begin() + static_cast<std::ptrdiff_t>(first),
                                   facts.begin() + static_cast<std::ptrdiff_t>(last));
  }
  if (!query_.places.skip_meta) {
    answer->metadata = list_metadata(country_, query_, facts);
    if (!query_.no_pages) answer->metadata["pager"] = pager(total, last);
  }
  std::vector<std::vector<std::string>> rows;
  for (const EventFact& fact : facts) {
    std::vector<std::string> row;
    for (const Json& header : answer->headers) {
      const std::string name = header.value("name", "");
      const auto item = std::find_if(query_.items.begin(), query_.items.end(),
                                     [&](const EventItem& i) { return i.name == name; });
      row.push_back(item == query_.items.end() ? cell(name, fact) : item_cell(*item, fact));
    }
    rows.push_back(std::move(row));
  }
  answer->height = rows.size();
  answer->row = [rows = std::move(rows)](size_t index) { return rows[index]; };
  return answer;
}

}  // namespace

std::shared_ptr<const Answer> event_list(const Country& country, EventQuery query) {
  return EventList(country, std::move(query)).answer();
}

}  // namespace sandbox
