// SPDX-License-Identifier: BSD-3-Clause
// The words of a phrase were counted before; here they are put together.
#include "tools/period_phrase.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// More would make more columns than anybody reads; 366 days of a year fit.
constexpr int kLongestSpan = 400;

constexpr const char* kExamples =
    "Write a DHIS2 period id (202608, 2026Q3, 2026W5, 2026, 2026April), a month (Aug 2026), a span "
    "(Jan-Mar 2026) or a relative period (LAST_12_MONTHS, this year).";

std::string keyword_of(PeriodUnit unit, bool financial, bool plural) {
  static constexpr std::array<const char*, 8> kUnits = {"DAY",     "WEEK",    "BIWEEK",    "MONTH",
                                                        "BIMONTH", "QUARTER", "SIX_MONTH", "YEAR"};
  std::string word = kUnits[static_cast<std::size_t>(unit)];
  if (unit == PeriodUnit::half && plural) word = "SIXMONTH";
  return (financial ? "FINANCIAL_" : "") + word + (plural ? "S" : "");
}

// "mars de l'annee 2025", "the month of March 2025": the units say nothing that the name does not.
bool names_month(const PeriodWords& words) {
  return words.month && std::ranges::all_of(words.units, [&](PeriodUnit unit) {
           return unit == PeriodUnit::year || (unit == PeriodUnit::month && words.numbers.empty());
         });
}

bool is_part(PeriodUnit unit) { return unit != PeriodUnit::year; }

}  // namespace

void refuse_period(std::string_view text, const std::string& why, const std::string& next) {
  throw Error(ErrorKind::bad_input, "\"" + std::string(text) + "\" " + why, next);
}

void refuse_period(std::string_view text) { refuse_period(text, "is no period.", kExamples); }

PeriodReading PeriodPhrases::one(const std::string& text) const {
  if (auto period = numeric(text)) return {{*period}, ""};
  const PeriodWords words = period_words(text, calendar_);
  if (!words.gregorian.empty()) refuse_gregorian(words);
  if (words.unknown) return {};
  return meaning(words);
}

void PeriodPhrases::borrow(PeriodWords& words, const PeriodWords& lender) {
  if (words.years.empty()) words.years = lender.years;
  if (words.units.empty() && !words.month) words.units = lender.units;
  if (words.units.empty() && !words.month && !words.numbers.empty()) words.month = lender.month;
  if (!words.weekday) words.weekday = lender.weekday;
  words.financial = words.financial || lender.financial;
  // "weeks 1 to 12": the plural says that there are several, not each of them.
  words.each = words.each && words.numbers.empty();
}

// Digits and one kind of mark alone: "2026-08", "08/2026", "2026-08-15", "15.08.2026".
std::optional<Period> PeriodPhrases::numeric(const std::string& text) const {
  std::vector<std::string_view> parts;
  std::string_view rest = text;
  char mark = 0;
  while (true) {
    const auto end = rest.find_first_not_of("0123456789");
    parts.push_back(rest.substr(0, end));
    if (parts.back().empty() || parts.back().size() > 4) return std::nullopt;
    if (end == std::string_view::npos) break;
    if (std::string_view("-/.").find(rest[end]) == std::string_view::npos) return std::nullopt;
    if (mark != 0 && rest[end] != mark) return std::nullopt;
    mark = rest[end];
    rest.remove_prefix(end + 1);
  }
  if (parts.size() == 2) return two_numbers(parts[0], parts[1], mark);
  if (parts.size() == 3) return three_numbers(parts);
  return std::nullopt;
}

int PeriodPhrases::number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<Period> PeriodPhrases::two_numbers(std::string_view a, std::string_view b,
                                                 char mark) const {
  if (a.size() < 4 && b.size() == 4) return month_of(number(b), number(a));
  if (a.size() != 4) return std::nullopt;
  const bool follows = b.size() == 4 ? number(b) == number(a) + 1
                                     : b.size() == 2 && number(b) == (number(a) + 1) % 100;
  const bool is_month = b.size() <= 2 && number(b) >= 1 && number(b) <= 12;
  if (mark == '/' && follows && is_month) {
    refuse_period(written_, "may be a month or a financial year.",
                  "Write " + std::string(a) + "-" + std::string(b) + " for the month, or FY " +
                      std::string(a) + "/" + std::string(b) + ".");
  }
  if (is_month) return month_of(number(a), number(b));
  if (follows && (b.size() == 2 || mark == '/')) return financial(number(a), std::nullopt, true);
  return std::nullopt;
}

