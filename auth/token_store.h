// SPDX-License-Identifier: BSD-3-Clause
// Secrets at rest: a SQLite file of our own whose values are AES-256-GCM encrypted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/secret.h"

namespace dhis2mcp {

// A secret and the count of times it was written: storing the same text again is a new revision,
// for it is a person's word that it is right.
struct StoredSecret {
  Secret value;
  std::int64_t revision = 0;
};

// The tables of data/store.db: `secrets(profile, kind, ...)` now, `oauth2_tokens(base_url,
// client_id, account, ...)` beside it. Opened on first use, never at start-up, and made by the
// first write; WAL, synchronous FULL, IMMEDIATE. Safe to use from several threads and processes.
// Throws ConfigurationError with what to do; a value that cannot be read (lost key, flipped bytes,
// a row moved to another place) is reported and never deleted.
class TokenStore {
 public:
  TokenStore(std::filesystem::path database, std::filesystem::path key_file);
  ~TokenStore();

  // `kind` is "password", "pat" or "client_secret". Durable when it returns, and no earlier value
  // is left in the write-ahead log.
  void put_secret(std::string_view profile, std::string_view kind, const Secret& value);
  std::optional<Secret> secret(std::string_view profile, std::string_view kind) const;
  std::optional<StoredSecret> stored(std::string_view profile, std::string_view kind) const;
  void forget_secrets(std::string_view profile);

  // Where the key lives, in words for `profile_status` and `doctor`: "key file". The store
  // remembers the place it was made with.
  std::string key_place() const;

  // Changes whenever any process wrote to the store; asks the file system only. Equal stamps may
  // hide writes of the same few milliseconds, for file times are that coarse.
  std::string stamp() const;

 private:
  class Database;
  std::unique_ptr<Database> database_;
};

}  // namespace dhis2mcp
