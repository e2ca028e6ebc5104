// SPDX-License-Identifier: BSD-3-Clause
// What a release keeps of the values that were sent to it.
#pragma once

#include <string>

#include "tests/sandbox/country.h"
#include "tests/sandbox/period.h"

namespace sandbox {

// The same payload does not leave the same values on every release: up to 2.42 DHIS2 refuses the
// values of a period that has not ended and drops zeros where zero is not significant (except of
// data elements that are averaged); 2.43 keeps both.
class StoredValues {
 public:
  explicit StoredValues(const Country& country);
  bool keeps(const Json& element, const Period& period, const std::string& value) const;

 private:
  bool all_;
  std::string today_;
};

}  // namespace sandbox
