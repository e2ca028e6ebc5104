// SPDX-License-Identifier: BSD-3-Clause
// The first line of the program is its address.
#include "tests/support/practice.h"

#include <stdexcept>

namespace dhis2mcp::test {
namespace {

std::vector<std::string> words(const std::string& version, const std::vector<std::string>& more) {
  std::vector<std::string> all = {"--port", "0",       "--version",
                                  version,  "--clock", "2026-11-21T10:00:00"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

Practice::Practice(const std::string& version, const std::vector<std::string>& more)
    : program_(DHIS2_SANDBOX_PROGRAM, words(version, more)),
      url_(program_.line(std::chrono::seconds(60)).value_or("")) {
  if (!url_.starts_with("http")) {
    throw std::runtime_error("the practice DHIS2 did not start: " + program_.wait().err);
  }
}

}  // namespace dhis2mcp::test
