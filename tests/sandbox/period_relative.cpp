// SPDX-License-Identifier: BSD-3-Clause
// Relative periods: one row says how a word expands.
#include <array>

#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

using std::chrono::days;

// Which periods a word means, seen from the one in which today lies.
enum class Span {
  kLast,        // the `count` before it
  kLastPairs,   // as DHIS2 counts pairs of months, see last_pairs
  kThis,        // it alone
  kOfThisYear,  // all that begin in the calendar year
  kOfLastYear,
};

struct RelativeRow {
  std::string_view key;
  PeriodType type;
  Span span;
  int count;
  std::string_view name;
};

constexpr std::array<RelativeRow, 45> kRelative{{
    {"TODAY", PeriodType::kDaily, Span::kThis, 1, "Today"},
    {"YESTERDAY", PeriodType::kDaily, Span::kLast, 1, "Yesterday"},
    {"LAST_3_DAYS", PeriodType::kDaily, Span::kLast, 3, "Last 3 days"},
    {"LAST_7_DAYS", PeriodType::kDaily, Span::kLast, 7, "Last 7 days"},
    {"LAST_14_DAYS", PeriodType::kDaily, Span::kLast, 14, "Last 14 days"},
    {"LAST_30_DAYS", PeriodType::kDaily, Span::kLast, 30, "Last 30 days"},
    {"LAST_60_DAYS", PeriodType::kDaily, Span::kLast, 60, "Last 60 days"},
    {"LAST_90_DAYS", PeriodType::kDaily, Span::kLast, 90, "Last 90 days"},
    {"LAST_180_DAYS", PeriodType::kDaily, Span::kLast, 180, "Last 180 days"},
    {"THIS_WEEK", PeriodType::kWeekly, Span::kThis, 1, "This week"},
    {"LAST_WEEK", PeriodType::kWeekly, Span::kLast, 1, "Last week"},
    {"LAST_4_WEEKS", PeriodType::kWeekly, Span::kLast, 4, "Last 4 weeks"},
    {"LAST_12_WEEKS", PeriodType::kWeekly, Span::kLast, 12, "Last 12 weeks"},
    {"LAST_52_WEEKS", PeriodType::kWeekly, Span::kLast, 52, "Last 52 weeks"},
    {"WEEKS_THIS_YEAR", PeriodType::kWeekly, Span::kOfThisYear, 0, "Weeks this year"},
    {"THIS_BIWEEK", PeriodType::kBiWeekly, Span::kThis, 1, "This bi-week"},
    {"LAST_BIWEEK", PeriodType::kBiWeekly, Span::kLast, 1, "Last bi-week"},
    {"LAST_4_BIWEEKS", PeriodType::kBiWeekly, Span::kLast, 4, "Last 4 bi-weeks"},
    {"THIS_MONTH", PeriodType::kMonthly, Span::kThis, 1, "This month"},
    {"LAST_MONTH", PeriodType::kMonthly, Span::kLast, 1, "Last month"},
    {"LAST_3_MONTHS", PeriodType::kMonthly, Span::kLast, 3, "Last 3 months"},
    {"LAST_6_MONTHS", PeriodType::kMonthly, Span::kLast, 6, "Last 6 months"},
    {"LAST_12_MONTHS", PeriodType::kMonthly, Span::kLast, 12, "Last 12 months"},
    {"MONTHS_THIS_YEAR", PeriodType::kMonthly, Span::kOfThisYear, 0, "Months this year"},
    {"MONTHS_LAST_YEAR", PeriodType::kMonthly, Span::kOfLastYear, 0, "Months last year"},
    {"THIS_BIMONTH", PeriodType::kBiMonthly, Span::kThis, 1, "This bi-month"},
    {"LAST_BIMONTH", PeriodType::kBiMonthly, Span::kLast, 1, "Last bi-month"},
    {"LAST_6_BIMONTHS", PeriodType::kBiMonthly, Span::kLastPairs, 6, "Last 6 bi-months"},
    {"BIMONTHS_THIS_YEAR", PeriodType::kBiMonthly, Span::kOfThisYear, 0, "Bi-months this year"},
    {"THIS_QUARTER", PeriodType::kQuarterly, Span::kThis, 1, "This quarter"},
    {"LAST_QUARTER", PeriodType::kQuarterly, Span::kLast, 1, "Last quarter"},
    {"LAST_4_QUARTERS", PeriodType::kQuarterly, Span::kLast, 4, "Last 4 quarters"},
    {"QUARTERS_THIS_YEAR", PeriodType::kQuarterly, Span::kOfThisYear, 0, "Quarters this year"},
    {"QUARTERS_LAST_YEAR", PeriodType::kQuarterly, Span::kOfLastYear, 0, "Quarters last year"},
    {"THIS_SIX_MONTH", PeriodType::kSixMonthly, Span::kThis, 1, "This six-month"},
    {"LAST_SIX_MONTH", PeriodType::kSixMonthly, Span::kLast, 1, "Last six-month"},
    {"LAST_2_SIXMONTHS", PeriodType::kSixMonthly, Span::kLast, 2, "Last 2 six-months"},
    {"THIS_YEAR", PeriodType::kYearly, Span::kThis, 1, "This year"},
    {"LAST_YEAR", PeriodType::kYearly, Span::kLast, 1, "Last year"},
    {"LAST_5_YEARS", PeriodType::kYearly, Span::kLast, 5, "Last 5 years"},
    {"LAST_10_YEARS", PeriodType::kYearly, Span::kLast, 10, "Last 10 years"},
    // The type of financial years is the system's: the column is a mark only.
    {"THIS_FINANCIAL_YEAR", PeriodType::kFinancialOct, Span::kThis, 1, "This financial year"},
    {"LAST_FINANCIAL_YEAR", PeriodType::kFinancialOct, Span::kLast, 1, "Last financial year"},
    {"LAST_5_FINANCIAL_YEARS", PeriodType::kFinancialOct, Span::kLast, 5, "Last 5 financial years"},
    {"LAST_10_FINANCIAL_YEARS", PeriodType::kFinancialOct, Span::kLast, 10,
     "Last 10 financial years"},
}};

