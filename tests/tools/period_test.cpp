// SPDX-License-Identifier: BSD-3-Clause
// What people write for periods, and what is none.
#include "tools/period.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

using std::chrono::day;
using std::chrono::November;
using std::chrono::year;

constexpr std::chrono::year_month_day kToday = year(2026) / November / day(21);

std::string read(const std::string& text, bool gregorian = true) {
  std::string out;
  for (const std::string& id : read_period(text, kToday, gregorian)) {
    out += (out.empty() ? "" : ";") + id;
  }
  return out;
}

TEST(Period, ReadsIdsAndOtherSpellings) {
  const std::pair<const char*, const char*> cases[] = {
      {"202608", "202608"},
      {"2026-08", "202608"},
      {"08/2026", "202608"},
      {"Aug 2026", "202608"},
      {"August 2026", "202608"},
      {"2026 aug", "202608"},
      {"2026Q3", "2026Q3"},
      {"Q3 2026", "2026Q3"},
      {"2026-Q3", "2026Q3"},
      {"2026W5", "2026W5"},
      {"2026-W05", "2026W5"},
      {"2026S1", "2026S1"},
      {"2026", "2026"},
      {" 2026 ", "2026"},
      {"2026April", "2026April"},
      {"20260815", "20260815"},
      {"2026-08-15", "20260815"},
      {"202601B", "202601B"},
      {"2026BiW3", "2026BiW3"},
      {"2026WedW5", "2026WedW5"},
      {"2026AprilS1", "2026AprilS1"},
      {"2026NovQ1", "2026NovQ1"},
      {"LAST_12_MONTHS", "LAST_12_MONTHS"},
      {"last 12 months", "LAST_12_MONTHS"},
      {"this year", "THIS_YEAR"},
      {"Last month", "LAST_MONTH"},
      {"past 3 months", "LAST_3_MONTHS"},
      {"months this year", "MONTHS_THIS_YEAR"},
      {"last 2 months", "202609;202610"},
      {"last 3 quarters", "2026Q1;2026Q2;2026Q3"},
      {"last 2 years", "2024;2025"},
      {"202511..202602", "202511;202512;202601;202602"},
      {"Nov 2025 to Jan 2026", "202511;202512;202601"},
      {"2024..2026", "2024;2025;2026"},
  };
  for (const auto& [text, ids] : cases) EXPECT_EQ(read(text), ids) << text;
}

TEST(Period, RefusesWhatIsNone) {
  for (const char* text : {"", "nope", "202613", "2026Q5", "2026W54", "20260832", "20260800",
                           "last 0 months", "last 999 months", "202602..202601", "LAST_YEARS"}) {
    EXPECT_THROW(read(text), Error) << text;
  }
}

TEST(Period, TakesOnlyIdsAndRelativePeriodsInOtherCalendars) {
  EXPECT_EQ(read("201812", false), "201812");
  EXPECT_EQ(read("last 12 months", false), "LAST_12_MONTHS");
  EXPECT_THROW(read("Aug 2018", false), Error);
  EXPECT_THROW(read("last 2 months", false), Error);
}

TEST(Period, KnowsRelativePeriodsWhole) {
  EXPECT_TRUE(is_relative_period("TODAY"));
  EXPECT_TRUE(is_relative_period("LAST_10_FINANCIAL_YEARS"));
  EXPECT_FALSE(is_relative_period("LAST_12"));
  EXPECT_FALSE(is_relative_period("TODAY YESTERDAY"));
  EXPECT_FALSE(is_relative_period(""));
}

}  // namespace
}  // namespace dhis2mcp
