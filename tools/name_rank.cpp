// SPDX-License-Identifier: BSD-3-Clause
// Compares words, without asking an index or a server.
#include "tools/name_rank.h"

#include <algorithm>
#include <array>
#include <vector>

#include "dhis2/ascii.h"
#include "tools/name_forms.h"

namespace dhis2mcp {
namespace {

constexpr std::array<std::string_view, 6> kAskedFor = {
    "dataElement", "indicator", "programIndicator", "dataSet", "program", "organisationUnit"};
constexpr std::array<std::string_view, 12> kAround = {"organisationUnitGroup",
                                                      "organisationUnitLevel",
                                                      "dataElementGroup",
                                                      "indicatorGroup",
                                                      "trackedEntityAttribute",
                                                      "trackedEntityType",
                                                      "programStage",
                                                      "validationRule",
                                                      "dashboard",
                                                      "visualization",
                                                      "category",
                                                      "optionSet"};

// What follows the text in a name that begins with it: nothing, or not the rest of the same word.
bool ends_a_word(std::string_view name, std::size_t at) {
  if (at >= name.size()) return true;
  const char last = name[at - 1];
  const char next = name[at];
  const bool goes_on = is_letter_or_digit(next) || is_beyond_ascii(next);
  return !goes_on || !is_letter_or_digit(last) || is_digit(next) != is_digit(last);
}

template <typename Fits>
bool each_has(const std::vector<std::string>& wanted, const std::vector<std::string>& words,
              const Fits& fits) {
  return std::ranges::all_of(wanted, [&](const std::string& one) {
    return std::ranges::any_of(words, [&](const std::string& word) { return fits(word, one); });
  });
}

}  // namespace

NameRank name_rank(const IndexedName& object, std::string_view text) {
  const std::array<const std::string*, 5> keys = {&object.uid, &object.code, &object.name,
                                                  &object.display, &object.short_name};
  if (std::ranges::any_of(keys, [&](const std::string* key) { return *key == text; })) {
    return NameRank::same;
  }
  const std::string lower = lower_ascii(text);
  NameRank best = NameRank::inside;
  std::vector<std::string> words;
  for (const std::string* key : keys) {
    if (key == &object.uid) continue;
    const std::string folded = lower_ascii(*key);
    if (folded == lower) return NameRank::same_but_case;
    if (!lower.empty() && folded.starts_with(lower)) {
      best = std::min(best,
                      ends_a_word(folded, lower.size()) ? NameRank::begun : NameRank::begun_part);
    }
    for (const std::string& form : {search_words(folded), lower_ascii(split_words(*key))}) {
      for (std::string& word : split_at_spaces(search_words(form)))
        words.push_back(std::move(word));
    }
  }
  const std::vector<std::string> wanted = split_at_spaces(search_words(lower));
  const auto same = [](const std::string& word, const std::string& one) { return word == one; };
  const auto begun = [](const std::string& word, const std::string& one) {
    return word.starts_with(one);
  };
  if (!wanted.empty() && each_has(wanted, words, same)) return std::min(best, NameRank::words);
  if (!wanted.empty() && each_has(wanted, words, begun)) return std::min(best, NameRank::parts);
  return best;
}

int type_class(std::string_view type) {
  if (std::ranges::find(kAskedFor, type) != kAskedFor.end()) return 0;
  return std::ranges::find(kAround, type) != kAround.end() ? 1 : 2;
}

}  // namespace dhis2mcp
