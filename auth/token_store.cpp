// SPDX-License-Identifier: BSD-3-Clause
// The rows of the store, sealed and opened here; the database never sees a plain secret.
#include "auth/token_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>

#include "auth/data_key.h"
#include "auth/places.h"
#include "auth/vault.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr int kBusyMilliseconds = 5'000;

// One step for each schema version: a store of version n runs the steps from n on. Steps are only
// ever added.
constexpr const char* kSteps[] = {
    R"sql(
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE secrets (profile TEXT NOT NULL, kind TEXT NOT NULL, value BLOB NOT NULL,
                            revision INTEGER NOT NULL, PRIMARY KEY (profile, kind)) STRICT;
    )sql",
};
constexpr int kVersion = static_cast<int>(std::size(kSteps));

// The layout of a table is part of each value's place, so that a later one cannot be read as this.
constexpr std::string_view kSecretsLayout = "secrets.1";

std::string place(std::string_view profile, std::string_view kind) {
  return place_of({kSecretsLayout, profile, kind, "value"});
}

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

std::string stamp_of(const std::filesystem::path& file) {
  struct stat found {};
  if (lstat(file.c_str(), &found) != 0) {
    return "-";
  }
  return std::to_string(found.st_ino) + "." + std::to_string(found.st_size) + "." +
         std::to_string(found.st_mtim.tv_sec) + "." + std::to_string(found.st_mtim.tv_nsec);
}

// A file that was moved away and made anew is another file of the same name.
std::string identity_of(const std::filesystem::path& file) {
  struct stat found {};
  return lstat(file.c_str(), &found) != 0
             ? std::string()
             : std::to_string(found.st_dev) + "." + std::to_string(found.st_ino);
}

std::string kept_place(SQLite::Database& database) {
  SQLite::Statement row(database, "SELECT value FROM settings WHERE name = 'key_place'");
  return row.executeStep() ? row.getColumn(0).getString() : std::string();
}

}  // namespace

class TokenStore::Database {
 public:
  Database(std::filesystem::path file, std::filesystem::path key_file)
      : file_(std::move(file)), key_file_(std::move(key_file)) {}

  // Runs `work` with the open database under the lock, or returns what `absent` says when there is
  // no file and none is to be made.
  template <typename Work>
  auto with(bool make, Work work)
      -> std::optional<decltype(work(std::declval<SQLite::Database&>()))> {
    const std::lock_guard lock(mutex_);
    try {
      if (!open(make)) {
        return std::nullopt;
      }
      return work(*opened_);
    } catch (const SQLite::Exception& error) {
      throw ConfigurationError(ErrorKind::refused,
                               "the store " + file_.string() + " failed: " + error.what(),
                               next_step(error.getErrorCode()));
    }
  }

  Vault vault() {
    demand_known_place();
    return Vault(load_or_create_data_key(key_file_).key);
  }

  // Without making a key: a new one cannot open what the lost one sealed.
  std::optional<Vault> existing_vault() {
    demand_known_place();
    auto key = load_data_key(key_file_);
    return key ? std::optional<Vault>(std::in_place, std::move(key->key)) : std::nullopt;
  }

  const std::filesystem::path& file() const { return file_; }
  const std::filesystem::path& key_file() const { return key_file_; }

 private:
  bool open(bool make) {
    const std::string found = identity_of(file_);
    if (opened_ && found == identity_) {
      return true;
    }
    opened_.reset();
    if (found.empty() && !make) {
      return false;
    }
    // Two processes that make the file, or turn it to WAL, would get in each other's way.
    const FolderLock lock(file_.parent_path());
    create_file();
    for (const char* beside : {"", "-wal", "-shm"}) {
      demand_private_unless_absent(file_.string() + beside);
    }
    // SQLite refuses a symbolic link anywhere in the path; those above our folder are the user's.
    const auto real = std::filesystem::canonical(file_.parent_path()) / file_.filename();
    auto database = std::make_unique<SQLite::Database>(
        real.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOFOLLOW, kBusyMilliseconds);
    database->exec("PRAGMA journal_mode=WAL");
    database->exec("PRAGMA synchronous=FULL");
    database->exec("PRAGMA secure_delete=ON");
    database->exec("PRAGMA trusted_schema=OFF");
    bring_up_to_date(*database);
    opened_ = std::move(database);
    identity_ = identity_of(file_);
    return true;
  }

