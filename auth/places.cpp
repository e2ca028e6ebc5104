// SPDX-License-Identifier: BSD-3-Clause
// The folders, as the environment says.
#include "auth/places.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace dhis2mcp {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::filesystem::path home() {
  const std::string set = variable("HOME");
  if (!set.empty()) {
    return set;
  }
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found) {
    return found->pw_dir;
  }
  return "/";
}

// The XDG base directory specification says that a relative path there is to be ignored.
std::filesystem::path xdg(const char* name, const std::filesystem::path& otherwise) {
  const std::filesystem::path set = variable(name);
  return (set.is_absolute() ? set : otherwise) / "dhis2-mcp";
}

}  // namespace

Places Places::from_environment() {
  const std::string set = variable("DHIS2_MCP_HOME");
  if (!set.empty()) {
    const std::filesystem::path root = std::filesystem::absolute(set).lexically_normal();
    return {root / "config", root / "data", root / "cache",
            root / "state",  root / "run",  variable("DHIS2_MCP_PASSPHRASE_FILE")};
  }
  const std::filesystem::path own = home();
  Places places{xdg("XDG_CONFIG_HOME", own / ".config"),
                xdg("XDG_DATA_HOME", own / ".local/share"),
                xdg("XDG_CACHE_HOME", own / ".cache"),
                xdg("XDG_STATE_HOME", own / ".local/state"),
                {},
                variable("DHIS2_MCP_PASSPHRASE_FILE")};
  const std::filesystem::path runtime = variable("XDG_RUNTIME_DIR");
  places.run = runtime.is_absolute() ? runtime / "dhis2-mcp" : places.state / "run";
  return places;
}

}  // namespace dhis2mcp
