// SPDX-License-Identifier: BSD-3-Clause
// Days from and to, for the parameters of DHIS2 that take dates instead of periods.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/period.h"
#include "tools/period_type.h"

namespace dhis2mcp {

// Both days belong to it. Of ISO 8601, whatever the instance's calendar.
struct DaySpan {
  std::chrono::sys_days first, last;
};

std::string iso_day(std::chrono::sys_days day);

// Those of one period; empty outside of the calendar's years.
std::optional<DaySpan> days_of(const Period& period, const Calendar& calendar);

// From the first to the last day of some periods, relative ones included. Throws bad_input where
// days lie between them that belong to none.
DaySpan day_span(const std::vector<std::string>& ids, const Almanac& almanac);

// What a person writes: a day, or anything that read_period takes.
DaySpan read_days(std::string_view text, const Almanac& almanac);

// Which date of an enrollment or event a text is about: "enrolled", "incident", "event",
// "scheduled", "updated", "created", "completed"; and what is left of the text. Empty where it says
// none. ("enrollment date: 2024", "updated last month", "scheduled this week")
std::pair<std::string, std::string> time_field(std::string_view text);

}  // namespace dhis2mcp
