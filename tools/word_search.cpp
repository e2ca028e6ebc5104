// SPDX-License-Identifier: BSD-3-Clause
// A score for each thing: the weight of each word of the query in it, times how rare the word is.
#include "tools/word_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

constexpr double kBegun = 0.5;
constexpr std::size_t kLeastBegun = 4;  // letters
constexpr std::size_t kMostTerms = 24;

constexpr std::array<std::string_view, 41> kCommonest = {
    "a",    "an",   "and",  "are",  "at",    "by",   "can",  "do",    "does", "for",  "from",
    "get",  "give", "how",  "i",    "in",    "is",   "it",   "many",  "me",   "much", "my",
    "not",  "of",   "on",   "or",   "show",  "that", "the",  "there", "this", "to",   "tool",
    "want", "was",  "were", "what", "which", "who",  "with", "you"};

// A digit and a letter of any script, but for capitals of ASCII.
bool goes_on(char c) { return is_lower(c) || is_digit(c) || is_beyond_ascii(c); }

std::string singular(std::string word) {
  if (word.size() > 4 && word.ends_with("ies")) return word.replace(word.size() - 3, 3, "y");
  const bool plural = word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") &&
                      !word.ends_with("us") && !word.ends_with("is");
  if (plural) word.pop_back();
  return word;
}

bool begins(std::string_view word, std::string_view other) {
  return std::min(word.size(), other.size()) >= kLeastBegun &&
         (word.starts_with(other) || other.starts_with(word));
}

}  // namespace

std::vector<std::string> search_terms(std::string_view text) {
  std::vector<std::string> terms;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && std::ranges::find(kCommonest, word) == kCommonest.end()) {
      terms.push_back(singular(std::move(word)));
    }
    word.clear();
  };
  char before = ' ';
  for (const char c : text) {
    const bool letter = goes_on(c) || is_upper(c);
    if (!letter || (is_upper(c) && goes_on(before))) end_word();
    if (letter) word += lower_letter(c);
    before = c;
  }
  end_word();
  return terms;
}

WordWeights& WordWeights::add(std::string_view text, double weight) {
  for (const std::string& term : search_terms(text)) {
    double& known = weights_[term];
    known = std::max(known, weight);
  }
  return *this;
}

double WordWeights::of(const std::string& term) const {
  if (const auto found = weights_.find(term); found != weights_.end()) return found->second;
  double best = 0;
  for (const auto& [known, weight] : weights_) {
    if (begins(term, known)) best = std::max(best, weight * kBegun);
  }
  return best;
}

std::vector<std::size_t> ranked_by_words(const std::vector<WordWeights>& things,
                                         std::string_view query) {
  std::set<std::string> terms;
  for (std::string& term : search_terms(query)) {
    if (terms.size() < kMostTerms) terms.insert(std::move(term));
  }
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < things.size(); ++i) ranked.emplace_back(0, i);
  for (const std::string& term : terms) {
    std::vector<double> found;
    found.reserve(things.size());
    for (const WordWeights& thing : things) found.push_back(thing.of(term));
    const auto holders = std::ranges::count_if(found, [](double weight) { return weight > 0; });
    if (holders == 0) continue;
    const double rare =
        std::log(1 + static_cast<double>(things.size()) / static_cast<double>(holders));
    for (std::size_t i = 0; i < found.size(); ++i) ranked[i].first += found[i] * rare;
  }
  std::erase_if(ranked, [](const auto& one) { return one.first <= 0; });
  std::ranges::stable_sort(ranked, std::greater<>(), [](const auto& one) { return one.first; });
  std::vector<std::size_t> places;
  places.reserve(ranked.size());
  for (const auto& [score, place] : ranked) places.push_back(place);
  return places;
}

}  // namespace dhis2mcp
