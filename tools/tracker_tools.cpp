// SPDX-License-Identifier: BSD-3-Clause
// tracker_find and event_find: one request for the page, and one each for names that are new to
// this process (the program, org units, options).
#include <map>
#include <utility>

#include "dhis2/error.h"
#include "tools/almanac.h"
#include "tools/call.h"
#include "tools/data_scope.h"
#include "tools/document.h"
#include "tools/handlers.h"
#include "tools/laid_rows.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/tracker_request.h"
#include "tools/tracker_rows.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr char kPageSize[] = "100";

std::string type_named(Call& call, const std::string& type) {
  return is_uid(type) ? type : names_of(call).object(type, {"trackedEntityType"}).uid;
}

// What a question about tracked entities is about: without either, DHIS2 refuses.
Scheme asked_scheme(Call& call, Answer& answer) {
  const std::string program = trimmed(call.arguments.text("program"));
  const std::string type = trimmed(call.arguments.text("type"));
  if (!program.empty()) {
    Scheme scheme = read_program(call, program, answer);
    if (!scheme->registers()) {
      throw Error(ErrorKind::bad_input,
                  "\"" + scheme->name + "\" is an event program: it registers nobody.",
                  "List its events with event_find.");
    }
    if (!type.empty() && type_named(call, type) != scheme->type) {
      throw Error(
          ErrorKind::bad_input,
          "type: \"" + clean_line(type) + "\" is not what \"" + scheme->name + "\" registers.",
          "Leave `type` out: the program registers \"" + scheme->type_name + "\".");
    }
    return scheme;
  }
  if (!type.empty()) {
    const std::string uid = type_named(call, type);
    Scheme scheme = entity_type_scheme(call, uid);
    answer.read_as.push_back(scheme->type_name + " = tracked entity type " + uid);
    return scheme;
  }
  Error error(ErrorKind::bad_input, "Neither `program` nor `type` was given.",
              "DHIS2 lists tracked entities of a program or of a type: give one of these.");
  const Json programs = call.client().get("/api/programs",
                                          Query()
                                              .add("fields", "id,displayName")
                                              .add("filter", "programType:eq:WITH_REGISTRATION")
                                              .add("pageSize", "10"),
                                          call.patience());
  for (const Json& one : programs.value("programs", Json::array())) {
    error.candidates.push_back(
        {clean_line(one.value("displayName", "")), "program", one.value("id", ""), ""});
  }
  throw error;
}

void add_filters(Call& call, const ProgramScheme& scheme, const ProgramStage* stage,
                 TrackerRequest::List list, const Almanac& almanac, TrackerRequest& request,
                 Answer& answer) {
  for (const std::string& text : call.arguments.list("filter")) {
    auto subject = read_subject(text, scheme, stage);
    if (subject && list == TrackerRequest::List::entities && !subject->item->attribute) {
      throw Error(ErrorKind::bad_input,
                  "filter: \"" + subject->item->name +
                      "\" is recorded in events, and persons are found by their attributes.",
                  "Find the events with event_find, or the persons with analytics_events of "
                  "enrollments.");
    }
    if (!subject) {
      if (request.words(trimmed(text), almanac)) continue;
      throw unknown_item(text, scheme, stage, TrackerRequest::known_words(list));
    }
    std::vector<Test> tests = read_tests(subject->rest, text);
    store_values(call, *subject->item, tests);
    request.item(*subject->item, tests);
    const char* type = subject->item->attribute ? "attribute" : "data element";
    answer.read_as.push_back(subject->item->name + " = " + type + " " + subject->item->uid);
  }
}

// Periods of one date make one span; each date has its own.
void add_periods(Call& call, const Almanac& almanac, TrackerRequest& request, Answer& answer) {
  std::map<std::string, std::vector<std::string>> ids, written;
  for (const std::string& text : texts_of(call, "periods")) {
    auto [field, rest] = time_field(text);
    if (field.empty()) field = "event";
    for (std::string& id : read_period(rest, almanac)) ids[field].push_back(std::move(id));
    written[field].push_back(rest);
  }
  for (const auto& [field, all] : ids) {
    const DaySpan span = day_span(all, almanac);
    request.days(field, span);
    std::string said;
    for (const std::string& text : written[field]) said += (said.empty() ? "" : ", ") + text;
    answer.read_as.push_back(said + " = " + iso_day(span.first) + " to " + iso_day(span.last) +
                             (field == "event" ? "" : " (" + field + ")"));
  }
}

