// SPDX-License-Identifier: BSD-3-Clause
// The import rules of the releases up to 2.42.
#include "tests/sandbox/data_values_stored.h"

namespace sandbox {

constexpr int kKeepsAllSince = 43;

StoredValues::StoredValues(const Country& country)
    : all_(country.settings().major >= kKeepsAllSince), today_(country.settings().today()) {}

bool StoredValues::keeps(const Json& element, const Period& period,
                         const std::string& value) const {
  if (all_) return true;
  if (iso_day(period.end) >= today_) return false;
  const bool zero = !value.empty() && value.find_first_not_of("0.") == std::string::npos;
  return !zero || element.value("zeroIsSignificant", false) ||
         element.value("aggregationType", "") == "AVERAGE";
}

}  // namespace sandbox
