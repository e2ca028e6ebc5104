// SPDX-License-Identifier: BSD-3-Clause
// Edit distance with neighbour swaps (optimal string alignment), over three rolling rows.
#include "auth/nearest.h"

#include <algorithm>
#include <numeric>

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongest = 128;

}  // namespace

std::string folded(std::string_view text) {
  std::string lower(text.substr(0, kLongest));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char letter) {
    return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
  });
  return lower;
}

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

std::string nearest(std::string_view wanted, const std::vector<std::string>& names) {
  if (wanted.empty() || wanted.size() > kLongest) {
    return {};
  }
  const std::string target = folded(wanted);
  const std::string* best = nullptr;
  const std::string* begun = nullptr;
  std::size_t beginnings = 0;
  std::size_t closest = std::max<std::size_t>(1, target.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::string candidate = folded(name);
    const std::size_t apart = edit_distance(target, candidate);
    // Every letter replaced is another word, however short.
    if (apart < closest && apart < target.size()) {
      closest = apart;
      best = &name;
    }
    if (candidate.starts_with(target)) {
      begun = &name;
      ++beginnings;
    }
  }
  if (best == nullptr && beginnings == 1) {
    best = begun;
  }
  return best == nullptr ? std::string() : *best;
}

std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names) {
  const std::string meant = nearest(wanted, names);
  return meant.empty() ? meant : "Did you mean '" + meant + "'? ";
}

}  // namespace dhis2mcp
