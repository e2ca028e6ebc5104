// SPDX-License-Identifier: BSD-3-Clause
// Calendars against published conversions.
#include "tools/calendar.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

sys_days day_of(int y, unsigned m, unsigned d) {
  return sys_days{year(y) / std::chrono::month(m) / std::chrono::day(d)};
}

struct Conversion {
  const char* calendar;
  int y;
  unsigned m, d;
  CalendarDay there;
};

void PrintTo(const Conversion& one, std::ostream* out) {
  *out << one.calendar << " " << one.y << "-" << one.m << "-" << one.d;
}

void expect_both_ways(const Conversion& one) {
  const Calendar* calendar = Calendar::named(one.calendar);
  ASSERT_NE(calendar, nullptr);
  const sys_days day = day_of(one.y, one.m, one.d);
  const auto there = calendar->from(day);
  ASSERT_TRUE(there) << testing::PrintToString(one);
  EXPECT_EQ(*there, one.there) << testing::PrintToString(one) << " gave " << there->year << "-"
                               << there->month << "-" << there->day;
  EXPECT_EQ(calendar->to_gregorian(one.there), day) << testing::PrintToString(one);
}

// Reingold and Dershowitz, Calendrical Calculations, appendix C (sample dates).
TEST(Calendar, AgreesWithCalendricalCalculations) {
  const Conversion cases[] = {
      {"coptic", 1945, 11, 12, {1662, 3, 3}},    {"ethiopian", 1945, 11, 12, {1938, 3, 3}},
      {"islamic", 1945, 11, 12, {1364, 12, 6}},  {"persian", 1945, 11, 12, {1324, 8, 21}},
      {"coptic", 1992, 3, 17, {1708, 7, 8}},     {"ethiopian", 1992, 3, 17, {1984, 7, 8}},
      {"islamic", 1992, 3, 17, {1412, 9, 13}},   {"persian", 1992, 3, 17, {1370, 12, 27}},
      {"coptic", 1996, 2, 25, {1712, 6, 17}},    {"ethiopian", 1996, 2, 25, {1988, 6, 17}},
      {"islamic", 1996, 2, 25, {1416, 10, 5}},   {"persian", 1996, 2, 25, {1374, 12, 6}},
      {"coptic", 2038, 11, 10, {1755, 3, 1}},    {"ethiopian", 2038, 11, 10, {2031, 3, 1}},
      {"islamic", 2038, 11, 10, {1460, 10, 12}}, {"persian", 2038, 11, 10, {1417, 8, 19}},
      {"coptic", 2094, 7, 18, {1810, 11, 11}},   {"ethiopian", 2094, 7, 18, {2086, 11, 11}},
      {"islamic", 2094, 7, 18, {1518, 3, 5}},    {"persian", 2094, 7, 18, {1473, 4, 28}},
  };
  for (const Conversion& one : cases) expect_both_ways(one);
}

// Days that are known by their date in the calendar of their country.
TEST(Calendar, AgreesWithDaysKnownByTheirOwnDate) {
  const Conversion cases[] = {
      {"ethiopian", 2007, 9, 12, {2000, 1, 1}},  // the Ethiopian millennium
      {"ethiopian", 2023, 9, 12, {2016, 1, 1}},  // Enkutatash after a leap year
      {"ethiopian", 2024, 9, 11, {2017, 1, 1}},  // Enkutatash
      {"coptic", 2023, 9, 12, {1740, 1, 1}},     // Nayrouz
      {"persian", 1979, 2, 11, {1357, 11, 22}},  // 22 Bahman
      {"persian", 2024, 3, 20, {1403, 1, 1}},    // Nowruz
      {"persian", 2025, 3, 21, {1404, 1, 1}},    // Nowruz after a leap year
      {"nepali", 2001, 6, 1, {2058, 2, 19}},     // 19 Jestha 2058
      {"nepali", 2006, 4, 24, {2063, 1, 11}},    // Loktantra Diwas, 11 Baisakh
      {"nepali", 2015, 4, 25, {2072, 1, 12}},    // the earthquake of 12 Baisakh 2072
      {"nepali", 2015, 9, 20, {2072, 6, 3}},     // Constitution Day, 3 Asoj 2072
      {"nepali", 2024, 4, 13, {2081, 1, 1}},     // New Year 2081
      {"nepali", 2025, 4, 14, {2082, 1, 1}},     // New Year 2082
      {"thai", 2016, 10, 13, {2559, 10, 13}},    // the death of King Bhumibol
      {"thai", 2024, 2, 29, {2567, 2, 29}},      // a leap day
      {"iso8601", 2026, 11, 21, {2026, 11, 21}},
  };
  for (const Conversion& one : cases) expect_both_ways(one);
}

