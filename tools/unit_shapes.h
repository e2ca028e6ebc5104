// SPDX-License-Identifier: BSD-3-Clause
// Where org units lie: their geometry as DHIS2 holds it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/call.h"
#include "tools/chart_map.h"

namespace dhis2mcp {

struct UnitPlace {
  MapShape shape;       // without name and value
  bool placed = false;  // it has a geometry that can be drawn
  std::string parent;   // uid, or empty
};

// The places of units by their uids, those that this account may read. One request for each 60
// units, four at once. Property `geometry` has been there since 2.32, on units of every level.
// Throws bad_input where the shapes together have more points than a picture needs.
std::map<std::string, UnitPlace> unit_places(Call& call, const std::vector<std::string>& uids);

}  // namespace dhis2mcp
