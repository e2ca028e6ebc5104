// SPDX-License-Identifier: BSD-3-Clause
// A small grammar: ids, DHIS2's relative periods in words, months, quarters, spans.
#include "tools/period.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <regex>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

using std::chrono::months;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;
using std::chrono::years;

// RelativePeriodEnum of DHIS2, 2.37 to 2.43.
constexpr std::string_view kRelative =
    " "
    "TODAY YESTERDAY LAST_3_DAYS LAST_7_DAYS LAST_14_DAYS LAST_30_DAYS LAST_60_DAYS "
    "LAST_90_DAYS LAST_180_DAYS THIS_WEEK LAST_WEEK LAST_4_WEEKS LAST_12_WEEKS LAST_52_WEEKS "
    "WEEKS_THIS_YEAR THIS_BIWEEK LAST_BIWEEK LAST_4_BIWEEKS THIS_MONTH LAST_MONTH "
    "MONTHS_THIS_YEAR MONTHS_LAST_YEAR LAST_3_MONTHS LAST_6_MONTHS LAST_12_MONTHS THIS_BIMONTH "
    "LAST_BIMONTH BIMONTHS_THIS_YEAR LAST_6_BIMONTHS THIS_QUARTER LAST_QUARTER "
    "QUARTERS_THIS_YEAR QUARTERS_LAST_YEAR LAST_4_QUARTERS THIS_SIX_MONTH LAST_SIX_MONTH "
    "LAST_2_SIXMONTHS THIS_YEAR LAST_YEAR LAST_5_YEARS LAST_10_YEARS THIS_FINANCIAL_YEAR "
    "LAST_FINANCIAL_YEAR LAST_5_FINANCIAL_YEARS LAST_10_FINANCIAL_YEARS ";

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

// Longer spans would make thousands of columns.
constexpr int kLongestSpan = 120;

[[noreturn]] void no_period(std::string_view text) {
  throw Error(ErrorKind::bad_input, "\"" + std::string(text) + "\" is no period.",
              "Write a DHIS2 period id (202608, 2026Q3, 2026W5, 2026, 2026April), a month (Aug "
              "2026) or a relative period (LAST_12_MONTHS, this year).");
}

