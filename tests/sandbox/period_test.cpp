// SPDX-License-Identifier: BSD-3-Clause
// Period ids, names and relative periods, against calendars and DHIS2's documented ids.
#include "tests/sandbox/period.h"

#include <gtest/gtest.h>

namespace sandbox {
namespace {

std::vector<std::string> ids(const std::optional<std::vector<Period>>& periods) {
  std::vector<std::string> found;
  if (periods) {
    for (const Period& period : *periods) found.push_back(period.id);
  }
  return found;
}

using Ids = std::vector<std::string>;

TEST(Period, ReadsTheIdsOfEveryType) {
  struct Case {
    const char* id;
    const char* type;
    const char* start;
    const char* end;
    const char* name;
  };
  const Case cases[] = {
      {"20260915", "Daily", "2026-09-15", "2026-09-15", "2026-09-15"},
      {"2026W30", "Weekly", "2026-07-20", "2026-07-26", "Week 30 2026-07-20 - 2026-07-26"},
      {"2026W1", "Weekly", "2025-12-29", "2026-01-04", "Week 1 2025-12-29 - 2026-01-04"},
      {"2026W53", "Weekly", "2026-12-28", "2027-01-03", "Week 53 2026-12-28 - 2027-01-03"},
      {"2026WedW5", "WeeklyWednesday", "2026-01-28", "2026-02-03",
       "Week 5 2026-01-28 - 2026-02-03"},
      {"2026SunW1", "WeeklySunday", "2026-01-04", "2026-01-10", "Week 1 2026-01-04 - 2026-01-10"},
      {"2026BiW2", "BiWeekly", "2026-01-12", "2026-01-25", "Bi-Week 2 2026-01-12 - 2026-01-25"},
      {"202602", "Monthly", "2026-02-01", "2026-02-28", "February 2026"},
      {"202402", "Monthly", "2024-02-01", "2024-02-29", "February 2024"},
      {"202506B", "BiMonthly", "2025-11-01", "2025-12-31", "November - December 2025"},
      {"2026Q3", "Quarterly", "2026-07-01", "2026-09-30", "July - September 2026"},
      {"2026NovQ2", "QuarterlyNov", "2026-02-01", "2026-04-30", "February - April 2026"},
      {"2025S2", "SixMonthly", "2025-07-01", "2025-12-31", "July - December 2025"},
      {"2026AprilS1", "SixMonthlyApril", "2026-04-01", "2026-09-30", "April - September 2026"},
      {"2026AprilS2", "SixMonthlyApril", "2026-10-01", "2027-03-31", "October 2026 - March 2027"},
      {"2026NovS1", "SixMonthlyNov", "2025-11-01", "2026-04-30", "November - April 2026"},
      {"2026", "Yearly", "2026-01-01", "2026-12-31", "2026"},
      {"2026Feb", "FinancialFeb", "2026-02-01", "2027-01-31", "February 2026 - January 2027"},
      {"2026April", "FinancialApril", "2026-04-01", "2027-03-31", "April 2026 - March 2027"},
      {"2026Oct", "FinancialOct", "2026-10-01", "2027-09-30", "October 2026 - September 2027"},
      {"2026Nov", "FinancialNov", "2025-11-01", "2026-10-31", "November 2025 - October 2026"},
  };
  for (const Case& c : cases) {
    const auto period = parse_period(c.id, 43);
    ASSERT_TRUE(period) << c.id;
    EXPECT_EQ(period->id, c.id);
    EXPECT_EQ(type_name(period->type), c.type);
    EXPECT_EQ(iso_day(period->start), c.start) << c.id;
    EXPECT_EQ(iso_day(period->end), c.end) << c.id;
    EXPECT_EQ(period_name(*period), c.name);
  }
}

TEST(Period, ReadsTheOtherSpellingsOfAnalytics) {
  EXPECT_EQ(parse_period("2026-09", 43)->id, "202609");
  EXPECT_EQ(parse_period("20260901_20260930", 43)->id, "20260901");
  EXPECT_EQ(parse_period("2026-09-01_2026-09-30", 43)->id, "20260901");
}

TEST(Period, RefusesWhatIsNone) {
  for (const char* id :
       {"", "nope", "2026Q5", "202613", "202600", "202607B", "2026W54", "2026W0", "2025W53",
        "20260230", "2026X9", "LAST_MONTH", "2026-13", "-026", "20260930_20260901"}) {
    EXPECT_FALSE(parse_period(id, 43)) << id;
  }
}

TEST(Period, KnowsWhichReleaseBroughtAType) {
  EXPECT_FALSE(parse_period("2026Feb", 42));
  EXPECT_TRUE(parse_period("2026Feb", 43));
  EXPECT_FALSE(parse_period("2026Sep", 41));
  EXPECT_TRUE(parse_period("2026Sep", 42));
  EXPECT_FALSE(parse_period("2026FriW1", 42));
  EXPECT_TRUE(parse_period("2026FriW1", 43));
}

TEST(Period, IsFoundByAnyOfItsDays) {
  for (const char* id :
       {"20260101", "2026W1", "2026ThuW30", "2026BiW26", "202612", "202601B", "2026Q4", "2026NovQ1",
        "2026S1", "2026AprilS2", "2026NovS2", "2026", "2026July", "2026Nov"}) {
    const Period period = *parse_period(id, 43);
    EXPECT_EQ(period_at(period.type, period.start).id, id);
    EXPECT_EQ(period_at(period.type, period.end).id, id);
    EXPECT_NE(period_at(period.type, period.end + std::chrono::days{1}).id, id);
  }
}

TEST(Period, CountsForTheLongerPeriodInWhichItLies) {
  struct Case {
    const char* small;
    PeriodType type;
    const char* found;  // empty when figures are not added up to the type
  };
  const Case cases[] = {
      {"202609", PeriodType::kQuarterly, "2026Q3"},
      {"202609", PeriodType::kYearly, "2026"},
      {"202609", PeriodType::kFinancialOct, "2025Oct"},
      {"202610", PeriodType::kFinancialOct, "2026Oct"},
      {"2026W31", PeriodType::kMonthly, "202607"},  // Thursday 30 July
      {"2026W36", PeriodType::kMonthly, "202609"},  // from 31 August, Thursday 3 September
      {"2026", PeriodType::kFinancialApril, "2025April"},
      {"2026Q1", PeriodType::kMonthly, ""},
      {"2026", PeriodType::kSixMonthly, ""},
  };
  for (const Case& c : cases) {
    const auto within = period_within(*parse_period(c.small, 43), c.type);
    EXPECT_EQ(within ? within->id : "", c.found) << c.small;
  }
}

TEST(RelativePeriods, ExpandAtTheClock) {
  const Day today = *day_of("2026-11-21");
  const std::pair<const char*, Ids> cases[] = {
      {"TODAY", {"20261121"}},
      {"YESTERDAY", {"20261120"}},
      {"LAST_3_DAYS", {"20261118", "20261119", "20261120"}},
      {"THIS_WEEK", {"2026W47"}},
      {"LAST_4_WEEKS", {"2026W43", "2026W44", "2026W45", "2026W46"}},
      {"LAST_MONTH", {"202610"}},
      {"LAST_3_MONTHS", {"202608", "202609", "202610"}},
      {"THIS_BIMONTH", {"202606B"}},
      {"LAST_BIMONTH", {"202605B"}},
      {"LAST_6_BIMONTHS", {"202505B", "202506B", "202601B", "202602B", "202603B", "202604B"}},
      {"LAST_4_QUARTERS", {"2025Q4", "2026Q1", "2026Q2", "2026Q3"}},
      {"QUARTERS_THIS_YEAR", {"2026Q1", "2026Q2", "2026Q3", "2026Q4"}},
      {"QUARTERS_LAST_YEAR", {"2025Q1", "2025Q2", "2025Q3", "2025Q4"}},
      {"LAST_2_SIXMONTHS", {"2025S2", "2026S1"}},
      {"THIS_YEAR", {"2026"}},
      {"LAST_5_YEARS", {"2021", "2022", "2023", "2024", "2025"}},
      {"THIS_FINANCIAL_YEAR", {"2026Oct"}},
      {"LAST_FINANCIAL_YEAR", {"2025Oct"}},
  };
  for (const auto& [key, expected] : cases) {
    EXPECT_EQ(ids(relative_periods(key, today)), expected) << key;
  }
  EXPECT_EQ(relative_periods("LAST_12_MONTHS", today)->size(), 12u);
  EXPECT_EQ(relative_periods("MONTHS_THIS_YEAR", today)->size(), 12u);
  EXPECT_EQ(relative_periods("LAST_180_DAYS", today)->size(), 180u);
  EXPECT_EQ(relative_periods("WEEKS_THIS_YEAR", today)->size(), 53u);
}

TEST(RelativePeriods, FollowTheFinancialYearOfTheSystem) {
  const Day today = *day_of("2026-03-31");
  EXPECT_EQ(ids(relative_periods("THIS_FINANCIAL_YEAR", today, PeriodType::kFinancialApril)),
            Ids{"2025April"});
  EXPECT_EQ(ids(relative_periods("LAST_5_FINANCIAL_YEARS", today, PeriodType::kFinancialJuly)),
            (Ids{"2020July", "2021July", "2022July", "2023July", "2024July"}));
}

TEST(RelativePeriods, CrossTheTurnOfTheYear) {
  const Day today = *day_of("2027-01-01");  // a Friday, in the last week of 2026
  EXPECT_EQ(ids(relative_periods("THIS_WEEK", today)), Ids{"2026W53"});
  EXPECT_EQ(ids(relative_periods("LAST_MONTH", today)), Ids{"202612"});
  EXPECT_EQ(relative_periods("WEEKS_THIS_YEAR", today)->front().id, "2027W1");
  EXPECT_EQ(relative_periods("WEEKS_LAST_YEAR", today), std::nullopt);
}

TEST(RelativePeriods, AreWordsOfDhis2Alone) {
  const Day today = *day_of("2026-11-21");
  for (const char* key : {"", "LAST_2_YEARS", "last_month", "LAST_MONTHS"}) {
    EXPECT_FALSE(relative_periods(key, today)) << key;
  }
  EXPECT_EQ(relative_name("LAST_6_BIMONTHS"), "Last 6 bi-months");
}

}  // namespace
}  // namespace sandbox