void tell_empty(bool units, Answer& answer) {
  if (!answer.table || !answer.table->rows.empty() || answer.truncated) return;
  answer.notes.emplace_back(
      units ? "Nothing fits, or nothing that this account may see. Try fewer conditions or a "
              "higher org unit."
            : "Nothing fits among what this account may see. Try fewer conditions.");
}

// Events are asked for unit by unit: those of a unit within another would be shown twice.
void ask_no_unit_twice(Call& call, TrackerPlaces& places) {
  if (places.mode != "DESCENDANTS" && places.mode != "CHILDREN") return;
  std::vector<std::string> outer = outermost(call, places.units);
  if (places.mode == "CHILDREN" && outer.size() != places.units.size()) {
    throw Error(ErrorKind::bad_input,
                "org_units: some of these units lie in others, so events could show twice.",
                "Ask for each in a call of its own, or name the units: \"only X; only Y\".");
  }
  places.units = std::move(outer);
}

void tell_places(const TrackerPlaces& places, Answer& answer) {
  if (places.units.empty()) {
    if (places.mode == "CAPTURE") answer.read_as.emplace_back("my org units = mode CAPTURE");
    return;
  }
  if (places.mode == "SELECTED" || places.mode == "CHILDREN") {
    answer.read_as.push_back("org units: mode " + places.mode);
  }
}

}  // namespace

Answer tracker_find(Call& call) {
  Answer answer = call.answer();
  const Scheme scheme = asked_scheme(call, answer);
  const Almanac almanac = almanac_of(call.client(), call.patience());
  TrackerRequest request(call, TrackerRequest::List::entities);
  request.query.add("fields", kEntityFields);
  scheme->uid.empty() ? request.query.add("trackedEntityType", scheme->type)
                      : request.query.add("program", scheme->uid);
  const TrackerPlaces places = read_tracker_places(call, texts_of(call, "org_units"), answer);
  tell_places(places, answer);
  request.places(places);
  add_filters(call, *scheme, nullptr, TrackerRequest::List::entities, almanac, request, answer);
  if (const std::string since = call.arguments.text("updated_since"); !trimmed(since).empty()) {
    request.updated_since(since, almanac);
    const std::string* after = request.query.find("updatedAfter");
    if (after != nullptr && *after != since) {
      answer.read_as.push_back("updated since " + clean_line(since) + " = " + *after);
    }
  }
  request.complete();
  request.query.add("pageSize", kPageSize).add("totalPages", "true");

  Request list;
  list.path = "/api/tracker/trackedEntities";
  list.query = request.query;
  const Json layout = {{"list", "entities"}, {"program", scheme->uid}, {"type", scheme->type}};
  collect_laid(call, list, layout, answer);
  tell_empty(!places.units.empty(), answer);
  return answer;
}

Answer event_find(Call& call) {
  Answer answer = call.answer();
  const Scheme scheme = read_program(call, call.arguments.text("program"), answer);
  const Almanac almanac = almanac_of(call.client(), call.patience());
  TrackerRequest request(call, TrackerRequest::List::events);
  request.query.add("fields", kEventFields).add("program", scheme->uid);
  const ProgramStage* stage = nullptr;
  if (const std::string text = trimmed(call.arguments.text("stage")); !text.empty()) {
    stage = &scheme->named_stage(text);
    request.query.add("programStage", stage->uid);
    if (stage->uid != text) answer.read_as.push_back(stage->name + " = stage " + stage->uid);
  }
  TrackerPlaces places = read_tracker_places(call, texts_of(call, "org_units"), answer);
  tell_places(places, answer);
  ask_no_unit_twice(call, places);
  request.places(places);
  add_periods(call, almanac, request, answer);
  if (const std::string status = call.arguments.text("status"); !trimmed(status).empty()) {
    request.event_status(status);
  }
  add_filters(call, *scheme, stage, TrackerRequest::List::events, almanac, request, answer);
  request.query.add("pageSize", kPageSize).add("totalPages", "true");

  Request list;
  list.path = "/api/tracker/events";
  list.query = request.query;
  Json layout = {{"list", "events"}, {"program", scheme->uid}};
  if (stage != nullptr) layout["stage"] = stage->uid;
  if (!request.further_units.empty()) layout["then"] = request.further_units;
  collect_laid(call, list, layout, answer);
  tell_empty(!places.units.empty(), answer);
  return answer;
}

}  // namespace dhis2mcp
