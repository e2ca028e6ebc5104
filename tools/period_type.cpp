// SPDX-License-Identifier: BSD-3-Clause
// Periods as year and number: months are counted in any calendar, weeks as ISO 8601 does.
#include "tools/period_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <tuple>

namespace dhis2mcp {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using Shape = PeriodType::Shape;

constexpr std::array<PeriodType, 23> kTypes = {{
    {"Daily", Shape::day, 0, 0, "", 0},
    {"Weekly", Shape::week, 1, 0, "W", 0},
    {"WeeklyWednesday", Shape::week, 3, 0, "WedW", 0},
    {"WeeklyThursday", Shape::week, 4, 0, "ThuW", 0},
    {"WeeklyFriday", Shape::week, 5, 0, "FriW", 43},
    {"WeeklySaturday", Shape::week, 6, 0, "SatW", 0},
    {"WeeklySunday", Shape::week, 7, 0, "SunW", 0},
    {"BiWeekly", Shape::two_weeks, 1, 0, "BiW", 0},
    {"Monthly", Shape::months, 1, 1, "", 0},
    {"BiMonthly", Shape::months, 1, 2, "B", 0},
    {"Quarterly", Shape::months, 1, 3, "Q", 0},
    {"QuarterlyNov", Shape::months, 11, 3, "NovQ", 0},
    {"SixMonthly", Shape::months, 1, 6, "S", 0},
    {"SixMonthlyApril", Shape::months, 4, 6, "AprilS", 0},
    {"SixMonthlyNov", Shape::months, 11, 6, "NovS", 0},
    {"Yearly", Shape::months, 1, 12, "", 0},
    {"FinancialFeb", Shape::months, 2, 12, "Feb", 43},
    {"FinancialApril", Shape::months, 4, 12, "April", 0},
    {"FinancialJuly", Shape::months, 7, 12, "July", 0},
    {"FinancialAug", Shape::months, 8, 12, "Aug", 43},
    {"FinancialSep", Shape::months, 9, 12, "Sep", 42},
    {"FinancialOct", Shape::months, 10, 12, "Oct", 0},
    {"FinancialNov", Shape::months, 11, 12, "Nov", 0},
}};

std::string padded(int number, int width) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%0*d", width, number);
  return text.data();
}

std::string dashed(const CalendarDay& day) {
  return padded(day.year, 4) + "-" + padded(day.month, 2) + "-" + padded(day.day, 2);
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The day on which week 1 of a year begins: its fourth day is the first of its kind in that year.
sys_days first_week(int year, int weekday) {
  const sys_days fourth{std::chrono::year(year) / std::chrono::January / 4};
  const int iso = static_cast<int>(std::chrono::weekday(fourth).iso_encoding());
  return fourth - days((iso - weekday + 7) % 7);
}

int length_in_days(const PeriodType& type) { return type.shape == Shape::week ? 7 : 14; }

sys_days week_start(const Period& week) {
  return first_week(week.year, week.type->anchor) +
         days((week.number - 1) * length_in_days(*week.type));
}

// Years of ids run ahead of the calendar's where the type begins in November.
int ahead(const PeriodType& type) { return type.anchor == 11 ? 1 : 0; }

// The calendar month with which a period begins, counted from year 0.
int first_month(const Period& period) {
  return (period.year - ahead(*period.type)) * 12 + period.type->anchor - 1 +
         (period.number - 1) * period.type->months;
}

std::string month_text(int count) {
  return padded(count / 12, 4) + "-" + padded(count % 12 + 1, 2);
}

// What follows the year in an id, as a number; empty when the type's ids are not so.
std::optional<int> number_in(const PeriodType& type, std::string_view rest) {
  if (type.shape == Shape::day) return rest.size() == 4 ? whole_number(rest) : std::nullopt;
  if (type.months == 12) return rest == type.tag ? std::optional(1) : std::nullopt;
  if (type.months == 1 || type.months == 2) {
    if (rest.size() != 2 + type.tag.size() || !rest.ends_with(type.tag)) return std::nullopt;
    return whole_number(rest.substr(0, 2));
  }
  if (!rest.starts_with(type.tag)) return std::nullopt;
  rest.remove_prefix(type.tag.size());
  if (rest.empty() || rest.front() == '0' || rest.size() > 2) return std::nullopt;
  return whole_number(rest);
}

}  // namespace

