// SPDX-License-Identifier: BSD-3-Clause
// Terms are compared instead of names: an instance with 100,000 names has a third as many words,
// and most names share theirs.
#include "tools/name_index_terms.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostWith = 40, kMostLike = 6;
constexpr std::size_t kLongest = 40;  // letters, as the index keeps them

constexpr const char* kTerms =
    "SELECT t.term FROM pieces CROSS JOIN terms t ON t.id = pieces.rowid WHERE pieces MATCH ?";

std::string pieces_query(std::string_view text, const char* between) {
  std::string out;
  for (const std::string& three : threes(text)) {
    out += (out.empty() ? "\"" : between + std::string("\"")) + three + "\"";
  }
  return out;
}

std::vector<std::string> by_length(std::vector<std::string> terms, std::size_t most) {
  std::ranges::sort(terms, {},
                    [](const std::string& term) { return std::pair(term.size(), term); });
  if (terms.size() > most) terms.resize(most);
  return terms;
}

}  // namespace

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

bool is_term(IndexSession& session, const std::string& word) {
  const Prepared row = session.prepared("SELECT 1 FROM terms WHERE term = ?");
  row->bindNoCopy(1, word);
  return row->executeStep();
}

std::vector<std::string> terms_with(IndexSession& session, const std::string& word) {
  const std::string query = pieces_query(word, " AND ");
  std::vector<std::string> out;
  if (query.empty()) return out;
  const Prepared rows = session.prepared(kTerms);
  rows->bindNoCopy(1, query);
  while (rows->executeStep()) {
    std::string term = rows->getColumn(0).getString();
    if (term.find(word) != std::string::npos) out.push_back(std::move(term));
  }
  return by_length(std::move(out), kMostWith);
}

std::vector<std::string> terms_like(IndexSession& session, const std::string& word) {
  const std::string query = pieces_query(word, " OR ");
  std::vector<std::string> out;
  if (query.empty() || word.size() > kLongest) return out;
  const std::size_t most = word.size() < 5 ? 1 : 2;
  std::vector<std::tuple<std::size_t, std::size_t, std::string>> like;
  const Prepared rows = session.prepared(kTerms);
  rows->bindNoCopy(1, query);
  while (rows->executeStep()) {
    std::string term = rows->getColumn(0).getString();
    const std::size_t away = slips(word, term, most);
    if (away <= most) like.emplace_back(away, term.size(), std::move(term));
  }
  std::ranges::sort(like);
  for (auto& [away, length, term] : like) {
    if (out.size() < kMostLike) out.push_back(std::move(term));
  }
  return out;
}

// Optimal string alignment, a row at a time.
std::size_t slips(std::string_view from, std::string_view to, std::size_t most) {
  const std::size_t longer = std::max(from.size(), to.size());
  if (longer - std::min(from.size(), to.size()) > most || longer > kLongest) return most + 1;
  std::array<std::array<std::size_t, kLongest + 1>, 3> rows{};
  for (std::size_t j = 0; j <= to.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    std::size_t best = row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t other = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + other});
      const bool exchanged = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (exchanged) row[j] = std::min(row[j], two_above[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > most) return most + 1;
  }
  return std::min(rows[from.size() % 3][to.size()], most + 1);
}

}  // namespace dhis2mcp
