// SPDX-License-Identifier: BSD-3-Clause
// Data times periods times units. What is refused here would be refused by the server after
// minutes (E7128), or cut.
#include "tools/analytics_cost.h"

#include <set>

#include "dhis2/error.h"
#include "tools/place.h"

namespace dhis2mcp {
namespace {

std::set<std::string> ids_of(const AnalyticsAsked& asked, const Almanac& almanac) {
  std::set<std::string> ids;
  for (const auto& [written, some] : asked.periods) {
    for (const std::string& id : some) {
      if (!is_relative_period(id)) {
        ids.insert(id);
        continue;
      }
      try {
        const std::vector<std::string> many = relative_ids(id, almanac);
        ids.insert(many.begin(), many.end());
      } catch (const Error& error) {
        // Weeks of another calendar: the server counts them.
        if (error.kind != ErrorKind::bad_input) throw;
        ids.insert(id);
      }
    }
  }
  return ids;
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
  cost.periods = ids_of(asked, counted).size();
  cost.units = cost.data * cost.periods < kCheapWithoutUnits
                   ? 1
                   : count_units(client, asked.units, patience);
  return cost;
}

void demand_affordable(const Cost& cost) {
  if (cost.figures() <= kMostRows) return;
  throw Error(ErrorKind::bad_input,
              "This asks for " + told(cost.data) + " data items x " + told(cost.periods) +
                  " periods x " + told(cost.units) + " org units = " + told(cost.figures()) +
                  " figures; at most " + told(kMostRows) + " are read at once. Nothing was asked.",
              "Ask for fewer periods, a higher level of org units, or fewer data items.");
}

}  // namespace dhis2mcp
