// SPDX-License-Identifier: BSD-3-Clause
// Period ids, their days and their names.
#include "tests/sandbox/period.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace sandbox {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month_day;

// How the periods of a type lie in the calendar.
enum class Shape { kDay, kWeek, kTwoWeeks, kMonths };

struct TypeRow {
  PeriodType type;
  std::string_view name;
  int order;
  Shape shape;
  int anchor;            // first weekday (1 is Monday), or first month of the year
  int months;            // length when counted in months
  std::string_view tag;  // what stands between year and number in the id
  int since;             // major release
};

constexpr std::array<TypeRow, 23> kTypes{{
    {PeriodType::kDaily, "Daily", 1, Shape::kDay, 0, 0, "", 0},
    {PeriodType::kWeekly, "Weekly", 7, Shape::kWeek, 1, 0, "W", 0},
    {PeriodType::kWeeklyWednesday, "WeeklyWednesday", 7, Shape::kWeek, 3, 0, "WedW", 0},
    {PeriodType::kWeeklyThursday, "WeeklyThursday", 7, Shape::kWeek, 4, 0, "ThuW", 0},
    {PeriodType::kWeeklyFriday, "WeeklyFriday", 7, Shape::kWeek, 5, 0, "FriW", 43},
    {PeriodType::kWeeklySaturday, "WeeklySaturday", 7, Shape::kWeek, 6, 0, "SatW", 0},
    {PeriodType::kWeeklySunday, "WeeklySunday", 7, Shape::kWeek, 7, 0, "SunW", 0},
    {PeriodType::kBiWeekly, "BiWeekly", 14, Shape::kTwoWeeks, 1, 0, "BiW", 0},
    {PeriodType::kMonthly, "Monthly", 30, Shape::kMonths, 1, 1, "", 0},
    {PeriodType::kBiMonthly, "BiMonthly", 61, Shape::kMonths, 1, 2, "B", 0},
    {PeriodType::kQuarterly, "Quarterly", 91, Shape::kMonths, 1, 3, "Q", 0},
    {PeriodType::kQuarterlyNov, "QuarterlyNov", 91, Shape::kMonths, 11, 3, "NovQ", 0},
    {PeriodType::kSixMonthly, "SixMonthly", 182, Shape::kMonths, 1, 6, "S", 0},
    {PeriodType::kSixMonthlyApril, "SixMonthlyApril", 182, Shape::kMonths, 4, 6, "AprilS", 0},
    {PeriodType::kSixMonthlyNov, "SixMonthlyNov", 182, Shape::kMonths, 11, 6, "NovS", 0},
    {PeriodType::kYearly, "Yearly", 365, Shape::kMonths, 1, 12, "", 0},
    {PeriodType::kFinancialFeb, "FinancialFeb", 365, Shape::kMonths, 2, 12, "Feb", 43},
    {PeriodType::kFinancialApril, "FinancialApril", 365, Shape::kMonths, 4, 12, "April", 0},
    {PeriodType::kFinancialJuly, "FinancialJuly", 365, Shape::kMonths, 7, 12, "July", 0},
    {PeriodType::kFinancialAug, "FinancialAug", 365, Shape::kMonths, 8, 12, "Aug", 43},
    {PeriodType::kFinancialSep, "FinancialSep", 365, Shape::kMonths, 9, 12, "Sep", 42},
    {PeriodType::kFinancialOct, "FinancialOct", 365, Shape::kMonths, 10, 12, "Oct", 0},
    {PeriodType::kFinancialNov, "FinancialNov", 365, Shape::kMonths, 11, 12, "Nov", 0},
}};

constexpr std::array<const char*, 12> kMonths = {"January",   "February", "March",    "April",
                                                 "May",       "June",     "July",     "August",
                                                 "September", "October",  "November", "December"};

const TypeRow& row(PeriodType type) { return kTypes[static_cast<size_t>(type)]; }

Day day_at(int year, int month, int day = 1) {
  return Day{std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} /
             std::chrono::day{static_cast<unsigned>(day)}};
}

int year_of(Day day) { return static_cast<int>(year_month_day{day}.year()); }
int month_of(Day day) {
  return static_cast<int>(static_cast<unsigned>(year_month_day{day}.month()));
}

