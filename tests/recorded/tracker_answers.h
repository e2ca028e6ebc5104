// SPDX-License-Identifier: BSD-3-Clause
// Whether the product's answer says what the recorded server said.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/recorded/product.h"
#include "tests/recorded/relay.h"
#include "tests/recorded/tracker_questions.h"

namespace recorded {

// Options and value types, as the practice server's metadata has them: known without the product.
class Known {
 public:
  explicit Known(const Relay& relay);

  // A value as it is to be shown: the option's name, a number's plain digits.
  std::string shown(const std::string& item, const std::string& value) const;
  bool attribute(const std::string& item) const { return attributes_.contains(item); }

 private:
  std::map<std::string, std::string> sets_;  // by item
  std::map<std::string, bool> attributes_;
  std::map<std::string, std::map<std::string, std::string>> names_;  // by set and code
};

// How the reason begins where the tool refuses what DHIS2 only finds nothing for.
inline const std::string kRefusedUnasked = "refused before it is asked: ";

// Empty when everything of the recorded answer is told; else what is not, in words that are alike
// for alike misses.
std::string missed(const Known& known, const Exchange& exchange, const ToolQuestion& question,
                   const std::vector<std::string>& asked, const Json& result);

// Values of persons in a recorded answer that are long enough to be told from others.
std::vector<std::string> persons(const Known& known, const Exchange& exchange);

}  // namespace recorded
