// SPDX-License-Identifier: BSD-3-Clause
// Parameters that mean the same from 2.38 to 2.43, and the words for them.
#include "tools/event_analytics.h"

#include <algorithm>
#include <array>
#include <optional>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/condition.h"
#include "tools/day_span.h"
#include "tools/document.h"
#include "tools/event_grid.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// "2026-01-01", at the beginning of a text.
bool is_day(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[i])) return false;
  }
  return true;
}

// "2026-01-01 to 2026-06-30", "from ... until ...", "between ... and ...".
std::optional<std::pair<std::string, std::string>> two_days(std::string text) {
  for (const std::string_view head : {"from ", "between "}) {
    if (lower_ascii(text).starts_with(head)) text = trimmed(text.substr(head.size()));
  }
  if (text.size() < 22 || !is_day(text)) return std::nullopt;
  const std::string second = text.substr(text.size() - 10);
  const std::string middle = lower_ascii(trimmed(text.substr(10, text.size() - 20)));
  if (!is_day(second)) return std::nullopt;
  for (const std::string_view word : {"to", "-", "until", "till", "and", "..", "_"}) {
    if (middle == word) return std::pair(text.substr(0, 10), second);
  }
  return std::nullopt;
}

// The parameter that narrows by a date, and the name of that date as `timeField`.
constexpr auto kTimes = std::to_array<std::array<std::string_view, 3>>(
    {{"event", "eventDate", "EVENT_DATE"},
     {"enrolled", "enrollmentDate", "ENROLLMENT_DATE"},
     {"incident", "incidentDate", "INCIDENT_DATE"},
     {"scheduled", "scheduledDate", "SCHEDULED_DATE"},
     {"updated", "lastUpdated", "LAST_UPDATED"},
     {"created", "", "CREATED"},
     {"completed", "", "COMPLETED_DATE"}});

class Periods {
 public:
  Periods(const Almanac& almanac, EventQuestion& question, Answer& answer)
      : almanac_(almanac), question_(question), answer_(answer) {}

  void read(const std::string& written) {
    std::string text = trimmed(written);
    if (const auto days = two_days(text)) {
      if (days->second < days->first) {
        throw Error(ErrorKind::bad_input, "\"" + clean_line(text) + "\" ends before it begins.",
                    "Write the earlier day first.");
      }
      set_once(question_.times, "startDate", days->first, text);
      set_once(question_.times, "endDate", days->second, text);
      return;
    }
    bool over = false;
    for (const std::string_view head : {"over ", "total over ", "in all of "}) {
      if (!lower_ascii(text).starts_with(head)) continue;
      over = true;
      text = trimmed(text.substr(head.size()));
    }
    auto [field, rest] = time_field(text);
    if (field.empty() && by_item(text)) return;
    const std::vector<std::string> ids = read_period(field.empty() ? text : rest, almanac_);
    if (std::string line = period_read_as(field.empty() ? text : rest, ids, almanac_);
        !line.empty()) {
      answer_.read_as.push_back(std::move(line) + (field.empty() ? "" : " (" + field + ")"));
    }
    if (field.empty() && question_.enrollments && !question_.counts) field = "enrolled";
    field.empty() ? plain(ids, over) : dated(field, ids, over, text);
  }

  void finish() {
    if (!ids_.empty()) {
      if (question_.times.find("startDate") != nullptr) {
        throw Error(ErrorKind::bad_input,
                    "periods: days and periods together would narrow each other.",
                    "Ask for either, or in two calls.");
      }
      const bool filter = over_ && question_.counts;
      question_.times.add(filter ? "filter" : "dimension", "pe:" + joined(ids_, ";"));
    }
  }

 private:
  void plain(const std::vector<std::string>& ids, bool over) {
    over_ = over_ || over;
    for (const std::string& id : ids) {
      if (std::ranges::find(ids_, id) == ids_.end()) ids_.push_back(id);
    }
  }

  // One figure for all is a filter by periods, which a date's own parameter does not give.
  void dated(const std::string& field, const std::vector<std::string>& ids, bool over,
             const std::string& text) {
    for (const auto& [name, parameter, time] : kTimes) {
      if (name != field) continue;
      if (parameter.empty() || (over && question_.counts)) {
        set_once(question_.times, "timeField", std::string(time), text);
        plain(ids, over);
        return;
      }
      const std::string* before = question_.times.find(parameter);
      question_.times.set(parameter, (before == nullptr ? "" : *before + ",") + joined(ids, ","));
    }
  }

