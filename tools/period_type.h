// SPDX-License-Identifier: BSD-3-Clause
// The period types of DHIS2 2.37 to 2.43 and how their periods follow one another.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tools/calendar.h"

namespace dhis2mcp {

// One row of /api/periodTypes. Ids are made of the year, the tag and the number.
struct PeriodType {
  enum class Shape { day, week, two_weeks, months };

  std::string_view name;  // "FinancialApril"
  Shape shape;
  int anchor;            // the first weekday (1 is Monday) or the first month of its year
  int months;            // its length when that is counted in months
  std::string_view tag;  // "WedW", "AprilS", "Nov"
  int since;             // DHIS2 major that brought it; 0: before 2.37

  static const PeriodType* named(std::string_view name);
  static const PeriodType* weekly(int weekday);
  static const PeriodType* financial(int first_month);  // nullptr where DHIS2 has none

  bool is_weeks() const { return shape == Shape::week || shape == Shape::two_weeks; }
};

// One period. Types that begin in November carry the year in which they end (2026NovS1 is November
// 2025 to April 2026 [recorded on 2.40 to 2.43]); weeks that of their fourth day.
struct Period {
  const PeriodType* type = nullptr;
  int year = 0;
  int number = 0;  // from 1 within the year; of a day, month * 100 + day

  std::string id() const;
  bool operator==(const Period&) const = default;
};

// Everything that needs a calendar. The calendar must outlive it.
class PeriodCount {
 public:
  explicit PeriodCount(const Calendar& calendar) : calendar_(calendar) {}

  // The period with this id; empty when no type has such an id, or when the year has no such week,
  // month or day.
  std::optional<Period> parse(std::string_view id) const;

  // The period in which a day of ISO 8601 lies; empty outside of the calendar's years. The few days
  // of a thirteenth month count to the twelfth: DHIS2 knows twelve.
  std::optional<Period> containing(const PeriodType& type, std::chrono::sys_days day) const;

  Period next(const Period& period) const { return moved(period, 1); }
  Period moved(Period period, int steps) const;

  // "2026-03" or, for days and weeks, "2026-03-16": how a period begins and how it ends.
  std::string first(const Period& period) const;
  std::string last(const Period& period) const;

  // How many there are in a year.
  int in_year(const PeriodType& type, int year) const;

 private:
  bool exists(const Period& period) const;
  const Calendar& calendar_;
};

// Whether `a` begins before `b` of the same type.
bool before(const Period& a, const Period& b);

}  // namespace dhis2mcp
