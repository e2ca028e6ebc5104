// SPDX-License-Identifier: BSD-3-Clause
// Ranks by edit distance with neighbour swaps, over three rolling rows; a name that holds what was
// written counts as near.
#include "auth/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

// Longer names are no typing mistakes of each other.
constexpr std::size_t kLongest = 128;

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view written,
                                       const std::vector<std::string>& known, std::size_t limit) {
  const std::string asked = lower_ascii(written.substr(0, kLongest));
  if (asked.empty()) return {};
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : known) {
    const std::string candidate = lower_ascii(std::string_view(name).substr(0, kLongest));
    const bool holds = asked.size() >= 3 && (candidate.find(asked) != std::string::npos ||
                                             asked.find(candidate) != std::string::npos);
    const std::size_t far = edit_distance(asked, candidate);
    // Every letter replaced is another word, however short.
    const bool close = far <= 1 + asked.size() / 4 && far < asked.size();
    if (holds || close) ranked.emplace_back(holds ? far / 4 : far, name);
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

std::string did_you_mean(std::string_view written, const std::vector<std::string>& known) {
  const std::string sentence = did_you_mean(nearest_names(written, known, 1));
  return sentence.empty() ? sentence : sentence + " ";
}

}  // namespace dhis2mcp
