// SPDX-License-Identifier: BSD-3-Clause
// Modes and links are judged before SQLite sees the file, for it would follow and widen them.
#include "auth/token_store_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/places.h"
#include "dhis2/query.h"

namespace dhis2mcp {
namespace {

// One step for each schema version: a store of version n runs the steps from n on. Steps are only
// ever added.
constexpr const char* kSteps[] = {
    R"sql(
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE secrets (profile TEXT NOT NULL, kind TEXT NOT NULL, value BLOB NOT NULL,
                            revision INTEGER NOT NULL, PRIMARY KEY (profile, kind)) STRICT;
    )sql",
    R"sql(
      CREATE TABLE oauth2_tokens (
          base_url TEXT NOT NULL, client_id TEXT NOT NULL, account TEXT NOT NULL,
          issuer TEXT NOT NULL, scope TEXT NOT NULL, access BLOB NOT NULL, refresh BLOB NOT NULL,
          issued_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, generation INTEGER NOT NULL,
          rotates INTEGER NOT NULL, ended TEXT NOT NULL,
          PRIMARY KEY (base_url, client_id, account)) STRICT;
    )sql",
    R"sql(
      CREATE TABLE proxy_tokens (origin TEXT PRIMARY KEY, hash BLOB NOT NULL) STRICT;
    )sql",
};
constexpr int kVersion = static_cast<int>(std::size(kSteps));

constexpr std::pair<const char*, std::string KeyRecord::*> kRecord[] = {
    {"key_place", &KeyRecord::place}, {"key_id", &KeyRecord::id}, {"key_check", &KeyRecord::check}};

std::string next_step(int code) {
  switch (code) {
    case SQLITE_FULL:
      return "Free some space on that disk and try again.";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "Another program holds the file; end it and try again.";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "Move the file away and add the profiles' secrets again with dhis2-mcp profile add.";
    default:
      return "Check that this user may write to the file and its folder.";
  }
}

bool busy(int code) { return code == SQLITE_BUSY || code == SQLITE_LOCKED; }

bool unwritable(int code) {
  return code == SQLITE_FULL || code == SQLITE_READONLY || code == SQLITE_IOERR ||
         code == SQLITE_CANTOPEN;
}

// A file that was moved away and made anew is another file of the same name.
std::string identity_of(const std::filesystem::path& file) {
  struct stat found {};
  if (is_absent(file) || lstat(file.c_str(), &found) != 0) return {};
  return std::to_string(found.st_dev) + "." + std::to_string(found.st_ino);
}

// Made by us and not by SQLite, which would give it the mode that the umask leaves.
void create_file(const std::filesystem::path& file) {
  const int made = open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (made >= 0) close(made);
}

// Another process that closes the database removes these files at any time.
void demand_private_unless_absent(const std::filesystem::path& file) {
  try {
    demand_private_file(file);
  } catch (const ConfigurationError&) {
    if (!is_absent(file)) throw;
  }
}

}  // namespace

std::string_view blob_of(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

// The handled exception: one of SQLite's as ours, any other as it is.
void TokenStore::File::rethrow_as_ours() const {
  try {
    throw;
  } catch (const SQLite::Exception& error) {
    const std::string what = "The store " + path_.string() + " failed: " + error.what() + ".";
    if (unwritable(error.getErrorCode()) || busy(error.getErrorCode())) {
      throw StoreUnwritable(ErrorKind::refused, what, next_step(error.getErrorCode()));
    }
    throw ConfigurationError(ErrorKind::refused, what, next_step(error.getErrorCode()));
  }
}

KeyRecord TokenStore::File::record(SQLite::Database& database) {
  KeyRecord record;
  for (const auto& [name, field] : kRecord) {
    SQLite::Statement row(database, "SELECT value FROM settings WHERE name = ?");
    row.bind(1, name);
    if (row.executeStep()) record.*field = row.getColumn(0).getString();
  }
  return record;
}

void TokenStore::File::keep_record(SQLite::Database& database, const KeyRecord& record) {
  for (const auto& [name, field] : kRecord) {
    SQLite::Statement keep(database,
                           "INSERT INTO settings (name, value) VALUES (?, ?) "
                           "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    keep.bind(1, name);
    keep.bind(2, record.*field);
    keep.exec();
  }
}

Vault TokenStore::File::vault(SQLite::Database& database) {
  KeyRecord kept = record(database);
  if (kept.place.empty()) {
    kept = ladder_.make();
    keep_record(database, kept);
  }
  return Vault(ladder_.find_or_make(kept));
}

std::optional<Vault> TokenStore::File::existing_vault(SQLite::Database& database) {
  auto key = ladder_.find(record(database));
  return key ? std::optional<Vault>(std::in_place, std::move(*key)) : std::nullopt;
}

void TokenStore::File::checkpoint(SQLite::Database& database) {
  database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)");
}

bool TokenStore::File::open(bool make) {
  const std::string found = identity_of(path_);
  if (opened_ && found == identity_ && !(make && read_only_)) return true;
  opened_.reset();
  if (found.empty() && !make) return false;
  // Two processes that make the file, or turn it to WAL, would get in each other's way.
  const FolderLock lock(path_.parent_path());
  create_file(path_);
  for (const char* beside : {"", "-wal", "-shm"}) {
    demand_private_unless_absent(path_.string() + beside);
  }
  // SQLite refuses a symbolic link anywhere in the path; those above our folder are the user's.
  const auto real = std::filesystem::canonical(path_.parent_path()) / path_.filename();
  try {
    auto database = std::make_unique<SQLite::Database>(
        real.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOFOLLOW, patience_);
    database->exec("PRAGMA journal_mode=WAL");
    database->exec("PRAGMA synchronous=FULL");
    database->exec("PRAGMA secure_delete=ON");
    database->exec("PRAGMA trusted_schema=OFF");
    bring_up_to_date(*database);
    opened_ = std::move(database);
    read_only_ = false;
  } catch (const SQLite::Exception& error) {
    if (make || !unwritable(error.getErrorCode())) throw;
    open_for_reading();
  }
  identity_ = identity_of(path_);
  return true;
}

// A WAL database on a read-only disk cannot be opened, not even to read, unless it is promised that
// nobody writes to it.
void TokenStore::File::open_for_reading() {
  const auto real = std::filesystem::canonical(path_.parent_path()) / path_.filename();
  auto database = std::make_unique<SQLite::Database>(
      "file:" + percent_encode(real.string()) + "?immutable=1",
      SQLite::OPEN_READONLY | SQLite::OPEN_NOFOLLOW | SQLite::OPEN_URI, patience_);
  if (database->execAndGet("PRAGMA user_version").getInt() != kVersion) {
    throw StoreUnwritable(
        ErrorKind::refused,
        "The store " + path_.string() + " needs an update and is on a read-only disk.",
        "Make the disk writable, or set DHIS2_MCP_HOME to another folder.");
  }
  opened_ = std::move(database);
  read_only_ = true;
}

void TokenStore::File::bring_up_to_date(SQLite::Database& database) const {
  const auto version = [&] { return database.execAndGet("PRAGMA user_version").getInt(); };
  if (version() > kVersion) {
    throw ConfigurationError(ErrorKind::refused,
                             "The store " + path_.string() + " was made by a newer dhis2-mcp.",
                             "Update this program, or set DHIS2_MCP_HOME to another folder.");
  }
  if (version() == kVersion) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  for (int step = version(); step < kVersion; ++step) database.exec(kSteps[step]);
  database.exec("PRAGMA user_version=" + std::to_string(kVersion));
  transaction.commit();
}

}  // namespace dhis2mcp