  // Made by us and not by SQLite, which would give it the mode that the umask leaves.
  void create_file() {
    const int made =
        ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (made >= 0) {
      close(made);
    }
  }

  // Another process that closes the database removes these files at any time.
  static void demand_private_unless_absent(const std::filesystem::path& file) {
    try {
      demand_private_file(file);
    } catch (const ConfigurationError&) {
      if (std::filesystem::symlink_status(file).type() != std::filesystem::file_type::not_found) {
        throw;
      }
    }
  }

  void bring_up_to_date(SQLite::Database& database) const {
    const int found = database.execAndGet("PRAGMA user_version").getInt();
    if (found > kVersion) {
      throw ConfigurationError(ErrorKind::refused,
                               "the store " + file_.string() + " was made by a newer dhis2-mcp",
                               "Update this program, or set DHIS2_MCP_HOME to another folder.");
    }
    if (found == kVersion) {
      return;
    }
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (int version = found; version < kVersion; ++version) {
      database.exec(kSteps[version]);
    }
    database.exec("PRAGMA user_version=" + std::to_string(kVersion));
    transaction.commit();
  }

  void demand_known_place() {
    const std::string kept = kept_place(*opened_);
    if (!kept.empty() && kept != kKeyFile) {
      throw ConfigurationError(ErrorKind::refused,
                               "the key of the store " + file_.string() + " is kept in the " +
                                   kept + ", which this version cannot reach",
                               "Update this program.");
    }
  }

  std::filesystem::path file_, key_file_;
  std::mutex mutex_;
  std::unique_ptr<SQLite::Database> opened_;
  std::string identity_;  // of the opened file
};

TokenStore::TokenStore(std::filesystem::path database, std::filesystem::path key_file)
    : database_(std::make_unique<Database>(std::move(database), std::move(key_file))) {}

TokenStore::~TokenStore() = default;

void TokenStore::put_secret(std::string_view profile, std::string_view kind, const Secret& value) {
  database_->with(true, [&](SQLite::Database& database) {
    const std::string sealed = database_->vault().seal(value.reveal(), place(profile, kind));
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement keep(database,
                           "INSERT INTO settings (name, value) VALUES ('key_place', ?) "
                           "ON CONFLICT (name) DO NOTHING");
    keep.bind(1, std::string(kKeyFile));
    keep.exec();
    SQLite::Statement put(database,
                          "INSERT INTO secrets (profile, kind, value, revision) VALUES (?, ?, ?, 1)"
                          " ON CONFLICT (profile, kind) DO UPDATE SET value = excluded.value,"
                          " revision = revision + 1");
    put.bind(1, std::string(profile));
    put.bind(2, std::string(kind));
    put.bind(3, sealed.data(), static_cast<int>(sealed.size()));
    put.exec();
    transaction.commit();
    return database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt();
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
    const SQLite::Column column = row.getColumn(0);
    const std::string_view sealed(static_cast<const char*>(column.getBlob()),
                                  static_cast<std::size_t>(column.getBytes()));
    const auto vault = database_->existing_vault();
    auto opened = vault ? vault->open(sealed, place(profile, kind)) : std::nullopt;
    if (!opened) {
      throw ConfigurationError(
          ErrorKind::refused,
          "the stored " + std::string(kind) + " of profile '" + std::string(profile) +
              "' cannot be read: " +
              (vault ? "it was altered, or sealed with another key than the one in "
                     : "its key is gone from ") +
              database_->key_file().string(),
          "Sign in again for that profile with dhis2-mcp profile add " + std::string(profile) +
              ", or put the key file back from a backup. Nothing was deleted.");
    }
    return StoredSecret{std::move(*opened), row.getColumn(1).getInt64()};
  };
  auto found = database_->with(false, read);
  return found ? std::move(*found) : std::nullopt;
}

void TokenStore::forget_secrets(std::string_view profile) {
  database_->with(false, [&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement remove(database, "DELETE FROM secrets WHERE profile = ?");
    remove.bind(1, std::string(profile));
    remove.exec();
    transaction.commit();
    return database.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt();
  });
}

std::string TokenStore::key_place() const {
  const auto kept =
      database_->with(false, [](SQLite::Database& database) { return kept_place(database); });
  return kept && !kept->empty() ? *kept : std::string(kKeyFile);
}

std::string TokenStore::stamp() const {
  return stamp_of(database_->file()) + "/" + stamp_of(database_->file().string() + "-wal");
}

}  // namespace dhis2mcp
