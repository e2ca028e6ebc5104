// SPDX-License-Identifier: BSD-3-Clause
// Who did not report: the units of a data set without a completeness registration.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/data_scope.h"

namespace dhis2mcp {

// One unit that a report is expected of.
struct ExpectedUnit {
  std::string uid, name, parent;     // the parent's UID
  std::vector<std::string> missing;  // periods without a registration
};

struct Reports {
  std::uint64_t expected = 0, came = 0;
};

struct Unreported {
  std::vector<ExpectedUnit> units;  // those that lack a report
  std::map<std::string, Reports> by_period;
  std::uint64_t assigned = 0;  // units of the data set below the asked ones
};

// Compares the units that the data set is assigned to, as far as they lie below `roots` and were
// open in a period, with the registrations as they stand now (not those of the analytics tables).
// A unit reported when any attribute option combo of it is complete. `set` holds its units. The
// registrations are read as they arrive. Throws what DHIS2 tells.
Unreported find_unreported(Call& call, const DataSetAsked& set,
                           const std::vector<std::string>& periods,
                           const std::vector<std::string>& roots, const Almanac& almanac);

}  // namespace dhis2mcp
