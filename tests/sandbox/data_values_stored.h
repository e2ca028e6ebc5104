// SPDX-License-Identifier: BSD-3-Clause
// What a release keeps of the values that were sent to it.
#pragma once

#include <string>
#include <unordered_map>

#include "tests/sandbox/country.h"
#include "tests/sandbox/period.h"

namespace sandbox {

// The same payload does not leave the same values on every release. Up to 2.42 DHIS2 refuses the
// values of a period that has not ended and drops zeros where zero is not significant; 2.43 keeps
// both. Option combos get their uids from the server: on the servers of 2.40 to 2.42 that the
// country was compared with, some combos of the payload came to stand for others of their category
// combo, and `combo` says for which.
class StoredValues {
 public:
  explicit StoredValues(const Country& country);

  bool keeps(const Json& element, const Period& period, const std::string& value) const;
  const std::string& combo(const std::string& uid) const;

 private:
  bool all_;
  std::string today_;
  std::unordered_map<std::string, std::string> combos_;
};

}  // namespace sandbox
