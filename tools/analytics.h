// SPDX-License-Identifier: BSD-3-Clause
// One question to DHIS2's aggregate analytics: how it is asked and what came.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dhis2/query.h"
#include "tools/names.h"

namespace dhis2mcp {

// Everything resolved: what stands here is what DHIS2 is asked.
struct AnalyticsAsked {
  std::vector<Named> data, units, by;
  std::vector<std::pair<std::string, std::vector<std::string>>> periods;  // as written, the ids
  std::vector<std::pair<Named, std::vector<Named>>> filters;
  std::optional<std::string> min, max;  // decimal texts, both inclusive
  bool rounded = false;
  bool details = false;  // aggregation types and hierarchy, to tell where sums make sense
};

// The parameters of GET /api/analytics.
Query analytics_query_of(const AnalyticsAsked& asked);

// What came. Cells are texts, as DHIS2 sends them.
struct Figures {
  Json headers = Json::array(), metadata = Json::object();
  std::vector<std::vector<std::string>> rows;
  bool complete = true;  // false: more rows came than are read (kMostRows)
};

inline constexpr std::size_t kMostRows = 500'000;

// Sends and reads the rows as they arrive. Failures of DHIS2 carry a next step for each of its
// codes (E7124, E7144, E7128, ...).
Figures ask_analytics(SignedClient& client, const AnalyticsAsked& asked, const Patience& patience);

// Why sums down (over units) or across (over periods) would be wrong; empty where they make sense.
// Judges by what `details` brings.
std::string no_sum_over_data(const AnalyticsAsked& asked, const Json& metadata);
std::string no_sum_over_units(const Json& metadata);
std::string no_sum_over_periods(const Json& metadata);

// The ids of one dimension in an answer.
std::vector<std::string> items_of(const Json& metadata, const std::string& dimension);

}  // namespace dhis2mcp
