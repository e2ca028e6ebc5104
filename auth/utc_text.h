// SPDX-License-Identifier: BSD-3-Clause
// Times as people and DHIS2 read them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dhis2mcp {

// "2027-01-31T08:00:00Z"; "2027-01-31" with `date_only`.
std::string utc_text(std::chrono::system_clock::time_point time, bool date_only = false);

// The end of the day that "2027-01-31" names, in UTC; nothing for any other text.
std::optional<std::chrono::system_clock::time_point> end_of_day(std::string_view date);

}  // namespace dhis2mcp
