// SPDX-License-Identifier: BSD-3-Clause
// Where our files are, and who may read them.
#pragma once

#include <filesystem>
#include <string>

namespace dhis2mcp {

// The five folders: $DHIS2_MCP_HOME/{config,data,cache,state,run}, else the XDG folders +
// dhis2-mcp.
struct Places {
  std::filesystem::path config, data, cache, state, run;

  // Reads DHIS2_MCP_HOME, XDG_*_HOME, XDG_RUNTIME_DIR and HOME. Touches no disk.
  static Places from_environment();

  std::filesystem::path profiles() const { return config / "profiles.json"; }
  std::filesystem::path key() const { return config / "key"; }
  std::filesystem::path http_token() const { return config / "http-token"; }
  std::filesystem::path store() const { return data / "store.db"; }
  std::filesystem::path results() const { return state / "results"; }
  std::filesystem::path exports() const { return state / "exports"; }
};

// Makes the folder and its missing parents, 0700. Throws ConfigurationError when it is a symbolic
// link, belongs to someone else or lets others in.
void make_private_folder(const std::filesystem::path& folder);

// Throws ConfigurationError unless the file is a regular file of ours with no group or other bits.
void demand_private_file(const std::filesystem::path& file);

// Writes beside, fsyncs and renames over; mode 0600; its folder is made private first.
void write_private_file(const std::filesystem::path& file, std::string_view text);

// Reads a private file whole, at most 16 MB.
std::string read_private_file(const std::filesystem::path& file);

}  // namespace dhis2mcp
