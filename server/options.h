// SPDX-License-Identifier: BSD-3-Clause
// What can be set for a run. Precedence: flag, then DHIS2_MCP_<OPTION>, then the default below.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "server/log.h"
#include "tools/registry.h"

namespace dhis2mcp {

// The global options; the flag of each member is its name with dashes. `profile` has no such
// variable: DHIS2_PROFILE stands a step lower in the choice of a profile.
struct Options {
  std::string profile;               // which DHIS2 instance and account to use
  std::string toolsets = "default";  // core, metadata, analytics, ... or default, compact, all
  std::string tools;                 // tools to show as well, a comma list
  bool read_only = false;            // beats everything
  std::string log_level;             // trace, debug, info, warn, error, off; empty: info for
                                     // servers, warn for commands
  std::string log_format = "text";   // or json
  std::string log_file;              // empty: stderr
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The process's own. An empty variable counts as not set.
std::optional<std::string> environment_variable(const std::string& name);

// The defaults with the environment over them. Throws bad_input for a value that cannot be.
Options options_from(const Environment& environment);

// Throws bad_input, naming the option and what it takes.
void check(const Options& options);

Exposure exposure(const Options& options);

// `usual` counts where no level was given.
LogOptions log_options(const Options& options, LogLevel usual);

}  // namespace dhis2mcp
