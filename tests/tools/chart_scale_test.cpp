// SPDX-License-Identifier: BSD-3-Clause
// Steps along an axis, and how numbers and periods are written there.
#include "tools/chart_scale.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dhis2mcp {
namespace {

TEST(ChartScale, EnclosesFiguresInRoundSteps) {
  struct Case {
    double least, most;
    bool from_zero;
    double low, high, step;
  };
  for (const Case& one :
       {Case{0, 100, true, 0, 100, 20}, Case{3, 97, true, 0, 100, 20},
        Case{90, 97, true, 0, 100, 20}, Case{90, 97, false, 90, 98, 2}, Case{0, 0, true, 0, 1, 0.2},
        Case{7, 7, false, 0, 8, 2}, Case{-7, -7, false, -8, 0, 2}, Case{-12, 30, true, -20, 30, 10},
        Case{0, 0.3, true, 0, 0.3, 0.1}, Case{0, 12'345, true, 0, 12'500, 2'500}}) {
    const ChartScale scale = chart_scale(one.least, one.most, one.from_zero);
    EXPECT_NEAR(scale.low, one.low, 1e-9) << one.least << ".." << one.most;
    EXPECT_NEAR(scale.high, one.high, 1e-9) << one.least << ".." << one.most;
    EXPECT_NEAR(scale.step, one.step, 1e-9) << one.least << ".." << one.most;
  }
}

TEST(ChartScale, HasFewTicksForAnyFigures) {
  for (const double size : {1e-300, 1e-9, 1.0, 123.0, 1e15, 1e300}) {
    for (const double least : {-size, 0.0, size / 2, size * 0.999}) {
      const std::vector<double> ticks = chart_scale(least, size, false).ticks();
      EXPECT_GE(ticks.size(), 2U) << least << ".." << size;
      EXPECT_LE(ticks.size(), 14U) << least << ".." << size;
      for (const double tick : ticks) EXPECT_TRUE(std::isfinite(tick));
    }
  }
}

TEST(ChartNumber, IsReadAtAGlance) {
  const std::pair<double, std::string> cases[] = {{0, "0"},
                                                  {-0.0, "0"},
                                                  {0.25, "0.25"},
                                                  {12.5, "12.5"},
                                                  {66.666666, "66.67"},
                                                  {999, "999"},
                                                  {12'500,
                                                   "12\xE2\x80\x89"
                                                   "500"},
                                                  {1'234'567,
                                                   "1\xE2\x80\x89"
                                                   "234\xE2\x80\x89"
                                                   "567"},
                                                  {-4'321.5,
                                                   "-4\xE2\x80\x89"
                                                   "322"},
                                                  {1e20, "1e+20"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(chart_number(value), text);
}

TEST(PeriodLabel, NamesMonthsOfTheInstancesCalendar) {
  const Calendar* const iso = Calendar::named("iso8601");
  EXPECT_EQ(period_label("202607", iso), "Jul 2026");
  EXPECT_EQ(period_label("2026Q3", iso), "Q3 2026");
  EXPECT_EQ(period_label("2026W7", iso), "W7 2026");
  EXPECT_EQ(period_label("2026", iso), "2026");
  EXPECT_EQ(period_label("2026April", iso), "2026April");
  EXPECT_EQ(period_label("Baralia", iso), "Baralia");
  EXPECT_EQ(period_label("201801", Calendar::named("ethiopian")), "Meskerem 2018");
  EXPECT_EQ(period_label("202607", nullptr), "202607");
}

}  // namespace
}  // namespace dhis2mcp
