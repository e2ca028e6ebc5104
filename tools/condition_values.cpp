// SPDX-License-Identifier: BSD-3-Clause
// From the words of a condition to what DHIS2 stores: codes of options, truth values, uids.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
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

// Five years and older: born on this day five years ago or before.
bool as_birth(Test& test) {
  if (test.exact || test.values.size() != 1) return false;
  const auto age = years(test.values[0]);
  if (!age) return false;
  constexpr auto kTurned =
      std::to_array<std::pair<std::string_view, std::pair<std::string_view, int>>>({
          {"ge", {"le", 0}},
          {"gt", {"le", 1}},  // over five is six and more
          {"lt", {"gt", 0}},
          {"le", {"gt", 1}},
      });
  for (const auto& [op, turned] : kTurned) {
    if (test.op != op) continue;
    test = {std::string(turned.first), {born_before(*age + turned.second)}};
    return true;
  }
  return false;
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
  for (Test& test : tests) {
    if (item.value_type == "AGE" && as_birth(test)) continue;
    demand_number(item, test);
    const bool whole = test.op == "eq" || test.op == "ne" || test.op == "in";
    if (test.exact || !whole) continue;
    for (std::string& value : test.values) value = stored_value(call, item, value);
  }
}

}  // namespace dhis2mcp
