// SPDX-License-Identifier: BSD-3-Clause
// Reading the index. FTS5 gives matches in the order of their ids, and that is their rank
// (ObjectId), so that a search stops once it has what it shows and has counted enough.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <bitset>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "tools/name_forms.h"
#include "tools/name_index_database.h"
#include "tools/name_index_terms.h"
#include "tools/name_rank.h"

namespace dhis2mcp {
namespace {

// Matches that are counted. Who finds more has asked for half of the instance.
constexpr std::uint64_t kMostCounted = 2'000;

// Names whose letters are compared when nothing matches.
constexpr std::size_t kMostNear = 500;
constexpr double kLeastNear = 0.4;

constexpr const char* kObject =
    "SELECT id, uid, code, name, display, short_name, parent, also, path, level FROM objects "
    "WHERE id = ?";
constexpr const char* kKey = "SELECT object FROM keys WHERE key = ?";
constexpr const char* kMatches = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid";
constexpr const char* kPlace = "SELECT level, path FROM objects WHERE id = ?";

bool is_number(std::string_view word) {
  return word.find_first_not_of("0123456789") == std::string_view::npos;
}

// Which words must be there as they stand: FTS5 lists every match of a beginning before it
// compares, and "1" begins very many. The others may be the beginning of a word.
enum class Whole { all, numbers, none };

// What is left of a text is letters and digits, so nothing in it can be an operator of the query
// language.
std::string words_query(const std::vector<std::string>& words, Whole which) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool last = i + 1 == words.size();
    const bool whole =
        which == Whole::all || (which == Whole::numbers && !last && is_number(words[i]));
    out += (out.empty() ? "\"" : " AND \"") + words[i] + (whole ? "\"" : "\"*");
  }
  return out;
}

// Names that begin with these words, the last of which may be the beginning of one.
std::string begun_query(const std::vector<std::string>& words, Whole which) {
  std::string out = "^\"";
  for (std::size_t i = 0; i < words.size(); ++i) out += (i == 0 ? "" : " ") + words[i];
  return out + (which == Whole::all ? "\"" : "\"*");
}

std::string any_of(const std::vector<std::string>& terms) {
  std::string out;
  for (const std::string& term : terms) out += (out.empty() ? "(\"" : " OR \"") + term + "\"";
  return out + ")";
}

class Search {
 public:
  Search(IndexSession& session, std::string_view text, const std::vector<std::string>& types,
         std::size_t limit, const IndexedPlace& place)
      : session_(session),
        text_(text),
        lower_(lower_ascii(text)),
        words_(split_at_spaces(search_words(text))),
        limit_(limit),
        place_(place) {
    for (const std::string& type : types) {
      if (const std::int64_t id = session.type_id(type)) types_.set(static_cast<std::size_t>(id));
    }
  }

  IndexSearch run() {
    if (text_.empty()) return browse();
    for (const std::int64_t id : keyed()) take(id, NameRank::same_but_case);
    const bool named = !ranks_.empty();
    run_words(words_, named);
    if (counts_.empty() && ranks_.empty()) {
      const std::vector<std::string> split = split_at_spaces(search_words(split_words(text_)));
      if (!split.empty()) run_words(split, false);
    }
    if (counts_.empty() && ranks_.empty()) run_inside();
    return finish();
  }

  std::vector<std::int64_t> keyed() {
    std::vector<std::int64_t> out;
    const Prepared rows = session_.prepared(kKey);
    rows->bindNoCopy(1, text_);
    while (rows->executeStep()) {
      const std::int64_t id = rows->getColumn(0).getInt64();
      if (wanted(id)) out.push_back(id);
    }
    return out;
  }

  // The first matches in the order of their ids, `most` at most.
  std::vector<std::int64_t> matches(const std::string& query, std::size_t most) {
    std::vector<std::int64_t> out;
    const Prepared rows = session_.prepared(kMatches);
    rows->bindNoCopy(1, query);
    while (out.size() < most && rows->executeStep()) {
      const std::int64_t id = rows->getColumn(0).getInt64();
      if (wanted(id)) out.push_back(id);
    }
    return out;
  }

  std::optional<IndexedName> object(std::int64_t id) {
    const Prepared row = session_.prepared(kObject);
    row->bind(1, id);
    if (!row->executeStep()) return std::nullopt;
    return read_name(*row, session_.type_names()[ObjectId::type_of(id)]);
  }

