// SPDX-License-Identifier: BSD-3-Clause
// Where the store's key may live: keyring, passphrase, key file; the best that there is.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "auth/data_key.h"
#include "auth/keyring.h"
#include "auth/secret.h"

namespace dhis2mcp {

inline constexpr std::string_view kInKeyring = "keyring";
inline constexpr std::string_view kFromPassphrase = "passphrase";

// What a store remembers of its key; nothing in it is secret.
struct KeyRecord {
  std::string place;  // kInKeyring, kFromPassphrase or kKeyFile; empty before the first key
  std::string id;     // the keyring's entry, or the passphrase's salt in hexadecimal digits
  std::string check;  // tells a wrong passphrase from an altered value

  bool operator==(const KeyRecord&) const = default;
};

// The rungs of this machine. The keyring is looked for when it is first needed.
struct KeyRungs {
  std::filesystem::path key_file;
  std::filesystem::path passphrase_file;  // empty for none
  std::function<std::shared_ptr<Keyring>()> keyring;
  // The cost of a guess at the passphrase: log2 of scrypt's N. A store opens only under the
  // cost it was made with, and its record does not hold it; tests take less.
  unsigned passphrase_cost = 17;

  KeyRungs(std::filesystem::path file) : key_file(std::move(file)) {}  // that rung alone
  KeyRungs(std::filesystem::path file, std::filesystem::path passphrase,
           std::function<std::shared_ptr<Keyring>()> session)
      : key_file(std::move(file)),
        passphrase_file(std::move(passphrase)),
        keyring(std::move(session)) {}
};

// Keys of 32 bytes. What a key protects: on every rung copies of the database (backups, synced
// folders, a bug report); in the keyring also this machine while nobody is logged in; with a
// passphrase whatever the passphrase is kept apart from. Not thread-safe. Throws ConfigurationError
// when a rung is there and cannot be used.
class KeyLadder {
 public:
  explicit KeyLadder(KeyRungs rungs) : rungs_(std::move(rungs)) {}

  // The best rung there is: the keyring if it answers, else the passphrase if a file with one is
  // named, else the key file.
  std::string_view best();

  // A new key on the best rung, stored there when this returns. A key file that exists is used.
  KeyRecord make();

  // The key of a record; nothing when it is gone from its place.
  std::optional<Secret> find(const KeyRecord& record);

  // The same, with a new key in that place when the old one is gone.
  Secret find_or_make(const KeyRecord& record);

  // After the store moved to another rung.
  void forget(const KeyRecord& record);

  const std::filesystem::path& key_file() const { return rungs_.key_file; }

 private:
  Keyring& keyring();
  Secret derived(const KeyRecord& record);
  std::string passphrase_check(const Secret& key) const;

  KeyRungs rungs_;
  std::shared_ptr<Keyring> keyring_;
  bool looked_for_keyring_ = false;
  std::optional<std::pair<KeyRecord, Secret>> kept_;  // deriving takes half a second
};

}  // namespace dhis2mcp
