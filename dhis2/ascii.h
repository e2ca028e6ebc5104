// SPDX-License-Identifier: BSD-3-Clause
// Comparing without case what is ASCII by definition: host names, headers, types, codes. The same
// under every locale; other letters stay as they are.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace dhis2mcp {

constexpr char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower_letter);
  return out;
}

}  // namespace dhis2mcp
