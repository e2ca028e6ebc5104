// SPDX-License-Identifier: BSD-3-Clause
// Unknown parameters are ignored by DHIS2, which then answers everything: each one sent here is
// known to its version.
#include "tools/tracker_request.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/condition.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

std::string one_of(std::string_view given, std::initializer_list<std::string_view> known,
                   const char* what) {
  std::string text = upper_ascii(trimmed(given));
  if (text == "SCHEDULED" || text == "PLANNED") text = "SCHEDULE";
  if (text == "OPEN") text = "ACTIVE";
  if (text == "COMPLETE" || text == "DONE") text = "COMPLETED";
  if (text == "CANCELED") text = "CANCELLED";
  std::string all;
  for (const std::string_view one : known) {
    if (one == text) return text;
    all += (all.empty() ? "" : ", ") + lower_ascii(one);
  }
  throw Error(ErrorKind::bad_input, std::string(what) + ": \"" + clean_line(given) + "\" is none.",
              "Take one of: " + all + ".");
}

// Operators whose value DHIS2 takes as a text; a "/" keeps what the filter's own form is made of.
std::string escaped(const std::string& value, const Version& version) {
  if (value.find_first_of(":,/") == std::string::npos) return value;
  if (!holds(Fact::tracker_escapes, version)) {
    if (value.find_first_of(":,") == std::string::npos) return value;
    throw Error(ErrorKind::unsupported_version,
                "DHIS2 " + to_string(version) + " cannot look for a value with a colon or comma.",
                "Look for a part of it with \"like\".");
  }
  std::string out;
  for (const char c : value) {
    if (c == ':' || c == ',' || c == '/') out += '/';
    out += c;
  }
  return out;
}

std::string filter_of(const std::string& op, const std::string& value) {
  return value.empty() ? ":" + op : ":" + op + ":" + value;
}

constexpr std::size_t kMostEventUnits = 20;

constexpr auto kStatusWords = std::to_array<std::string_view>(
    {"enrollment status", "enrolment status", "program status", "programme status", "status"});
constexpr auto kFollowUp =
    std::to_array<std::string_view>({"marked for follow up", "follow up", "follow-up", "followup"});

}  // namespace

TrackerRequest::TrackerRequest(Call& call, List list)
    : call_(call), list_(list), version_(call.client().whoami(call.patience()).version) {}

bool TrackerRequest::plural() const { return holds(Fact::tracker_plural_params, version_); }

void TrackerRequest::places(TrackerPlaces places) {
  const bool events = list_ == List::events;
  if (!events && places.mode == "CHILDREN" && !holds(Fact::entity_children_mode, version_)) {
    // The server fails at this mode ("could not initialize proxy"), so its units are listed.
    std::vector<std::string> all = places.units;
    for (const std::string& unit : places.units) {
      const Json found = call_.client().get(
          "/api/organisationUnits",
          Query().add("fields", "id").add("filter", "parent.id:eq:" + unit).add("paging", "false"),
          call_.patience());
      for (const Json& child : found.value("organisationUnits", Json::array())) {
        all.push_back(child.value("id", ""));
      }
    }
    places = {std::move(all), "SELECTED"};
  }
  if (places.mode.empty() && !events) places.mode = "ACCESSIBLE";
  if (events) {
    if (places.units.size() > kMostEventUnits) {
      throw Error(ErrorKind::bad_input,
                  "org_units: events are asked unit by unit, and these are more than " +
                      std::to_string(kMostEventUnits) + ".",
                  "Give the unit above them, or take analytics_events, which takes many at once.");
    }
    if (!places.units.empty()) {
      query.add("orgUnit", places.units.front());
      further_units.assign(places.units.begin() + 1, places.units.end());
    }
    // Events in reach are what events without a unit are about.
    if (places.units.empty() && places.mode == "ACCESSIBLE") return;
  } else if (!places.units.empty()) {
    query.add(plural() ? "orgUnits" : "orgUnit", joined(places.units, plural() ? "," : ";"));
  }
  if (!places.mode.empty()) query.add(plural() ? "orgUnitMode" : "ouMode", places.mode);
}

std::string TrackerRequest::span_parameter(const std::string& field) const {
  const bool events = list_ == List::events;
  if (field == "updated") return "updated";
  if (field == "enrolled") return "enrollmentEnrolled";
  if (field == "incident") return "enrollmentOccurred";
  if (field == "scheduled" && events) return "scheduled";
  if (field == "event") return events ? "occurred" : "eventOccurred";
  throw Error(ErrorKind::bad_input,
              std::string(events ? "Events" : "Tracked entities") +
                  " cannot be asked by the date \"" + field + "\".",
              events ? "Take the event date, or: enrolled, incident date, scheduled, updated."
                     : "Take enrolled, incident date, event date or updated.");
}

