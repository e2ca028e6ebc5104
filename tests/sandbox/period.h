// SPDX-License-Identifier: BSD-3-Clause
// DHIS2's periods: ids, types, names, and relative periods at a given day.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

using Day = std::chrono::sys_days;

// "2026-09-30", or "20260930". Empty when the text is no day of the calendar.
std::optional<Day> day_of(std::string_view text);
std::string iso_day(Day day);      // "2026-09-30"
std::string compact_day(Day day);  // "20260930"

// Every type that some release between 2.37 and 2.43 knows. The order is that of the table in
// period.cpp, which holds the name, the frequency and the release that brought it.
enum class PeriodType {
  kDaily,
  kWeekly,
  kWeeklyWednesday,
  kWeeklyThursday,
  kWeeklyFriday,
  kWeeklySaturday,
  kWeeklySunday,
  kBiWeekly,
  kMonthly,
  kBiMonthly,
  kQuarterly,
  kQuarterlyNov,
  kSixMonthly,
  kSixMonthlyApril,
  kSixMonthlyNov,
  kYearly,
  kFinancialFeb,
  kFinancialApril,
  kFinancialJuly,
  kFinancialAug,
  kFinancialSep,
  kFinancialOct,
  kFinancialNov,
};

std::string_view type_name(PeriodType type);  // "Monthly", "FinancialApril"
std::optional<PeriodType> type_named(std::string_view name);

std::string_view duration(PeriodType type);  // ISO 8601: "P1M", "P7D"

// DHIS2's frequencyOrder, about the days of a period: figures of a type add up to types of the
// same or a higher order only.
int frequency_order(PeriodType type);

// Both days belong to the period.
struct Period {
  PeriodType type = PeriodType::kMonthly;
  std::string id;  // "202609", "2026W7", "2026NovS1"
  Day start, end;

  int days() const { return (end - start).count() + 1; }
  bool operator==(const Period& other) const { return id == other.id; }
};

// The period of a type in which a day lies. Ids of types that begin in November carry the year in
// which they end ("2026Nov" is November 2025 to October 2026), weeks the year of their fourth day.
Period period_at(PeriodType type, Day day);

// The period with this id as release 2.`major` reads it. Analytics also takes "2026-09" and, as
// its first day, "20260901_20260930" and "2026-09-01_2026-09-30".
std::optional<Period> parse_period(std::string_view id, int major);

// English, as metaData.items of analytics says it: "September 2026", "July - September 2026",
// "Week 30 2026-07-20 - 2026-07-26".
std::string period_name(const Period& period);

// The period of a higher type that a smaller one counts for. A week counts where its fourth day
// lies, all others where their first day lies. Empty when `type` is of a lower order.
std::optional<Period> period_within(const Period& small, PeriodType type);

// "LAST_12_MONTHS" at a day, oldest first; empty optional for a word that DHIS2 does not know.
// `year` is the type of the system's financial year.
std::optional<std::vector<Period>> relative_periods(std::string_view key, Day today,
                                                    PeriodType year = PeriodType::kFinancialOct);
std::string relative_name(std::string_view key);  // "Last 12 months"

}  // namespace sandbox