Day plus_months(Day first_of_month, int count) {
  return Day{year_month_day{first_of_month} + months{count}};
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text[0] == '-' || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// The day with which week 1 of a year begins: its fourth day is the first of its kind that lies in
// that year, as in ISO 8601.
Day first_week(int year, int weekday) {
  const Day fourth_january = day_at(year, 1, 4);
  const int iso = static_cast<int>(std::chrono::weekday{fourth_january}.iso_encoding());
  return fourth_january - days{(iso - weekday + 7) % 7};
}

Period week(const TypeRow& type, int year, int number_in_year) {
  const int length = type.shape == Shape::kTwoWeeks ? 14 : 7;
  const Day start = first_week(year, type.anchor) + days{(number_in_year - 1) * length};
  return {type.type, std::to_string(year) + std::string(type.tag) + std::to_string(number_in_year),
          start, start + days{length - 1}};
}

Period week_at(const TypeRow& type, Day day) {
  const int length = type.shape == Shape::kTwoWeeks ? 14 : 7;
  int year = year_of(day) + 1;
  while (first_week(year, type.anchor) > day) --year;
  return week(type, year, (day - first_week(year, type.anchor)).count() / length + 1);
}

// The years of ids of types that begin in November are those in which they end.
int lead(const TypeRow& type) { return type.anchor == 11 ? 1 : 0; }

std::string months_id(const TypeRow& type, int year, int nth) {
  char two[8];
  std::snprintf(two, sizeof two, "%02d", nth);
  const std::string text = std::to_string(year);
  if (type.months < 3) return text + two + std::string(type.tag);
  if (type.months == 12) return text + std::string(type.tag);
  return text + std::string(type.tag) + std::to_string(nth);
}

// The nth period of a year, whose first month may lie in the calendar year before.
Period months_period(const TypeRow& type, int year, int nth) {
  const Day first = plus_months(day_at(year - lead(type), type.anchor), (nth - 1) * type.months);
  return {type.type, months_id(type, year, nth), first, plus_months(first, type.months) - days{1}};
}

Period months_at(const TypeRow& type, Day day) {
  int year = year_of(day);
  if (month_of(day) < type.anchor) --year;
  const int since = (year_of(day) - year) * 12 + month_of(day) - type.anchor;
  return months_period(type, year + lead(type), since / type.months + 1);
}

std::optional<Period> parse_months(const TypeRow& type, int year, std::string_view rest) {
  std::optional<int> nth = 1;
  if (type.months < 3) {
    if (rest.size() != 2 + type.tag.size() || !rest.ends_with(type.tag)) return std::nullopt;
    nth = number(rest.substr(0, 2));
  } else if (type.months == 12) {
    if (rest != type.tag) return std::nullopt;
  } else {
    if (!rest.starts_with(type.tag) || rest.size() != type.tag.size() + 1) return std::nullopt;
    nth = number(rest.substr(type.tag.size()));
  }
  if (!nth || *nth < 1 || *nth > 12 / type.months) return std::nullopt;
  return months_period(type, year, *nth);
}

std::optional<Period> parse_week(const TypeRow& type, int year, std::string_view rest) {
  if (!rest.starts_with(type.tag)) return std::nullopt;
  rest.remove_prefix(type.tag.size());
  const auto nth = number(rest);
  if (rest.size() > 2 || !nth || *nth < 1) return std::nullopt;
  const Period found = week(type, year, *nth);
  if (found.start >= first_week(year + 1, type.anchor)) return std::nullopt;
  return found;
}

Period day_period(Day day) { return {PeriodType::kDaily, compact_day(day), day, day}; }

std::optional<Period> parse_as(const TypeRow& type, int year, std::string_view id) {
  switch (type.shape) {
    case Shape::kDay: {
      const auto day = day_of(id);
      return day ? std::optional(day_period(*day)) : std::nullopt;
    }
    case Shape::kWeek:
    case Shape::kTwoWeeks:
      return parse_week(type, year, id.substr(4));
    case Shape::kMonths:
      return parse_months(type, year, id.substr(4));
  }
  return std::nullopt;
}

std::string month_name(Day day) { return kMonths[static_cast<size_t>(month_of(day) - 1)]; }

}  // namespace

