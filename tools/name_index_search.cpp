// SPDX-License-Identifier: BSD-3-Clause
// Reading the index. One pass over the matches counts them and keeps the best: ranks are by the
// kind of match, which bm25 does not know.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "tools/name_forms.h"
#include "tools/name_index_database.h"

namespace dhis2mcp {
namespace {

// Matches that are looked at; "a" begins every tenth name of a large instance.
constexpr std::int64_t kMostMatches = 50'000;

// Names whose letters are compared when nothing matches.
constexpr std::int64_t kMostNear = 500;

constexpr const char* kColumns =
    "o.id, t.name, o.uid, o.code, o.name, o.display, o.short_name, o.parent";

IndexedName name_of(SQLite::Statement& row) {
  return {row.getColumn(1).getString(), row.getColumn(2).getString(), row.getColumn(3).getString(),
          row.getColumn(4).getString(), row.getColumn(5).getString(), row.getColumn(6).getString(),
          row.getColumn(7).getString()};
}

// "AND t.name IN (?, ?)" beginning at parameter `first`.
std::string of_types(const std::vector<std::string>& types) {
  std::string out = " AND t.name IN (";
  for (std::size_t i = 0; i < types.size(); ++i) out += i == 0 ? "?" : ", ?";
  return out + ")";
}

void bind_types(SQLite::Statement& statement, int first, const std::vector<std::string>& types) {
  for (const std::string& type : types) statement.bind(first++, type);
}

bool is_number(std::string_view word) {
  return word.find_first_not_of("0123456789") == std::string_view::npos;
}

// Which words must be there as they stand: FTS5 lists every match of a beginning before it
// compares, and "1" begins very many. The others may be the beginning of a word.
enum class Whole { all, numbers, none };

// What is left of a text is letters and digits, so nothing in it can be an operator of the query
// language.
std::string words_query(std::string_view text, Whole which) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto cut = rest.find(' ');
    const std::string_view word = rest.substr(0, cut);
    rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
    if (word.empty()) continue;
    const bool whole =
        which == Whole::all || (which == Whole::numbers && !rest.empty() && is_number(word));
    out += (out.empty() ? "\"" : " AND \"") + std::string(word) + (whole ? "\"" : "\"*");
  }
  return out;
}

// The groups of three characters of a text, as UTF-8 characters.
std::vector<std::string> threes(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) starts.push_back(i);
  }
  starts.push_back(text.size());
  std::vector<std::string> out;
  for (std::size_t i = 0; i + 3 < starts.size(); ++i) {
    std::string three(text.substr(starts[i], starts[i + 3] - starts[i]));
    // A quotation mark is doubled inside of one.
    if (three.find('"') == std::string::npos && three.find('\0') == std::string::npos) {
      out.push_back(std::move(three));
    }
  }
  return out;
}

std::string pieces_query(std::string_view text, const char* between) {
  std::string out;
  for (const std::string& three : threes(text)) {
    out += (out.empty() ? "\"" : between + std::string("\"")) + three + "\"";
  }
  return out;
}

// The lower, the better.
int rank_of(const IndexedName& object, const std::string& text, const std::string& lower) {
  for (const std::string* key :
       {&object.uid, &object.code, &object.name, &object.display, &object.short_name}) {
    if (*key == text) return 0;
  }
  int best = 3;
  for (const std::string* key : {&object.name, &object.display, &object.short_name, &object.code}) {
    const std::string folded = lower_ascii(*key);
    if (folded == lower) return 1;
    if (folded.starts_with(lower)) best = 2;
  }
  return best;
}

// Keeps the best `limit` of many.
class Best {
 public:
  Best(std::string_view text, std::size_t limit)
      : text_(text), lower_(lower_ascii(text)), limit_(limit) {}

  void add(IndexedName object) {
    const std::size_t length = object.display.size();
    Entry entry{rank_of(object, text_, lower_), length, std::move(object)};
    const auto before = [](const Entry& a, const Entry& b) {
      return std::tie(a.rank, a.length, a.object.name) < std::tie(b.rank, b.length, b.object.name);
    };
    if (entries_.size() == limit_) {
      if (limit_ == 0 || !before(entry, entries_.front())) return;
      std::pop_heap(entries_.begin(), entries_.end(), before);
      entries_.pop_back();
    }
    entries_.push_back(std::move(entry));
    std::push_heap(entries_.begin(), entries_.end(), before);
  }

  std::vector<IndexedName> take() {
    std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
      return std::tie(a.rank, a.length, a.object.name) < std::tie(b.rank, b.length, b.object.name);
    });
    std::vector<IndexedName> out;
    for (Entry& entry : entries_) out.push_back(std::move(entry.object));
    return out;
  }

 private:
  struct Entry {
    int rank;
    std::size_t length;
    IndexedName object;
  };
  std::string text_, lower_;
  std::size_t limit_;
  std::vector<Entry> entries_;
};

bool is_key(SQLite::Database& database, std::string_view text) {
  SQLite::Statement row(database, "SELECT 1 FROM keys WHERE key = ? LIMIT 1");
  row.bind(1, std::string(text));
  return row.executeStep();
}

bool holds(const IndexedName& object, const std::string& lower) {
  for (const std::string* key : {&object.name, &object.display, &object.short_name, &object.code}) {
    if (lower_ascii(*key).find(lower) != std::string::npos) return true;
  }
  return false;
}

// The best by bm25, for what shares some letters only.
std::string nearest_sql(const std::vector<std::string>& types) {
  return std::string("SELECT ") + kColumns +
         " FROM (SELECT rowid AS id FROM pieces WHERE pieces MATCH ? ORDER BY rank LIMIT " +
         std::to_string(kMostNear) +
         ") p CROSS JOIN objects o ON o.id = p.id CROSS JOIN types t ON t.id = o.type WHERE 1" +
         of_types(types);
}

