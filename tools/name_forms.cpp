// SPDX-License-Identifier: BSD-3-Clause
// Small grammars; the order of the metrics matters, for one ends another.
#include "tools/name_forms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/text_list.h"
#include "tools/document.h"

namespace dhis2mcp {
namespace {

// Longer words first: "reporting rate" ends "reporting rate" only, "actual reports" is a part of
// "actual reports on time".
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMetrics = {{
    {"reporting rate on time", "REPORTING_RATE_ON_TIME"},
    {"actual reports on time", "ACTUAL_REPORTS_ON_TIME"},
    {"reporting rate", "REPORTING_RATE"},
    {"actual reports", "ACTUAL_REPORTS"},
    {"expected reports", "EXPECTED_REPORTS"},
}};

// U+2019, U+2018 and the letter U+02BC.
constexpr std::array<std::string_view, 3> kApostrophes = {"\xE2\x80\x99", "\xE2\x80\x98",
                                                          "\xCA\xBC"};

bool is_metric(std::string_view text) {
  return std::ranges::any_of(kMetrics, [text](const auto& row) { return row.second == text; });
}

std::string stripped(std::string_view text) {
  const auto first = text.find_first_not_of(" \t:-");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t:-") - first + 1));
}

std::vector<std::string> words_for(const MetadataType& type) {
  std::vector<std::string> out = {type.words, type.name};
  out.insert(out.end(), type.also.begin(), type.also.end());
  return out;
}

}  // namespace

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string straight(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto* const curved = std::ranges::find_if(
        kApostrophes, [&](std::string_view one) { return text.starts_with(one); });
    const bool any = curved != kApostrophes.end();
    out += any ? '\'' : text[0];
    text.remove_prefix(any ? curved->size() : 1);
  }
  return out;
}

bool is_too_long(std::string_view text) {
  const auto characters = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return static_cast<std::size_t>(characters) > kLongestName;
}

void demand_name_length(std::string_view text) {
  if (!is_too_long(text)) return;
  throw Error(ErrorKind::bad_input,
              "A name of " + std::to_string(text.size()) +
                  " bytes was given, and DHIS2's hold 230 characters; nothing was asked.",
              "Give the name, the code or the UID alone.");
}

std::vector<std::string> singulars(std::string_view text) {
  std::vector<std::string> out;
  if (text.size() > 3 && text.ends_with('s')) out.emplace_back(text.substr(0, text.size() - 1));
  if (text.size() > 4 && text.ends_with("ies")) {
    out.push_back(std::string(text.substr(0, text.size() - 3)) + "y");
  }
  // In Romance languages the first word has it, or all of them.
  std::string first, all;
  for (const std::string_view word : split(text, ' ')) {
    const bool plural = word.size() > 3 && word.ends_with('s');
    const std::string_view one = word.substr(0, word.size() - (plural ? 1 : 0));
    first.append(first.empty() ? one : " " + std::string(word));
    all.append(all.empty() ? "" : " ").append(one);
  }
  for (std::string* form : {&first, &all}) {
    const bool known = *form == text || std::ranges::find(out, *form) != out.end();
    if (!known) out.push_back(std::move(*form));
  }
  return out;
}

std::string search_words(std::string_view text) {
  std::string out;
  for (const char c : straight(text)) {
    if (is_letter_or_digit(c) || is_beyond_ascii(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return trimmed(out);
}

std::vector<std::string> split_at(std::string_view text, char mark) {
  std::vector<std::string> out;
  for (const std::string_view part : split(text, mark)) {
    if (std::string one = trimmed(part); !one.empty()) out.push_back(std::move(one));
  }
  return out;
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto cut = text.find(' ');
    if (cut != 0) out.emplace_back(text.substr(0, cut));
    text = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 1);
  }
  return out;
}

std::string split_words(std::string_view text) {
  std::string out;
  bool any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0) {
      const char before = text[i - 1], now = text[i];
      const bool cut = (is_letter(before) && is_digit(now)) ||
                       (is_digit(before) && is_letter(now)) ||
                       (is_letter(before) && !is_upper(before) && is_upper(now));
      if (cut) out += ' ';
      any = any || cut;
    }
    out += text[i];
  }
  return any ? out : std::string();
}

