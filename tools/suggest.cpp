// SPDX-License-Identifier: BSD-3-Clause
// Ranks by edit distance; a name that holds what was written counts as near.
#include "tools/suggest.h"

#include <algorithm>
#include <utility>

#include "auth/nearest.h"

namespace dhis2mcp {
std::vector<std::string> nearest_names(std::string_view written,
                                       const std::vector<std::string>& known, std::size_t limit) {
  const std::string asked = folded(written);
  if (asked.empty()) return {};
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : known) {
    const std::string candidate = folded(name);
    const bool holds = asked.size() >= 3 && (candidate.find(asked) != std::string::npos ||
                                             asked.find(candidate) != std::string::npos);
    const std::size_t far = edit_distance(asked, candidate);
    if (holds || far <= 1 + asked.size() / 4) ranked.emplace_back(holds ? far / 4 : far, name);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (auto& [far, name] : ranked) {
    if (names.size() == limit) break;
    names.push_back(std::move(name));
  }
  return names;
}

std::string either(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

std::string did_you_mean(const std::vector<std::string>& names) {
  return names.empty() ? std::string() : "Did you mean " + either(names) + "?";
}

}  // namespace dhis2mcp
