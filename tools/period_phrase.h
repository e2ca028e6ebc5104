// SPDX-License-Identifier: BSD-3-Clause
// One phrase of a text about periods: "March 2024", "week 12 of 2025", "last 12 months", "2023/24".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/period.h"
#include "tools/period_type.h"
#include "tools/period_words.h"

namespace dhis2mcp {

// What a phrase means: periods, or a relative word for the server; nothing when it is no period.
struct PeriodReading {
  std::vector<Period> periods;
  std::string relative;
  bool empty() const { return periods.empty() && relative.empty(); }
};

// Throws bad_input that quotes the whole text, and says what to write instead.
[[noreturn]] void refuse_period(std::string_view text, const std::string& why,
                                const std::string& next);
[[noreturn]] void refuse_period(std::string_view text);

// Lives for one text; what it is made of must outlive it. Throws where a phrase can be read in two
// ways or belongs to another calendar.
class PeriodPhrases {
 public:
  PeriodPhrases(std::string_view written, const Almanac& almanac, const Calendar& calendar)
      : written_(written), almanac_(almanac), calendar_(calendar), count_(calendar) {}

  const PeriodCount& count() const { return count_; }

  // A whole text.
  PeriodReading one(const std::string& folded) const;

  // A part of one: no relative word, and what it leaves out is taken from `lender`.
  PeriodReading bound(const std::string& folded, const PeriodWords* lender) const;

  // Throws for weeks of a calendar other than that of ISO 8601.
  Period today_in(const PeriodType& type) const;

  // Both ends included. Throws when they are of two types, turned round, or too far apart.
  std::vector<Period> between(const Period& from, const Period& to) const;

  // The same of what was written as a span: days from the first of a month to the last of one are
  // its months.
  std::vector<Period> span(const Period& from, const Period& to) const;

 private:
  static void borrow(PeriodWords& words, const PeriodWords& lender);
  // Digits and one kind of mark alone: "2026-08", "08/2026", "2026-08-15", "15.08.2026".
  std::optional<Period> numeric(const std::string& text) const;
  static int number(std::string_view digits);
  std::optional<Period> two_numbers(std::string_view a, std::string_view b, char mark) const;
  std::optional<Period> three_numbers(const std::vector<std::string_view>& parts) const;
  std::optional<Period> day_of(int year, int month, int day) const;
  std::optional<Period> month_of(int year, int month) const;
  std::optional<Period> existing(const Period& period) const;
  [[noreturn]] void refuse_gregorian(const PeriodWords& words) const;
  // FY 2024 is the id that DHIS2 gives that year; FY 2023/24 says when it begins.
  std::optional<Period> financial(int year, std::optional<int> month, bool begins_in_year) const;
  const PeriodType* type_of(PeriodUnit unit, const PeriodWords& words) const;
  // "quarter 1 of 2026 from November".
  static const PeriodType* with_anchor(const std::string& name, int month);
  PeriodReading meaning(const PeriodWords& words) const;
  PeriodReading without_one_year(const PeriodWords& words) const;
  // A year, a month, a day.
  PeriodReading named_date(const PeriodWords& words, int year) const;
  // "week 12 of 2025", "Q1 2024", "2024 by quarter", "months of 2024", "year 2024", "days of March
  // 2024".
  PeriodReading numbered(const PeriodWords& words, int year) const;
  PeriodReading days_of_month(const PeriodWords& words, int year) const;
  std::vector<Period> all_of_year(const PeriodType& type, int year) const;
  // "FY 2024", "FY24", "financial year 2023/24", "financial year 2024 from April".
  PeriodReading financial_year(const PeriodWords& words) const;
  // "last 12 months", "this quarter", "this year by month", "last 2 financial years".
  PeriodReading relative(const PeriodWords& words) const;
  // The parts of whole years: "last year by quarter", "months this year".
  PeriodReading by_part(const PeriodWords& words, int years) const;
  // "August last year", "Q1 of this year".
  PeriodReading of_relative_year(PeriodWords words) const;
  void demand_countable(const PeriodType& type) const;
  std::optional<Period> folded_id(const std::string& text) const;

  std::string_view written_;
  const Almanac& almanac_;
  const Calendar& calendar_;
  PeriodCount count_;
};

}  // namespace dhis2mcp
