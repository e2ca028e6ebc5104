// SPDX-License-Identifier: BSD-3-Clause
// The words in which people write periods: English, French, Spanish and Portuguese.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/calendar.h"

namespace dhis2mcp {

enum class PeriodUnit { day, week, two_weeks, month, two_months, quarter, half, year };

// What the words of one text say, without what they mean together.
struct PeriodWords {
  std::vector<int> years;    // numbers of four digits
  std::vector<int> numbers;  // all others, "two" and "first" included
  std::optional<int> month;
  std::optional<int> weekday;  // 1 is Monday
  std::vector<PeriodUnit> units;
  bool each = false;                      // "monthly", "by quarter", "weeks of"
  bool counted = false;                   // a number stands before a unit in the plural: "12 weeks"
  bool years_counted = false;             // and that unit is the year: "quarters of 2 years"
  bool last = false;                      // "last", "past", "previous"
  bool current = false;                   // "this", "current"
  bool financial = false;                 // "FY", "financial year"
  bool today = false, yesterday = false;  // "now" is today
  bool since = false;
  bool from = false;      // "from", "starting": what follows is a beginning
  bool unknown = false;   // there is a word that is none of these
  std::string gregorian;  // a month's name that the calendar does not have
};

// Lower case, letters without their accents, dashes and spaces as one kind each. Bytes that are
// still not ASCII stand for themselves.
std::string folded_words(std::string_view text);

// Of folded text. Month names are the calendar's own.
PeriodWords period_words(std::string_view folded, const Calendar& calendar);

}  // namespace dhis2mcp