const PeriodType* PeriodType::named(std::string_view name) {
  for (const PeriodType& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

const PeriodType* PeriodType::weekly(int weekday) {
  for (const PeriodType& type : kTypes) {
    if (type.shape == Shape::week && type.anchor == weekday) return &type;
  }
  return nullptr;
}

const PeriodType* PeriodType::financial(int first_month) {
  for (const PeriodType& type : kTypes) {
    if (type.months == 12 && type.anchor != 1 && type.anchor == first_month) return &type;
  }
  return nullptr;
}

std::string Period::id() const {
  const std::string start = padded(year, 4);
  if (type->shape == Shape::day) return start + padded(number, 4);
  if (type->months == 12) return start + std::string(type->tag);
  if (type->months == 1 || type->months == 2) {
    return start + padded(number, 2) + std::string(type->tag);
  }
  return start + std::string(type->tag) + std::to_string(number);
}

bool before(const Period& a, const Period& b) {
  return std::tie(a.year, a.number) < std::tie(b.year, b.number);
}

int PeriodCount::in_year(const PeriodType& type, int year) const {
  if (type.shape == Shape::months) return 12 / type.months;
  if (!type.is_weeks()) return 0;
  // Which years have 53 weeks is known for ISO 8601 alone.
  const long weeks =
      calendar_.is_iso()
          ? (first_week(year + 1, type.anchor) - first_week(year, type.anchor)).count() / 7
          : 53;
  return static_cast<int>(type.shape == Shape::week ? weeks : (weeks + 1) / 2);
}

bool PeriodCount::exists(const Period& period) const {
  if (period.type->shape == Shape::day) {
    return calendar_.month_length(period.year, period.number / 100) >= period.number % 100 &&
           period.number % 100 > 0;
  }
  return period.number >= 1 && period.number <= in_year(*period.type, period.year);
}

std::optional<Period> PeriodCount::parse(std::string_view id) const {
  if (id.size() < 4) return std::nullopt;
  const auto year = whole_number(id.substr(0, 4));
  if (!year || *year < 1) return std::nullopt;
  for (const PeriodType& type : kTypes) {
    const auto number = number_in(type, id.substr(4));
    if (!number) continue;
    const Period found{&type, *year, *number};
    if (exists(found)) return found;
  }
  return std::nullopt;
}

std::optional<Period> PeriodCount::containing(const PeriodType& type, sys_days day) const {
  if (type.is_weeks()) {
    int year = static_cast<int>(std::chrono::year_month_day(day).year()) + 1;
    while (first_week(year, type.anchor) > day) --year;
    const long since = (day - first_week(year, type.anchor)).count();
    return Period{&type, year, static_cast<int>(since / length_in_days(type)) + 1};
  }
  const auto there = calendar_.from(day);
  if (!there) return std::nullopt;
  if (type.shape == Shape::day) {
    return Period{&type, there->year, there->month * 100 + there->day};
  }
  const int month = std::min(there->month, 12);
  const int year = month < type.anchor ? there->year - 1 : there->year;
  const int since = (there->year - year) * 12 + month - type.anchor;
  return Period{&type, year + ahead(type), since / type.months + 1};
}

Period PeriodCount::moved(Period period, int steps) const {
  if (period.type->shape == Shape::day) {
    const auto day =
        calendar_.to_gregorian({period.year, period.number / 100, period.number % 100});
    const auto there = day ? containing(*period.type, *day + days(steps)) : std::nullopt;
    return there.value_or(period);
  }
  period.number += steps;
  while (period.number < 1) period.number += in_year(*period.type, --period.year);
  while (period.number > in_year(*period.type, period.year)) {
    period.number -= in_year(*period.type, period.year++);
  }
  return period;
}

std::string PeriodCount::first(const Period& period) const {
  if (period.type->shape == Shape::months) return month_text(first_month(period));
  if (period.type->shape == Shape::day) {
    return dashed({period.year, period.number / 100, period.number % 100});
  }
  const auto day = calendar_.from(week_start(period));
  return day ? dashed(*day) : std::string();
}

std::string PeriodCount::last(const Period& period) const {
  if (period.type->shape == Shape::months) {
    return month_text(first_month(period) + period.type->months - 1);
  }
  if (period.type->shape == Shape::day) return first(period);
  const auto day = calendar_.from(week_start(period) + days(length_in_days(*period.type) - 1));
  return day ? dashed(*day) : std::string();
}

}  // namespace dhis2mcp