bool is_data_item(std::string_view text) {
  if (text.starts_with("DE_GROUP-") || text.starts_with("IN_GROUP-")) return is_uid(text.substr(9));
  int part = 0;
  for (;; ++part) {
    const auto dot = text.find('.');
    const std::string_view piece = text.substr(0, dot);
    const bool fits =
        is_uid(piece) || (part > 0 && piece == "*") || (part == 1 && is_metric(piece));
    if (!fits || part > 2) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<std::string> org_unit_item(std::string_view text) {
  const std::string lower = lower_ascii(text);
  for (const std::string_view own :
       {"USER_ORGUNIT", "USER_ORGUNIT_CHILDREN", "USER_ORGUNIT_GRANDCHILDREN"}) {
    if (lower == lower_ascii(own)) return std::string(own);
  }
  if (lower.starts_with("level-") || lower.starts_with("level ")) {
    const std::string rest = trimmed(text.substr(6));
    const auto dash = rest.find('-');
    const std::string level = rest.substr(0, dash);
    const bool below = dash != std::string::npos;
    const bool fits = (all_digits(level) && (!below || is_uid(rest.substr(dash + 1)))) ||
                      (!below && is_uid(level) && text[5] == '-');
    if (fits) return "LEVEL-" + rest;
  }
  if (lower.starts_with("ou_group-") && is_uid(text.substr(9))) {
    return "OU_GROUP-" + std::string(text.substr(9));
  }
  for (const std::string_view mine : {"my org unit", "my organisation unit", "my unit"}) {
    if (!lower.starts_with(mine)) continue;
    std::string rest = lower.substr(mine.size());
    if (rest.starts_with("s")) rest.erase(0, 1);
    rest = stripped(rest);
    if (rest.empty()) return "USER_ORGUNIT";
    if (rest == "children") return "USER_ORGUNIT_CHILDREN";
    if (rest == "grandchildren") return "USER_ORGUNIT_GRANDCHILDREN";
  }
  return std::nullopt;
}

std::optional<DataSetMetric> data_set_metric(std::string_view text) {
  const std::string lower = lower_ascii(text);
  for (const auto& [words, metric] : kMetrics) {
    if (!lower.ends_with(words) || lower.size() == words.size()) continue;
    const char before = lower[lower.size() - words.size() - 1];
    if (before != ' ' && before != '-' && before != ':') continue;
    std::string data_set = stripped(text.substr(0, text.size() - words.size()));
    if (!data_set.empty()) return DataSetMetric{std::move(data_set), std::string(metric)};
  }
  return std::nullopt;
}

std::optional<TypedText> typed_text(std::string_view text,
                                    const std::vector<const MetadataType*>& types) {
  const std::string lower = lower_ascii(text);
  std::optional<TypedText> best;
  // The longest words: "program indicator" ends in "indicator", "org unit group" begins with
  // "org unit".
  std::size_t longest = 0;
  for (const MetadataType* type : types) {
    for (const std::string& name : words_for(*type)) {
      const std::string word = lower_ascii(name);
      if (word.size() <= longest || lower.size() <= word.size() + 1) continue;
      std::string left;
      if (lower.starts_with(word + " ") || lower.starts_with(word + ":")) {
        left = stripped(text.substr(word.size() + 1));
      } else if (lower.ends_with("(" + word + ")")) {
        left = stripped(text.substr(0, text.size() - word.size() - 2));
      } else if (lower.ends_with(" " + word)) {
        left = stripped(text.substr(0, text.size() - word.size() - 1));
      }
      if (left.empty()) continue;
      longest = word.size();
      best = TypedText{type, left};
    }
  }
  return best;
}

std::string parent_member(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kMembers = {{
      {"organisationUnit", "parent"},
      {"programStage", "program"},
      {"programIndicator", "program"},
      {"programRule", "program"},
      {"programRuleVariable", "program"},
      {"programSection", "program"},
      {"programStageSection", "programStage"},
      {"section", "dataSet"},
      {"option", "optionSet"},
      {"categoryOptionCombo", "categoryCombo"},
  }};
  for (const auto& [name, member] : kMembers) {
    if (name == type) return std::string(member);
  }
  return {};
}

bool may_be_word(std::string_view text) {
  const auto are = [](std::string_view letters, char from, char to) {
    return std::ranges::all_of(letters, [&](char c) { return c >= from && c <= to; });
  };
  return is_uid(text) && (are(text.substr(1), 'a', 'z') || are(text, 'A', 'Z'));
}

}  // namespace dhis2mcp
