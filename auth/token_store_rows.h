// SPDX-License-Identifier: BSD-3-Clause
// What the rows of the store have in common. Internal to the store.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "auth/token_store_file.h"

namespace dhis2mcp {

// The layout of a table is part of each value's place, so that a later one cannot be read as this.
inline std::string secret_place(std::string_view profile, std::string_view kind) {
  return place_of({"secrets.1", profile, kind, "value"});
}

inline std::string token_place(const TokenKey& key, std::string_view column) {
  return place_of({"oauth2_tokens.1", key.base_url, key.client_id, key.account, column});
}

// For a value that does not open; `command` is what stores a new one.
ConfigurationError unreadable(const std::string& what, const KeyRecord& record,
                              const std::filesystem::path& key_file, bool key_is_there,
                              const std::string& command);

// Tokens that no disk took. A write is tried again after a while, by whoever comes by.
struct TokenStore::Unsaved {
  struct Held {
    Tokens tokens;
    std::chrono::steady_clock::time_point next_try;
    std::optional<std::uint64_t> replaces;  // the generation of the row, 0 where there was none
  };
  std::mutex mutex;
  std::map<TokenKey, Held> held;
  std::string reason;
};

}  // namespace dhis2mcp
