// SPDX-License-Identifier: BSD-3-Clause
// Anything but a full disk is mended by a new file: the index can be read from the server again.
#include "tools/name_index_database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "auth/places.h"
#include "dhis2/error.h"
#include "tools/name_rank.h"

namespace dhis2mcp {
namespace {

constexpr int kBusyMilliseconds = 5'000;
constexpr int kLayout = 2;

// `keys` finds by the whole text, `words` by words; it keeps no text and no counts of its own.
// `pieces` finds the words themselves by three letters in a row: there are far fewer words than
// names. The words of names that are gone stay in `terms` and find nothing.
constexpr const char* kTables = R"sql(
  CREATE TABLE about (whose TEXT NOT NULL) STRICT;
  CREATE TABLE types (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
                      complete INTEGER NOT NULL DEFAULT 0, absent INTEGER NOT NULL DEFAULT 0,
                      next_page INTEGER NOT NULL DEFAULT 1, stamp TEXT NOT NULL DEFAULT '',
                      checked INTEGER NOT NULL DEFAULT 0, reconciled INTEGER NOT NULL DEFAULT 0,
                      read INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE objects (id INTEGER PRIMARY KEY, type INTEGER NOT NULL, uid TEXT NOT NULL,
                        code TEXT NOT NULL, name TEXT NOT NULL, display TEXT NOT NULL,
                        short_name TEXT NOT NULL, parent TEXT NOT NULL, also TEXT NOT NULL,
                        path TEXT NOT NULL, level INTEGER NOT NULL, UNIQUE (type, uid)) STRICT;
  CREATE TABLE keys (key TEXT NOT NULL COLLATE NOCASE, object INTEGER NOT NULL,
                     PRIMARY KEY (key, object)) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5(name, display, short_name, code, also, content='',
                                        columnsize=0, prefix='1 2 3',
                                        tokenize='unicode61 remove_diacritics 2');
  CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
  CREATE TABLE terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE) STRICT;
  CREATE VIRTUAL TABLE pieces USING fts5(term, content='terms', content_rowid='id',
                                         columnsize=0, detail='none', tokenize='trigram');
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

std::int64_t ObjectId::first(const std::string& type, std::int64_t type_id,
                             const IndexedName& object) {
  const auto length = static_cast<std::int64_t>(std::min<std::size_t>(object.display.size(), 255));
  return (((std::int64_t{type_class(type)} << 8) | length) << 36) | (type_id << 28);
}

Prepared::~Prepared() {
  statement_.tryReset();
  statement_.clearBindings();
}

IndexedName read_name(SQLite::Statement& row, const std::string& type) {
  const auto text = [&row](int column) { return row.getColumn(column).getString(); };
  return {type,    text(1), text(2), text(3), text(4),
          text(5), text(6), text(7), text(8), row.getColumn(9).getInt()};
}

IndexSession::IndexSession(std::unique_ptr<SQLite::Database> opened) : opened_(std::move(opened)) {}

IndexSession::~IndexSession() { statements_.clear(); }

Prepared IndexSession::prepared(const char* sql) {
  std::unique_ptr<SQLite::Statement>& statement = statements_[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(*opened_, sql);
  return Prepared(*statement);
}

void IndexSession::read_types() {
  const Prepared rows = prepared("SELECT id, name FROM types ORDER BY id");
  type_names_.clear();
  while (rows->executeStep()) {
    type_names_.resize(static_cast<std::size_t>(rows->getColumn(0).getInt()) + 1);
    type_names_.back() = rows->getColumn(1).getString();
  }
}

const std::vector<std::string>& IndexSession::type_names() { return type_names_; }

std::int64_t IndexSession::type_id(const std::string& type) {
  for (const bool again : {false, true}) {
    if (again) read_types();
    const auto found = std::ranges::find(type_names_, type);
    if (found != type_names_.end()) return found - type_names_.begin();
  }
  return 0;
}

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
  if (connection.session && found == connection.identity) return;
  connection.session.reset();
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
  connection.session = std::make_unique<IndexSession>(std::move(database));
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
      return work(*connection.session);
    } catch (const SQLite::Exception& error) {
      connection.session.reset();
      if (attempt > 1 || is_passing(error)) {
        throw Error(ErrorKind::unavailable,
                    "The index of names " + file_.string() + " failed: " + error.what(),
                    "Check that its disk has space; it can be deleted at any time.");
      }
    } catch (const Foreign&) {
      connection.session.reset();
      if (attempt > 1) throw Error(ErrorKind::internal, "The new index of names is not ours.");
    }
    remove_files();
  }
}

}  // namespace dhis2mcp
