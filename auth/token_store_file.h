// SPDX-License-Identifier: BSD-3-Clause
// The store's SQLite file: made private, opened late, brought up to date. Internal to the store.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "auth/key_ladder.h"
#include "auth/token_store.h"
#include "auth/vault.h"
#include "dhis2/error.h"

namespace SQLite {
class Column;
class Database;
}  // namespace SQLite

namespace dhis2mcp {

// A store that cannot be written now, where what was to be written may be kept elsewhere.
struct StoreUnwritable : ConfigurationError {
  using ConfigurationError::ConfigurationError;
};

class TokenStore::File {
 public:
  File(std::filesystem::path file, KeyRungs rungs, std::chrono::milliseconds patience)
      : path_(std::move(file)),
        ladder_(std::move(rungs)),
        patience_(static_cast<int>(patience.count())) {}

  // Runs `work` with the open database under the lock; nothing when there is no file and none is to
  // be made. Throws StoreUnwritable when the disk is full or read-only, or another program holds
  // the file.
  template <typename Work>
  auto with(bool make, Work work)
      -> std::optional<decltype(work(std::declval<SQLite::Database&>()))> {
    const std::lock_guard lock(mutex_);
    try {
      if (!open(make)) return std::nullopt;
      return work(*opened_);
    } catch (...) {
      rethrow_as_ours();
    }
  }

  // Both want the database of with(). The first makes a key, and remembers its place, where there
  // is none yet: within a transaction that writes. The second never does.
  Vault vault(SQLite::Database& database);
  std::optional<Vault> existing_vault(SQLite::Database& database);

  static KeyRecord record(SQLite::Database& database);
  static void keep_record(SQLite::Database& database, const KeyRecord& record);

  // So that no earlier value stays readable in the write-ahead log.
  static void checkpoint(SQLite::Database& database);

  // The ladder is not thread-safe: within with() only.
  KeyLadder& ladder() { return ladder_; }
  std::string best_place() {
    const std::lock_guard lock(mutex_);
    return std::string(ladder_.best());
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  bool open(bool make);
  void open_for_reading();
  void bring_up_to_date(SQLite::Database& database) const;
  [[noreturn]] void rethrow_as_ours() const;

  std::filesystem::path path_;
  KeyLadder ladder_;
  int patience_;  // milliseconds, as SQLite counts them
  std::mutex mutex_;
  std::unique_ptr<SQLite::Database> opened_;
  std::string identity_;  // of the opened file
  bool read_only_ = false;
};

// The bytes of a sealed value, as the vault wants them; valid until the next step of the row.
std::string_view blob_of(const SQLite::Column& column);

}  // namespace dhis2mcp
