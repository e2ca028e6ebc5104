// SPDX-License-Identifier: BSD-3-Clause
// "Did you mean": the known names that a mistyped one was likely meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// The nearest of `known` first, at most `limit`. Letters inserted, left out, replaced or swapped
// with their neighbour count (optimal string alignment), capitals do not; a known name that holds
// the written one, or is held by it, counts as near. Of equally near ones the first in the list.
// Empty when nothing is near enough to be worth telling. Names are compared by their first 128
// letters.
std::vector<std::string> nearest_names(std::string_view written,
                                       const std::vector<std::string>& known,
                                       std::size_t limit = 3);

// "Did you mean a, b or c?" or an empty text.
std::string did_you_mean(const std::vector<std::string>& names);

// Of the nearest one, with a space behind it for the sentence that follows; or an empty text.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known);

// "a, b or c".
std::string either(const std::vector<std::string>& names);

}  // namespace dhis2mcp
