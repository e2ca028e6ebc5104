// SPDX-License-Identifier: BSD-3-Clause
// What organisation unit lists can do beyond other metadata.
#pragma once

#include <optional>

#include "tests/sandbox/schema.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// /api/organisationUnits with level, maxLevel, userOnly, withinUserHierarchy, levelSorted, ...
Reply unit_list(const Country& country, const Request& request, const Schema& schema);

// /api/filledOrganisationUnitLevels: the levels that have units, from the top, whole.
Reply filled_levels(const Country& country, const Request& request);

// /api/organisationUnits.geojson: the shapes of the units that `parent` and `level` leave.
Reply unit_shapes(const Country& country, const Request& request);

// /children, /descendants, /ancestors, /parents, and the object's includeChildren,
// includeDescendants, includeAncestors and level; empty for all else.
std::optional<Reply> unit_relatives(const Country& country, const Request& request,
                                    const Schema& schema, const std::string& uid,
                                    const std::string& property);

}  // namespace sandbox
