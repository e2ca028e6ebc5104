// SPDX-License-Identifier: BSD-3-Clause
// Reads requests of event, enrollment and tracked entity analytics.
#include "tests/sandbox/event_query.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/sandbox/pages.h"

namespace sandbox {
namespace {

[[noreturn]] void refuse(const std::string& message, const char* code) {
  throw AnalyticsRefusal(409, message, code);
}

std::vector<std::string> words_after(const std::string& text, size_t colon) {
  return colon == std::string::npos ? std::vector<std::string>()
                                    : pieces(text.substr(colon + 1), ';');
}

class EventReader {
 public:
  EventReader(const Country& country, const Request& request, EventKind kind, bool aggregate)
      : country_(country), request_(request), major_(country.settings().major) {
    query_.kind = kind;
    query_.aggregate = aggregate;
  }

  EventQuery read(const std::string& target);

 private:
  std::string word(const char* name) const { return request_.param(name).value_or(""); }
  bool flag(const char* name) const { return request_.param(name) == "true"; }
  size_t number(const char* name, size_t otherwise) const;
  std::set<std::string> statuses(const char* name, const std::set<std::string>& known,
                                 const char* klass) const;

  void read_target(const std::string& target);
  void read_options();
  void read_dimensions(const char* parameter, bool filter);
  void read_dimension(const std::string& text, bool filter);
  void read_dates();
  void add_defaults();
  void add_attributes();
  void check_units() const;
  void check_value() const;
  void read_order();

