// SPDX-License-Identifier: BSD-3-Clause
// The file below a NameIndex: two connections, the layout, and what happens to a damaged one. For
// the sources of NameIndex only.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "tools/name_index.h"

namespace SQLite {
class Database;
}

namespace dhis2mcp {

class NameIndex::Database {
 public:
  Database(std::filesystem::path file, std::string whose);
  ~Database();

  using Work = std::function<void(SQLite::Database&)>;

  // `work` runs twice when the file had to be made anew; it begins from nothing each time. Throws
  // unavailable where not even a new file works (a full disk).
  void read(const Work& work) { with(reading_, work); }
  void write(const Work& work) { with(writing_, work); }

  const std::filesystem::path& file() const { return file_; }

 private:
  struct Connection {
    std::mutex mutex;
    std::unique_ptr<SQLite::Database> opened;
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
