// SPDX-License-Identifier: BSD-3-Clause
// One question to the analytics of events and enrollments: how it is asked.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dhis2/query.h"
#include "tools/call.h"
#include "tools/names.h"
#include "tools/period.h"
#include "tools/program_scheme.h"

namespace dhis2mcp {

// Everything resolved.
struct EventQuestion {
  Scheme scheme;
  const ProgramStage* stage = nullptr;
  bool enrollments = false;  // else events
  bool counts = false;       // else a line list
  std::vector<Named> units;
  std::string unit_mode;  // "SELECTED" for "only Bo"; empty for DHIS2's own way
  bool over_units = false;

  Query times;    // pe, startDate, eventDate, enrollmentDate, timeField, ...
  Query filters;  // dimension and filter of items, eventStatus, programStatus, value
  std::vector<std::string> keep;  // standard columns that were asked for: "lastupdated"
  bool valued = false;            // an average or a sum instead of a count

  std::string path() const;
  Query query() const;
};

// "last 12 months" (by event or enrollment date), "enrolled: 2024", "updated last month",
// "2026-01-01 to 2026-06-30", "over LAST_12_MONTHS" (one figure for all), "<date item>: 2024".
void read_event_periods(const std::vector<std::string>& texts, const Almanac& almanac,
                        EventQuestion& question, Answer& answer);

// "Sex", "Age >= 5", "where Sex = Female" (narrows without a column), "average of Weight", "event
// status = completed", "last updated" (a column of every event), and DHIS2's own
// "stage.item:IN:a;b", "group set:item;item".
void read_event_dimensions(Call& call, const std::vector<std::string>& texts,
                           EventQuestion& question, Answer& answer);

// Throws the error again with what to do about it.
[[noreturn]] void rethrow_event_analytics(Error error);

}  // namespace dhis2mcp