std::optional<Day> day_of(std::string_view text) {
  const bool dashed = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!dashed && text.size() != 8) return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(dashed ? 5 : 4, 2));
  const auto day = number(text.substr(dashed ? 8 : 6, 2));
  if (!year || !month || !day) return std::nullopt;
  const year_month_day found{std::chrono::year{*year},
                             std::chrono::month{static_cast<unsigned>(*month)},
                             std::chrono::day{static_cast<unsigned>(*day)}};
  if (!found.ok()) return std::nullopt;
  return Day{found};
}

std::string iso_day(Day day) {
  const year_month_day parts{day};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(parts.year()),
                static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()));
  return text;
}

std::string compact_day(Day day) {
  std::string text = iso_day(day);
  std::erase(text, '-');
  return text;
}

std::string_view type_name(PeriodType type) { return row(type).name; }

std::optional<PeriodType> type_named(std::string_view name) {
  for (const TypeRow& type : kTypes) {
    if (type.name == name) return type.type;
  }
  return std::nullopt;
}

std::string_view duration(PeriodType type) {
  switch (row(type).shape) {
    case Shape::kDay:
      return "P1D";
    case Shape::kWeek:
      return "P7D";
    case Shape::kTwoWeeks:
      return "P14D";
    case Shape::kMonths:
      break;
  }
  const int months = row(type).months;
  if (months == 12) return "P1Y";
  return months == 1 ? "P1M" : months == 2 ? "P2M" : months == 3 ? "P3M" : "P6M";
}

int frequency_order(PeriodType type) { return row(type).order; }

Period period_at(PeriodType type, Day day) {
  switch (row(type).shape) {
    case Shape::kDay:
      return day_period(day);
    case Shape::kWeek:
    case Shape::kTwoWeeks:
      return week_at(row(type), day);
    case Shape::kMonths:
      break;
  }
  return months_at(row(type), day);
}

std::optional<Period> parse_period(std::string_view id, int major) {
  if (const size_t at = id.find('_'); at != std::string_view::npos) {
    const auto from = day_of(id.substr(0, at));
    const auto to = day_of(id.substr(at + 1));
    return from && to && *from <= *to ? std::optional(day_period(*from)) : std::nullopt;
  }
  if (id.size() < 4) return std::nullopt;
  const auto year = number(id.substr(0, 4));
  if (!year || *year < 1) return std::nullopt;
  const bool dashed_month = id.size() == 7 && id[4] == '-' && number(id.substr(5));
  const std::string plain =
      dashed_month ? std::string(id.substr(0, 4)) + std::string(id.substr(5)) : std::string(id);
  for (const TypeRow& type : kTypes) {
    if (type.since > major) continue;
    if (auto found = parse_as(type, *year, plain)) return found;
  }
  return std::nullopt;
}

std::string period_name(const Period& period) {
  const TypeRow& type = row(period.type);
  const std::string start_year = std::to_string(year_of(period.start));
  const std::string end_year = std::to_string(year_of(period.end));
  switch (type.shape) {
    case Shape::kDay:
      return iso_day(period.start);
    case Shape::kWeek:
    case Shape::kTwoWeeks:
      return (type.shape == Shape::kWeek ? "Week " : "Bi-Week ") +
             period.id.substr(4 + type.tag.size()) + " " + iso_day(period.start) + " - " +
             iso_day(period.end);
    case Shape::kMonths:
      break;
  }
  if (type.type == PeriodType::kYearly) return start_year;
  if (type.months == 1) return month_name(period.start) + " " + start_year;
  // Half years from November leave out the year in which they begin.
  const bool both_years = start_year != end_year && type.type != PeriodType::kSixMonthlyNov;
  return month_name(period.start) + (both_years ? " " + start_year : "") + " - " +
         month_name(period.end) + " " + end_year;
}

std::optional<Period> period_within(const Period& small, PeriodType type) {
  if (small.type == type) return small;
  if (frequency_order(small.type) > frequency_order(type)) return std::nullopt;
  const bool week = row(small.type).shape == Shape::kWeek;
  return period_at(type, week ? small.start + days{3} : small.start);
}

}  // namespace sandbox
