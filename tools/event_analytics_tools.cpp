// SPDX-License-Identifier: BSD-3-Clause
// analytics_events: one analytics request, and one each for what is new to this process (the
// program, names); one more, for the date of the last analytics run, when nothing came.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/almanac.h"
#include "tools/analytics_empty.h"
#include "tools/call.h"
#include "tools/data_scope.h"
#include "tools/document.h"
#include "tools/event_analytics.h"
#include "tools/event_grid.h"
#include "tools/handlers.h"
#include "tools/laid_rows.h"
#include "tools/name_forms.h"
#include "tools/period.h"
#include "tools/pivot.h"
#include "tools/place.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// "only Bo" and "over Bo" say how a place is looked at.
std::string plain_place(std::string text, EventQuestion& question) {
  const std::string lower = lower_ascii(text);
  for (const std::string_view head : {"only ", "just "}) {
    if (!lower.starts_with(head)) continue;
    question.unit_mode = "SELECTED";
    return trimmed(text.substr(head.size()));
  }
  if (lower.ends_with(" only")) {
    question.unit_mode = "SELECTED";
    return trimmed(text.substr(0, text.size() - 5));
  }
  for (const std::string_view head : {"over ", "in all of ", "under ", "within "}) {
    if (!lower.starts_with(head)) continue;
    question.over_units = question.over_units || head == "over " || head == "in all of ";
    return trimmed(text.substr(head.size()));
  }
  return text;
}

void read_units(Call& call, Names& names, EventQuestion& question, Answer& answer) {
  std::vector<std::string> texts;
  for (std::string& one : texts_of(call, "org_units")) {
    texts.push_back(plain_place(std::move(one), question));
  }
  if (texts.empty()) {
    question.units = {{"", "", "", "USER_ORGUNIT"}};
    return;
  }
  UnitsAsked places = read_places(call.client(), names, texts, call.patience());
  question.units = std::move(places.units);
  if (question.counts) {
    for (std::string& note : places.notes) answer.notes.push_back(std::move(note));
  }
  for (const Named& one : question.units) {
    // Units are told by the names that the answer brings.
    if (!one.name.empty() && !is_uid(one.item)) answer.read_as.push_back(one.read_as());
  }
}

EventQuestion read_question(Call& call, Answer& answer) {
  EventQuestion question;
  question.enrollments = call.arguments.text("of") == "enrollments";
  question.counts = call.arguments.text("shape", "count") == "count";
  question.scheme = read_program(call, call.arguments.text("program"), answer);
  if (question.enrollments && !question.scheme->registers() && !question.scheme->stages.empty()) {
    throw Error(ErrorKind::bad_input,
                "\"" + question.scheme->name + "\" is an event program: it has no enrollments.",
                "Ask of events.");
  }
  if (const std::string text = trimmed(call.arguments.text("stage")); !text.empty()) {
    question.stage = &question.scheme->named_stage(text);
    if (question.stage->uid != text) {
      answer.read_as.push_back(question.stage->name + " = stage " + question.stage->uid);
    }
  }
  const Version version = call.client().whoami(call.patience()).version;
  if (question.enrollments && question.counts && !holds(Fact::enrollment_counts, version)) {
    throw Error(ErrorKind::unsupported_version,
                "DHIS2 " + to_string(version) + " cannot count enrollments; 2.39 can.",
                "Count events, or list enrollments.");
  }
  Names names = names_of(call);
  const Almanac almanac = almanac_of(call.client(), call.patience());
  read_event_dimensions(call, call.arguments.list("dimensions"), question, answer);
  read_event_periods(texts_of(call, "periods"), almanac, question, answer);
  read_units(call, names, question, answer);
  return question;
}

void tell_empty(Call& call, Answer& answer) {
  answer.notes.push_back("Nothing was found in the analytics tables, which were last built: " +
                         last_analytics_build(call) +
                         ". What was entered later is not in them; event_find reads it.");
}

