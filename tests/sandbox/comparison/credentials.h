// SPDX-License-Identifier: BSD-3-Clause
// Puts back the credentials that a recording masks.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tests/sandbox/comparison/exchange.h"

namespace comparison {

// A recording says `Basic <admin>` where the caller sent admin's name and password. What the
// practice DHIS2 knows of itself (its users, its tokens) is put back from a table; what a server
// made during the recording is learned as the practice one makes its own. One for each file.
class Credentials {
 public:
  explicit Credentials(int major);

  // The header to send instead; masks that nobody knows are left as they are and are refused by
  // the server as a wrong credential is.
  std::string put_back(std::string_view name, const std::string& value) const;

  // Remembers sessions and keys by what the recorded server called them.
  void learn(const Exchange& recorded, const Message& answer);

 private:
  std::string basic(const std::string& mask) const;
  std::string token(const std::string& mask) const;

  int major_;
  std::map<std::string, std::string> sessions_;  // recorded JSESSIONID -> the practice server's
};

}  // namespace comparison