// Upper case, anything that is no letter or digit as one underscore.
std::string as_keyword(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += static_cast<char>(std::toupper(byte));
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string month_id(year_month month) {
  return std::to_string(static_cast<int>(month.year())) + two(static_cast<unsigned>(month.month()));
}

int number_of(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<unsigned> month_named(std::string_view word) {
  std::string lower;
  for (const char c : word.substr(0, 3)) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (lower == kMonths[i]) return i + 1;
  }
  return std::nullopt;
}

// Other ways to write an id: "2026-08", "2026-08-15", "Q3 2026", "2026-Q3", "2026-W05", "08/2026".
std::optional<std::string> other_spelling(const std::string& text) {
  static const std::regex kDay(R"((\d{4})-(\d{2})-(\d{2}))");
  static const std::regex kMonth(R"((\d{4})[-/](\d{1,2}))");
  static const std::regex kMonthFirst(R"((\d{1,2})[-/](\d{4}))");
  static const std::regex kPart(R"((\d{4})[- ]?([QqSs])([1-4]))");
  static const std::regex kPartFirst(R"(([QqSs])([1-4])[- ]?(\d{4}))");
  static const std::regex kWeek(R"((\d{4})[- ]?[Ww](?:eek)?[- ]?0?(\d{1,2}))");
  std::smatch m;
  if (std::regex_match(text, m, kDay)) return m[1].str() + m[2].str() + m[3].str();
  if (std::regex_match(text, m, kMonth)) {
    return m[1].str() + two(static_cast<unsigned>(number_of(m[2].str())));
  }
  if (std::regex_match(text, m, kMonthFirst)) {
    return m[2].str() + two(static_cast<unsigned>(number_of(m[1].str())));
  }
  if (std::regex_match(text, m, kPart)) {
    return m[1].str() + static_cast<char>(std::toupper(m[2].str()[0])) + m[3].str();
  }
  if (std::regex_match(text, m, kPartFirst)) {
    return m[3].str() + static_cast<char>(std::toupper(m[1].str()[0])) + m[2].str();
  }
  if (std::regex_match(text, m, kWeek)) return m[1].str() + "W" + m[2].str();
  return std::nullopt;
}

// "Aug 2026", "August 2026", "2026 Aug".
std::optional<std::string> named_month(const std::string& text) {
  static const std::regex kNameFirst(R"(([A-Za-z]{3,9})\.?[ -]?(\d{4}))");
  static const std::regex kYearFirst(R"((\d{4})[ -]?([A-Za-z]{3,9}))");
  std::smatch m;
  std::string name, in_year;
  if (std::regex_match(text, m, kNameFirst)) {
    name = m[1].str(), in_year = m[2].str();
  } else if (std::regex_match(text, m, kYearFirst)) {
    name = m[2].str(), in_year = m[1].str();
  } else {
    return std::nullopt;
  }
  const auto month = month_named(name);
  if (!month) return std::nullopt;
  return in_year + two(*month);
}

// "last 18 months": complete ones, so the running one is left out, as DHIS2 does.
std::optional<std::vector<std::string>> last_some(const std::string& keyword,
                                                  year_month_day today) {
  static const std::regex kLast(R"((?:LAST|PAST)_(\d{1,3})_(MONTH|QUARTER|YEAR)S?)");
  std::smatch m;
  if (!std::regex_match(keyword, m, kLast)) return std::nullopt;
  const int count = number_of(m[1].str());
  if (count < 1 || count > kLongestSpan) return std::nullopt;
  const year_month now{today.year(), today.month()};
  std::vector<std::string> out;
  for (int back = count; back >= 1; --back) {
    if (m[2] == "MONTH") {
      out.push_back(month_id(now - months(back)));
    } else if (m[2] == "YEAR") {
      out.push_back(std::to_string(static_cast<int>((today.year() - years(back)))));
    } else {
      const year_month then = now - months(3 * back);
      out.push_back(std::to_string(static_cast<int>(then.year())) + "Q" +
                    std::to_string((static_cast<unsigned>(then.month()) + 2) / 3));
    }
  }
  return out;
}

std::optional<year_month> as_month(const std::string& id) {
  if (id.size() != 6 || !std::ranges::all_of(id, [](unsigned char c) { return std::isdigit(c); })) {
    return std::nullopt;
  }
  const year_month out{year(number_of(id.substr(0, 4))),
                       std::chrono::month(static_cast<unsigned>(number_of(id.substr(4))))};
  return out.ok() ? std::optional(out) : std::nullopt;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::vector<std::string> span(const std::string& from, const std::string& to,
                              std::string_view text) {
  std::vector<std::string> out;
  if (const auto first = as_month(from), last = as_month(to); first && last) {
    for (year_month at = *first; at <= *last && out.size() <= kLongestSpan; at += months(1)) {
      out.push_back(month_id(at));
    }
  } else if (from.size() == 4 && to.size() == 4 && is_period_id(from) && is_period_id(to)) {
    for (int at = number_of(from); at <= number_of(to) && out.size() <= kLongestSpan; ++at) {
      out.push_back(std::to_string(at));
    }
  }
  if (!out.empty() && out.size() <= kLongestSpan) return out;
  throw Error(ErrorKind::bad_input, "\"" + std::string(text) + "\" is no span of periods.",
              "Write the first and the last month or year, for example 202601..202606 or "
              "2022..2025, at most 120 of them.");
}

// One period, no span.
std::optional<std::string> read_one(const std::string& text, bool gregorian) {
  if (is_period_id(text)) return text;
  std::string keyword = as_keyword(text);
  if (is_relative_period(keyword)) return keyword;
  if (keyword.starts_with("PAST_")) keyword.replace(0, 4, "LAST");
  if (keyword == "LAST_2_SIX_MONTHS") keyword = "LAST_2_SIXMONTHS";
  if (is_relative_period(keyword)) return keyword;
  if (const auto id = other_spelling(text); id && is_period_id(*id)) return id;
  if (!gregorian) return std::nullopt;
  if (const auto id = named_month(text); id && is_period_id(*id)) return id;
  return std::nullopt;
}

}  // namespace

bool is_period_id(std::string_view text) {
  static const std::regex kId(
      R"(\d{4}((0[1-9]|1[0-2])B?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|)"
      R"((Wed|Thu|Fri|Sat|Sun)?W([1-9]|[1-4]\d|5[0-3])|BiW([1-9]|1\d|2[0-7])|(Nov)?Q[1-4]|)"
      R"((April|Nov)?S[12]|Feb|April|July|Aug|Sep|Oct|Nov)?)");
  return std::regex_match(text.begin(), text.end(), kId);
}

bool is_relative_period(std::string_view text) {
  if (text.empty() || text.find(' ') != std::string_view::npos) return false;
  return kRelative.find(" " + std::string(text) + " ") != std::string_view::npos;
}

std::vector<std::string> read_period(std::string_view written, year_month_day today,
                                     bool gregorian) {
  const std::string text = trimmed(written);
  if (const auto one = read_one(text, gregorian)) return {*one};
  if (!gregorian) no_period(text);
  if (auto some = last_some(as_keyword(text), today)) return *some;
  for (const std::string_view between : {"..", " to ", " - "}) {
    const auto cut = text.find(between);
    if (cut == std::string::npos) continue;
    const auto from = read_one(trimmed(text.substr(0, cut)), gregorian);
    const auto to = read_one(trimmed(text.substr(cut + between.size())), gregorian);
    if (from && to) return span(*from, *to, text);
  }
  no_period(text);
}

}  // namespace dhis2mcp
