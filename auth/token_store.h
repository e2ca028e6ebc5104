// SPDX-License-Identifier: BSD-3-Clause
// Secrets at rest: a SQLite file of our own whose values are AES-256-GCM encrypted.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key_ladder.h"
#include "auth/secret.h"

namespace dhis2mcp {

// A secret and the count of times it was written: storing the same text again is a new revision,
// for it is a person's word that it is right.
struct StoredSecret {
  Secret value;
  std::int64_t revision = 0;
};

// Whose tokens: `account` is the username that /api/me confirmed, so that two users of one client
// never share a row.
struct TokenKey {
  std::string base_url, client_id, account;

  std::string display() const { return base_url + ":" + client_id; }
  auto operator<=>(const TokenKey&) const = default;
};

struct Tokens {
  Secret access, refresh;     // refresh is empty where the server gives none
  std::string issuer, scope;  // as the server said
  std::chrono::system_clock::time_point issued, expires;
  std::uint64_t generation = 0;  // given by the store; grows with each write of a key, for ever
  bool rotates = false;          // the server has replaced the refresh token before
  std::string ended;             // why a new sign-in is needed; empty while there is no need
};

// Which web origin a token of the proxy is for, and what is kept of it.
struct ProxyToken {
  std::string origin;  // "https://app.example.org"
  std::string hash;    // SHA-256 of the token, which has 256 random bits of its own
};

// The tables of data/store.db: `secrets(profile, kind, ...)`, `oauth2_tokens(base_url, client_id,
// account, ...)` and `proxy_tokens(origin, hash, ...)`. Opened on first use, never at start-up, and
// made by the first write; WAL, synchronous FULL, IMMEDIATE. Safe to use from several threads and
// processes. Throws ConfigurationError with what to do; a value that cannot be read (lost key,
// flipped bytes, a row moved to another place) is reported and never deleted.
class TokenStore {
 public:
  // `patience`: how long it waits while another process writes.
  TokenStore(std::filesystem::path database, KeyRungs rungs,
             std::chrono::milliseconds patience = std::chrono::seconds(5));
  ~TokenStore();

  // `kind` is "password", "pat", "client_secret" or "client_key". Durable when it returns, and no
  // earlier value is left in the write-ahead log.
  void put_secret(std::string_view profile, std::string_view kind, const Secret& value);
  std::optional<Secret> secret(std::string_view profile, std::string_view kind) const;
  std::optional<StoredSecret> stored(std::string_view profile, std::string_view kind) const;
  void forget_secrets(std::string_view profile);

  // Durable when it returns true. False when the disk is full or cannot be written, or another
  // program holds the file: the tokens are then kept in the memory of this store, warning() says
  // so, and later calls try to save them again. Sets the generation.
  bool put_tokens(const TokenKey& key, Tokens& tokens);
  std::optional<Tokens> tokens(const TokenKey& key);
  void forget_tokens(const TokenKey& key);
  std::vector<TokenKey> token_keys() const;

  // Makes a token of 43 letters for the origin in the place of any earlier one. Durable when it
  // returns; the token is nowhere but in the result. The second gives all that there are.
  Secret new_proxy_token(std::string_view origin);
  std::vector<ProxyToken> proxy_tokens() const;

  // What a person should know of tokens that are in memory only; empty when there are none.
  std::string warning() const;

  // Where the key lives, in words for `profile_status` and `doctor`: "keyring", "passphrase", "key
  // file". The store remembers the place it was made with.
  std::string key_place() const;

  // Moves the key to the best place there is, with every value; returns the place. A value that
  // cannot be opened stays as it is. Nothing happens where the best place is the present one.
  std::string rekey();

  // Where rekey() would move it.
  std::string best_key_place() const;

  // Changes whenever any process wrote to the store; asks the file system only. Equal stamps may
  // hide writes of the same few milliseconds, for file times are that coarse.
  std::string stamp() const;

  // A file beside the store for the lock of one key's refresh.
  std::filesystem::path lock_file(const TokenKey& key) const;

 private:
  class File;
  struct Unsaved;

  // Those that no disk took, unless somebody has signed in or out since.
  std::optional<Tokens> held_tokens(const TokenKey& key);

  std::unique_ptr<File> file_;
  std::unique_ptr<Unsaved> unsaved_;
};

}  // namespace dhis2mcp
