// SPDX-License-Identifier: BSD-3-Clause
// Which words count, and what comes first.
#include "tools/word_search.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using Terms = std::vector<std::string>;

TEST(WordSearch, CutsTextsIntoTheWordsThatMatter) {
  const std::pair<const char*, Terms> cases[] = {
      {"Find org units by name", {"find", "org", "unit", "name"}},
      {"dataElementGroups", {"data", "element", "group"}},
      {"categories, statuses & analysis", {"category", "statuse", "analysis"}},
      {"UID of the DHIS2 API", {"uid", "dhis2", "api"}},
      {"", {}},
      {"of the", {}},
      {"sant\xC3\xA9", {"sant\xC3\xA9"}},
  };
  for (const auto& [text, terms] : cases) EXPECT_EQ(search_terms(text), terms) << text;
}

TEST(WordSearch, PutsTheRarestWordInTheBestPlaceFirst) {
  std::vector<WordWeights> things(3);
  things[0].add("find metadata", 6).add("all units", 1);
  things[1].add("find org units", 6);
  things[2].add("analytics", 6).add("find", 1);

  EXPECT_EQ(ranked_by_words(things, "find units"), (std::vector<std::size_t>{1, 0, 2}));
  EXPECT_EQ(ranked_by_words(things, "analytic"), (std::vector<std::size_t>{2}));
  EXPECT_TRUE(ranked_by_words(things, "weather").empty());
  EXPECT_TRUE(ranked_by_words(things, "").empty());
  EXPECT_TRUE(ranked_by_words({}, "find").empty());
}

TEST(WordSearch, TakesAWordThatOnlyBeginsAnotherForHalf) {
  WordWeights thing;
  thing.add("analytics", 4);

  EXPECT_EQ(thing.of("analytic"), 4) << "plurals are singulars";
  EXPECT_EQ(thing.of("analy"), 2);
  EXPECT_EQ(thing.of("ana"), 0) << "too short to mean anything";
}

TEST(WordSearch, LooksAtABoundedNumberOfWords) {
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "word" + std::to_string(i) + " ";

  EXPECT_TRUE(ranked_by_words({WordWeights().add("units", 1)}, many).empty());
}

}  // namespace
}  // namespace dhis2mcp