 private:
  // Everything there is, in its order.
  IndexSearch browse() {
    for (std::size_t type = 0; type < types_.size(); ++type) {
      if (!types_.test(type)) continue;
      const Prepared rows = session_.prepared("SELECT id FROM objects WHERE type = ? ORDER BY id");
      rows->bind(1, static_cast<std::int64_t>(type));
      for (std::size_t taken = 0; rows->executeStep();) {
        const std::int64_t id = rows->getColumn(0).getInt64();
        if (!wanted(id)) continue;
        if (taken++ < limit_) take(id, NameRank::inside);
        ++counts_[type];
        ++counted_;
      }
    }
    return finish();
  }

  bool wanted(std::int64_t id) {
    if (!types_.test(ObjectId::type_of(id))) return false;
    if (place_.level == 0 && place_.under.empty()) return true;
    const Prepared row = session_.prepared(kPlace);
    row->bind(1, id);
    if (!row->executeStep()) return false;
    const bool level = place_.level == 0 || row->getColumn(0).getInt() == place_.level;
    if (!level || place_.under.empty()) return level;
    const std::string path = row->getColumn(1).getString();
    return std::ranges::any_of(place_.under, [&](const std::string& uid) {
      const auto at = path.find("/" + uid + "/");
      return at != std::string::npos && at + uid.size() + 2 < path.size();  // not the unit itself
    });
  }

  void take(std::int64_t id, NameRank rank) {
    const auto [entry, fresh] = ranks_.emplace(id, rank);
    if (!fresh) entry->second = std::min(entry->second, rank);
  }

  // Counts all matches anew and takes the first ones.
  void count(const std::string& query, NameRank rank) {
    counts_.clear();
    counted_ = 0;
    more_ = false;
    const Prepared rows = session_.prepared(kMatches);
    rows->bindNoCopy(1, query);
    while (rows->executeStep()) {
      const std::int64_t id = rows->getColumn(0).getInt64();
      if (!wanted(id)) continue;
      if (counted_ == kMostCounted) {
        more_ = true;
        break;
      }
      ++counts_[ObjectId::type_of(id)];
      if (counted_++ < limit_) take(id, rank);
    }
  }

  // Who writes a whole name means its words.
  void run_words(const std::vector<std::string>& words, bool named) {
    if (words.empty()) return;
    for (const Whole which : {Whole::all, Whole::numbers, Whole::none}) {
      const bool whole = which == Whole::all;
      if (!whole && (named || counted_ >= limit_ || more_)) return;
      if (which == Whole::none && counted_ > 0) return;
      const std::uint64_t before = counted_;
      count(words_query(words, which), whole ? NameRank::words : NameRank::parts);
      if (counted_ == before || counted_ <= limit_) continue;
      for (const std::int64_t id : matches(begun_query(words, which), limit_)) {
        take(id, whole ? NameRank::begun : NameRank::begun_part);
      }
    }
  }

  // No word begins so: each has to stand in one.
  void run_inside() {
    std::string query;
    for (const std::string& word : split_at_spaces(search_words(lower_))) {
      const std::vector<std::string> terms = terms_with(session_, word);
      const std::string part = terms.empty() ? "\"" + word + "\"*" : any_of(terms);
      query += (query.empty() ? "" : " AND ") + part;
    }
    if (!query.empty()) count(query, NameRank::inside);
  }

  struct Hit {
    NameRank rank;
    std::int64_t id;
    IndexedName object;
  };

  // What is shown is read; of the others the ids tell enough.
  IndexSearch finish() {
    std::vector<std::pair<NameRank, std::int64_t>> order;
    for (const auto& [id, rank] : ranks_) order.emplace_back(rank, id);
    std::ranges::sort(order);
    if (order.size() > limit_ && counted_ > limit_) order.resize(limit_);
    std::vector<Hit> hits;
    for (const auto& [rank, id] : order) {
      if (auto found = object(id)) hits.push_back({refined(rank, *found), id, std::move(*found)});
    }
    std::ranges::sort(hits, [](const Hit& a, const Hit& b) {
      return std::tuple(a.rank, a.id >> 36) != std::tuple(b.rank, b.id >> 36)
                 ? std::tuple(a.rank, a.id >> 36) < std::tuple(b.rank, b.id >> 36)
                 : a.object.name < b.object.name;
    });
    if (hits.size() > limit_) hits.resize(limit_);
    IndexSearch out;
    for (Hit& hit : hits) out.hits.push_back(std::move(hit.object));
    for (const auto& [type, number] : counts_) out.total[session_.type_names()[type]] = number;
    // UIDs are not among the words.
    if (counts_.empty()) {
      for (const auto& [id, rank] : ranks_)
        ++out.total[session_.type_names()[ObjectId::type_of(id)]];
    }
    out.counted = !more_;
    return out;
  }

