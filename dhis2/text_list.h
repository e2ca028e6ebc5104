// SPDX-License-Identifier: BSD-3-Clause
// Lists of texts as one text, for a query and for a sentence, and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// Of any range of texts: "a,b,c".
template <typename Texts>
std::string joined(const Texts& texts, std::string_view mark) {
  std::string out;
  for (const std::string& text : texts) {
    if (!out.empty()) out += mark;
    out += text;
  }
  return out;
}

// What stands between the marks, empty parts too: one of an empty text.
inline std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(mark);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// "1 row", "2 rows".
inline std::string count_of(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

// "a, b and 3 more": the first `most` of them, and how many are left out.
inline std::string some_of(const std::vector<std::string>& all, std::size_t most = 10) {
  std::string out;
  for (std::size_t i = 0; i < all.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + all[i];
  if (all.size() > most) out += " and " + std::to_string(all.size() - most) + " more";
  return out;
}

}  // namespace dhis2mcp
