// SPDX-License-Identifier: BSD-3-Clause
// Where org units lie: their geometry as DHIS2 holds it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/call.h"

namespace dhis2mcp {

struct UnitPlace {
  Json geometry;       // GeoJSON; null where the unit has none
  std::string parent;  // uid, or empty
};

// The places of units by their uids, those that this account may read. One request for each 60
// units, four at once. Property `geometry` has been there since 2.32, on units of every level.
std::map<std::string, UnitPlace> unit_places(Call& call, const std::vector<std::string>& uids);

}  // namespace dhis2mcp
