// SPDX-License-Identifier: BSD-3-Clause
// Anything but a full disk is mended by a new file: the index can be read from the server again.
#include "tools/name_index_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <utility>

#include "auth/places.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr int kBusyMilliseconds = 5'000;
constexpr int kLayout = 1;

// `keys` finds by the whole text, `words` by words, `pieces` by three letters in a row. The two
// full-text tables keep no text of their own.
constexpr const char* kTables = R"sql(
  CREATE TABLE about (whose TEXT NOT NULL) STRICT;
  CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
                      complete INTEGER NOT NULL DEFAULT 0, absent INTEGER NOT NULL DEFAULT 0,
                      next_page INTEGER NOT NULL DEFAULT 1, stamp TEXT NOT NULL DEFAULT '',
                      checked INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE objects (id INTEGER PRIMARY KEY, type INTEGER NOT NULL, uid TEXT NOT NULL,
                        code TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL,
                        short_name TEXT NOT NULL, parent TEXT NOT NULL, text TEXT NOT NULL,
                        UNIQUE (type, uid)) STRICT;
  CREATE TABLE keys (key TEXT NOT NULL COLLATE NOCASE, object INTEGER NOT NULL,
                     PRIMARY KEY (key, object)) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5(text, content='objects', content_rowid='id', detail='none',
                                        tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
  CREATE VIRTUAL TABLE pieces USING fts5(text, content='objects', content_rowid='id',
                                         detail='none', tokenize='trigram');
)sql";

std::string identity_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::lstat(file.c_str(), &found) != 0) return {};
  return std::to_string(found.st_dev) + "." + std::to_string(found.st_ino);
}

bool is_passing(const SQLite::Exception& error) {
  const int code = error.getErrorCode();
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL;
}

// Not of this layout, or another account's whose name has the same hash.
struct Foreign {};

}  // namespace

NameIndex::Database::Database(std::filesystem::path file, std::string whose)
    : file_(std::move(file)), whose_(std::move(whose)) {}

NameIndex::Database::~Database() = default;

void NameIndex::Database::lay_out(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (version == 0) {
    database.exec(kTables);
    SQLite::Statement about(database, "INSERT INTO about (whose) VALUES (?)");
    about.bind(1, whose_);
    about.exec();
    database.exec("PRAGMA user_version=" + std::to_string(kLayout));
  } else if (version != kLayout ||
             database.execAndGet("SELECT whose FROM about").getString() != whose_) {
    throw Foreign{};
  }
  transaction.commit();
}

void NameIndex::Database::open(Connection& connection) {
  const std::string found = identity_of(file_);
  if (connection.opened && found == connection.identity) return;
  connection.opened.reset();
  if (found.empty()) {
    create_private_file(file_, "");
  } else {
    demand_private_file(file_);
  }
  const auto real = std::filesystem::canonical(file_.parent_path()) / file_.filename();
  auto database = std::make_unique<SQLite::Database>(
      real.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOFOLLOW, kBusyMilliseconds);
  database->exec("PRAGMA journal_mode=WAL");
  // What a power cut loses is read again.
  database->exec("PRAGMA synchronous=OFF");
  lay_out(*database);
  connection.opened = std::move(database);
  connection.identity = identity_of(file_);
}

void NameIndex::Database::remove_files() {
  std::error_code ignored;
  for (const char* beside : {"", "-wal", "-shm"}) {
    std::filesystem::remove(file_.string() + beside, ignored);
  }
}

void NameIndex::Database::with(Connection& connection, const Work& work) {
  const std::lock_guard lock(connection.mutex);
  for (int attempt = 1;; ++attempt) {
    try {
      open(connection);
      return work(*connection.opened);
    } catch (const SQLite::Exception& error) {
      connection.opened.reset();
      if (attempt > 1 || is_passing(error)) {
        throw Error(ErrorKind::unavailable,
                    "The index of names " + file_.string() + " failed: " + error.what(),
                    "Check that its disk has space; it can be deleted at any time.");
      }
    } catch (const Foreign&) {
      connection.opened.reset();
      if (attempt > 1) throw Error(ErrorKind::internal, "The new index of names is not ours.");
    }
    remove_files();
  }
}

}  // namespace dhis2mcp
