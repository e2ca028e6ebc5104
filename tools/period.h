// SPDX-License-Identifier: BSD-3-Clause
// Periods as people write them, to the ids that DHIS2 takes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// The ids that one text stands for: usually one ("Aug 2026" is 202608), several for a span that
// DHIS2 has no word for ("last 18 months", "202601..202603"). Relative periods of DHIS2 stay words
// (LAST_12_MONTHS), for the server knows its own date. Throws bad_input with examples when the text
// is no period.
//
// `today` is used only for spans that DHIS2 has no word for. `gregorian` is false for servers with
// another calendar: month names and such spans are refused there, ids and relative periods pass.
std::vector<std::string> read_period(std::string_view text, std::chrono::year_month_day today,
                                     bool gregorian);

// Whether a text has the form of a DHIS2 period id of any type (2026, 202608, 2026Q3, 2026W5,
// 2026April, 20260815, ...).
bool is_period_id(std::string_view text);

// Whether it is one of DHIS2's relative periods, which are the same from 2.37 on.
bool is_relative_period(std::string_view text);

}  // namespace dhis2mcp
