// SPDX-License-Identifier: BSD-3-Clause
// A practice DHIS2 of some version, as a program of its own.
#pragma once

#include <string>
#include <vector>

#include "tests/support/program.h"

namespace dhis2mcp::test {

// Ends with the object. `more` are further options of dhis2-sandbox.
class Practice {
 public:
  explicit Practice(const std::string& version, std::vector<std::string> more = {})
      : program_(DHIS2_SANDBOX_PROGRAM, words(version, std::move(more))) {
    url_ = program_.line(std::chrono::milliseconds(30'000)).value_or("");
  }

  const std::string& url() const { return url_; }

 private:
  static std::vector<std::string> words(const std::string& version, std::vector<std::string> more) {
    more.insert(more.begin(), {"--version", version});
    return more;
  }

  Program program_;
  std::string url_;
};

}  // namespace dhis2mcp::test