// The answer of a count as texts, whose columns are all dimensions but the last.
struct Counts {
  Json headers = Json::array(), metadata = Json::object();
  std::vector<std::vector<std::string>> rows;
};

// Of enrollments the figure comes first (2.40 to 2.43).
void value_last(Json& answer) {
  Json& headers = answer["headers"];
  for (std::ptrdiff_t i = 0; i + 1 < std::ssize(headers); ++i) {
    if (text_of(headers[static_cast<std::size_t>(i)], "name") != "value") continue;
    std::rotate(headers.begin() + i, headers.begin() + i + 1, headers.end());
    for (Json& row : answer["rows"]) {
      if (row.size() == headers.size())
        std::rotate(row.begin() + i, row.begin() + i + 1, row.end());
    }
    return;
  }
}

// 2.43 leaves the option set out of the headers of events.
void add_option_sets(const ProgramScheme& scheme, Json& answer) {
  for (Json& header : answer["headers"]) {
    const std::string name = text_of(header, "name");
    const ProgramItem* item = scheme.item(name.substr(name.rfind('.') + 1));
    const bool known = item != nullptr && !item->option_set.empty();
    if (known && !header.contains("optionSet")) header["optionSet"] = item->option_set;
  }
}

Counts counts_of(const Json& answer, bool valued) {
  Counts out;
  out.metadata = answer.value("metaData", Json::object());
  for (Json header : answer.value("headers", Json::array())) {
    const bool value = header.value("name", "") == "value";
    // Ages and weights are what is counted by, not figures.
    header["valueType"] = value ? "NUMBER" : "TEXT";
    if (value && !valued) header["column"] = "Count";
    out.headers.push_back(std::move(header));
  }
  for (const Json& row : answer.value("rows", Json::array())) {
    std::vector<std::string> cells;
    for (const Json& cell : row) cells.push_back(as_text(cell));
    out.rows.push_back(std::move(cells));
  }
  return out;
}

bool has_header(const Json& headers, const char* name) {
  return std::ranges::any_of(headers,
                             [&](const Json& header) { return header.value("name", "") == name; });
}

Table plain_table(const Counts& counts) {
  Grid grid(counts.headers, counts.metadata);
  Table table{grid.titles(), {}};
  for (const auto& row : counts.rows) table.rows.push_back(grid.row(Json(row)));
  return table;
}

// Those that the server lists, or, where rows are of others (a date's own parameter was given), of
// the rows in their order.
Json periods_of(const Counts& counts, const Json& listed) {
  std::set<std::string> known, came;
  for (const Json& id : listed) known.insert(as_text(id));
  for (std::size_t i = 0; i < counts.headers.size(); ++i) {
    if (text_of(counts.headers[i], "name") != "pe") continue;
    for (const auto& row : counts.rows) came.insert(i < row.size() ? row[i] : "");
  }
  return std::ranges::includes(known, came) ? listed : Json(came);
}

// Periods run across; only what has events has a row.
Table table_of(Call& call, const Counts& counts) {
  if (!has_header(counts.headers, "pe") || !has_header(counts.headers, "value")) {
    return plain_table(counts);
  }
  Json metadata = counts.metadata;
  Json dimensions = Json::object();
  const Json& all = member_of(counts.metadata, "dimensions");
  dimensions["pe"] = periods_of(counts, list_of(all, "pe"));
  if (all.contains("ou")) dimensions["ou"] = all["ou"];
  metadata["dimensions"] = std::move(dimensions);
  Pivot pivot("pe", call.connections.places().results());
  pivot.headers(counts.headers);
  pivot.metadata(to_text(metadata));
  for (const auto& row : counts.rows) pivot.take({row.begin(), row.end()});
  PivotAsked how;
  how.every_row = false;
  Table table{pivot.columns(how), {}};
  pivot.turn(how, [&table](Row&& row) {
    table.rows.push_back(std::move(row));
    return true;
  });
  return table;
}

