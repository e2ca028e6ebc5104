// SPDX-License-Identifier: BSD-3-Clause
// Ranks things by the words that people look for them with: tools, endpoints.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// Lower case, without the commonest words, plurals as singulars; "dataElements" is two words.
// Letters beyond ASCII stay in their words.
std::vector<std::string> search_terms(std::string_view text);

// The words of one thing, each with the weight of the best place that it stands in.
class WordWeights {
 public:
  WordWeights& add(std::string_view text, double weight);

  // A word that only begins another, or is begun by it, has half the weight; 0 when there is none.
  double of(const std::string& term) const;

 private:
  std::map<std::string, double, std::less<>> weights_;
};

// The places in `things` of those that have any word of the query, best first. A word that most
// things share counts for little. Equal ones keep their order. At most 24 words are looked at.
std::vector<std::size_t> ranked_by_words(const std::vector<WordWeights>& things,
                                         std::string_view query);

}  // namespace dhis2mcp
