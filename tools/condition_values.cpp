// SPDX-License-Identifier: BSD-3-Clause
// From the words of a condition to what DHIS2 stores: codes of options, truth values, uids.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <optional>

#include "dhis2/error.h"
#include "tools/almanac.h"
#include "tools/condition.h"
#include "tools/day_span.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/names.h"
#include "tools/referred_names.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

std::string option_code(Call& call, const ProgramItem& item, const std::string& value) {
  const auto options = options_of(call, item.option_set);
  for (const auto& [code, name] : options) {
    if (code == value) return code;
  }
  const std::string lower = lower_ascii(value);
  std::string some;
  for (const auto& [code, name] : options) {
    if (lower_ascii(name) == lower || lower_ascii(code) == lower) return code;
    if (some.size() < 400) some += (some.empty() ? "" : ", ") + name;
  }
  throw Error(ErrorKind::not_found,
              "\"" + clean_line(value) + "\" is no option of \"" + item.name + "\".",
              "It has: " + some + ".");
}

std::string truth(const std::string& value) {
  const std::string lower = lower_ascii(value);
  for (const std::string_view word : {"yes", "true", "1", "oui", "si", "sim"}) {
    if (lower == word) return "true";
  }
  for (const std::string_view word : {"no", "false", "0", "non", "nao"}) {
    if (lower == word) return "false";
  }
  return value;
}

std::optional<int> years(const std::string& value) {
  int out = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), out);
  const std::string_view rest =
      std::string_view(value).substr(static_cast<std::size_t>(end - value.data()));
  const bool plain = rest.empty() || rest == " years" || rest == " year";
  if (failure != std::errc{} || !plain || out < 0 || out > 150) return std::nullopt;
  return out;
}

std::string born_before(int age) {
  using namespace std::chrono;
  const year_month_day today(floor<days>(system_clock::now()));
  year_month_day day = today - std::chrono::years(age);
  if (!day.ok()) day = day.year() / day.month() / last;
  return iso_day(day);
}

// Five years and older: born on this day five years ago or before. Empty where it is no age.
std::vector<Test> by_birth(const Test& test) {
  if (test.values.size() != 1) return {};
  const auto age = years(test.values[0]);
  if (!age) return {};
  const std::string turned = born_before(*age), over = born_before(*age + 1);
  if (test.op == "ge") return {{"le", {turned}}};
  if (test.op == "gt") return {{"le", {over}}};  // over five is six and more
  if (test.op == "lt") return {{"gt", {turned}}};
  if (test.op == "le") return {{"gt", {over}}};
  if (test.op == "eq" || test.op == "in") return {{"le", {turned}}, {"gt", {over}}};
  return {};
}

bool holds_days(const ProgramItem& item) {
  return item.value_type == "DATE" || item.value_type == "AGE" || item.value_type == "DATETIME";
}

// "2026-03-01" of a date, "2026-03-01T10:00" of a time: as DHIS2 has them.
bool is_stored_form(const ProgramItem& item, std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  return text.size() == 10 ? item.value_type != "DATETIME" : text[10] == 'T';
}

// DHIS2 compares dates as texts, or not at all: "1998" is no day, and "March 1998" is after all of
// them. What is written as a period is compared by its days.
std::vector<Test> by_days(Call& call, const ProgramItem& item, const Test& test) {
  constexpr std::chrono::days kDay{1};
  const auto stored = [&](const std::string& value) { return is_stored_form(item, value); };
  if (std::ranges::all_of(test.values, stored)) return {test};
  const Almanac almanac = almanac_of(call.client(), call.patience());
  const bool alone = test.values.size() == 1;
  const DaySpan span = read_days(test.values[0], almanac);
  const std::string first = iso_day(span.first), next = iso_day(span.last + kDay);
  if (test.op == "ge" || test.op == "lt") return {{test.op, {first}}};
  if (test.op == "gt") return {{"ge", {next}}};
  if (test.op == "le") return {{"lt", {next}}};
  const bool one_day = span.first == span.last && item.value_type != "DATETIME";
  if (alone && one_day) return {{test.op == "in" ? "eq" : test.op, {first}}};
  if (alone && test.op != "ne") return {{"ge", {first}}, {"lt", {next}}};
  throw Error(ErrorKind::bad_input,
              "\"" + item.name + "\" is a date: one period or day at a time can be compared.",
              "Write for example \"" + item.name + " between 2026-01-01 and 2026-03-31\".");
}

bool reads_as_number(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size();
}

// A server may take the beginning of such a value, or none.
void demand_number(const ProgramItem& item, const Test& test) {
  constexpr std::string_view kCompared[] = {"gt", "ge", "lt", "le"};
  if (!item.is_number() || std::ranges::find(kCompared, test.op) == std::end(kCompared)) return;
  for (const std::string& value : test.values) {
    if (reads_as_number(value)) continue;
    throw Error(
        ErrorKind::bad_input,
        "\"" + clean_line(value) + "\" is no number, which \"" + item.name + "\" holds.",
        "Write one number: \"" + item.name + " >= 5\", \"" + item.name + " between 5 and 10\".");
  }
}

std::string stored_value(Call& call, const ProgramItem& item, const std::string& value) {
  if (!item.option_set.empty()) return option_code(call, item, value);
  if (item.value_type == "BOOLEAN" || item.value_type == "TRUE_ONLY") return truth(value);
  if (item.value_type == "ORGANISATION_UNIT" && !is_uid(value)) {
    return names_of(call).object(value, {"organisationUnit"}).uid;
  }
  return value;
}

}  // namespace

void store_values(Call& call, const ProgramItem& item, std::vector<Test>& tests) {
  constexpr std::string_view kOfDays[] = {"eq", "ne", "in", "ge", "gt", "le", "lt"};
  std::vector<Test> stored;
  for (Test& test : tests) {
    std::vector<Test> some;
    if (!test.exact && item.value_type == "AGE") some = by_birth(test);
    const bool of_days =
        !test.exact && holds_days(item) && std::ranges::count(kOfDays, test.op) > 0;
    if (some.empty() && of_days) some = by_days(call, item, test);
    if (some.empty()) some = {std::move(test)};
    std::ranges::move(some, std::back_inserter(stored));
  }
  tests = std::move(stored);
  for (Test& test : tests) {
    demand_number(item, test);
    const bool whole = test.op == "eq" || test.op == "ne" || test.op == "in";
    if (test.exact || !whole) continue;
    for (std::string& value : test.values) value = stored_value(call, item, value);
  }
}

}  // namespace dhis2mcp