// Sums of counts of disjoint groups; averages and enrollments with events do not add up.
void tell_sum(const EventQuestion& question, const Counts& counts, Answer& answer) {
  std::vector<std::string> periods;
  for (const Json& id : list_of(member_of(counts.metadata, "dimensions"), "pe")) {
    periods.push_back(as_text(id));
  }
  const bool disjoint = !question.valued && !(question.enrollments && question.stage != nullptr) &&
                        (question.units.size() == 1 || question.over_units) &&
                        !may_overlap(periods);
  if (!disjoint || counts.rows.size() < 2 || !has_header(counts.headers, "value")) return;
  long long sum = 0;
  for (const auto& row : counts.rows) {
    if (row.empty() || row.back().empty()) return;
    const double value = std::strtod(row.back().c_str(), nullptr);
    sum += static_cast<long long>(value);
  }
  answer.notes.push_back("The counts add up to " + std::to_string(sum) + ".");
}

void tell_units(Call& call, const EventQuestion& question, const Counts& counts, Answer& answer) {
  const Grid grid(counts.headers, counts.metadata);
  const auto lacks = [&grid](const std::string& uid) { return grid.lacks(uid); };
  tell_dropped_units(call.client(), question.units, lacks, call.patience(), answer.notes);
  const Json dimensions = counts.metadata.value("dimensions", Json::object());
  const Json units = dimensions.value("ou", Json::array());
  if (units.size() > 10) return;
  for (const Json& unit : units) {
    if (!unit.is_string()) continue;
    const std::string* name = grid.name_of(unit.get_ref<const std::string&>());
    if (name != nullptr) {
      answer.read_as.push_back(clean_line(*name) + " = " + unit.get<std::string>());
    }
  }
}

Answer counted(Call& call, const EventQuestion& question, Answer answer) {
  Json json;
  const std::string path = question.path();
  try {
    json = call.client().get(path, question.query(), call.patience());
  } catch (const Error& error) {
    rethrow_event_analytics(error);
  }
  value_last(json);
  add_option_sets(*question.scheme, json);
  const Json original_headers = list_of(json, "headers");
  Counts counts = counts_of(json, question.valued);
  EventGrid grid(call, question.scheme, Json::object());
  if (grid.name_cells(path, original_headers, counts.metadata, counts.rows)) {
    answer.notes.emplace_back(kMaskedNote);
  }
  tell_units(call, question, counts, answer);
  tell_sum(question, counts, answer);
  Table table = table_of(call, counts);
  RowCollector collector(call.results, call.owner(), std::move(table.columns));
  for (Row& row : table.rows) collector.add(std::move(row));
  collector.finish(answer);
  if (answer.table->rows.empty()) tell_empty(call, answer);
  return answer;
}

Answer listed(Call& call, const EventQuestion& question, Answer answer) {
  Request request;
  request.path = question.path();
  request.query = question.query();
  Json layout = {{"list", "analytics"},
                 {"program", question.scheme->uid},
                 {"of", question.enrollments ? "enrollments" : "events"}};
  if (question.stage != nullptr) layout["stage"] = question.stage->uid;
  if (!question.keep.empty()) layout["keep"] = question.keep;
  for (const Named& unit : question.units) layout["units"].push_back(unit.item);
  try {
    collect_laid(call, request, layout, answer);
  } catch (const Error& error) {
    rethrow_event_analytics(error);
  }
  if (answer.table->rows.empty() && !answer.truncated) tell_empty(call, answer);
  return answer;
}

}  // namespace

Answer analytics_events(Call& call) {
  Answer answer = call.answer();
  const EventQuestion question = read_question(call, answer);
  return question.counts ? counted(call, question, std::move(answer))
                         : listed(call, question, std::move(answer));
}

}  // namespace dhis2mcp
