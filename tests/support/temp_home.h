// SPDX-License-Identifier: BSD-3-Clause
// A home of its own for a test: DHIS2_MCP_HOME points to a new folder that is removed at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/scratch_folder.h"

namespace dhis2mcp::test {

// One at a time in a process, for it sets the environment.
class TempHome {
 public:
  TempHome() {
    if (const char* before = std::getenv("DHIS2_MCP_HOME")) {
      before_ = before;
    }
    setenv("DHIS2_MCP_HOME", path().c_str(), 1);
    // No test writes into the keyring of the person who runs it.
    setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 1);
  }

  ~TempHome() {
    if (before_) {
      setenv("DHIS2_MCP_HOME", before_->c_str(), 1);
    } else {
      unsetenv("DHIS2_MCP_HOME");
    }
  }
  TempHome(const TempHome&) = delete;
  TempHome& operator=(const TempHome&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
  std::optional<std::string> before_;
};

}  // namespace dhis2mcp::test
