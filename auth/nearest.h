// SPDX-License-Identifier: BSD-3-Clause
// "Did you mean": the known name that a mistyped one was likely meant to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// In lower case, cut after 128 letters: longer names are no typing mistakes of each other.
std::string folded(std::string_view text);

// How many letters are inserted, left out, replaced or swapped with their neighbour (optimal string
// alignment). Quadratic: for folded texts.
std::size_t edit_distance(const std::string& a, const std::string& b);

// The closest of `names`, or empty when none is close: up to a third of the letters (at least one)
// inserted, left out, replaced or swapped with their neighbour, capitals aside; or `wanted` begins
// exactly one of them. Of equally close names the first in the list.
std::string nearest(std::string_view wanted, const std::vector<std::string>& names);

// "Did you mean 'demo'? " or nothing.
std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names);

}  // namespace dhis2mcp
