// SPDX-License-Identifier: BSD-3-Clause
// What is written into the index, and how a damaged file is replaced. Searching stands in
// name_index_search.cpp.
#include "tools/name_index.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "auth/places.h"
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
    readable += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = readable.substr(0, 60) + "-";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(hash >> shift) & 15];
  return out + ".db";
}

// What full-text search looks through: each text once.
std::string searched_text(const IndexedName& object) {
  std::string out = object.name;
  for (const std::string* text : {&object.display, &object.short_name, &object.code}) {
    if (!text->empty() && out.find(*text) == std::string::npos) out += "\n" + *text;
  }
  return out;
}

class Writing {
 public:
  explicit Writing(SQLite::Database& database)
      : database_(database),
        find_(database,
              "SELECT id, code, name, display, short_name, parent, text FROM objects "
              "WHERE type = ? AND uid = ?"),
        insert_(database,
                "INSERT INTO objects (id, type, uid, code, name, display, short_name, parent, text)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        remove_(database, "DELETE FROM objects WHERE id = ?"),
        remove_keys_(database, "DELETE FROM keys WHERE key = ? AND object = ?"),
        add_key_(database, "INSERT OR IGNORE INTO keys (key, object) VALUES (?, ?)"),
        words_(database, "INSERT INTO words (rowid, text) VALUES (?, ?)"),
        pieces_(database, "INSERT INTO pieces (rowid, text) VALUES (?, ?)"),
        forget_words_(database, "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)"),
        forget_pieces_(database,
                       "INSERT INTO pieces (pieces, rowid, text) VALUES ('delete', ?, ?)") {}

  void put(std::int64_t type, const IndexedName& object) {
    const std::string text = searched_text(object);
    const std::optional<std::int64_t> id = remove(type, object.uid, &object);
    if (id && *id == 0) return;  // it is there as it is
    insert_.reset();
    if (id) {
      insert_.bind(1, *id);
    } else {
      insert_.bind(1);
    }
    insert_.bind(2, type);
    int column = 3;
    for (const std::string* value : {&object.uid, &object.code, &object.name, &object.display,
                                     &object.short_name, &object.parent, &text}) {
      insert_.bind(column++, *value);
    }
    insert_.exec();
    const std::int64_t now = database_.getLastInsertRowid();
    for (const std::string* key : keys_of(object)) run(add_key_, *key, now);
    run(words_, now, text);
    run(pieces_, now, text);
  }

  // The id that the object had; 0 when it is the same as `same_as` and was left alone.
  std::optional<std::int64_t> remove(std::int64_t type, const std::string& uid,
                                     const IndexedName* same_as) {
    find_.reset();
    find_.bind(1, type);
    find_.bind(2, uid);
    if (!find_.executeStep()) return std::nullopt;
    const std::int64_t id = find_.getColumn(0).getInt64();
    IndexedName old{"",
                    uid,
                    find_.getColumn(1).getString(),
                    find_.getColumn(2).getString(),
                    find_.getColumn(3).getString(),
                    find_.getColumn(4).getString(),
                    find_.getColumn(5).getString()};
    const std::string text = find_.getColumn(6).getString();
    find_.reset();
    if (same_as != nullptr && old.code == same_as->code && old.name == same_as->name &&
        old.display == same_as->display && old.short_name == same_as->short_name &&
        old.parent == same_as->parent) {
      return 0;
    }
    for (const std::string* key : keys_of(old)) run(remove_keys_, *key, id);
    run(forget_words_, id, text);
    run(forget_pieces_, id, text);
    remove_.reset();
    remove_.bind(1, id);
    remove_.exec();
    return id;
  }

 private:
  static std::vector<const std::string*> keys_of(const IndexedName& object) {
    std::vector<const std::string*> keys;
    for (const std::string* key :
         {&object.uid, &object.code, &object.name, &object.display, &object.short_name}) {
      if (!key->empty()) keys.push_back(key);
    }
    return keys;
  }

  template <typename A, typename B>
  static void run(SQLite::Statement& statement, const A& a, const B& b) {
    statement.reset();
    statement.bind(1, a);
    statement.bind(2, b);
    statement.exec();
  }

  SQLite::Database& database_;
  SQLite::Statement find_, insert_, remove_, remove_keys_, add_key_, words_, pieces_, forget_words_,
      forget_pieces_;
};

std::int64_t type_id(SQLite::Database& database, const std::string& type) {
  SQLite::Statement add(database, "INSERT OR IGNORE INTO types (name) VALUES (?)");
  add.bind(1, type);
  add.exec();
  SQLite::Statement find(database, "SELECT id FROM types WHERE name = ?");
  find.bind(1, type);
  find.executeStep();
  return find.getColumn(0).getInt64();
}

}  // namespace

NameIndex::NameIndex(std::filesystem::path folder, const std::string& url,
                     const std::string& account)
    : database_(std::make_unique<Database>(std::move(folder) / file_name(url, account),
                                           url + "\n" + account)) {}

NameIndex::~NameIndex() = default;

const std::filesystem::path& NameIndex::file() const { return database_->file(); }

std::map<std::string, IndexedType> NameIndex::types() {
  std::map<std::string, IndexedType> out;
  database_->read([&](SQLite::Database& database) {
    out.clear();
    SQLite::Statement rows(database,
                           "SELECT name, complete, absent, next_page, stamp, checked FROM types");
    while (rows.executeStep()) {
      out[rows.getColumn(0).getString()] = {
          rows.getColumn(1).getInt() != 0, rows.getColumn(2).getInt() != 0,
          rows.getColumn(3).getInt(), rows.getColumn(4).getString(), rows.getColumn(5).getInt64()};
    }
  });
  return out;
}

void NameIndex::put(const std::string& type, const std::vector<IndexedName>& objects,
                    const IndexedType& state) {
  database_->write([&](SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const std::int64_t id = type_id(database, type);
    Writing writing(database);
    for (const IndexedName& object : objects) writing.put(id, object);
    SQLite::Statement update(database,
                             "UPDATE types SET complete = ?, absent = ?, next_page = ?, stamp = ?, "
                             "checked = ? WHERE id = ?");
    update.bind(1, state.complete ? 1 : 0);
    update.bind(2, state.absent ? 1 : 0);
    update.bind(3, state.next_page);
    update.bind(4, state.stamp);
    update.bind(5, state.checked);
    update.bind(6, id);
    update.exec();
    transaction.commit();
  });
}

std::uint64_t NameIndex::count(const std::string& type) {
  std::uint64_t out = 0;
  database_->read([&](SQLite::Database& database) {
    SQLite::Statement row(database,
                          "SELECT count(*) FROM objects WHERE type = (SELECT id FROM types WHERE "
                          "name = ?)");
    row.bind(1, type);
    row.executeStep();
    out = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
  });
  return out;
}

std::vector<std::string> NameIndex::keep_only(const std::string& type,
                                              const std::vector<std::string>& uids) {
  std::vector<std::string> unknown;
  database_->write([&](SQLite::Database& database) {
    unknown.clear();
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const std::int64_t id = type_id(database, type);
    std::vector<std::string> gone, here;
    SQLite::Statement rows(database, "SELECT uid FROM objects WHERE type = ? ORDER BY uid");
    rows.bind(1, id);
    while (rows.executeStep()) here.push_back(rows.getColumn(0).getString());
    std::ranges::set_difference(here, uids, std::back_inserter(gone));
    std::ranges::set_difference(uids, here, std::back_inserter(unknown));
    Writing writing(database);
    for (const std::string& uid : gone) writing.remove(id, uid, nullptr);
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