std::optional<Period> PeriodPhrases::three_numbers(
    const std::vector<std::string_view>& parts) const {
  const int a = number(parts[0]), b = number(parts[1]), c = number(parts[2]);
  if (parts[0].size() == 4) return day_of(a, b, c);
  if (parts[2].size() != 4) return std::nullopt;
  const auto day_first = day_of(c, b, a), month_first = day_of(c, a, b);
  if (day_first && month_first && *day_first != *month_first) {
    refuse_period(written_, "may be two different days.",
                  "Write " + count_.first(*day_first) + " or " + count_.first(*month_first) + ".");
  }
  return day_first ? day_first : month_first;
}

std::optional<Period> PeriodPhrases::day_of(int year, int month, int day) const {
  return existing({PeriodType::named("Daily"), year, month * 100 + day});
}

std::optional<Period> PeriodPhrases::month_of(int year, int month) const {
  return existing({PeriodType::named("Monthly"), year, month});
}

std::optional<Period> PeriodPhrases::existing(const Period& period) const {
  return count_.parse(period.id());
}

void PeriodPhrases::refuse_gregorian(const PeriodWords& words) const {
  std::string there;
  // Which months of the instance a Gregorian one falls into.
  const PeriodWords again = period_words(words.gregorian, *Calendar::named("iso8601"));
  if (again.month && words.years.size() == 1) {
    const Calendar& iso = *Calendar::named("iso8601");
    const PeriodType& monthly = *PeriodType::named("Monthly");
    const int length = iso.month_length(words.years[0], *again.month);
    const auto first = iso.to_gregorian({words.years[0], *again.month, 1});
    const auto last = iso.to_gregorian({words.years[0], *again.month, length});
    const auto from = first ? count_.containing(monthly, *first) : std::nullopt;
    const auto to = last ? count_.containing(monthly, *last) : std::nullopt;
    if (from && to) there = " That month lies in " + from->id() + " and " + to->id() + " there.";
  }
  refuse_period(written_, "names a month of the Gregorian calendar.",
                "This instance counts in the " + std::string(calendar_.words()) +
                    " calendar: write its months (" + std::string(calendar_.month_name(1)) + ", " +
                    std::string(calendar_.month_name(2)) + ", ...) or ids." + there);
}

// FY 2024 is the id that DHIS2 gives that year; FY 2023/24 says when it begins.
std::optional<Period> PeriodPhrases::financial(int year, std::optional<int> month,
                                               bool begins_in_year) const {
  if (!month) month = almanac_.fiscal ? almanac_.fiscal() : 0;
  if (*month == 0) {
    refuse_period(written_, "does not say with which month the financial year begins.",
                  "Write an id: " + std::to_string(year) + "April, " + std::to_string(year) +
                      "July, " + std::to_string(year) + "Oct or " + std::to_string(year) + "Nov.");
  }
  const PeriodType* type = PeriodType::financial(*month);
  if (type == nullptr) {
    refuse_period(
        written_, "begins with a month with which no financial year of DHIS2 begins.",
        "DHIS2 has those from April, July, October and November; from 2.42 September, from "
        "2.43 February and August.");
  }
  return Period{type, year + (begins_in_year && *month == 11 ? 1 : 0), 1};
}

