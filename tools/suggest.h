// SPDX-License-Identifier: BSD-3-Clause
// The names that somebody who misspelt one may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// The nearest of `known` first, at most `limit`. Compares without case; a known name that holds the
// written one, or is held by it, counts as near. Empty when nothing is near enough to be worth
// telling.
std::vector<std::string> nearest_names(std::string_view written,
                                       const std::vector<std::string>& known,
                                       std::size_t limit = 3);

// "Did you mean a, b or c?" or an empty text.
std::string did_you_mean(const std::vector<std::string>& names);

// "a, b or c".
std::string either(const std::vector<std::string>& names);

}  // namespace dhis2mcp
