// SPDX-License-Identifier: BSD-3-Clause
// The key under which secrets are stored, and the place it is kept in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "auth/secret.h"

namespace dhis2mcp {

// A rung of the ladder that the store's key may stand on. One is there: a key file. It protects
// copies of the database (backups, synced folders, a bug report), not this user's own session.
struct DataKey {
  Secret key;         // 32 bytes
  std::string place;  // in words: "key file"; the store remembers it
};

inline constexpr std::string_view kKeyFile = "key file";

// The key in that file, 32 raw bytes; nothing when the file is absent. Throws ConfigurationError
// when it is not private or not 32 bytes long.
std::optional<DataKey> load_data_key(const std::filesystem::path& key_file);

// Makes the file with 32 random bytes when it is absent. Two processes that race end up with the
// same key.
DataKey load_or_create_data_key(const std::filesystem::path& key_file);

}  // namespace dhis2mcp
