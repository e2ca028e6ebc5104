// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's periods: their ids and types, relative ones, and the ids for what people write.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/calendar.h"

namespace dhis2mcp {

// What an instance's periods depend on.
struct Almanac {
  std::chrono::sys_days today{};  // of ISO 8601, whatever the instance's calendar
  std::string calendar;           // the system setting keyCalendar; empty means iso8601
  int major = 0;                  // DHIS2 2.<major>; 0: not known, everything is taken
  std::function<int()> fiscal;    // the month (1 to 12) with which the instance's financial year
                                  // begins; called only where a text depends on it, may throw
};

// The ids that one text stands for, in the order of time: usually one ("Aug 2026" is 202608),
// several for a span or a list ("Jan-Mar 2025", "last 18 months", "2024 by quarter"). Relative
// periods of DHIS2 stay words (LAST_12_MONTHS), for the server knows its own day. English, French,
// Spanish and Portuguese words are understood, and the month names of the instance's calendar.
//
// Throws bad_input that says what else to write: for what is no period, for what can be read in
// two ways ("03/04/2024", "March" without a year, a Gregorian month on an instance with another
// calendar), for spans of more than 400 periods; and unsupported_version for types that DHIS2 got
// later. On an instance whose calendar is not known here, ids and relative periods pass and
// everything else is refused by the calendar's name.
std::vector<std::string> read_period(std::string_view text, const Almanac& almanac);

// Whether a text has the form of a DHIS2 period id of any type (2026, 202608, 2026Q3, 2026W5,
// 2026April, 20260815, ...).
bool is_period_id(std::string_view text);

// Whether some of these ids may share days: those of one type never do.
bool may_overlap(const std::vector<std::string>& ids);

// Whether it is one of DHIS2's relative periods, which are the same from 2.37 on.
bool is_relative_period(std::string_view text);

// The ids that the server makes of a relative period, for requests that take none (data values) and
// for counting. Throws bad_input for weeks in a calendar other than that of ISO 8601.
std::vector<std::string> relative_ids(std::string_view key, const Almanac& almanac);

// The first and last month or day of ids that do not show them: "2026-03-16 to 2026-03-22" for
// 2026W12, "2025-11 to 2026-10" for 2026Nov. Empty for the plain ones (202608, 2026Q3, 2026).
std::string period_bounds(std::string_view id, const Almanac& almanac);

}  // namespace dhis2mcp