const PeriodType* PeriodPhrases::type_of(PeriodUnit unit, const PeriodWords& words) const {
  switch (unit) {
    case PeriodUnit::day:
      return PeriodType::named("Daily");
    case PeriodUnit::week:
      if (words.weekday) return PeriodType::weekly(*words.weekday);
      return PeriodType::named("Weekly");
    case PeriodUnit::two_weeks:
      return PeriodType::named("BiWeekly");
    case PeriodUnit::month:
      return PeriodType::named("Monthly");
    case PeriodUnit::two_months:
      return PeriodType::named("BiMonthly");
    case PeriodUnit::quarter:
      return words.month ? with_anchor("Quarterly", *words.month) : PeriodType::named("Quarterly");
    case PeriodUnit::half:
      return words.month ? with_anchor("SixMonthly", *words.month)
                         : PeriodType::named("SixMonthly");
    case PeriodUnit::year:
      return PeriodType::named("Yearly");
  }
  return nullptr;
}

// "quarter 1 of 2026 from November".
const PeriodType* PeriodPhrases::with_anchor(const std::string& name, int month) {
  if (month == 1) return PeriodType::named(name);
  return PeriodType::named(name + (month == 11 ? "Nov" : month == 4 ? "April" : "?"));
}

PeriodReading PeriodPhrases::meaning(const PeriodWords& words) const {
  if (words.today || words.yesterday) {
    const bool alone = words.years.empty() && words.units.empty() && !words.month;
    if (!alone) return {};
    return {{}, words.today ? "TODAY" : "YESTERDAY"};
  }
  if (words.since) return {};
  if (words.last || words.current) return relative(words);
  if (words.financial) return financial_year(words);
  if (words.years.size() != 1) return without_one_year(words);
  const int year = words.years[0];
  if (words.units.empty()) return named_date(words, year);
  if (!names_month(words)) return numbered(words, year);
  PeriodWords named = words;
  named.each = false;  // French has one word for one month and several
  return named_date(named, year);
}

PeriodReading PeriodPhrases::without_one_year(const PeriodWords& words) const {
  const bool dated = words.month || (!words.units.empty() && !words.numbers.empty());
  if (words.years.empty() && dated && !words.counted && !words.since) {
    refuse_period(written_, "does not say which year.",
                  "Add the year, for example \"" + std::string(written_) + " 2026\".");
  }
  return {};
}

// A year, a month, a day.
PeriodReading PeriodPhrases::named_date(const PeriodWords& words, int year) const {
  std::optional<Period> found;
  if (words.weekday || words.each || words.numbers.size() > 1) return {};
  if (!words.month) {
    if (words.numbers.empty()) found = existing({PeriodType::named("Yearly"), year, 1});
  } else if (words.numbers.empty()) {
    found = month_of(year, *words.month);
  } else {
    found = day_of(year, *words.month, words.numbers[0]);
  }
  return found ? PeriodReading{{*found}, ""} : PeriodReading{};
}

// "week 12 of 2025", "Q1 2024", "2024 by quarter", "months of 2024", "year 2024", "days of March
// 2024".
PeriodReading PeriodPhrases::numbered(const PeriodWords& words, int year) const {
  // "months of Q2 2026" is not month 2.
  if (std::ranges::count_if(words.units, is_part) > 1) return {};
  const auto sub = std::ranges::find_if(words.units, is_part);
  const PeriodUnit unit = sub == words.units.end() ? PeriodUnit::year : *sub;
  // A month with which quarters and halves begin; "week 2 of March" is not week 2 of the year.
  const bool begins = words.from && (unit == PeriodUnit::quarter || unit == PeriodUnit::half);
  if (words.month && !begins) return days_of_month(words, year);
  const PeriodType* type = type_of(unit, words);
  if (type == nullptr || words.numbers.size() > 1) return {};
  if (unit == PeriodUnit::year || !words.numbers.empty()) {
    const bool odd = words.counted || unit == PeriodUnit::day ||
                     (unit == PeriodUnit::year) != words.numbers.empty();
    if (odd) return {};
    const auto found = existing({type, year, words.numbers.empty() ? 1 : words.numbers[0]});
    return found ? PeriodReading{{*found}, ""} : PeriodReading{};
  }
  if (!words.each) return {};
  return {all_of_year(*type, year), ""};
}

