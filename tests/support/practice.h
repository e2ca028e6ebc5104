// SPDX-License-Identifier: BSD-3-Clause
// A practice DHIS2 of some version, as a program of its own.
#pragma once

#include <string>
#include <vector>

#include "tests/support/program.h"

namespace dhis2mcp::test {

// Its clock stands at 2026-11-21T10:00:00. Ends with the object.
class Practice {
 public:
  // `more` are further options of dhis2-sandbox. Throws when the program tells no address.
  explicit Practice(const std::string& version, const std::vector<std::string>& more = {});

  const std::string& url() const { return url_; }

 private:
  Program program_;
  std::string url_;
};

}  // namespace dhis2mcp::test