const RelativeRow* relative_row(std::string_view key) {
  for (const RelativeRow& row : kRelative) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

std::vector<Period> of_year(PeriodType type, Day today, int years_back) {
  const auto year = std::chrono::year_month_day{today}.year() - std::chrono::years{years_back};
  // A week belongs to the year of its fourth day.
  const int shift = type == PeriodType::kWeekly ? 3 : 0;
  const Day first{year / std::chrono::January / 1};
  const Day last{year / std::chrono::December / 31};
  Period period = period_at(type, first);
  if (period.start + days{shift} < first) period = period_at(type, period.end + days{1});
  std::vector<Period> found;
  while (period.start + days{shift} <= last) {
    found.push_back(period);
    period = period_at(type, period.end + days{1});
  }
  return found;
}

// DHIS2 goes back two months, then ten or, from an odd month, eleven: seen from a pair of months in
// its first month, the six end one pair too early.
std::vector<Period> last_pairs(Day today, int count) {
  const std::chrono::year_month_day parts{today};
  const auto month = parts.year() / parts.month() - std::chrono::months{2};
  const auto first = month - std::chrono::months{10 + static_cast<unsigned>(month.month()) % 2};
  std::vector<Period> found;
  Period period = period_at(PeriodType::kBiMonthly, Day{first / 1});
  for (int i = 0; i < count; ++i) {
    found.push_back(period);
    period = period_at(PeriodType::kBiMonthly, period.end + days{1});
  }
  return found;
}

}  // namespace

std::optional<std::vector<Period>> relative_periods(std::string_view key, Day today,
                                                    PeriodType year) {
  const RelativeRow* row = relative_row(key);
  if (row == nullptr) return std::nullopt;
  const PeriodType type = row->type == PeriodType::kFinancialOct ? year : row->type;
  if (row->span == Span::kOfThisYear) return of_year(type, today, 0);
  if (row->span == Span::kOfLastYear) return of_year(type, today, 1);
  if (row->span == Span::kLastPairs) return last_pairs(today, row->count);
  Period period = period_at(type, today);
  if (row->span == Span::kThis) return std::vector{period};
  std::vector<Period> found;
  for (int i = 0; i < row->count; ++i) {
    period = period_at(type, period.start - days{1});
    found.insert(found.begin(), period);
  }
  return found;
}

std::string relative_name(std::string_view key) {
  const RelativeRow* row = relative_row(key);
  return row == nullptr ? std::string(key) : std::string(row->name);
}

}  // namespace sandbox
