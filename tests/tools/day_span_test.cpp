// SPDX-License-Identifier: BSD-3-Clause
// Days for what people write, and which date a text is about.
#include "tools/day_span.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

Almanac almanac(const std::string& calendar = "iso8601") {
  using namespace std::chrono;
  Almanac out;
  out.today = sys_days(2026y / November / 21);
  out.calendar = calendar;
  out.major = 42;
  return out;
}

std::string days(const std::vector<std::string>& ids, const Almanac& known) {
  const DaySpan span = day_span(ids, known);
  return iso_day(span.first) + " " + iso_day(span.last);
}

TEST(DaySpan, RunsFromTheFirstToTheLastDay) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"202602"}, "2026-02-01 2026-02-28"},
      {{"2026Q1"}, "2026-01-01 2026-03-31"},
      {{"2026"}, "2026-01-01 2026-12-31"},
      {{"20260316"}, "2026-03-16 2026-03-16"},
      {{"2026W12"}, "2026-03-16 2026-03-22"},
      {{"202603", "202601", "202602"}, "2026-01-01 2026-03-31"},
      {{"LAST_3_MONTHS"}, "2026-08-01 2026-10-31"},
      {{"THIS_YEAR"}, "2026-01-01 2026-12-31"},
  };
  for (const auto& [ids, wanted] : cases) EXPECT_EQ(days(ids, almanac()), wanted) << ids[0];
}

TEST(DaySpan, RefusesGapsInsteadOfFillingThem) {
  EXPECT_THROW(day_span({"202601", "202603"}, almanac()), Error);
  EXPECT_THROW(day_span({}, almanac()), Error);
}

TEST(DaySpan, GivesGregorianDaysOfAnotherCalendar) {
  EXPECT_EQ(days({"201701"}, almanac("ethiopian")), "2024-09-11 2024-10-10");
}

TEST(DaySpan, KnowsWhichDateATextIsAbout) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"enrolled: 2026", "enrolled", "2026"},
      {"enrollment date 2026Q1", "enrolled", "2026Q1"},
      {"enrolled in 2026", "enrolled", "2026"},
      {"Incident date: 2026", "incident", "2026"},
      {"scheduled this week", "scheduled", "this week"},
      {"last updated: LAST_MONTH", "updated", "LAST_MONTH"},
      {"event date: 202601", "event", "202601"},
      {"last 3 months", "", "last 3 months"},
      {"202601", "", "202601"},
  };
  for (const auto& [text, field, rest] : cases) {
    const auto [found, left] = time_field(text);
    EXPECT_EQ(found, field) << text;
    EXPECT_EQ(left, rest) << text;
  }
}

}  // namespace
}  // namespace dhis2mcp
