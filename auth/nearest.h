// SPDX-License-Identifier: BSD-3-Clause
// "Did you mean": the known name that a mistyped one was likely meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// The closest of `names`, or empty when none is close: up to a third of the letters (at least one)
// inserted, left out, replaced or swapped with their neighbour, capitals aside; or `wanted` begins
// exactly one of them. Of equally close names the first in the list.
std::string nearest(std::string_view wanted, const std::vector<std::string>& names);

// "Did you mean 'demo'? " or nothing.
std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names);

}  // namespace dhis2mcp