void TrackerRequest::from_day(const std::string& field, std::chrono::sys_days day) {
  set_once(query, span_parameter(field) + "After", iso_day(day), field);
}

void TrackerRequest::to_day(const std::string& field, std::chrono::sys_days day) {
  set_once(query, span_parameter(field) + "Before", iso_day(day), field);
}

void TrackerRequest::days(const std::string& field, const DaySpan& span) {
  from_day(field, span.first);
  to_day(field, span.last);
}

void TrackerRequest::enrollment_status(const std::string& status) {
  set_once(query, holds(Fact::enrollment_status, version_) ? "enrollmentStatus" : "programStatus",
           one_of(status, {"ACTIVE", "COMPLETED", "CANCELLED"}, "enrollment status"),
           "enrollment status");
}

void TrackerRequest::event_status(const std::string& status) {
  set_once(query, list_ == List::events ? "status" : "eventStatus",
           one_of(status, {"ACTIVE", "COMPLETED", "VISITED", "SCHEDULE", "OVERDUE", "SKIPPED"},
                  "status"),
           "event status");
}

void TrackerRequest::item(const ProgramItem& item, const std::vector<Test>& tests) {
  if (tests.empty()) {
    throw Error(ErrorKind::bad_input, "filter: \"" + item.name + "\" is compared with nothing.",
                "Write for example \"" + item.name + " = ...\" or \"" + item.name + " is empty\".");
  }
  const bool in_event = list_ == List::events && !item.attribute;
  std::string filter = item.uid;
  for (const Test& test : tests) {
    std::string op = test.op;
    if (op.ends_with("null") && !holds(Fact::tracker_null_filter, version_)) {
      throw Error(ErrorKind::unsupported_version,
                  "DHIS2 " + to_string(version_) + " cannot look for empty values; 2.42 can.",
                  "Leave this condition out and read the column.");
    }
    if (in_event && op == "eq" && !item.option_set.empty() &&
        !holds(Fact::event_option_eq, version_)) {
      op = "in";
    }
    if (op == "neq") op = "ne";
    std::vector<std::string> values;
    for (const std::string& value : test.values) {
      if (op == "in" && value.find(';') != std::string::npos) {
        throw Error(ErrorKind::bad_input,
                    "filter: a value with a semicolon cannot stand in a list.",
                    "Look for it with \"=\".");
      }
      values.push_back(escaped(value, version_));
    }
    filter += filter_of(op, joined(values, ";"));
  }
  query.add(list_ == List::events && item.attribute ? "filterAttributes" : "filter", filter);
}

void TrackerRequest::status_words(const std::string& rest, bool of_event,
                                  const std::string& whole) {
  std::vector<Test> tests = read_tests(rest, whole);
  const bool one = tests.size() == 1 && tests[0].values.size() == 1 &&
                   (tests[0].op == "eq" || tests[0].op == "in");
  if (!one) {
    throw Error(ErrorKind::bad_input, "filter: \"" + clean_line(whole) + "\" is not understood.",
                "DHIS2 takes one status at a time: \"status = active\".");
  }
  of_event ? event_status(tests[0].values[0]) : enrollment_status(tests[0].values[0]);
}

// After and Before hold the day itself.
void TrackerRequest::day_words(const std::string& field, const std::string& rest,
                               const std::string& whole, const Almanac& almanac) {
  constexpr std::chrono::days kDay{1};
  std::vector<Test> tests;
  const std::string lower = lower_ascii(rest);
  // What is open at one end must stay so: much is scheduled after today.
  constexpr std::string_view kHeads[] = {"between ", "from ",  "since ",
                                         "after ",   "until ", "before "};
  const bool span =
      std::ranges::any_of(kHeads, [&](std::string_view head) { return lower.starts_with(head); });
  try {
    if (!span) {
      days(field, read_days(rest, almanac));
      return;
    }
  } catch (const Error& error) {
    if (error.kind != ErrorKind::bad_input) throw;
  }
  tests = read_tests(rest, whole);
  for (const Test& test : tests) {
    if (test.values.size() != 1) {
      throw Error(ErrorKind::bad_input, "filter: \"" + clean_line(whole) + "\" is not understood.",
                  "Write \"enrolled since 2024-01-01\" or \"enrolled in 2024Q1\".");
    }
    const DaySpan value = read_days(test.values[0], almanac);
    if (test.op == "ge") from_day(field, value.first);
    if (test.op == "gt") from_day(field, value.last + kDay);
    if (test.op == "le") to_day(field, value.last);
    if (test.op == "lt") to_day(field, value.first - kDay);
    if (test.op == "eq" || test.op == "in") days(field, value);
    if (test.op == "ne" || test.op.ends_with("like") || test.op.ends_with("null")) {
      throw Error(ErrorKind::bad_input, "filter: a date cannot be compared so.",
                  "Take since, until, after, before, or a period.");
    }
  }
}

