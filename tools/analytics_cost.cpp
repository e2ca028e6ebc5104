// SPDX-License-Identifier: BSD-3-Clause
// Data times periods times units. What is refused here would be refused by the server after
// minutes (E7128), or cut.
#include "tools/analytics_cost.h"

#include <algorithm>

#include "dhis2/error.h"
#include "tools/place.h"

namespace dhis2mcp {
namespace {

std::vector<std::string> expanded(const std::string& id, const Almanac& almanac) {
  if (!is_relative_period(id)) return {id};
  try {
    return relative_ids(id, almanac);
  } catch (const Error& error) {
    // Weeks of another calendar: the server counts them.
    if (error.kind != ErrorKind::bad_input) throw;
    return {id};
  }
}

// A count is told in thousands, as people read it.
std::string told(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

}  // namespace

Cost cost_of(SignedClient& client, const AnalyticsAsked& asked, const Almanac& almanac,
             const Patience& patience) {
  Cost cost;
  cost.data = asked.data.size();
  // The month of a financial year changes no count.
  Almanac counted = almanac;
  counted.fiscal = nullptr;
  cost.periods = period_ids(with_period_ids(asked, counted)).size();
  const bool asks = std::ranges::any_of(asked.units, is_scope);
  const UnitCount count = asks && cost.data * cost.periods < kCheapWithoutUnits
                              ? UnitCount{1, true}
                              : count_units(client, asked.units, patience);
  cost.units = count.units;
  cost.exact = count.exact;
  return cost;
}

AnalyticsAsked with_period_ids(AnalyticsAsked asked, const Almanac& almanac) {
  for (auto& [written, ids] : asked.periods) {
    std::vector<std::string> all;
    for (const std::string& id : ids) {
      const std::vector<std::string> some = expanded(id, almanac);
      all.insert(all.end(), some.begin(), some.end());
    }
    ids = std::move(all);
  }
  return asked;
}

void demand_affordable(const Cost& cost) {
  if (!cost.exact || cost.figures() <= kMostFigures) return;
  throw Error(ErrorKind::bad_input,
              "This asks for " + told(cost.data) + " data items x " + told(cost.periods) +
                  " periods x " + told(cost.units) + " org units = " + told(cost.figures()) +
                  " figures; at most " + told(kMostFigures) +
                  " are read at once. Nothing was asked.",
              "Ask for fewer periods, a higher level of org units, or fewer data items.");
}

}  // namespace dhis2mcp
