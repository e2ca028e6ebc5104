// SPDX-License-Identifier: BSD-3-Clause
// Tracked entities and events as CSV: one line for each attribute or data value.
#pragma once

#include <string>

#include "tests/sandbox/country.h"

namespace sandbox {

// From whole objects, as TrackerView makes them. `major` decides on columns.
std::string entities_csv(const Json& entities);
std::string events_csv(const Json& events, int major);

}  // namespace sandbox
