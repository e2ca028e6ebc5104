// SPDX-License-Identifier: BSD-3-Clause
// The name is found first, among those that the program has; what is left is the comparison.
#include "tools/condition.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/untrusted.h"
#include "tools/word_search.h"

namespace dhis2mcp {
namespace {

// Longer words stand before those that begin them.
constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
    {">=", "ge"},
    {"<=", "le"},
    {"!=", "ne"},
    {"<>", "ne"},
    {"==", "eq"},
    {"=", "eq"},
    {">", "gt"},
    {"<", "lt"},
    {"\xe2\x89\xa5", "ge"},
    {"\xe2\x89\xa4", "le"},
    {"\xe2\x89\xa0", "ne"},
    {"is not empty", "!null"},
    {"is not missing", "!null"},
    {"is not null", "!null"},
    {"is not one of", "ne"},
    {"is not in", "ne"},
    {"is not like", "nlike"},
    {"is not", "ne"},
    {"is empty", "null"},
    {"is missing", "null"},
    {"is null", "null"},
    {"is unknown", "null"},
    {"is set", "!null"},
    {"is known", "!null"},
    {"is at least", "ge"},
    {"is at most", "le"},
    {"is more than", "gt"},
    {"is less than", "lt"},
    {"is over", "gt"},
    {"is under", "lt"},
    {"is above", "gt"},
    {"is below", "lt"},
    {"is like", "like"},
    {"is in", "in"},
    {"is one of", "in"},
    {"is", "eq"},
    {"equals", "eq"},
    {"does not contain", "nlike"},
    {"not like", "nlike"},
    {"not in", "ne"},
    {"contains", "like"},
    {"like", "like"},
    {"starts with", "sw"},
    {"begins with", "sw"},
    {"ends with", "ew"},
    {"in", "in"},
    {"at least", "ge"},
    {"at most", "le"},
    {"more than", "gt"},
    {"greater than", "gt"},
    {"less than", "lt"},
    {"after", "gt"},
    {"before", "lt"},
    {"since", "ge"},
    {"until", "le"},
    {"over", "gt"},
    {"under", "lt"},
});

constexpr auto kOwn = std::to_array<std::string_view>(
    {"eq",    "ieq",   "ne",     "neq", "gt",  "ge",   "lt",    "le",     "like",
     "ilike", "nlike", "sw",     "ew",  "in",  "null", "!null", "nilike", "!eq",
     "!ieq",  "!like", "!ilike", "!gt", "!ge", "!lt",  "!le",   "!in",    "!ne"});

bool letter(char c) { return is_letter_or_digit(c) || is_beyond_ascii(c); }

[[noreturn]] void throw_unread(std::string_view whole) {
  throw Error(ErrorKind::bad_input, "filter: \"" + clean_line(whole) + "\" is not understood.",
              "Write a name and a comparison: \"Age >= 5\", \"First name like Ama\", \"Sex = "
              "Female\", \"Weight between 2 and 3\", \"Result is empty\".");
}

// The operator at the beginning, and how long it is.
std::optional<std::pair<std::string_view, std::size_t>> operator_at(std::string_view text) {
  const std::string lower = lower_ascii(text);
  for (const auto& [word, op] : kWords) {
    if (!lower.starts_with(word)) continue;
    const bool ends =
        is_lower(word.back()) && lower.size() > word.size() && letter(lower[word.size()]);
    if (!ends) return std::pair(op, word.size());
  }
  return std::nullopt;
}