  // Where all matches are known, those that begin with the text were not asked for apart.
  NameRank refined(NameRank rank, const IndexedName& object) const {
    const bool known = rank != NameRank::same_but_case && counted_ > limit_;
    return known ? rank : std::min(rank, name_rank(object, text_));
  }

  IndexSession& session_;
  std::string text_, lower_;
  std::vector<std::string> words_;
  std::size_t limit_;
  const IndexedPlace& place_;
  std::bitset<256> types_;
  std::map<std::int64_t, NameRank> ranks_;
  std::map<std::size_t, std::uint64_t> counts_;
  std::uint64_t counted_ = 0;
  bool more_ = false;
};

// What part of their groups of three letters two texts share.
double likeness(const std::vector<std::string>& wanted, const IndexedName& object) {
  double best = 0;
  for (const std::string* key : {&object.name, &object.display, &object.short_name}) {
    const std::vector<std::string> has = threes(lower_ascii(*key));
    const std::set<std::string> known(has.begin(), has.end());
    const auto shared = std::ranges::count_if(
        wanted, [&](const std::string& three) { return known.contains(three); });
    const auto all = static_cast<double>(wanted.size() + has.size());
    if (all > 0) best = std::max(best, 2.0 * static_cast<double>(shared) / all);
  }
  return best;
}

// For each word those that it may have been meant for; words that resemble none are left out.
std::vector<std::string> meant(IndexSession& session, const std::string& lower) {
  std::vector<std::string> groups;
  for (const std::string& word : split_at_spaces(search_words(lower))) {
    if (word.size() < 3 || is_number(word) || is_term(session, word)) {
      groups.push_back("\"" + word + "\"");
    } else if (const auto terms = terms_like(session, word); !terms.empty()) {
      groups.push_back(any_of(terms));
    }
  }
  return groups;
}

// All of the groups, or all but the one at `without`.
std::string all_but(const std::vector<std::string>& groups, std::size_t without) {
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i != without) out += (out.empty() ? "" : " AND ") + groups[i];
  }
  return out;
}

}  // namespace

std::vector<IndexedName> NameIndex::exact(std::string_view text,
                                          const std::vector<std::string>& types) {
  std::vector<IndexedName> out;
  if (types.empty()) return out;
  database_->read([&](IndexSession& session) {
    out.clear();
    const IndexedPlace anywhere;
    Search search(session, text, types, 0, anywhere);
    for (const std::int64_t id : search.keyed()) {
      if (auto found = search.object(id)) out.push_back(std::move(*found));
    }
  });
  return out;
}

IndexSearch NameIndex::search(std::string_view text, const std::vector<std::string>& types,
                              std::size_t limit, const IndexedPlace& place) {
  IndexSearch out;
  if (types.empty()) return out;
  database_->read(
      [&](IndexSession& session) { out = Search(session, text, types, limit, place).run(); });
  return out;
}

std::vector<IndexedName> NameIndex::near(std::string_view text,
                                         const std::vector<std::string>& types, std::size_t limit) {
  std::vector<IndexedName> out;
  const std::string lower = lower_ascii(text);
  const std::vector<std::string> wanted = threes(lower);
  if (wanted.empty() || types.empty()) return out;
  database_->read([&](IndexSession& session) {
    out.clear();
    const IndexedPlace anywhere;
    Search search(session, text, types, limit, anywhere);
    const std::vector<std::string> groups = meant(session, lower);
    std::vector<std::int64_t> ids;
    for (std::size_t without = groups.size() + 1; without-- > 0 && ids.empty();) {
      const std::string query = all_but(groups, without);
      if (!query.empty()) ids = search.matches(query, kMostNear);
    }
    std::vector<std::pair<double, IndexedName>> scored;
    for (const std::int64_t id : ids) {
      auto found = search.object(id);
      const double score = found ? likeness(wanted, *found) : 0;
      if (score >= kLeastNear) scored.emplace_back(score, std::move(*found));
    }
    std::ranges::stable_sort(scored, std::greater<>(), [](const auto& one) { return one.first; });
    if (scored.size() > limit) scored.resize(limit);
    for (auto& [score, object] : scored) out.push_back(std::move(object));
  });
  return out;
}

}  // namespace dhis2mcp
