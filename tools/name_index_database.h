// SPDX-License-Identifier: BSD-3-Clause
// The file below a NameIndex: two connections, the layout, and what happens to a damaged one. For
// the sources of NameIndex only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/name_index.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace dhis2mcp {

// The id of an object is its place among the matches of a search, for FTS5 gives them in the order
// of their ids: what people ask for first, then shorter names.
//   class of the type (2 bits), length of the display name (8), type (8), number (28)
struct ObjectId {
  static std::int64_t first(const std::string& type, std::int64_t type_id,
                            const IndexedName& object);
  static std::int64_t last(std::int64_t first_id) { return first_id | ((1LL << 28) - 1); }
  static std::size_t type_of(std::int64_t id) { return static_cast<std::size_t>(id >> 28) & 255U; }
};

// A compiled statement in use; when it goes, the statement is free for the next use.
class Prepared {
 public:
  explicit Prepared(SQLite::Statement& statement) : statement_(statement) {}
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  SQLite::Statement* operator->() const { return &statement_; }
  SQLite::Statement& operator*() const { return statement_; }

 private:
  SQLite::Statement& statement_;
};

// A connection, with its statements compiled once each.
class IndexSession {
 public:
  explicit IndexSession(std::unique_ptr<SQLite::Database> opened);
  ~IndexSession();
  IndexSession(const IndexSession&) = delete;
  IndexSession& operator=(const IndexSession&) = delete;

  SQLite::Database& database() { return *opened_; }

  // `sql` is a literal. One use of a statement at a time.
  Prepared prepared(const char* sql);

  // By type id; a type that has no objects yet is not in it.
  const std::vector<std::string>& type_names();
  std::int64_t type_id(const std::string& type);  // 0: not in the file

 private:
  void read_types();

  std::unique_ptr<SQLite::Database> opened_;
  std::map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
  std::vector<std::string> type_names_;
};

// A row whose columns 1 to 9 are uid, code, name, display, short_name, parent, also, path, level.
IndexedName read_name(SQLite::Statement& row, const std::string& type);

class NameIndex::Database {
 public:
  Database(std::filesystem::path file, std::string whose);
  ~Database();

  using Work = std::function<void(IndexSession&)>;

  // `work` runs twice when the file had to be made anew; it begins from nothing each time. Throws
  // unavailable where not even a new file works (a full disk).
  void read(const Work& work) { with(reading_, work); }
  void write(const Work& work) { with(writing_, work); }

  const std::filesystem::path& file() const { return file_; }

 private:
  struct Connection {
    std::mutex mutex;
    std::unique_ptr<IndexSession> session;
    std::string identity;  // of the file that is open; another process may have replaced it
  };

  void with(Connection& connection, const Work& work);
  void open(Connection& connection);
  void lay_out(SQLite::Database& database);
  void remove_files();

  std::filesystem::path file_;
  std::string whose_;
  Connection reading_, writing_;
};

}  // namespace dhis2mcp