namespace {

std::string follow_up(const std::string& rest, const std::string& whole) {
  const std::vector<Test> tests = read_tests(rest, whole);
  if (tests.empty()) return "true";
  const std::string value = lower_ascii(joined(tests[0].values, ";"));
  const bool yes = value == "yes" || value == "true", no = value == "no" || value == "false";
  const bool not_so = tests[0].op == "ne";
  if (tests.size() != 1 || !(yes || no) || !(not_so || tests[0].op == "eq")) {
    throw Error(ErrorKind::bad_input, "filter: \"" + clean_line(whole) + "\" is not understood.",
                "Write \"follow up = yes\" or \"follow up = no\".");
  }
  return yes != not_so ? "true" : "false";
}

}  // namespace

bool TrackerRequest::words(const std::string& text, const Almanac& almanac) {
  if (const auto rest = after_name(text, "event status")) {
    status_words(*rest, true, text);
    return true;
  }
  for (const std::string_view word : kStatusWords) {
    const auto rest = after_name(text, word);
    if (!rest) continue;
    // Of an event, its own status is meant where no enrollment is named.
    status_words(*rest, list_ == List::events && word == "status", text);
    return true;
  }
  for (const std::string_view word : kFollowUp) {
    const auto rest = after_name(text, word);
    if (!rest) continue;
    set_once(query, "followUp", follow_up(*rest, text), text);
    return true;
  }
  const auto [field, rest] = time_field(text);
  if (field.empty() || rest.empty()) return false;
  day_words(field, rest, text, almanac);
  return true;
}

std::string TrackerRequest::known_words(List list) {
  return list == List::events
             ? ", or with: status, enrollment status, follow up, enrolled, incident date, "
               "scheduled, updated"
             : ", or with: status, event status, follow up, enrolled, incident date, event date, "
               "updated";
}

void TrackerRequest::complete() {
  if (list_ == List::events) return;
  const bool from = query.find("eventOccurredAfter") != nullptr;
  const bool to = query.find("eventOccurredBefore") != nullptr;
  const bool status = query.find("eventStatus") != nullptr;
  if (!from && !to && !status) return;
  if (!status) {
    throw Error(ErrorKind::bad_input, "filter: an event date was given without an event status.",
                "Add \"event status = completed\" (or active, scheduled, ...), or list the events "
                "with event_find.");
  }
  if (!from) query.add("eventOccurredAfter", "1900-01-01");
  if (!to) query.add("eventOccurredBefore", "2100-01-01");
}

void TrackerRequest::updated_since(const std::string& written, const Almanac& almanac) {
  std::string text = lower_ascii(trimmed(written));
  for (const std::string_view head : {"last ", "past ", "the last "}) {
    if (text.starts_with(head)) text = text.substr(head.size());
  }
  if (text.ends_with(" ago")) text = text.substr(0, text.size() - 4);
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    ++digits;
  }
  const std::string unit = trimmed(text.substr(digits));
  constexpr auto kUnits =
      std::to_array<std::pair<std::string_view, std::pair<char, int>>>({{"d", {'d', 1}},
                                                                        {"day", {'d', 1}},
                                                                        {"days", {'d', 1}},
                                                                        {"h", {'h', 1}},
                                                                        {"hour", {'h', 1}},
                                                                        {"hours", {'h', 1}},
                                                                        {"m", {'m', 1}},
                                                                        {"min", {'m', 1}},
                                                                        {"minute", {'m', 1}},
                                                                        {"minutes", {'m', 1}},
                                                                        {"s", {'s', 1}},
                                                                        {"second", {'s', 1}},
                                                                        {"seconds", {'s', 1}},
                                                                        {"w", {'d', 7}},
                                                                        {"week", {'d', 7}},
                                                                        {"weeks", {'d', 7}}});
  for (const auto& [word, step] : kUnits) {
    if (digits == 0 || digits > 6 || unit != word) continue;
    query.set("updatedWithin",
              std::to_string(std::stol(text.substr(0, digits)) * step.second) + step.first);
    return;
  }
  query.set("updatedAfter", iso_day(read_days(written, almanac).first));
}

}  // namespace dhis2mcp