std::string unquoted(std::string text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// DHIS2's own form, behind its first colon: "ge:5:lt:10". A "/" escapes what follows it.
std::vector<Test> own_tests(std::string_view text, std::string_view whole) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes = text[i] == '/' && i + 1 < text.size() &&
                         std::string_view(":,/").find(text[i + 1]) != std::string_view::npos;
    if (escapes) {
      parts.back() += text[++i];
    } else if (text[i] == ':') {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  std::vector<Test> tests;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Test test{lower_ascii(parts[i]), {}, true};
    if (std::ranges::find(kOwn, test.op) == kOwn.end()) {
      throw Error(
          ErrorKind::bad_input,
          "filter: \"" + clean_line(whole) + "\": \"" + clean_line(parts[i]) + "\" is no operator.",
          "Take =, !=, >, >=, <, <=, like, in, \"starts with\", \"is empty\"; or DHIS2's "
          "eq, ne, gt, ge, lt, le, like, in, sw, ew, null.");
    }
    if (!test.op.ends_with("null")) {
      if (++i == parts.size()) throw_unread(whole);
      test.values = test.op.ends_with("in") ? split_at(parts[i], ';') : std::vector{parts[i]};
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

bool is_own(std::string_view text) {
  const std::string first = lower_ascii(text.substr(0, text.find(':')));
  if (std::ranges::find(kOwn, first) != kOwn.end()) {
    return text.find(':') != std::string_view::npos || first.ends_with("null") || first == "eq";
  }
  // "bogus:x" was meant as an operator too.
  return text.find(':') != std::string_view::npos && !first.empty() &&
         std::ranges::all_of(first, is_lower);
}

std::optional<std::vector<Test>> range(std::string_view text) {
  const std::string lower = lower_ascii(text);
  for (const auto& [head, middle] : {std::pair("between ", " and "), std::pair("from ", " to ")}) {
    if (!lower.starts_with(head)) continue;
    const auto cut = lower.find(middle);
    if (cut == std::string::npos) continue;
    const std::size_t start = std::string_view(head).size();
    return std::vector<Test>{{"ge", {trimmed(text.substr(start, cut - start))}},
                             {"le", {trimmed(text.substr(cut + std::string_view(middle).size()))}}};
  }
  return std::nullopt;
}

// "> 5 and <= 10" ends its first value where another comparison follows, "> 5 <= 10" too where the
// first is one of order: a name may hold "< 5". `skip` is what stands between. Quotes keep a value
// whole.
struct ValueEnd {
  std::size_t at, skip;
};

ValueEnd end_of_value(std::string_view op, std::string_view text) {
  if (text.starts_with('"') || text.starts_with('\'')) return {text.size(), 0};
  const bool of_order = op == "gt" || op == "ge" || op == "lt" || op == "le";
  const std::string lower = lower_ascii(text);
  for (auto at = lower.find(' '); at != std::string::npos; at = lower.find(' ', at + 1)) {
    const std::size_t skip = lower.compare(at, 5, " and ") == 0 ? 5 : 1;
    const std::string_view after = std::string_view(lower).substr(at + skip);
    const bool sign = !after.empty() &&
                      std::string_view("<>=!\xe2").find(after.front()) != std::string_view::npos;
    if (sign && (skip == 5 || of_order) && operator_at(after)) return {at, skip};
  }
  return {text.size(), 0};
}

}  // namespace

std::vector<Test> read_tests(std::string_view rest, std::string_view whole) {
  std::string text = trimmed(rest);
  if (text.empty()) return {};
  if (text.front() == ':') {
    if (is_own(std::string_view(text).substr(1))) return own_tests(text.substr(1), whole);
    text = "=" + text.substr(1);
  }
  if (auto tests = range(text)) return *tests;
  std::vector<Test> tests;
  while (!text.empty()) {
    const auto found = operator_at(text);
    if (!found) throw_unread(whole);
    const auto& [op, length] = *found;
    std::string after = trimmed(text.substr(length));
    const auto [end, skip] = end_of_value(op, after);
    const std::string value = unquoted(trimmed(after.substr(0, end)));
    text = trimmed(after.substr(end + skip));
    if (op.ends_with("null")) {
      tests.push_back({std::string(op), {}});
      continue;
    }
    if (value.empty()) throw_unread(whole);
    const bool several = value.find(';') != std::string::npos;
    if (op == "ne" && several) {
      // Other than each: all tests of an item must hold.
      for (std::string& one : split_at(value, ';')) tests.push_back({"ne", {std::move(one)}});
    } else if (op == "in" || (op == "eq" && several)) {
      Test test{"in", split_at(value, ';')};
      if (test.values.size() == 1 && value.find(',') != std::string::npos) {
        test.values = comma_list(value);
      }
      tests.push_back(std::move(test));
    } else {
      tests.push_back({std::string(op), {value}});
    }
  }
  return tests;
}

void set_once(Query& query, const std::string& parameter, std::string value,
              std::string_view told) {
  const std::string* before = query.find(parameter);
  if (before != nullptr && *before != value) {
    throw Error(ErrorKind::bad_input,
                "\"" + clean_line(told) + "\" says again what was said before, otherwise.",
                "DHIS2 takes one of these at a time: ask in two calls.");
  }
  query.set(parameter, std::move(value));
}

std::optional<std::string> after_name(std::string_view text, std::string_view name) {
  if (name.empty() || text.size() < name.size()) return std::nullopt;
  if (!same_word(text.substr(0, name.size()), name)) return std::nullopt;
  const std::string_view rest = text.substr(name.size());
  const bool sign = rest.starts_with("\xe2\x89");
  if (!rest.empty() && !sign && letter(rest.front()) && letter(name.back())) {
    return std::nullopt;
  }
  return std::string(rest);
}

namespace {

struct Match {
  const ProgramItem* item;
  const ProgramStage* stage;
  std::string rest;
};

// Keeps the longest names only.
class Matches {
 public:
  explicit Matches(std::string_view text) : text_(text) {}

  void try_item(const ProgramItem& item, const ProgramStage* stage) {
    try_name(item.uid, item, stage);
    try_name(item.name, item, stage);
    for (const std::string& name : item.also) try_name(name, item, stage);
  }

  const std::vector<Match>& best() const { return best_; }

 private:
  void try_name(std::string_view name, const ProgramItem& item, const ProgramStage* stage) {
    const auto rest = after_name(text_, name);
    if (!rest || name.size() < longest_) return;
    if (name.size() > longest_) best_.clear();
    longest_ = name.size();
    const bool again = std::ranges::any_of(
        best_, [&](const Match& one) { return one.item->uid == item.uid && one.stage == stage; });
    if (!again) best_.push_back({&item, stage, *rest});
  }

  std::string_view text_;
  std::size_t longest_ = 0;
  std::vector<Match> best_;
};

Error ambiguous_item(std::string_view text, const std::vector<Match>& matches) {
  Error error(ErrorKind::ambiguous,
              "\"" + clean_line(text) + "\" fits several items of the program.",
              "Take the uid of one, or give `stage`.");
  for (const Match& one : matches) {
    error.candidates.push_back({one.item->name,
                                one.item->attribute ? "trackedEntityAttribute" : "dataElement",
                                one.item->uid, one.stage != nullptr ? one.stage->name : ""});
  }
  return error;
}

}  // namespace

std::optional<Subject> read_subject(std::string_view written, const ProgramScheme& scheme,
                                    const ProgramStage* stage) {
  const std::string text = trimmed(written);
  // "stage.item" first: the part before the point narrows.
  for (const ProgramStage& one : scheme.stages) {
    for (const std::string& name : {one.uid, one.name}) {
      const auto rest = after_name(text, name);
      if (!rest || !rest->starts_with('.')) continue;
      Matches inner(std::string_view(*rest).substr(1));
      for (const ProgramItem& item : one.items) inner.try_item(item, &one);
      if (inner.best().size() > 1) throw ambiguous_item(text, inner.best());
      if (!inner.best().empty()) return Subject{inner.best()[0].item, &one, inner.best()[0].rest};
    }
  }
  Matches all(text);
  for (const ProgramStage& one : scheme.stages) {
    if (stage != nullptr && &one != stage) continue;
    for (const ProgramItem& item : one.items) all.try_item(item, &one);
  }
  for (const ProgramItem& item : scheme.attributes) all.try_item(item, nullptr);
  if (all.best().empty()) return std::nullopt;
  std::set<std::string> uids;
  for (const Match& one : all.best()) uids.insert(one.item->uid);
  if (uids.size() > 1) throw ambiguous_item(text, all.best());
  const Match& one = all.best().front();
  // A data element of several stages belongs to none of them unless one was said.
  return Subject{one.item, all.best().size() == 1 ? one.stage : nullptr, one.rest};
}

Error unknown_item(std::string_view text, const ProgramScheme& scheme, const ProgramStage* stage,
                   std::string_view also) {
  std::vector<const ProgramItem*> items;
  std::vector<WordWeights> words;
  const auto add = [&](const ProgramItem& item) {
    items.push_back(&item);
    words.push_back(WordWeights().add(item.name, 1));
    for (const std::string& name : item.also) words.back().add(name, 0.5);
  };
  for (const ProgramItem& item : scheme.attributes) add(item);
  for (const ProgramStage& one : scheme.stages) {
    if (stage != nullptr && &one != stage) continue;
    for (const ProgramItem& item : one.items) add(item);
  }
  const std::string where = scheme.name.empty() ? scheme.type_name : scheme.name;
  Error error(ErrorKind::not_found,
              "\"" + clean_line(text) + "\" names nothing of \"" + where + "\".",
              "Begin with the name, code or uid of one of its items" + std::string(also) + ".");
  std::vector<std::size_t> near = ranked_by_words(words, text);
  for (std::size_t i = 0; near.empty() && i < std::min<std::size_t>(items.size(), 10); ++i) {
    error.candidates.push_back({items[i]->name,
                                items[i]->attribute ? "trackedEntityAttribute" : "dataElement",
                                items[i]->uid, ""});
  }
  for (const std::size_t i : near) {
    if (error.candidates.size() == 8) break;
    error.candidates.push_back({items[i]->name,
                                items[i]->attribute ? "trackedEntityAttribute" : "dataElement",
                                items[i]->uid, ""});
  }
  return error;
}

}  // namespace dhis2mcp
