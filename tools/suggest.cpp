// SPDX-License-Identifier: BSD-3-Clause
// Nearest names by edit distance over lower-case letters.
#include "tools/suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongest = 128;  // longer texts are no misspelt names

std::string folded(std::string_view text) {
  std::string out(text.substr(0, kLongest));
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view written,
                                       const std::vector<std::string>& known, std::size_t limit) {
  const std::string asked = folded(written);
  if (asked.empty()) return {};
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : known) {
    const std::string candidate = folded(name);
    const bool holds = asked.size() >= 3 && (candidate.find(asked) != std::string::npos ||
                                             asked.find(candidate) != std::string::npos);
    const std::size_t far = distance(asked, candidate);
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