PeriodReading PeriodPhrases::days_of_month(const PeriodWords& words, int year) const {
  const bool days = words.units == std::vector{PeriodUnit::day} && words.each;
  if (!days || !words.numbers.empty() || !month_of(year, *words.month)) return {};
  const PeriodType* type = PeriodType::named("Daily");
  const int first = *words.month * 100 + 1;
  const int length = calendar_.month_length(year, *words.month);
  return {between({type, year, first}, {type, year, first + length - 1}), ""};
}

std::vector<Period> PeriodPhrases::all_of_year(const PeriodType& type, int year) const {
  demand_countable(type);
  if (type.shape == PeriodType::Shape::day) {
    return between({&type, year, 101}, {&type, year, 1200 + calendar_.month_length(year, 12)});
  }
  return between({&type, year, 1}, {&type, year, count_.in_year(type, year)});
}

// "FY 2024", "FY24", "financial year 2023/24", "financial year 2024 from April".
PeriodReading PeriodPhrases::financial_year(const PeriodWords& words) const {
  // "quarters of FY 2024", "week 26 of FY 2025": not the whole of it.
  if (std::ranges::any_of(words.units, is_part)) return {};
  std::vector<int> years = words.years;
  std::vector<int> rest = words.numbers;
  if (years.empty() && rest.size() == 1 && rest[0] >= 10 && calendar_.is_iso()) {
    return {{*financial(2000 + rest[0], words.month, false)}, ""};
  }
  if (years.empty()) return {};
  bool pair = false;
  if (years.size() == 2) pair = years[1] == years[0] + 1;
  if (years.size() == 1 && rest.size() == 1) pair = rest[0] == (years[0] + 1) % 100;
  if (!pair && (years.size() > 1 || !rest.empty())) return {};
  const auto found = financial(years[0], words.month, pair);
  return {{*found}, ""};
}

// "last 12 months", "this quarter", "this year by month", "last 2 financial years".
PeriodReading PeriodPhrases::relative(const PeriodWords& words) const {
  if (words.units.empty() || !words.years.empty() || words.numbers.size() > 1) return {};
  const bool of_year = std::ranges::count(words.units, PeriodUnit::year) == 1 && !words.financial &&
                       !words.each && words.last != words.current;
  const bool numbered_part = words.units.size() == 2 && !words.numbers.empty();
  if (of_year && (words.month || numbered_part)) return of_relative_year(words);
  if (words.month) return {};
  const int periods = words.numbers.empty() ? 1 : words.numbers[0];
  if (periods < 1 || periods > kLongestSpan || (words.current && periods != 1)) return {};
  if (words.units.size() == 2) return by_part(words, periods);
  if (words.units.size() > 2 || (words.financial && words.units[0] != PeriodUnit::year)) return {};
  const PeriodUnit unit = words.units[0];
  // "the last weeks" does not say how many; French has one word for one month and several.
  if (words.numbers.empty() && words.each && unit != PeriodUnit::month) return {};
  if (!words.weekday) {
    const std::string word = keyword_of(unit, words.financial, periods > 1);
    const std::string key = words.current ? "THIS_" + word
                            : periods > 1 ? "LAST_" + std::to_string(periods) + "_" + word
                                          : "LAST_" + word;
    if (is_relative_period(key)) return {{}, key};
  }
  const PeriodType* type =
      words.financial ? financial(1, std::nullopt, false)->type : type_of(unit, words);
  if (type == nullptr) return {};
  const Period now = today_in(*type);
  if (words.current) return {{now}, ""};
  return {between(count_.moved(now, -periods), count_.moved(now, -1)), ""};
}

