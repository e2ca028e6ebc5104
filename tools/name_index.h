// SPDX-License-Identifier: BSD-3-Clause
// The names of one instance's metadata as one account sees them, in SQLite with full-text search.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// One object. `display` is the name in the account's language.
struct IndexedName {
  std::string type, uid, code, name, display, short_name, parent;
};

// How much of a type is in the index.
struct IndexedType {
  bool complete = false;     // every object was read once
  bool absent = false;       // the server has no such list, or this account may not read it
  int next_page = 1;         // where the first reading goes on
  std::string stamp;         // the newest lastUpdated that was seen, in the server's own words
  std::int64_t checked = 0;  // seconds since 1970 of the last refresh
};

struct IndexSearch {
  std::vector<IndexedName> hits;               // the best ones first
  std::map<std::string, std::uint64_t> total;  // matches by type, shown or not
};

// A file of cache/index, 0600: what it holds can be read again, so a file that is damaged, of
// another layout or of another account is deleted and made anew, and looks empty then. Reading
// never waits for writing (WAL, a connection each). Safe to use from several threads and processes;
// that one process at a time fills it is the filler's affair (try_fill_lock).
class NameIndex {
 public:
  NameIndex(std::filesystem::path folder, const std::string& url, const std::string& account);
  ~NameIndex();
  NameIndex(const NameIndex&) = delete;
  NameIndex& operator=(const NameIndex&) = delete;

  std::map<std::string, IndexedType> types();

  // Objects whose UID, code, name, display name or short name is the text but for ASCII case.
  std::vector<IndexedName> exact(std::string_view text, const std::vector<std::string>& types);

  // Ranked: an exact name, one that begins with the text, all words (each may be the beginning of
  // one), and where no words match, a part of a name. Within a rank shorter names come first.
  IndexSearch search(std::string_view text, const std::vector<std::string>& types,
                     std::size_t limit);

  // What comes nearest where nothing matches: names that share the most groups of three letters.
  std::vector<IndexedName> near(std::string_view text, const std::vector<std::string>& types,
                                std::size_t limit);

  // Names that begin with the text, shortest first, for completion.
  std::vector<std::string> begin_with(std::string_view text, const std::vector<std::string>& types,
                                      std::size_t limit);

  // Adds or replaces objects of one type and notes how far it is, both or neither.
  void put(const std::string& type, const std::vector<IndexedName>& objects,
           const IndexedType& state);
  std::uint64_t count(const std::string& type);

  // Reconciles a type with the UIDs that the server has now: those that are gone are removed, and
  // those that are not here are returned. `uids` is sorted.
  std::vector<std::string> keep_only(const std::string& type, const std::vector<std::string>& uids);

  // Held by one process at a time while it fills; nothing when another one does.
  class FillLock;
  std::unique_ptr<FillLock> try_fill_lock();

  const std::filesystem::path& file() const;

 private:
  class Database;
  std::unique_ptr<Database> database_;
};

class NameIndex::FillLock {
 public:
  explicit FillLock(int descriptor) : descriptor_(descriptor) {}
  ~FillLock();
  FillLock(const FillLock&) = delete;
  FillLock& operator=(const FillLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace dhis2mcp