// CROSS JOIN keeps the order: led by the types, SQLite would look up every object among the
// matches.
std::string matches_sql(const char* table, const std::vector<std::string>& types) {
  return std::string("SELECT ") + kColumns + " FROM " + table +
         " CROSS JOIN objects o ON o.id = " + table +
         ".rowid CROSS JOIN types t ON t.id = o.type WHERE " + table + " MATCH ?" +
         of_types(types) + " LIMIT " + std::to_string(kMostMatches);
}

}  // namespace

std::vector<IndexedName> NameIndex::exact(std::string_view text,
                                          const std::vector<std::string>& types) {
  std::vector<IndexedName> out;
  if (types.empty()) return out;
  database_->read([&](SQLite::Database& database) {
    out.clear();
    SQLite::Statement rows(database,
                           std::string("SELECT ") + kColumns +
                               " FROM keys k CROSS JOIN objects o ON o.id = k.object CROSS JOIN "
                               "types t ON t.id = o.type WHERE k.key = ?" +
                               of_types(types) + " LIMIT 200");
    rows.bind(1, std::string(text));
    bind_types(rows, 2, types);
    while (rows.executeStep()) out.push_back(name_of(rows));
  });
  return out;
}

IndexSearch NameIndex::search(std::string_view text, const std::vector<std::string>& types,
                              std::size_t limit) {
  IndexSearch out;
  if (types.empty()) return out;
  const std::string lower = lower_ascii(text);
  const std::string wanted = search_words(text);
  database_->read([&](SQLite::Database& database) {
    out = {};
    Best best(text, limit);
    std::set<std::pair<std::string, std::string>> told;
    const auto take = [&](SQLite::Statement& rows, bool whole_text) {
      while (rows.executeStep()) {
        IndexedName object = name_of(rows);
        if (whole_text && !holds(object, lower)) continue;
        ++out.total[object.type];
        best.add(std::move(object));
      }
    };
    const auto run = [&](const char* table, const std::string& query) {
      SQLite::Statement rows(database, matches_sql(table, types));
      rows.bind(1, query);
      bind_types(rows, 2, types);
      take(rows, std::string_view(table) == "pieces");
    };
    // Who writes a whole name means its words.
    const bool named = is_key(database, text);
    for (const Whole which : {Whole::all, Whole::numbers, Whole::none}) {
      const bool useless = which == Whole::all && !named;
      if (!wanted.empty() && !useless && out.total.empty()) {
        run("words", words_query(wanted, which));
      }
    }
    // UIDs are not among the words.
    if (out.total.empty()) {
      SQLite::Statement rows(database,
                             std::string("SELECT ") + kColumns +
                                 " FROM keys k CROSS JOIN objects o ON o.id = k.object CROSS JOIN "
                                 "types t ON t.id = o.type WHERE k.key = ?" +
                                 of_types(types));
      rows.bind(1, std::string(text));
      bind_types(rows, 2, types);
      take(rows, false);
    }
    const std::string pieces = pieces_query(lower, " AND ");
    if (out.total.empty() && !pieces.empty()) run("pieces", pieces);
    out.hits = best.take();
  });
  return out;
}

std::vector<IndexedName> NameIndex::near(std::string_view text,
                                         const std::vector<std::string>& types, std::size_t limit) {
  std::vector<IndexedName> out;
  const std::string lower = lower_ascii(text);
  const std::vector<std::string> wanted = threes(lower);
  if (wanted.empty() || types.empty()) return out;
  database_->read([&](SQLite::Database& database) {
    std::vector<std::pair<double, IndexedName>> scored;
    SQLite::Statement rows(database, nearest_sql(types));
    rows.bind(1, pieces_query(lower, " OR "));
    bind_types(rows, 2, types);
    while (rows.executeStep()) {
      IndexedName object = name_of(rows);
      double best = 0;
      for (const std::string* key : {&object.name, &object.display, &object.short_name}) {
        const std::vector<std::string> has = threes(lower_ascii(*key));
        const std::set<std::string> known(has.begin(), has.end());
        const auto shared = std::ranges::count_if(
            wanted, [&](const std::string& three) { return known.contains(three); });
        const auto all = static_cast<double>(wanted.size() + has.size());
        best = std::max(best, 2.0 * static_cast<double>(shared) / all);
      }
      if (best >= 0.4) scored.emplace_back(best, std::move(object));
    }
    std::ranges::stable_sort(scored,
                             [](const auto& a, const auto& b) { return a.first > b.first; });
    if (scored.size() > limit) scored.resize(limit);
    out.clear();
    for (auto& [score, object] : scored) out.push_back(std::move(object));
  });
  return out;
}

std::vector<std::string> NameIndex::begin_with(std::string_view text,
                                               const std::vector<std::string>& types,
                                               std::size_t limit) {
  std::vector<std::string> out;
  if (types.empty()) return out;
  database_->read([&](SQLite::Database& database) {
    out.clear();
    // The end of the range is beyond every character.
    SQLite::Statement rows(
        database,
        "SELECT DISTINCT o.display FROM keys k CROSS JOIN objects o ON o.id = "
        "k.object CROSS JOIN types t ON t.id = o.type WHERE k.key >= ? AND k.key < ?" +
            of_types(types) + " ORDER BY length(o.display), o.display LIMIT " +
            std::to_string(limit));
    rows.bind(1, std::string(text));
    rows.bind(2, std::string(text) + "\xF4\x8F\xBF\xBF");
    bind_types(rows, 3, types);
    while (rows.executeStep()) out.push_back(rows.getColumn(0).getString());
  });
  return out;
}

}  // namespace dhis2mcp