  const Country& country_;
  const Request& request_;
  int major_;
  EventQuery query_;
};

size_t EventReader::number(const char* name, size_t otherwise) const {
  const std::string value = word(name);
  if (value.empty()) return otherwise;
  if (value.find_first_not_of("0123456789") != std::string::npos) {
    throw AnalyticsRefusal(400, "Value '" + value + "' is not valid for parameter " + name +
                                    ". For input string: \"" + value + "\"");
  }
  return static_cast<size_t>(std::strtoul(value.c_str(), nullptr, 10));
}

std::set<std::string> EventReader::statuses(const char* name, const std::set<std::string>& known,
                                            const char* klass) const {
  std::set<std::string> found;
  for (const std::string& status : pieces(word(name), ',')) {
    if (known.count(status) == 0) {
      throw AnalyticsRefusal(400, "Value '" + word(name) + "' is not valid for parameter " + name +
                                      ".  Cannot convert " + status + " to class " + klass);
    }
    found.insert(status);
  }
  return found;
}

void EventReader::read_target(const std::string& target) {
  if (query_.kind == EventKind::kEntities) {
    query_.type = target;
    if (country_.find("trackedEntityTypes", target) == nullptr) {
      refuse("Dimension identifier does not reference any dimension: `" + target + "`", "E7125");
    }
    query_.program = country_.find("programs", word("program"));
    return;
  }
  query_.program = country_.find("programs", target);
  if (query_.program == nullptr) {
    refuse("Program is specified but does not exist: `" + target + "`", "E7129");
  }
  query_.stage = word("stage");
  if (!query_.stage.empty() && country_.find("programStages", query_.stage) == nullptr) {
    refuse("Program stage is specified but does not exist: `" + query_.stage + "`", "E7130");
  }
}

void EventReader::read_options() {
  static const std::set<std::string> kEvent = {"ACTIVE",   "COMPLETED", "VISITED",
                                               "SCHEDULE", "OVERDUE",   "SKIPPED"};
  static const std::set<std::string> kEnrollment = {"ACTIVE", "COMPLETED", "CANCELLED"};
  query_.event_statuses = statuses("eventStatus", kEvent, "org.hisp.dhis.event.EventStatus");
  query_.program_statuses =
      statuses("programStatus", kEnrollment, "org.hisp.dhis.program.EnrollmentStatus");
  if (major_ >= 41) {
    query_.program_statuses.merge(
        statuses("enrollmentStatus", kEnrollment, "org.hisp.dhis.program.EnrollmentStatus"));
  }
  query_.named_status = request_.param("programStatus").has_value();
  AnalyticsQuery& places = query_.places;
  places.skip_meta = flag("skipMeta");
  places.skip_data = flag("skipData");
  places.hierarchy = flag("hierarchyMeta");
  places.name_hierarchy = flag("showHierarchy");
  places.details = flag("includeMetadataDetails");
  places.short_names = word("displayProperty") == "SHORTNAME";
  places.table = flag("tableLayout");
  places.columns = pieces(word("columns"), ';');
  places.rows = pieces(word("rows"), ';');
  places.aggregation = aggregation_named(word("aggregationType"));
  if (const std::string scheme = word("outputIdScheme"); !scheme.empty()) {
    places.output_schemes["*"] = scheme;
  }
  places.start = day_of(word("startDate"));
  places.end = day_of(word("endDate"));
  query_.mode = word("ouMode");
  query_.coordinates_only = flag("coordinatesOnly");
  query_.unit_coordinates = word("fallbackCoordinateField") == "ougeometry";
  query_.no_pages = word("paging") == "false";
  // Event queries count all pages unless told not to, the others only when told to.
  query_.count_all =
      query_.kind == EventKind::kEvents ? word("totalPages") != "false" : flag("totalPages");
  query_.page = std::max<size_t>(1, number("page", 1));
  query_.page_size = std::max<size_t>(1, number("pageSize", 50));
  query_.limit = number("limit", 0);
  query_.headers = pieces(word("headers"), ',');
  query_.value = word("value");
  query_.output_type = word("outputType");
  query_.sort = word("sortOrder");
  query_.collapse = flag("collapseDataDimensions");
}

void EventReader::read_dimension(const std::string& text, bool filter) {
  const size_t colon = text.find(':');
  const std::string id = text.substr(0, colon);
  ItemReader reader{country_, request_, "UID", query_.places};
  if (id == "ou" || id == "pe") {
    Dimension dimension;
    dimension.id = id;
    dimension.filter = filter;
    dimension.kind = id == "ou" ? Dimension::Kind::kUnit : Dimension::Kind::kPeriod;
    if (id == "ou") {
      reader.read_units(dimension, words_after(text, colon));
    } else {
      reader.read_periods(dimension, words_after(text, colon));
    }
    query_.places.dimensions.push_back(std::move(dimension));
    return;
  }
  EventItem item = read_event_item(country_, query_, text);
  item.filter = filter;
  query_.items.push_back(std::move(item));
}

void EventReader::read_dimensions(const char* parameter, bool filter) {
  for (const std::string& text : request_.all(parameter)) {
    if (!text.empty()) read_dimension(text, filter);
  }
}

// eventDate=LAST_6_MONTHS, of tracked entities enrollmentDate=program.THIS_YEAR.
void EventReader::read_dates() {
  static constexpr std::array<const char*, 6> kNames = {"eventDate",      "occurredDate",
                                                        "enrollmentDate", "incidentDate",
                                                        "scheduledDate",  "lastUpdated"};
  for (const char* name : kNames) {
    std::string text = word(name);
    if (text.empty()) continue;
    DatePeriods dates;
    dates.parameter = name;
    if (const size_t dot = text.find('.'); dot != std::string::npos) {
      dates.program = text.substr(0, dot);
      text.erase(0, dot + 1);
    }
    AnalyticsQuery words;
    Dimension dimension;
    ItemReader reader{country_, request_, "UID", words};
    reader.read_periods(dimension, pieces(text, ';'));
    // Aggregates name the periods alone, lists the words as well.
    if (!query_.aggregate) query_.places.keywords.update(words.keywords);
    dates.periods = words.periods;
    query_.dates.push_back(std::move(dates));
  }
}

// A request that names no time means the last twelve months, one that names no unit those of its
// user. Enrollments do without a time from 2.41 on, tracked entities always.
void EventReader::add_defaults() {
  AnalyticsQuery& places = query_.places;
  const bool dated = query_.kind != EventKind::kEvents && !query_.dates.empty();
  const bool pseudo = std::any_of(query_.items.begin(), query_.items.end(), [](const EventItem& i) {
    return i.what == EventItem::What::kDate;
  });
  const bool needed =
      query_.kind == EventKind::kEvents || (query_.kind == EventKind::kEnrollments && major_ <= 40);
  if (needed && places.periods.empty() && !places.start && !dated && !pseudo) {
    read_dimension("pe:LAST_12_MONTHS", false);
  }
  if (places.dimension("ou") != nullptr) return;
  Dimension dimension;
  dimension.kind = Dimension::Kind::kUnit;
  dimension.id = "ou";
  dimension.filter = query_.aggregate;
  dimension.fixed = true;
  for (const std::string& uid : view_units(country_, request_.user)) {
    if (const OrgUnit* unit = country_.unit(uid)) places.units.push_back(unit);
    dimension.items.push_back(uid);
  }
  places.dimensions.push_back(std::move(dimension));
}

// Tracked entities show every attribute of their programs (or of the one asked for), by uid without
// regard to case.
void EventReader::add_attributes() {
  if (query_.kind != EventKind::kEntities) return;
  std::set<std::string> wanted;
  const auto take = [&](const Json& program) {
    if (program["trackedEntityType"].value("id", "") != query_.type) return;
    for (const Json& one : program.value("programTrackedEntityAttributes", Json::array())) {
      wanted.insert(one["trackedEntityAttribute"].value("id", ""));
    }
  };
  for (const Json& program : country_.list("programs")) {
    const bool meant = query_.program == nullptr || query_.program == &program;
    if (meant && program.contains("trackedEntityType")) take(program);
  }
  std::vector<EventItem> items;
  for (const std::string& uid : wanted) {
    const auto found = std::find_if(query_.items.begin(), query_.items.end(),
                                    [&](const EventItem& item) { return item.name == uid; });
    if (found != query_.items.end()) {
      items.push_back(*found);
    } else {
      items.push_back(read_event_item(country_, query_, uid));
      items.back().implied = true;
    }
  }
  std::sort(items.begin(), items.end(), [](const EventItem& a, const EventItem& b) {
    return std::lexicographical_compare(
        a.uid.begin(), a.uid.end(), b.uid.begin(), b.uid.end(),
        [](unsigned char x, unsigned char y) { return std::tolower(x) < std::tolower(y); });
  });
  for (EventItem& item : query_.items) {
    if (item.what != EventItem::What::kAttribute) items.push_back(std::move(item));
  }
  query_.items = std::move(items);
}

void EventReader::check_units() const {
  const auto roots = view_units(country_, request_.user);
  if (roots.empty()) return;
  for (const OrgUnit* unit : query_.places.units) {
    if (lies_below(*unit, roots)) continue;
    refuse("User: `" + request_.user->username + "` is not allowed to view org unit: `" +
               unit->uid + "`",
           "E7120");
  }
}

void EventReader::check_value() const {
  if (query_.value.empty() || query_.aggregate) return;
  const bool also = std::any_of(query_.items.begin(), query_.items.end(), [&](const EventItem& i) {
    return i.name == query_.value || i.uid == query_.value;
  });
  if (also && major_ >= 43) {
    refuse("Value dimension cannot also be specified as an item or item filter", "E7203");
  }
  if (country_.find("dataElements", query_.value) == nullptr) {
    refuse(
        "Value does not refer to a data element or attribute which are numeric and part of the "
        "program: `" +
            query_.value + "`",
        "E7223");
  }
}

void EventReader::read_order() {
  for (const char* name : {"asc", "desc"}) {
    for (const std::string& column : pieces(word(name), ',')) {
      static const std::set<std::string> kColumns = {
          "eventdate", "occurreddate", "enrollmentdate", "incidentdate", "ouname",
          "oucode",    "lastupdated",  "created",        "eventstatus",  "programstatus"};
      if (kColumns.count(column) == 0) read_event_item(country_, query_, column);
      query_.order.emplace_back(column, std::string(name) == "desc");
    }
  }
}

EventQuery EventReader::read(const std::string& target) {
  read_options();
  read_target(target);
  query_.time_field = word("timeField");
  static const std::set<std::string> kFields = {
      "LAST_UPDATED",    "CREATED",       "SCHEDULED_DATE", "EVENT_DATE",
      "ENROLLMENT_DATE", "INCIDENT_DATE", "COMPLETED_DATE"};
  const bool newer = major_ >= 42 && query_.time_field == "OCCURRED_DATE";
  if (!query_.time_field.empty() && kFields.count(query_.time_field) == 0 && !newer) {
    refuse("Time field is invalid: `" + query_.time_field + "`", "E7210");
  }
  read_dimensions("dimension", false);
  read_dimensions("filter", true);
  read_dates();
  check_value();
  add_defaults();
  add_attributes();
  // Items without a stage come by uid, the others as they were asked for.
  std::stable_sort(query_.items.begin(), query_.items.end(),
                   [&](const EventItem& a, const EventItem& b) {
                     const bool plain = query_.kind == EventKind::kEvents && !query_.aggregate &&
                                        a.stage.empty() && b.stage.empty();
                     return plain && a.uid < b.uid;
                   });
  check_units();
  read_order();
  return std::move(query_);
}

}  // namespace

EventQuery read_event_query(const Country& country, const Request& request, EventKind kind,
                            bool aggregate, const std::string& target) {
  return EventReader(country, request, kind, aggregate).read(target);
}

}  // namespace sandbox
