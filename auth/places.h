// SPDX-License-Identifier: BSD-3-Clause
// Where our files are, and who may read them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dhis2mcp {

// The five folders: $DHIS2_MCP_HOME/{config,data,cache,state,run}, else the XDG folders +
// dhis2-mcp (`run` without XDG_RUNTIME_DIR is a folder of `state`).
struct Places {
  std::filesystem::path config, data, cache, state, run;
  std::filesystem::path passphrase;  // the file with the store's passphrase; empty for none

  // Reads DHIS2_MCP_HOME, XDG_*_HOME, XDG_RUNTIME_DIR, HOME and DHIS2_MCP_PASSPHRASE_FILE. Touches
  // no disk.
  static Places from_environment();

  std::filesystem::path profiles() const { return config / "profiles.json"; }
  std::filesystem::path key() const { return config / "key"; }
  std::filesystem::path http_token() const { return config / "http-token"; }
  std::filesystem::path store() const { return data / "store.db"; }
  std::filesystem::path results() const { return state / "results"; }
  std::filesystem::path exports() const { return state / "exports"; }
};

// Everything below throws ConfigurationError, and the hint holds the command that mends it.

// Whether nothing stands there. Throws where a folder above does not let us see.
bool is_absent(const std::filesystem::path& file);

// Makes the folder and its missing parents, 0700. Refuses one that is a symbolic link, belongs to
// someone else or lets others in.
void make_private_folder(const std::filesystem::path& folder);

// Throws unless the file is a regular file of ours with no group or other bits.
void demand_private_file(const std::filesystem::path& file);

// Writes beside, fsyncs and renames over; mode 0600; its folder is made private first. An existing
// file has to pass demand_private_file.
void write_private_file(const std::filesystem::path& file, std::string_view text);

// Makes a file with this text unless there is one already; false when there was. Of several
// processes that try at once exactly one gets true, and no reader sees half of it.
bool create_private_file(const std::filesystem::path& file, std::string_view text);

// Reads a private file whole, at most 16 MB.
std::string read_private_file(const std::filesystem::path& file);

// Held by one process at a time, and within it by one holder; released by the kernel when its
// process dies. Leaves no file behind: the folder itself is locked.
class FolderLock {
 public:
  // Makes the folder private. Waits up to 10 s, then says that someone else is writing there.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int folder_ = -1;
};

}  // namespace dhis2mcp