TEST(Calendar, CountsEachDayOnce) {
  for (const char* name :
       {"iso8601", "gregorian", "ethiopian", "coptic", "islamic", "persian", "thai", "nepali"}) {
    const Calendar& calendar = *Calendar::named(name);
    CalendarDay before = *calendar.from(day_of(2017, 12, 31));
    for (sys_days day = day_of(2018, 1, 1); day < day_of(2027, 1, 1); day += days(1)) {
      const auto now = calendar.from(day);
      ASSERT_TRUE(now) << name;
      const bool next_day = now->day == before.day + 1 && now->month == before.month;
      const bool next_month = now->day == 1 && now->month == before.month + 1 &&
                              before.day == calendar.month_length(before.year, before.month);
      const bool next_year = now->day == 1 && now->month == 1 && now->year == before.year + 1;
      ASSERT_TRUE(next_day || next_month || next_year)
          << name << " " << now->year << "-" << now->month << "-" << now->day;
      ASSERT_EQ(calendar.to_gregorian(*now), day) << name;
      before = *now;
    }
  }
}

TEST(Calendar, RefusesWhatItDoesNotHold) {
  EXPECT_EQ(Calendar::named("julian"), nullptr);
  EXPECT_EQ(Calendar::named("mayan"), nullptr);
  EXPECT_TRUE(Calendar::named("")->is_iso());
  EXPECT_FALSE(Calendar::named("thai")->is_iso());
  EXPECT_FALSE(Calendar::named("nepali")->from(day_of(1930, 1, 1)));
  EXPECT_FALSE(Calendar::named("nepali")->from(day_of(2050, 1, 1)));
  EXPECT_FALSE(Calendar::named("nepali")->to_gregorian({1999, 1, 1}));
  EXPECT_FALSE(Calendar::named("ethiopian")->to_gregorian({2016, 13, 6}));
  EXPECT_TRUE(Calendar::named("ethiopian")->to_gregorian({2015, 13, 6}));
  EXPECT_FALSE(Calendar::named("iso8601")->to_gregorian({2025, 2, 29}));
}

TEST(Calendar, KnowsItsMonthsByName) {
  const Calendar& ethiopian = *Calendar::named("ethiopian");
  EXPECT_EQ(ethiopian.month_named("meskerem"), 1);
  EXPECT_EQ(ethiopian.month_named("ginbot"), 9);
  EXPECT_EQ(ethiopian.month_named("mesk"), 1);
  EXPECT_EQ(ethiopian.month_named("march"), 0);
  EXPECT_EQ(ethiopian.month_name(13), "Pagume");
  EXPECT_EQ(Calendar::named("thai")->month_named("mar"), 3);
  EXPECT_EQ(Calendar::named("iso8601")->month_named("ju"), 0);
  EXPECT_EQ(Calendar::named("nepali")->month_named("asoj"), 6);
  EXPECT_EQ(Calendar::named("islamic")->month_named("rabi"), 0) << "two months begin so";
}

}  // namespace
}  // namespace dhis2mcp
