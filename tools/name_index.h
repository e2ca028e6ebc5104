// SPDX-License-Identifier: BSD-3-Clause
// The names of one instance's metadata as one account sees them, in SQLite with full-text search.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// One object. `display` is the name in the account's language, `also` further names, one a line:
// the short name in that language and what translations call it in English. `level` is
// that of an org unit or of a level of them, `path` a unit's "/root/.../uid/", `parent` the name of
// what it belongs to.
struct IndexedName {
  std::string type, uid, code, name, display, short_name, parent;
  std::string also = {}, path = {};
  int level = 0;
};

// How much of a type is in the index. Times are seconds since 1970.
struct IndexedType {
  bool complete = false;        // every object was read once
  bool absent = false;          // the server has no such list, or this account may not read it
  int next_page = 1;            // where a reading of every object goes on
  std::string stamp = {};       // the newest lastUpdated that was seen, in the server's own words
  std::int64_t checked = 0;     // of the last refresh
  std::int64_t reconciled = 0;  // when all UIDs were last compared
  std::int64_t read = 0;        // when every object was last read
};

// Only org units at this level (0: any) and below one of these UIDs (none: anywhere).
struct IndexedPlace {
  int level = 0;
  std::vector<std::string> under = {};
};

struct IndexSearch {
  std::vector<IndexedName> hits;               // the best ones first
  std::map<std::string, std::uint64_t> total;  // matches by type, shown or not
  bool counted = true;                         // false: there are more matches than `total` says
};

// A file of cache/index, 0600: what it holds can be read again, so a file that is damaged, of
// another layout or of another account is deleted and made anew, and looks empty then. Reading
// never waits for writing (WAL, a connection each). Safe to use from several threads and processes;
// that one process at a time fills it is the filler's affair (try_fill_lock).
class NameIndex {
 public:
  NameIndex(const std::filesystem::path& folder, const std::string& url,
            const std::string& account);
  ~NameIndex();
  NameIndex(const NameIndex&) = delete;
  NameIndex& operator=(const NameIndex&) = delete;

  std::map<std::string, IndexedType> types();

  // Objects whose UID, code or any name is the text but for ASCII case.
  std::vector<IndexedName> exact(std::string_view text, const std::vector<std::string>& types);

  // Ranked: the whole name, code or UID; all words, a name that begins with them first; where these
  // are fewer than `limit` and no name is the text, names with words that begin so; where there are
  // none, parts of words. "ANC1" holds the words ANC and 1. An empty text is all names. Within a
  // rank come first what people ask for (data elements, indicators, data sets, programs, org
  // units), then shorter names.
  IndexSearch search(std::string_view text, const std::vector<std::string>& types,
                     std::size_t limit, const IndexedPlace& place = {});

  // What comes nearest where nothing matches: words that are written alike, one of them wrong.
  std::vector<IndexedName> near(std::string_view text, const std::vector<std::string>& types,
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
