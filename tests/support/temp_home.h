// SPDX-License-Identifier: BSD-3-Clause
// A home of its own for a test: DHIS2_MCP_HOME points to a new folder that is removed at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace dhis2mcp::test {

// One at a time in a process, for it sets the environment.
class TempHome {
 public:
  TempHome() {
    std::string name = (std::filesystem::temp_directory_path() / "dhis2-mcp-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    path_ = name;
    if (const char* before = std::getenv("DHIS2_MCP_HOME")) {
      before_ = before;
    }
    setenv("DHIS2_MCP_HOME", name.c_str(), 1);
    // No test writes into the keyring of the person who runs it.
    setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 1);
  }

  ~TempHome() {
    if (before_) {
      setenv("DHIS2_MCP_HOME", before_->c_str(), 1);
    } else {
      unsetenv("DHIS2_MCP_HOME");
    }
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempHome(const TempHome&) = delete;
  TempHome& operator=(const TempHome&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::optional<std::string> before_;
};

}  // namespace dhis2mcp::test