  // "Date of birth: 2024": the date that an item holds.
  bool by_item(const std::string& text) {
    const auto subject = read_subject(text, *question_.scheme, question_.stage);
    if (!subject) return false;
    std::string rest = trimmed(subject->rest);
    if (rest.starts_with(':') || rest.starts_with('=')) rest = trimmed(rest.substr(1));
    if (lower_ascii(rest).starts_with("in ")) rest = trimmed(rest.substr(3));
    if (rest.empty()) return false;
    const std::vector<std::string> ids = read_period(rest, almanac_);
    set_once(question_.times, "timeField", subject->item->uid, text);
    answer_.read_as.push_back(subject->item->name + " = time field " + subject->item->uid);
    plain(ids, false);
    return true;
  }

  const Almanac& almanac_;
  EventQuestion& question_;
  Answer& answer_;
  std::vector<std::string> ids_;
  bool over_ = false;
};

struct NextStep {
  std::string_view code, hint;
};

constexpr auto kNextSteps = std::to_array<NextStep>({
    {"E7104", "Give period ids such as 202608, 2026Q3 or 2026, or LAST_12_MONTHS."},
    {"E7120", "Ask for units that this account may see: USER_ORGUNIT, or units below it."},
    {"E7121", "This account may not read these data: ask an administrator for data read access."},
    {"E7122", "This account may not read these data: ask an administrator for data read access."},
    {"E7123", "This account is held to some category options: ask an administrator."},
    {"E7124", "Look what was given up with metadata_find: it does not exist here."},
    {"E7125", "Items of a program stand as stage.data element; see them with metadata_get of it."},
    {"E7128", "Ask for less at once: fewer periods, units or dimensions."},
    {"E7129", "Find the program with metadata_find, type program."},
    {"E7130", "See the program's stages with metadata_get of it."},
    {"E7131", "It took too long: ask for less at once, or again later."},
    {"E7136", "It took too long: ask for less at once, or again later."},
    {"E7143", "Look the unit, level or group up with org_unit_find."},
    {"E7144",
     "The analytics tables are missing: an administrator has to run analytics (Data "
     "Administration app). Until then, event_find reads the events themselves."},
    {"E7145",
     "DHIS2 could not compare so: \"like\" is for texts, and > or < for numbers and dates."},
    {"E7200", "Give `periods`."},
    {"E7203", "A value that is averaged cannot be a column too: leave one of them out."},
    {"E7205", "Give `periods`."},
    {"E7210", "This version knows no such date; take enrolled, incident date, scheduled, updated."},
    {"E7222", "This version does not know that; give the item and its comparison."},
    {"E7223", "Only numbers of this program can be averaged or added up."},
    {"E7224", "See the items of the program with metadata_get of it."},
});

}  // namespace

void read_event_periods(const std::vector<std::string>& texts, const Almanac& almanac,
                        EventQuestion& question, Answer& answer) {
  Periods periods(almanac, question, answer);
  for (const std::string& text : texts) periods.read(text);
  periods.finish();
  if (question.times.empty()) {
    throw Error(ErrorKind::bad_input, "periods: nothing was given.",
                "Give LAST_12_MONTHS, 2026Q3, \"enrolled: 2026\" or \"2026-01-01 to 2026-06-30\".");
  }
}

std::string EventQuestion::path() const {
  // Enrollments that have events of a stage are counted among the events.
  const bool by_event = !enrollments || (counts && stage != nullptr);
  return std::string("/api/analytics/") + (by_event ? "events/" : "enrollments/") +
         (counts ? "aggregate/" : "query/") + scheme->uid;
}

Query EventQuestion::query() const {
  Query out;
  std::string items;
  for (const Named& unit : units) items += (items.empty() ? "" : ";") + unit.item;
  out.add(counts && over_units ? "filter" : "dimension", "ou:" + items);
  for (const auto& [name, value] : times.items()) out.add(name, value);
  for (const auto& [name, value] : filters.items()) out.add(name, value);
  if (stage != nullptr) out.add("stage", stage->uid);
  if (!unit_mode.empty()) out.add("ouMode", unit_mode);
  if (counts && enrollments && stage != nullptr) out.add("outputType", "ENROLLMENT");
  out.add("displayProperty", "NAME");
  if (!counts) out.add("pageSize", "100").add("totalPages", "true");
  return out;
}

void rethrow_event_analytics(Error error) {
  for (const NextStep& step : kNextSteps) {
    if (error.code == step.code) error.hint = step.hint;
  }
  if (error.code == "E7222" || error.code == "E7210") error.kind = ErrorKind::unsupported_version;
  throw error;
}

}  // namespace dhis2mcp
