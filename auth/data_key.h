// SPDX-License-Identifier: BSD-3-Clause
// The key file, one of the three places of auth/key_ladder.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "auth/secret.h"

namespace dhis2mcp {

inline constexpr std::string_view kKeyFile = "key file";

// The key in that file, 32 raw bytes. It protects copies of the database (backups, synced folders,
// a bug report), not this user's own session. Nothing when the file is absent. Throws
// ConfigurationError when it is not private or not 32 bytes long.
std::optional<Secret> load_data_key(const std::filesystem::path& key_file);

// Makes the file with 32 random bytes when it is absent. Two processes that race end up with the
// same key.
Secret load_or_create_data_key(const std::filesystem::path& key_file);

}  // namespace dhis2mcp
