// SPDX-License-Identifier: BSD-3-Clause
// What is written into the index, and how a damaged file is replaced. Searching stands in
// name_index_search.cpp.
#include "tools/name_index.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "auth/places.h"
#include "dhis2/ascii.h"
#include "tools/name_forms.h"
#include "tools/name_index_database.h"

namespace dhis2mcp {
namespace {

// One for each account of each server; the readable part is for people who look into the folder.
std::string file_name(const std::string& url, const std::string& account) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;  // FNV-1a
  for (const char c : url + "\n" + account) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  }
  std::string readable;
  const auto host = url.find("://");
  for (const char c : url.substr(host == std::string::npos ? 0 : host + 3)) {
    readable += is_letter_or_digit(c) ? c : '-';
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = readable.substr(0, 60) + "-";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(hash >> shift) & 15];
  return out + ".db";
}

// What full-text search looks through, in the order of its columns: each text once.
std::array<std::string, 5> searched(const IndexedName& object) {
  std::array<std::string, 5> out = {object.name, object.display, object.short_name, object.code,
                                    object.also};
  for (std::size_t i = 1; i < out.size(); ++i) {
    for (std::size_t other = 0; other < i; ++other) {
      if (out[other].find(out[i]) != std::string::npos) out[i].clear();
    }
  }
  for (const std::string* text :
       {&object.name, &object.display, &object.short_name, &object.code}) {
    const std::string words = split_words(*text);
    if (!words.empty() && out[4].find(words) == std::string::npos) out[4] += "\n" + words;
  }
  return out;
}

// The whole texts that an object is found by.
std::vector<std::string> keys_of(const IndexedName& object) {
  std::vector<std::string> keys;
  for (const std::string* key :
       {&object.uid, &object.code, &object.name, &object.display, &object.short_name}) {
    if (!key->empty()) keys.push_back(*key);
  }
  std::string_view rest = object.also;
  while (!rest.empty()) {
    const auto cut = rest.find('\n');
    if (cut != 0) keys.emplace_back(rest.substr(0, cut));
    rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
  }
  return keys;
}

constexpr const char* kFind =
    "SELECT id, uid, code, name, display, short_name, parent, also, path, level FROM objects "
    "WHERE type = ? AND uid = ?";
constexpr const char* kInsert =
    "INSERT INTO objects (id, type, uid, code, name, display, short_name, parent, also, path, "
    "level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kAddWords =
    "INSERT INTO words (rowid, name, display, short_name, code, also) VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* kForgetWords =
    "INSERT INTO words (words, rowid, name, display, short_name, code, also) VALUES ('delete', ?, "
    "?, ?, ?, ?, ?)";

// Words that are not numbers, for those that are written alike.
constexpr const char* kNewTerms =
    "INSERT OR IGNORE INTO terms (term) SELECT term FROM vocabulary WHERE length(term) BETWEEN 3 "
    "AND 40 AND term GLOB '*[^0-9]*'";
constexpr const char* kNewPieces =
    "INSERT INTO pieces (rowid, term) SELECT id, term FROM terms WHERE id > ?";

class Writing {
 public:
  Writing(IndexSession& session, std::string type) : session_(session), type_(std::move(type)) {
    const Prepared add = session.prepared("INSERT OR IGNORE INTO types (name) VALUES (?)");
    add->bind(1, type_);
    add->exec();
    id_ = session.type_id(type_);
  }

  std::int64_t type_id() const { return id_; }
  bool changed() const { return changed_; }

  void put(const IndexedName& object) {
    const std::optional<std::pair<std::int64_t, IndexedName>> old = find(object.uid);
    if (old && same(old->second, object)) return;
    if (old) remove(old->first, old->second);
    changed_ = true;
    const std::int64_t id = next_id(object);
    {
      const Prepared insert = session_.prepared(kInsert);
      insert->bind(1, id);
      insert->bind(2, id_);
      int column = 3;
      for (const std::string* value :
           {&object.uid, &object.code, &object.name, &object.display, &object.short_name,
            &object.parent, &object.also, &object.path}) {
        insert->bindNoCopy(column++, *value);
      }
      insert->bind(column, object.level);
      insert->exec();
    }
    for (const std::string& key : keys_of(object)) {
      const Prepared add =
          session_.prepared("INSERT OR IGNORE INTO keys (key, object) VALUES (?, ?)");
      add->bindNoCopy(1, key);
      add->bind(2, id);
      add->exec();
    }
    write_words(kAddWords, id, object);
  }

  void remove(const std::string& uid) {
    if (const auto old = find(uid)) remove(old->first, old->second);
  }

 private:
  static bool same(const IndexedName& a, const IndexedName& b) {
    return a.code == b.code && a.name == b.name && a.display == b.display &&
           a.short_name == b.short_name && a.parent == b.parent && a.also == b.also &&
           a.path == b.path && a.level == b.level;
  }

  std::optional<std::pair<std::int64_t, IndexedName>> find(const std::string& uid) {
    const Prepared row = session_.prepared(kFind);
    row->bind(1, id_);
    row->bind(2, uid);
    if (!row->executeStep()) return std::nullopt;
    return std::pair(row->getColumn(0).getInt64(), read_name(*row, type_));
  }

  std::int64_t next_id(const IndexedName& object) {
    const std::int64_t first = ObjectId::first(type_, id_, object);
    const Prepared row = session_.prepared("SELECT max(id) FROM objects WHERE id BETWEEN ? AND ?");
    row->bind(1, first);
    row->bind(2, ObjectId::last(first));
    row->executeStep();
    return row->isColumnNull(0) ? first : row->getColumn(0).getInt64() + 1;
  }

