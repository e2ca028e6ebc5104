// SPDX-License-Identifier: BSD-3-Clause
// The secrets of profiles, sealed and opened here; the database never sees a plain one.
#include "auth/token_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include "auth/places.h"
#include "auth/text_codes.h"
#include "auth/token_store_file.h"
#include "auth/token_store_rows.h"

namespace dhis2mcp {
namespace {

std::string stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (lstat(file.c_str(), &found) != 0) {
    return "-";
  }
  return std::to_string(found.st_ino) + "." + std::to_string(found.st_size) + "." +
         std::to_string(found.st_mtim.tv_sec) + "." + std::to_string(found.st_mtim.tv_nsec);
}

}  // namespace

ConfigurationError unreadable(const std::string& what, const KeyRecord& record,
                              const std::filesystem::path& key_file, bool key_is_there,
                              const std::string& command) {
  const bool file = record.place.empty() || record.place == kKeyFile;
  const std::string where = file ? key_file.string() : "the " + record.place;
  return {ErrorKind::refused,
          what + " cannot be read: " +
              (key_is_there ? "it was altered, or sealed with another key than the one in "
                            : "its key is gone from ") +
              where + ".",
          "Sign in again with dhis2-mcp " + command + ", or put the key " + (file ? "file " : "") +
              "back from a backup. Nothing was deleted."};
}

TokenStore::TokenStore(std::filesystem::path database, KeyRungs rungs,
                       std::chrono::milliseconds patience)
    : file_(std::make_unique<File>(std::move(database), std::move(rungs), patience)),
      unsaved_(std::make_unique<Unsaved>()) {}

TokenStore::~TokenStore() = default;

void TokenStore::put_secret(std::string_view profile, std::string_view kind, const Secret& value) {
  file_->with(true, [&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const std::string sealed =
        file_->vault(database).seal(value.reveal(), secret_place(profile, kind));
    SQLite::Statement put(database,
                          "INSERT INTO secrets (profile, kind, value, revision) VALUES (?, ?, ?, 1)"
                          " ON CONFLICT (profile, kind) DO UPDATE SET value = excluded.value,"
                          " revision = revision + 1");
    put.bind(1, std::string(profile));
    put.bind(2, std::string(kind));
    put.bind(3, sealed.data(), static_cast<int>(sealed.size()));
    put.exec();
    transaction.commit();
    File::checkpoint(database);
    return true;
  });
}

std::optional<Secret> TokenStore::secret(std::string_view profile, std::string_view kind) const {
  auto found = stored(profile, kind);
  return found ? std::optional<Secret>(std::move(found->value)) : std::nullopt;
}

std::optional<StoredSecret> TokenStore::stored(std::string_view profile,
                                               std::string_view kind) const {
  const auto read = [&](SQLite::Database& database) -> std::optional<StoredSecret> {
    SQLite::Statement row(database,
                          "SELECT value, revision FROM secrets WHERE profile = ? AND kind = ?");
    row.bind(1, std::string(profile));
    row.bind(2, std::string(kind));
    if (!row.executeStep()) {
      return std::nullopt;
    }
    const auto vault = file_->existing_vault(database);
    auto opened =
        vault ? vault->open(blob_of(row.getColumn(0)), secret_place(profile, kind)) : std::nullopt;
    if (!opened) {
      throw unreadable(
          "The stored " + std::string(kind) + " of profile '" + std::string(profile) + "'",
          File::record(database), file_->ladder().key_file(), vault.has_value(),
          "profile add " + std::string(profile));
    }
    return StoredSecret{std::move(*opened), row.getColumn(1).getInt64()};
  };
  auto found = file_->with(false, read);
  return found ? std::move(*found) : std::nullopt;
}

void TokenStore::forget_secrets(std::string_view profile) {
  file_->with(false, [&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement remove(database, "DELETE FROM secrets WHERE profile = ?");
    remove.bind(1, std::string(profile));
    remove.exec();
    transaction.commit();
    File::checkpoint(database);
    return true;
  });
}

std::string TokenStore::key_place() const {
  const auto kept =
      file_->with(false, [](SQLite::Database& database) { return File::record(database).place; });
  return kept && !kept->empty() ? *kept : best_key_place();
}

std::string TokenStore::best_key_place() const { return file_->best_place(); }

std::string TokenStore::stamp() const {
  return stamp_of(file_->path()) + "/" + stamp_of(file_->path().string() + "-wal");
}

std::filesystem::path TokenStore::lock_file(const TokenKey& key) const {
  const std::string name = place_of({key.base_url, key.client_id, key.account});
  return file_->path().parent_path() / ("refresh-" + to_hex(sha256(name)).substr(0, 24) + ".lock");
}

}  // namespace dhis2mcp
