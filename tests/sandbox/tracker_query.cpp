// SPDX-License-Identifier: BSD-3-Clause
// Reads the parameters of tracker lists. Names changed twice: 2.41 takes old and new ones, 2.42
// only the new ones and ignores the rest.
#include "tests/sandbox/tracker_query.h"

#include <algorithm>
#include <array>
#include <regex>

#include "tests/sandbox/analytics_query.h"
#include "tests/sandbox/pages.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

using Names = std::vector<std::string>;

std::string listed(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

[[noreturn]] void refuse_value(const std::string& name, const std::string& value,
                               const std::string& why) {
  throw TrackerRefusal(400,
                       "Value '" + value + "' is not valid for parameter " + name + ". " + why);
}

class QueryReader {
 public:
  QueryReader(const Country& country, const Request& request, TrackedKind kind)
      : country_(country), request_(request), major_(country.settings().major) {
    query_.kind = kind;
  }

  TrackerQuery read();

 private:
  bool events() const { return query_.kind == TrackedKind::kEvents; }
  bool entities() const { return query_.kind == TrackedKind::kEntities; }
  bool enrollments() const { return query_.kind == TrackedKind::kEnrollments; }
  std::string word(const std::string& name) const { return request_.param(name).value_or(""); }
  std::string choice(const std::string& name, const Names& allowed) const;
  std::string day(const std::string& name) const;
  DaySpan days(const std::string& prefix) const {
    return {day(prefix + "After"), day(prefix + "Before")};
  }
  [[noreturn]] void refuse(const std::string& message) const {
    throw TrackerRefusal(major_ <= 40 ? 409 : 400, message, major_ <= 40 ? "" : "E1003");
  }

  void read_page();
  size_t number(const std::string& name, size_t otherwise) const;
  void read_statuses();
  void read_times();
  void read_uids();
  std::optional<std::set<std::string>> uids(const std::string& plural,
                                            const std::string& singular) const;
  void read_program();
  void read_units();
  void check_units() const;
  void check_mode() const;
  void read_removed() const;

  const Country& country_;
  const Request& request_;
  int major_;
  TrackerQuery query_;
};

std::string QueryReader::choice(const std::string& name, const Names& allowed) const {
  const std::string value = word(name);
  if (!value.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
    refuse_value(name, value, "Valid values are: [" + listed(allowed) + "]");
  }
  return value;
}

std::string QueryReader::day(const std::string& name) const {
  const std::string value = word(name);
  if (value.empty()) return "";
  const auto parsed = day_of(value.substr(0, 10));
  if (!parsed) refuse_value(name, value, "Invalid format: \"" + value + "\"");
  return iso_day(*parsed);
}

size_t QueryReader::number(const std::string& name, size_t otherwise) const {
  const std::string value = word(name);
  if (value.empty()) return otherwise;
  if (value.find_first_not_of("0123456789") != std::string::npos) {
    refuse_value(name, value, "For input string: \"" + value + "\"");
  }
  const size_t parsed = static_cast<size_t>(std::strtoul(value.c_str(), nullptr, 10));
  if (parsed == 0 && major_ >= 41) {
    throw TrackerRefusal(400, name + " must be greater than or equal to 1 if specified", "E1003");
  }
  return parsed;
}

void QueryReader::read_page() {
  TrackedPage& page = query_.page;
  page.number = std::max<size_t>(1, number("page", 1));
  page.size = number("pageSize", 50);
  page.total = word("totalPages") == "true";
  page.all =
      (major_ >= 41 && word("paging") == "false") || (major_ <= 41 && word("skipPaging") == "true");
}

void QueryReader::read_statuses() {
  const Names kEnrollment = {"ACTIVE", "COMPLETED", "CANCELLED"};
  const Names kEvent = {"ACTIVE", "COMPLETED", "VISITED", "SCHEDULE", "OVERDUE", "SKIPPED"};
  query_.enrollment_status = choice("programStatus", kEnrollment);
  const std::string newer = enrollments() ? "status" : "enrollmentStatus";
  if (major_ >= 42 && request_.param(newer)) query_.enrollment_status = choice(newer, kEnrollment);
  if (!enrollments()) query_.event_status = choice(events() ? "status" : "eventStatus", kEvent);
}

void QueryReader::read_times() {
  const std::string enrolled = enrollments() ? "enrolled" : "enrollmentEnrolled";
  query_.enrolled = days(enrolled);
  query_.incident = days(enrollments() ? "occurred" : "enrollmentOccurred");
  if (!enrollments()) query_.occurred = days(entities() ? "eventOccurred" : "occurred");
  if (events()) query_.scheduled = days("scheduled");
  query_.updated = days("updated");
  const std::string within = word("updatedWithin");
  if (within.empty()) return;
  if (events() && !query_.updated.open()) {
    refuse(
        "Last updated from and/or to and last updated duration cannot be specified "
        "simultaneously");
  }
  static const std::regex kDuration(R"(\d+[dhms])");
  if (!std::regex_match(within, kDuration)) {
    const bool plain = major_ <= 40 || events();
    refuse((plain ? "Duration is not valid: " : "`updatedWithin` is not valid: ") + within);
  }
}

std::optional<std::set<std::string>> QueryReader::uids(const std::string& plural,
                                                       const std::string& singular) const {
  const auto several = request_.param(plural);
  if (several && (major_ >= 41 || (events() && plural == "enrollments"))) {
    std::set<std::string> found;
    for (const std::string& uid : pieces(*several, ',')) {
      if (major_ >= 41 && !well_formed_uid(uid)) refuse_value(plural, *several, malformed_uid(uid));
      found.insert(uid);
    }
    return found;
  }
  const auto one = request_.param(singular);
  if (!one || major_ >= 42) return std::nullopt;
  const Names found = pieces(*one, ';');
  // A list with commas is no uid; events then take every event.
  if (events() && one->find(',') != std::string::npos) return std::nullopt;
  return std::set<std::string>(found.begin(), found.end());
}

void QueryReader::read_uids() {
  if (entities()) query_.entities = uids("trackedEntities", "trackedEntity");
  if (enrollments()) query_.enrollments = uids("enrollments", "enrollment");
  if (events()) {
    query_.events = uids("events", "event");
    query_.enrollments = uids("enrollments", "");
  }
  if (!entities() && request_.param("trackedEntity")) {
    query_.entities = std::set<std::string>{word("trackedEntity")};
  }
}

void QueryReader::read_removed() const {
  if (!entities() || major_ >= 42) return;
  if (major_ <= 40 && request_.param("query")) {
    throw TrackerRefusal(
        400, "A query parameter is used in the request but there aren't filterable attributes");
  }
  for (const char* name : {"query", "attribute"}) {
    if (major_ == 41 && request_.param(name)) {
      refuse("`" + std::string(name) + "` parameter was removed in v41. Use `filter` instead.");
    }
  }
}

void QueryReader::read_program() {
  query_.type = word("trackedEntityType");
  const std::string uid = word("program");
  if (uid.empty() && major_ >= 43 && events()) {
    TrackerRefusal missing(400, "Required parameter 'program' is not present.");
    missing.html = true;
    throw missing;
  }
  if (uid.empty() && major_ >= 43 && enrollments()) refuse("Program is mandatory");
  if (!uid.empty()) query_.program = &tracker_program(country_, uid);
  if (query_.program && !query_.type.empty() && !events() && !(enrollments() && major_ >= 43)) {
    const bool quoted = major_ >= 42 || (entities() && major_ == 41);
    refuse(quoted ? "`program` and `trackedEntityType` cannot be specified simultaneously"
                  : "Program and tracked entity cannot be specified simultaneously");
  }
  if (enrollments() && query_.program && major_ >= 41 &&
      query_.program->value("programType", "") != "WITH_REGISTRATION") {
    refuse("Program specified is not a tracker program: " + uid);
  }
  const bool named = query_.program || !query_.type.empty() || query_.entities;
  if (entities() && !named) {
    refuse(major_ <= 40
               ? "Either Program or Tracked entity type should be specified"
               : "Either `program`, `trackedEntityType` or `trackedEntities` should be specified");
  }
  query_.stage = word("programStage");
}

void QueryReader::read_units() {
  const std::string plural = major_ >= 41 && !events() ? "orgUnits" : "";
  const std::string name =
      !plural.empty() && (major_ >= 42 || request_.param(plural)) ? plural : std::string("orgUnit");
  const std::string text = word(name);
  const Names words = events() ? (text.empty() ? Names() : Names{text})
                               : pieces(text, name == "orgUnits" ? ',' : ';');
  for (const std::string& uid : words) {
    if (name == "orgUnits" && !well_formed_uid(uid)) refuse_value(name, uid, malformed_uid(uid));
    const OrgUnit* unit = country_.unit(uid);
    if (unit == nullptr) {
      throw TrackerRefusal(400,
                           (events() ? "Org unit is specified but does not exist: "
                                     : "Organisation unit does not exist: ") +
                               uid,
                           "E1003");
    }
    query_.units.push_back(unit);
  }
  check_units();
  const std::string mode = major_ <= 40                                     ? "ouMode"
                           : major_ == 41 && !request_.param("orgUnitMode") ? "ouMode"
                                                                            : "orgUnitMode";
  query_.mode =
      choice(mode, {"SELECTED", "CHILDREN", "DESCENDANTS", "ACCESSIBLE", "CAPTURE", "ALL"});
  check_mode();
  if (query_.mode.empty()) query_.mode = query_.units.empty() ? "ACCESSIBLE" : "SELECTED";
}

void QueryReader::check_units() const {
  for (const OrgUnit* unit : query_.units) {
    if (in_reach(*request_.user, *unit)) continue;
    const std::string whose = events() && major_ >= 41 ? "your" : "the";
    throw TrackerRefusal(
        403, "Organisation unit is not part of " + whose + " search scope: " + unit->uid, "E1006");
  }
}

void QueryReader::check_mode() const {
  const std::string& mode = query_.mode;
  const bool wide = mode == "ALL" || mode == "ACCESSIBLE" || mode == "CAPTURE";
  if (mode == "ALL" && !request_.user->has("ALL") &&
      !request_.user->has("F_TRACKED_ENTITY_INSTANCE_SEARCH_IN_ALL_ORGUNITS")) {
    const char* who = major_ >= 42 ? "User" : "Current user";
    throw TrackerRefusal(
        major_ <= 40   ? 409
        : major_ == 41 ? 400
                       : 403,
        std::string(who) + " is not authorized to query across all organisation units",
        major_ <= 40   ? ""
        : major_ == 41 ? "E1003"
                       : "E1006");
  }
  if (major_ <= 40) {
    const bool by_uid = query_.entities || query_.enrollments;
    if (events() && query_.units.empty() && !mode.empty() && !wide) {
      refuse("Organisation unit is required for org unit mode: " + mode);
    }
    const bool enough = wide || !query_.units.empty() || events() ||
                        (entities() ? by_uid : query_.enrollments.has_value());
    if (!enough) refuse("At least one organisation unit must be specified");
    return;
  }
  if (wide && !query_.units.empty()) {
    refuse("orgUnitMode " + mode +
           " cannot be used with orgUnits. Please remove the orgUnit parameter and try again.");
  }
  if (!wide && !mode.empty() && query_.units.empty() && !query_.entities) {
    refuse("At least one org unit or tracked entity is required for orgUnitMode: " + mode +
           ". Please add one of the two or use a different orgUnitMode.");
  }
  if (entities() && mode == "CHILDREN" && major_ >= 42) {
    // These releases read the parent of a unit too late. The number is the database's own.
    const size_t base = major_ == 42 ? 60 : 972;
    const size_t place = static_cast<size_t>(query_.units.front() - country_.units().data());
    throw TrackerRefusal(409,
                         "could not initialize proxy [org.hisp.dhis.organisationunit."
                         "OrganisationUnit#" +
                             std::to_string(base + place) + "] - no Session");
  }
}

TrackerQuery QueryReader::read() {
  read_page();
  read_statuses();
  read_times();
  query_.order = read_tracker_order(country_, request_, query_.kind);
  read_removed();
  read_uids();
  read_program();
  read_units();
  const std::string dates = word("eventOccurredAfter") + word("eventOccurredBefore");
  if (entities() && query_.event_status.empty() != dates.empty()) {
    refuse(
        "`eventOccurredAfter`, `eventOccurredBefore` and `eventStatus` must be specified together");
  }
  if (events() && (request_.param("attributeCategoryCombo") || request_.param("attributeCc"))) {
    throw TrackerRefusal(409, "Both category combination and category options must be specified",
                         "E2040");
  }
  query_.none = word("followUp") == "true" || request_.param("assignedUsers") ||
                request_.param("assignedUser") || word("assignedUserMode") == "ANY" ||
                word("assignedUserMode") == "PROVIDED" || word("assignedUserMode") == "CURRENT";
  if (entities()) {
    query_.attribute_filters =
        read_value_filters(country_, request_, "filter", FilterOn::kAttributes);
    if (major_ <= 40) {
      for (ValueFilter& filter :
           read_value_filters(country_, request_, "attribute", FilterOn::kAttributes)) {
        query_.attribute_filters.push_back(std::move(filter));
      }
    }
  }
  if (events()) {
    query_.element_filters = read_value_filters(country_, request_, "filter", FilterOn::kElements);
    query_.attribute_filters =
        read_value_filters(country_, request_, "filterAttributes", FilterOn::kAttributes);
  }
  return std::move(query_);
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

bool DaySpan::holds(const std::string& day) const {
  if (open()) return true;
  return !day.empty() && (after.empty() || day >= after) && (before.empty() || day <= before);
}

TrackerQuery read_tracker_query(const Country& country, const Request& request, TrackedKind kind) {
  return QueryReader(country, request, kind).read();
}

const Json& tracker_program(const Country& country, const std::string& uid) {
  if (country.settings().major >= 42 && !well_formed_uid(uid)) {
    refuse_value("program", uid, malformed_uid(uid));
  }
  const Json* program = country.find("programs", uid);
  if (program == nullptr) {
    throw TrackerRefusal(400, "Program is specified but does not exist: " + uid, "E1003");
  }
  return *program;
}

bool in_reach(const User& user, const OrgUnit& unit) {
  return user.has("ALL") || lies_below(unit, joined(user.search_units, user.org_units));
}

bool in_capture_scope(const User& user, const OrgUnit& unit) {
  return lies_below(unit, user.org_units);
}

}  // namespace sandbox
