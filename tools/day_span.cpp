// SPDX-License-Identifier: BSD-3-Clause
// Periods are counted in the instance's calendar; the tracker's dates are those of ISO 8601.
#include "tools/day_span.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "dhis2/error.h"
#include "tools/condition.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

using std::chrono::sys_days;

// "2026-03" or "2026-03-16", as a calendar writes it. `last` takes the last day of a month.
std::optional<sys_days> gregorian(const std::string& text, const Calendar& calendar, bool last) {
  CalendarDay day;
  std::array<int*, 3> parts = {&day.year, &day.month, &day.day};
  const char* at = text.data();
  const char* end = at + text.size();
  for (int* part : parts) {
    const auto read = std::from_chars(at, end, *part);
    if (read.ec != std::errc{}) break;
    at = read.ptr < end ? read.ptr + 1 : end;
  }
  if (day.day == 0) day.day = last ? calendar.month_length(day.year, day.month) : 1;
  return calendar.to_gregorian(day);
}

DaySpan span_of(const std::string& id, const Almanac& almanac) {
  const Calendar* calendar = Calendar::named(almanac.calendar);
  if (calendar != nullptr) {
    const auto period = PeriodCount(*calendar).parse(id);
    if (const auto days = period ? days_of(*period, *calendar) : std::nullopt) return *days;
  }
  throw Error(ErrorKind::bad_input,
              "The days of the period \"" + clean_line(id) + "\" are not known here.",
              "Give days of the Gregorian calendar: 2026-01-01.");
}

constexpr auto kFields = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"date of enrollment", "enrolled"},
    {"enrollment date", "enrolled"},
    {"enrolment date", "enrolled"},
    {"enrolled at", "enrolled"},
    {"enrolled on", "enrolled"},
    {"enrolled", "enrolled"},
    {"date of incident", "incident"},
    {"incident date", "incident"},
    {"incident", "incident"},
    {"scheduled date", "scheduled"},
    {"scheduled at", "scheduled"},
    {"scheduled", "scheduled"},
    {"due date", "scheduled"},
    {"due", "scheduled"},
    {"last updated on", "updated"},
    {"last updated", "updated"},
    {"updated at", "updated"},
    {"updated", "updated"},
    {"event date", "event"},
    {"report date", "event"},
    {"occurred at", "event"},
    {"occurred", "event"},
    {"created on", "created"},
    {"created", "created"},
    {"completed on", "completed"},
    {"completed at", "completed"},
});

}  // namespace

std::string iso_day(sys_days day) {
  const std::chrono::year_month_day parts(day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(parts.year()),
                static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()));
  return text;
}

std::optional<DaySpan> days_of(const Period& period, const Calendar& calendar) {
  const PeriodCount count(calendar);
  const auto first = gregorian(count.first(period), calendar, false);
  const auto last = gregorian(count.last(period), calendar, true);
  if (!first || !last) return std::nullopt;
  return DaySpan{*first, *last};
}

DaySpan day_span(const std::vector<std::string>& ids, const Almanac& almanac) {
  std::vector<DaySpan> spans;
  for (const std::string& id : ids) {
    if (!is_relative_period(id)) {
      spans.push_back(span_of(id, almanac));
      continue;
    }
    for (const std::string& one : relative_ids(id, almanac)) {
      spans.push_back(span_of(one, almanac));
    }
  }
  if (spans.empty()) {
    throw Error(ErrorKind::bad_input, "No period was given.", "Give 202601 or LAST_12_MONTHS.");
  }
  std::ranges::sort(spans, {}, [](const DaySpan& span) { return span.first; });
  DaySpan out = spans.front();
  for (const DaySpan& span : spans) {
    if (span.first > out.last + std::chrono::days(1)) {
      throw Error(ErrorKind::bad_input,
                  "Between " + iso_day(out.last) + " and " + iso_day(span.first) +
                      " lie days that were not asked for; DHIS2 takes one span of days.",
                  "Ask for each span in a call of its own.");
    }
    out.last = std::max(out.last, span.last);
  }
  return out;
}

DaySpan read_days(std::string_view text, const Almanac& almanac) {
  return day_span(read_period(text, almanac), almanac);
}

std::pair<std::string, std::string> time_field(std::string_view written) {
  const std::string text = trimmed(written);
  for (const auto& [words, field] : kFields) {
    const auto rest = after_name(text, words);
    if (!rest) continue;
    std::string left = trimmed(*rest);
    if (left.starts_with(':') || left.starts_with('=')) left = trimmed(left.substr(1));
    for (const std::string_view word : {"in ", "on ", "during "}) {
      if (lower_ascii(left).starts_with(word)) left = trimmed(left.substr(word.size()));
    }
    return {std::string(field), left};
  }
  return {"", text};
}

}  // namespace dhis2mcp