// The parts of whole years: "last year by quarter", "months this year".
PeriodReading PeriodPhrases::by_part(const PeriodWords& words, int years) const {
  const bool year_first = words.units[0] == PeriodUnit::year;
  if (!year_first && words.units[1] != PeriodUnit::year) return {};
  const PeriodUnit part = words.units[year_first ? 1 : 0];
  if (part == PeriodUnit::year || words.financial) return {};
  // "last 3 months of last year": the number is not one of years.
  if (!words.each || words.last == words.current) return {};
  if (!words.numbers.empty() && !words.years_counted) return {};
  const std::string key =
      keyword_of(part, false, true) + (words.current ? "_THIS_YEAR" : "_LAST_YEAR");
  if (years == 1 && !words.weekday && is_relative_period(key)) return {{}, key};
  const PeriodType* type = type_of(part, words);
  if (type == nullptr) return {};
  const int now = today_in(*PeriodType::named("Yearly")).year;
  const int first = words.current ? now : now - years, last = words.current ? now : now - 1;
  return {between(all_of_year(*type, first).front(), all_of_year(*type, last).back()), ""};
}

// "August last year", "Q1 of this year".
PeriodReading PeriodPhrases::of_relative_year(PeriodWords words) const {
  const int year = today_in(*PeriodType::named("Yearly")).year - (words.last ? 1 : 0);
  words.last = words.current = false;
  std::erase(words.units, PeriodUnit::year);
  return words.units.empty() ? named_date(words, year) : numbered(words, year);
}

void PeriodPhrases::demand_countable(const PeriodType& type) const {
  if (!type.is_weeks() || calendar_.is_iso()) return;
  refuse_period(written_,
                "counts weeks, which is not done here in the " + std::string(calendar_.words()) +
                    " calendar of this instance.",
                "Give the ids of the weeks (2016W5), or ask for days or months.");
}

Period PeriodPhrases::today_in(const PeriodType& type) const {
  demand_countable(type);
  const auto found = count_.containing(type, almanac_.today);
  if (!found)
    refuse_period(written_, "depends on today, which is outside of the calendar.", kExamples);
  return *found;
}

std::vector<Period> PeriodPhrases::between(const Period& from, const Period& to) const {
  std::vector<Period> out;
  if (from.type != to.type) {
    refuse_period(written_, "begins and ends with periods of two types.",
                  "Write both ends alike: 202601 to 202606, or 2026Q1 to 2026Q2.");
  }
  if (before(to, from)) {
    refuse_period(written_, "ends before it begins.",
                  "Write the earlier one first, with its year.");
  }
  if (from != to) demand_countable(*from.type);
  for (Period at = from; !before(to, at); at = count_.next(at)) {
    out.push_back(at);
    if (out.size() > kLongestSpan) {
      refuse_period(written_, "is more than " + std::to_string(kLongestSpan) + " periods.",
                    "Ask for fewer, or for longer ones: months instead of days.");
    }
  }
  return out;
}

std::vector<Period> PeriodPhrases::span(const Period& from, const Period& to) const {
  const bool days = from.type == to.type && from.type == PeriodType::named("Daily");
  if (!days || from.number % 100 != 1) return between(from, to);
  const auto first = month_of(from.year, from.number / 100);
  const auto last = month_of(to.year, to.number / 100);
  const bool whole =
      first && last && to.number % 100 == calendar_.month_length(to.year, to.number / 100);
  return whole ? between(*first, *last) : between(from, to);
}

// An end of a span may be an id in small letters by now.
PeriodReading PeriodPhrases::bound(const std::string& text, const PeriodWords* lender) const {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  const std::string tight = text.substr(begin, text.find_last_not_of(' ') - begin + 1);
  if (auto id = folded_id(tight)) return {{*id}, ""};
  if (auto period = numeric(tight)) return {{*period}, ""};
  PeriodWords words = period_words(tight, calendar_);
  if (!words.gregorian.empty()) refuse_gregorian(words);
  if (words.unknown || words.last || words.current || words.today) return {};
  if (lender != nullptr) borrow(words, *lender);
  if (words.years.size() != 1 && !words.financial) return {};
  return meaning(words);
}

std::optional<Period> PeriodPhrases::folded_id(const std::string& text) const {
  // Where it was written, the id's own letters stand.
  const std::string_view written = written_;
  for (std::size_t at = 0; at + text.size() <= written.size(); ++at) {
    const std::string_view here = written.substr(at, text.size());
    if (!same_word(here, text)) continue;
    if (auto id = count_.parse(here)) return id;
  }
  return std::nullopt;
}

}  // namespace dhis2mcp
