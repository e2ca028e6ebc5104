// SPDX-License-Identifier: BSD-3-Clause
// Rules and renamed option combos of the releases up to 2.42.
#include "tests/sandbox/data_values_stored.h"

#include <array>
#include <string_view>
#include <utility>

namespace sandbox {
namespace {

constexpr int kKeepsAllSince = 43;

// The combo of the payload, and the one under which its values stand.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRenamed{{
    {"1-4 ans", "5-14 ans"},
    {"5-14 ans", "15 ans et plus"},
    {"15 ans et plus", "1-4 ans"},
    {"Budget de l\xe2\x80\x99\xc3\x89tat", "Autre partenaire"},
    {"Autre partenaire", "Budget de l\xe2\x80\x99\xc3\x89tat"},
    {"Masculin, < 1 an", "F\xc3\xa9minin, < 1 an"},
    {"F\xc3\xa9minin, < 1 an", "Masculin, < 1 an"},
    {"Masculin, 15 ans et plus", "F\xc3\xa9minin, 15 ans et plus"},
    {"F\xc3\xa9minin, 15 ans et plus", "Masculin, 15 ans et plus"},
    {"Masculin, 5-14 ans", "F\xc3\xa9minin, 5-14 ans"},
    {"F\xc3\xa9minin, 5-14 ans", "Masculin, 5-14 ans"},
}};

}  // namespace

StoredValues::StoredValues(const Country& country)
    : all_(country.settings().major >= kKeepsAllSince), today_(country.settings().today()) {
  if (all_) return;
  std::unordered_map<std::string, std::string> uids;
  for (const Json& combo : country.list("categoryOptionCombos")) {
    uids[combo.value("name", "")] = combo.value("id", "");
  }
  for (const auto& [from, to] : kRenamed) {
    combos_[uids[std::string(from)]] = uids[std::string(to)];
  }
}

bool StoredValues::keeps(const Json& element, const Period& period,
                         const std::string& value) const {
  if (all_) return true;
  if (iso_day(period.end) >= today_) return false;
  const bool zero = !value.empty() && value.find_first_not_of("0.") == std::string::npos;
  return !zero || element.value("zeroIsSignificant", false) ||
         element.value("aggregationType", "") == "AVERAGE";
}

const std::string& StoredValues::combo(const std::string& uid) const {
  const auto renamed = combos_.find(uid);
  return renamed == combos_.end() ? uid : renamed->second;
}

}  // namespace sandbox
