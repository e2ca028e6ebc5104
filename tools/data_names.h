// SPDX-License-Identifier: BSD-3-Clause
// What: the data that people mean, as items of the dx dimension.
#pragma once

#include <string>
#include <vector>

#include "tools/names.h"

namespace dhis2mcp {

// Everything that Names::data_items takes, and three forms more: groups ("data element group
// Malaria" is DE_GROUP-uid), one option combo of a data element by names ("Malaria cases.Female"),
// and data elements and attributes of programs by the name that DHIS2 gives them ("Malaria
// notification Outcome"). Costs no request beyond those of data_items where all are found by it.
// Throws as Names does; for an option combo that the data element does not have, with those it has.
std::vector<Named> data_named(Call& call, Names& names, const std::vector<std::string>& texts);

}  // namespace dhis2mcp