  void write_words(const char* sql, std::int64_t id, const IndexedName& object) {
    const std::array<std::string, 5> texts = searched(object);
    const Prepared write = session_.prepared(sql);
    write->bind(1, id);
    int column = 2;
    for (const std::string& text : texts) write->bindNoCopy(column++, text);
    write->exec();
  }

  void remove(std::int64_t id, const IndexedName& old) {
    changed_ = true;
    for (const std::string& key : keys_of(old)) {
      const Prepared gone = session_.prepared("DELETE FROM keys WHERE key = ? AND object = ?");
      gone->bindNoCopy(1, key);
      gone->bind(2, id);
      gone->exec();
    }
    write_words(kForgetWords, id, old);
    const Prepared gone = session_.prepared("DELETE FROM objects WHERE id = ?");
    gone->bind(1, id);
    gone->exec();
  }

  IndexSession& session_;
  std::string type_;
  std::int64_t id_ = 0;
  bool changed_ = false;
};

void collect_terms(IndexSession& session) {
  std::int64_t last = 0;
  {
    const Prepared row = session.prepared("SELECT max(id) FROM terms");
    row->executeStep();
    last = row->getColumn(0).getInt64();
  }
  session.prepared(kNewTerms)->exec();
  const Prepared pieces = session.prepared(kNewPieces);
  pieces->bind(1, last);
  pieces->exec();
}

}  // namespace

NameIndex::NameIndex(const std::filesystem::path& folder, const std::string& url,
                     const std::string& account)
    : database_(
          std::make_unique<Database>(folder / file_name(url, account), url + "\n" + account)) {}

NameIndex::~NameIndex() = default;

const std::filesystem::path& NameIndex::file() const { return database_->file(); }

std::map<std::string, IndexedType> NameIndex::types() {
  std::map<std::string, IndexedType> out;
  database_->read([&](IndexSession& session) {
    out.clear();
    const Prepared rows = session.prepared(
        "SELECT name, complete, absent, next_page, stamp, checked, reconciled, read FROM types");
    while (rows->executeStep()) {
      out[rows->getColumn(0).getString()] = {
          rows->getColumn(1).getInt() != 0, rows->getColumn(2).getInt() != 0,
          rows->getColumn(3).getInt(),      rows->getColumn(4).getString(),
          rows->getColumn(5).getInt64(),    rows->getColumn(6).getInt64(),
          rows->getColumn(7).getInt64()};
    }
  });
  return out;
}

void NameIndex::put(const std::string& type, const std::vector<IndexedName>& objects,
                    const IndexedType& state) {
  database_->write([&](IndexSession& session) {
    SQLite::Transaction transaction(session.database(), SQLite::TransactionBehavior::IMMEDIATE);
    Writing writing(session, type);
    for (const IndexedName& object : objects) writing.put(object);
    bool was_complete = false;
    {
      const Prepared row = session.prepared("SELECT complete FROM types WHERE id = ?");
      row->bind(1, writing.type_id());
      was_complete = row->executeStep() && row->getColumn(0).getInt() != 0;
    }
    const Prepared update = session.prepared(
        "UPDATE types SET complete = ?, absent = ?, next_page = ?, stamp = ?, checked = ?, "
        "reconciled = ?, read = ? WHERE id = ?");
    update->bind(1, state.complete ? 1 : 0);
    update->bind(2, state.absent ? 1 : 0);
    update->bind(3, state.next_page);
    update->bind(4, state.stamp);
    update->bind(5, state.checked);
    update->bind(6, state.reconciled);
    update->bind(7, state.read);
    update->bind(8, writing.type_id());
    update->exec();
    // Once for a whole reading, for it goes through all words.
    if (state.complete && (!was_complete || writing.changed())) collect_terms(session);
    transaction.commit();
  });
}

std::uint64_t NameIndex::count(const std::string& type) {
  std::uint64_t out = 0;
  database_->read([&](IndexSession& session) {
    const Prepared row = session.prepared("SELECT count(*) FROM objects WHERE type = ?");
    row->bind(1, session.type_id(type));
    row->executeStep();
    out = static_cast<std::uint64_t>(row->getColumn(0).getInt64());
  });
  return out;
}

std::vector<std::string> NameIndex::keep_only(const std::string& type,
                                              const std::vector<std::string>& uids) {
  std::vector<std::string> unknown;
  database_->write([&](IndexSession& session) {
    unknown.clear();
    SQLite::Transaction transaction(session.database(), SQLite::TransactionBehavior::IMMEDIATE);
    Writing writing(session, type);
    std::vector<std::string> gone, here;
    {
      const Prepared rows = session.prepared("SELECT uid FROM objects WHERE type = ? ORDER BY uid");
      rows->bind(1, writing.type_id());
      while (rows->executeStep()) here.push_back(rows->getColumn(0).getString());
    }
    std::ranges::set_difference(here, uids, std::back_inserter(gone));
    std::ranges::set_difference(uids, here, std::back_inserter(unknown));
    for (const std::string& uid : gone) writing.remove(uid);
    transaction.commit();
  });
  return unknown;
}

std::unique_ptr<NameIndex::FillLock> NameIndex::try_fill_lock() {
  make_private_folder(file().parent_path());
  const int descriptor =
      ::open((file().string() + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return nullptr;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return nullptr;
  }
  return std::make_unique<FillLock>(descriptor);
}

NameIndex::FillLock::~FillLock() { ::close(descriptor_); }

}  // namespace dhis2mcp
