// SPDX-License-Identifier: BSD-3-Clause
// What people write for periods, and what is none.
#include "tools/period.h"

#include <gtest/gtest.h>

#include "dhis2/error.h"
#include "tools/period_type.h"

namespace dhis2mcp {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

Almanac almanac_of(const std::string& calendar = "", int major = 43) {
  Almanac almanac;
  almanac.today = sys_days{year(2026) / 11 / 21};
  almanac.calendar = calendar;
  almanac.major = major;
  almanac.fiscal = [] { return 10; };
  return almanac;
}

std::string joined(const std::vector<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids) out += (out.empty() ? "" : ";") + id;
  return out;
}

// The ids, or the kind and text of the refusal.
std::string read(const std::string& text, const Almanac& almanac = almanac_of()) {
  try {
    const std::vector<std::string> ids = read_period(text, almanac);
    if (ids.size() > 6) {
      return ids.front() + ".." + ids.back() + " (" + std::to_string(ids.size()) + ")";
    }
    return joined(ids);
  } catch (const Error& error) {
    return std::string(to_string(error.kind)) + ": " + error.what() + " " + error.hint;
  }
}

using Cases = std::vector<std::pair<const char*, const char*>>;

void expect_all(const Cases& cases, const Almanac& almanac = almanac_of()) {
  for (const auto& [text, ids] : cases) EXPECT_EQ(read(text, almanac), ids) << text;
}

TEST(Period, TakesTheIdsOfEveryType) {
  for (const char* id :
       {"20260815",  "2026W5",      "2026WedW5", "2026ThuW5", "2026FriW5", "2026SatW5",
        "2026SunW5", "2026BiW3",    "202608",    "202601B",   "2026Q3",    "2026NovQ1",
        "2026S1",    "2026AprilS1", "2026NovS2", "2026",      "2026Feb",   "2026April",
        "2026July",  "2026Aug",     "2026Sep",   "2026Oct",   "2026Nov",   "2026W53"}) {
    EXPECT_EQ(read(id), id);
    EXPECT_TRUE(is_period_id(id)) << id;
  }
}

TEST(Period, ReadsOtherSpellings) {
  expect_all({{"2026-08", "202608"},
              {"2026-8", "202608"},
              {"08/2026", "202608"},
              {"2026/08", "202608"},
              {"Aug 2026", "202608"},
              {"August 2026", "202608"},
              {"aug. 2026", "202608"},
              {"2026 aug", "202608"},
              {"Sept 2025", "202509"},
              {"Q3 2026", "2026Q3"},
              {"2026-Q3", "2026Q3"},
              {"2026 q3", "2026Q3"},
              {"third quarter of 2026", "2026Q3"},
              {"1st quarter 2024", "2024Q1"},
              {"quarter 1 of 2026 from November", "2026NovQ1"},
              {"first half of 2024", "2024S1"},
              {"H2 2024", "2024S2"},
              {"six-month 1 of 2024 from April", "2024AprilS1"},
              {"2026-W05", "2026W5"},
              {"week 12 of 2025", "2025W12"},
              {"2025 week 12", "2025W12"},
              {"W12 2025", "2025W12"},
              {"week 5 of 2026 starting Wednesday", "2026WedW5"},
              {"week 5 2026 (Sunday)", "2026SunW5"},
              {"bi-week 3 of 2026", "2026BiW3"},
              {"bimonth 2 of 2026", "202602B"},
              {" 2026 ", "2026"},
              {"year 2026", "2026"},
              {"the year 2026", "2026"},
              {"2026-08-15", "20260815"},
              {"15 August 2026", "20260815"},
              {"August 15, 2026", "20260815"},
              {"15th of August 2026", "20260815"},
              {"25/12/2024", "20241225"},
              {"12/25/2024", "20241225"},
              {"15.08.2026", "20260815"},
              {"05/05/2024", "20240505"}});
}

TEST(Period, ReadsFinancialYears) {
  expect_all({{"FY 2024", "2024Oct"},
              {"FY2024", "2024Oct"},
              {"FY24", "2024Oct"},
              {"financial year 2024", "2024Oct"},
              {"fiscal year 2023/24", "2023Oct"},
              {"FY 2023-24", "2023Oct"},
              {"FY 2011/12", "2011Oct"},
              {"2023/24", "2023Oct"},
              {"2023/2024", "2023Oct"},
              {"financial year 2024 from April", "2024April"},
              {"financial year July 2024", "2024July"},
              {"FY 2024 (November)", "2024Nov"},
              {"FY 2023/24 from November", "2024Nov"},
              {"this financial year", "THIS_FINANCIAL_YEAR"},
              {"last financial year", "LAST_FINANCIAL_YEAR"},
              {"last 5 fiscal years", "LAST_5_FINANCIAL_YEARS"},
              {"last 2 financial years", "2024Oct;2025Oct"}});
  Almanac unknown = almanac_of();
  unknown.fiscal = nullptr;
  EXPECT_NE(read("FY 2024", unknown).find("2024April, 2024July, 2024Oct or 2024Nov"),
            std::string::npos);
  EXPECT_NE(read("financial year 2024 from March").find("no financial year of DHIS2"),
            std::string::npos);
}

TEST(Period, LeavesRelativePeriodsToTheServer) {
  expect_all({{"LAST_12_MONTHS", "LAST_12_MONTHS"},
              {"last_12_months", "LAST_12_MONTHS"},
              {"last 12 months", "LAST_12_MONTHS"},
              {"the last twelve months", "LAST_12_MONTHS"},
              {"past 3 months", "LAST_3_MONTHS"},
              {"previous quarter", "LAST_QUARTER"},
              {"Last month", "LAST_MONTH"},
              {"this year", "THIS_YEAR"},
              {"current week", "THIS_WEEK"},
              {"months this year", "MONTHS_THIS_YEAR"},
              {"this year by month", "MONTHS_THIS_YEAR"},
              {"last year by quarter", "QUARTERS_LAST_YEAR"},
              {"this year by week", "WEEKS_THIS_YEAR"},
              {"last two half-years", "LAST_2_SIXMONTHS"},
              {"last six-month", "LAST_SIX_MONTH"},
              {"last six months", "LAST_6_MONTHS"},
              {"last fortnight", "LAST_BIWEEK"},
              {"last 30 days", "LAST_30_DAYS"},
              {"today", "TODAY"},
              {"yesterday", "YESTERDAY"}});
}

TEST(Period, CountsSpansThatDhis2HasNoWordFor) {
  expect_all({{"last 2 months", "202609;202610"},
              {"last 3 quarters", "2026Q1;2026Q2;2026Q3"},
              {"last 2 years", "2024;2025"},
              {"last 2 weeks", "2026W45;2026W46"},
              {"last 2 weeks starting Sunday", "2026SunW44;2026SunW45"},
              {"last 18 months", "202505..202610 (18)"},
              {"last 2 days", "20261119;20261120"},
              {"last 2 years by quarter", "2024Q1..2025Q4 (8)"},
              {"quarters of the last 2 years", "2024Q1..2025Q4 (8)"},
              {"Q1 last year", "2025Q1"},
              {"Q2 of last year", "2025Q2"},
              {"second half of last year", "2025S2"},
              {"week 3 of last year", "2025W3"},
              {"August last year", "202508"},
              {"15 March of this year", "20260315"},
              {"janvier de l'ann\xC3\xA9"
               "e derni\xC3\xA8re",
               "202501"},
              {"last year by bimonth", "202501B;202502B;202503B;202504B;202505B;202506B"},
              {"2024 by quarter", "2024Q1;2024Q2;2024Q3;2024Q4"},
              {"months of 2024", "202401..202412 (12)"},
              {"monthly 2024", "202401..202412 (12)"},
              {"weekly 2026", "2026W1..2026W53 (53)"},
              {"daily 2024", "20240101..20241231 (366)"},
              {"since August 2026", "202608;202609;202610;202611"},
              {"2026Q3 to now", "2026Q3;2026Q4"}});
}

TEST(Period, ReadsAMonthThatIsCalledOne) {
  expect_all({{"March of the year 2025", "202503"},
              {"mars de l'ann\xC3\xA9"
               "e 2025",
               "202503"},
              {"marzo del a\xC3\xB1o 2025", "202503"},
              {"15 March of the year 2025", "20250315"},
              {"the month of March 2025", "202503"},
              {"mois de mars 2025", "202503"},
              {"du mois de janvier au mois de mars 2025", "202501;202502;202503"},
              {"daily February 2024", "20240201..20240229 (29)"},
              {"March 2026 by day", "20260301..20260331 (31)"},
              {"quarter 1 of 2026 starting in November", "2026NovQ1"}});
}

TEST(Period, TakesNoPartOfAShorterPeriodForOneOfTheYear) {
  for (const char* text :
       {"first week of March 2026", "week 2, March 2026", "week of 3 March 2026",
        "semaine 2 de mars 2026", "week 1 to week 4 of March 2026", "weeks of March 2026",
        "March 2026 by week", "week 2 of March last year", "second half of November 2026",
        "first half of April 2026", "months of Q2 2026", "each month of Q2 2026", "monthly Q1 2026",
        "Q1 2026 by month", "quarters of FY 2024", "week 26 of FY 2025", "FY ending September 2025",
        "week 5 of 2026 ending Sunday"}) {
    EXPECT_TRUE(read(text).starts_with("bad_input: ")) << text << " gave " << read(text);
  }
}

TEST(Period, ReadsSpansAndLists) {
  expect_all({{"Jan-Mar 2025", "202501;202502;202503"},
              {"Jan to Mar 2025", "202501;202502;202503"},
              {"from January to March 2025", "202501;202502;202503"},
              {"January - March 2025", "202501;202502;202503"},
              {"Nov 2025 to Jan 2026", "202511;202512;202601"},
              {"2024-01 to 2024-06", "202401;202402;202403;202404;202405;202406"},
              {"2024-01 - 2024-03", "202401;202402;202403"},
              {"202511..202602", "202511;202512;202601;202602"},
              {"2024..2026", "2024;2025;2026"},
              {"2024-2026", "2024;2025;2026"},
              {"Q1-Q3 2024", "2024Q1;2024Q2;2024Q3"},
              {"2024Q3 to 2025Q1", "2024Q3;2024Q4;2025Q1"},
              {"2026NovQ1 to 2026NovQ3", "2026NovQ1;2026NovQ2;2026NovQ3"},
              {"weeks 1-3 of 2025", "2025W1;2025W2;2025W3"},
              {"2025W51 to 2026W1", "2025W51;2025W52;2026W1"},
              {"2026W52 to 2027W1", "2026W52;2026W53;2027W1"},
              {"2026BiW26 to 2027BiW1", "2026BiW26;2026BiW27;2027BiW1"},
              {"FY 2022 to FY 2024", "2022Oct;2023Oct;2024Oct"},
              {"30 Dec 2025 to 2 Jan 2026", "20251230;20251231;20260101;20260102"},
              {"2026-08-30 to 2026-09-01", "20260830;20260831;20260901"},
              {"15-17 March 2024", "20240315;20240316;20240317"},
              {"2026-01-01 to 2026-03-31", "202601;202602;202603"},
              {"1 Feb 2024 to 29 Feb 2024", "202402"},
              {"20251201 to 20260131", "202512;202601"},
              {"2026-02-27 to 2026-02-28", "20260227;20260228"},
              {"2026-02-01 to 2026-02-02", "20260201;20260202"},
              {"Jan, Feb and Mar 2025", "202501;202502;202503"},
              {"2024 and 2026", "2024;2026"},
              {"Q1 & Q3 2024", "2024Q1;2024Q3"},
              {"202601, 202603", "202601;202603"}});
}

TEST(Period, ReadsFrenchSpanishAndPortuguese) {
  expect_all({{"12 derniers mois", "LAST_12_MONTHS"},
              {"les 12 derniers mois", "LAST_12_MONTHS"},
              {"\xC3\xBAltimos 12 meses", "LAST_12_MONTHS"},
              {"\xC3\xBAltimos doce meses", "LAST_12_MONTHS"},
              {"mois dernier", "LAST_MONTH"},
              {"cette ann\xC3\xA9"
               "e",
               "THIS_YEAR"},
              {"este a\xC3\xB1o", "THIS_YEAR"},
              {"janvier 2025", "202501"},
              {"f\xC3\xA9vrier 2025", "202502"},
              {"ao\xC3\xBBt 2025", "202508"},
              {"D\xC3\x89"
               "CEMBRE 2025",
               "202512"},
              {"enero de 2025", "202501"},
              {"set 2025", "202509"},
              {"mar\xC3\xA7o 2025", "202503"},
              {"dez 2025", "202512"},
              {"janvier \xC3\xA0 mars 2025", "202501;202502;202503"},
              {"enero a marzo de 2025", "202501;202502;202503"},
              {"janeiro at\xC3\xA9 mar\xC3\xA7o de 2025", "202501;202502;202503"},
              {"janv\xE2\x80\x93mars 2025", "202501;202502;202503"},
              {"T1 2024", "2024Q1"},
              {"1er trimestre 2024", "2024Q1"},
              {"1\xC2\xBA trimestre de 2024", "2024Q1"},
              {"semaine 12 de 2025", "2025W12"},
              {"exercice 2024", "2024Oct"}});
}

TEST(Period, RefusesWhatCanBeReadInTwoWays) {
  const Cases cases = {{"03/04/2024", "2024-04-03 or 2024-03-04"},
                       {"2011/12", "financial year"},
                       {"March", "which year"},
                       {"Q1", "which year"},
                       {"week 12", "which year"},
                       {"15 March", "which year"},
                       {"Jan 2025 to 2025Q2", "two types"},
                       {"Nov-Feb 2025", "ends before it begins"},
                       {"202602..202601", "ends before it begins"},
                       {"1950..2026-08", "two types"},
                       {"20200101..20260101", "more than 400"}};
  for (const auto& [text, why] : cases) {
    const std::string said = read(text);
    EXPECT_TRUE(said.starts_with("bad_input: ")) << text << " gave " << said;
    EXPECT_NE(said.find(why), std::string::npos) << text << " gave " << said;
  }
}

TEST(Period, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "nope",
                           "202613",
                           "2026Q5",
                           "2025W53",
                           "2026W54",
                           "2026W05x",
                           "20260832",
                           "20260800",
                           "20250229",
                           "last 0 months",
                           "last 999 months",
                           "LAST_YEARS",
                           "last months of what",
                           "12 weeks 2025",
                           "last 3 months of last year",
                           "this month last year",
                           "last quarter of last year",
                           "last 400 years by day",
                           "next month",
                           "2026 2027 2028",
                           "Q1 of March 2024",
                           "-",
                           "..",
                           "to",
                           "2024-13-01",
                           "30 February 2024",
                           "week 60 of 2025",
                           "\xFF\xFE",
                           "the \xE2\x98\x83 of 2024",
                           "99999999999999999999",
                           "last 99999999999 months"}) {
    EXPECT_TRUE(read(text).starts_with("bad_input: ")) << text << " gave " << read(text);
  }
}

TEST(Period, TellsWhichVersionATypeCameWith) {
  EXPECT_NE(read("2026Sep", almanac_of("", 41)).find("DHIS2 2.42; this instance runs 2.41"),
            std::string::npos);
  EXPECT_TRUE(read("2026Feb", almanac_of("", 42)).starts_with("unsupported_version"));
  EXPECT_TRUE(read("2026FriW5", almanac_of("", 42)).starts_with("unsupported_version"));
  EXPECT_EQ(read("2026Sep", almanac_of("", 42)), "2026Sep");
  EXPECT_EQ(read("2026Feb", almanac_of("", 0)), "2026Feb");
}

TEST(Period, CountsInTheCalendarOfTheInstance) {
  // 21 November 2026 is 12 Hidar 2019, 5 Mangsir 2083, 30 Aban 1405, 11 Jumada al-thani 1448.
  expect_all({{"last 2 months", "201901;201902"},
              {"last 12 months", "LAST_12_MONTHS"},
              {"Meskerem 2018", "201801"},
              {"Meskerem to Hidar 2018", "201801;201802;201803"},
              {"201812", "201812"},
              {"2018", "2018"},
              {"2018-Q1", "2018Q1"},
              {"2018 by quarter", "2018Q1;2018Q2;2018Q3;2018Q4"},
              {"2018W5", "2018W5"},
              {"week 5 of 2018", "2018W5"}},
             almanac_of("ethiopian"));
  expect_all({{"last 2 months", "208306;208307"}, {"Asoj 2083", "208306"}}, almanac_of("nepali"));
  expect_all({{"last 2 months", "140506;140507"}, {"1 Mehr 1405", "14050701"}},
             almanac_of("persian"));
  expect_all({{"last 2 months", "144804;144805"},
              {"Rabi al-thani 1448", "144804"},
              {"Jumada ii 1447", "144706"}},
             almanac_of("islamic"));
  expect_all({{"last 2 months", "174301;174302"}, {"Thout 1743", "174301"}}, almanac_of("coptic"));
  expect_all({{"last 2 months", "256909;256910"}, {"March 2569", "256903"}}, almanac_of("thai"));
}

TEST(Period, IsNeverSilentlyGregorian) {
  const std::string march = read("March 2026", almanac_of("ethiopian"));
  EXPECT_NE(march.find("Ethiopian"), std::string::npos) << march;
  EXPECT_NE(march.find("201806 and 201807"), std::string::npos) << march;
  for (const char* text : {"2026", "202603", "2026-03", "Q1 2026", "2025..2026", "20260315"}) {
    const std::string said = read(text, almanac_of("ethiopian"));
    EXPECT_NE(said.find("today is 2019-03-12"), std::string::npos) << text << ": " << said;
  }
  EXPECT_TRUE(read("2026", almanac_of("thai")).starts_with("bad_input"));
  EXPECT_TRUE(read("2026", almanac_of("nepali")).starts_with("bad_input"));
  EXPECT_TRUE(read("last 2 weeks", almanac_of("ethiopian")).starts_with("bad_input"));
}

TEST(Period, RefusesOtherCalendarsByName) {
  const Almanac julian = almanac_of("julian");
  EXPECT_EQ(read("202608", julian), "202608");
  EXPECT_EQ(read("last 12 months", julian), "LAST_12_MONTHS");
  for (const char* text : {"Aug 2026", "last 2 months", "2026-08", "nope"}) {
    EXPECT_NE(read(text, julian).find("\"julian\""), std::string::npos) << text;
  }
  EXPECT_THROW(relative_ids("LAST_3_MONTHS", julian), Error);
}

// What servers of 2.40 to 2.43 answered on 21 November 2026.
TEST(Period, MakesTheIdsThatServersMakeOfRelativePeriods) {
  const Cases cases = {
      {"TODAY", "20261121"},
      {"LAST_7_DAYS", "20261114;20261115;20261116;20261117;20261118;20261119;20261120"},
      {"LAST_4_WEEKS", "2026W43;2026W44;2026W45;2026W46"},
      {"THIS_MONTH", "202611"},
      {"LAST_MONTH", "202610"},
      {"LAST_3_MONTHS", "202608;202609;202610"},
      {"LAST_12_MONTHS",
       "202511;202512;202601;202602;202603;202604;202605;202606;202607;202608;"
       "202609;202610"},
      {"MONTHS_THIS_YEAR",
       "202601;202602;202603;202604;202605;202606;202607;202608;202609;"
       "202610;202611;202612"},
      {"LAST_6_BIMONTHS", "202505B;202506B;202601B;202602B;202603B;202604B"},
      {"LAST_4_QUARTERS", "2025Q4;2026Q1;2026Q2;2026Q3"},
      {"LAST_2_SIXMONTHS", "2025S2;2026S1"},
      {"LAST_YEAR", "2025"},
      {"LAST_10_YEARS", "2016;2017;2018;2019;2020;2021;2022;2023;2024;2025"},
      {"THIS_FINANCIAL_YEAR", "2026Oct"}};
  for (const auto& [key, ids] : cases) EXPECT_EQ(joined(relative_ids(key, almanac_of())), ids);
}

TEST(Period, CountsEveryRelativePeriod) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"YESTERDAY", 1},          {"LAST_180_DAYS", 180},         {"THIS_WEEK", 1},
      {"LAST_52_WEEKS", 52},     {"WEEKS_THIS_YEAR", 53},        {"THIS_BIWEEK", 1},
      {"LAST_4_BIWEEKS", 4},     {"MONTHS_LAST_YEAR", 12},       {"BIMONTHS_THIS_YEAR", 6},
      {"QUARTERS_LAST_YEAR", 4}, {"LAST_SIX_MONTH", 1},          {"THIS_SIX_MONTH", 1},
      {"LAST_5_YEARS", 5},       {"LAST_10_FINANCIAL_YEARS", 10}};
  for (const auto& [key, count] : cases) {
    EXPECT_EQ(relative_ids(key, almanac_of()).size(), count) << key;
  }
  Almanac november = almanac_of();
  november.fiscal = [] { return 11; };
  EXPECT_EQ(joined(relative_ids("THIS_FINANCIAL_YEAR", november)), "2027Nov");
  EXPECT_EQ(joined(relative_ids("LAST_3_MONTHS", almanac_of("ethiopian"))), "201812;201901;201902");
  EXPECT_THROW(relative_ids("LAST_4_WEEKS", almanac_of("ethiopian")), Error);
  EXPECT_THROW(relative_ids("LAST_2_YEARS", almanac_of()), Error);
}

TEST(Period, TellsTheBoundsThatAnIdDoesNotShow) {
  const Cases cases = {{"2026W12", "2026-03-16 to 2026-03-22"},
                       {"2026SunW1", "2026-01-04 to 2026-01-10"},
                       {"2026BiW1", "2025-12-29 to 2026-01-11"},
                       {"2026NovS1", "2025-11 to 2026-04"},
                       {"2026Nov", "2025-11 to 2026-10"},
                       {"2024Oct", "2024-10 to 2025-09"},
                       {"2026AprilS2", "2026-10 to 2027-03"},
                       {"202602B", "2026-03 to 2026-04"},
                       {"202608", ""},
                       {"2026Q3", ""},
                       {"LAST_12_MONTHS", ""}};
  for (const auto& [id, bounds] : cases) EXPECT_EQ(period_bounds(id, almanac_of()), bounds) << id;
}

TEST(Period, KnowsRelativePeriodsWhole) {
  EXPECT_TRUE(is_relative_period("TODAY"));
  EXPECT_TRUE(is_relative_period("LAST_10_FINANCIAL_YEARS"));
  EXPECT_FALSE(is_relative_period("LAST_12"));
  EXPECT_FALSE(is_relative_period("TODAY YESTERDAY"));
  EXPECT_FALSE(is_relative_period(""));
}

TEST(PeriodCount, WalksThroughTheYearsOfEachType) {
  const PeriodCount count(*Calendar::named("iso8601"));
  for (const char* name : {"Daily", "Weekly", "WeeklySunday", "BiWeekly", "Monthly", "BiMonthly",
                           "QuarterlyNov", "SixMonthlyApril", "SixMonthlyNov", "FinancialNov"}) {
    const PeriodType& type = *PeriodType::named(name);
    Period before_it = *count.containing(type, sys_days{year(2019) / 12 / 31});
    for (sys_days day{year(2020) / 1 / 1}; day < sys_days{year(2022) / 1 / 5};
         day += std::chrono::days(1)) {
      const Period now = *count.containing(type, day);
      ASSERT_TRUE(now == before_it || now == count.next(before_it)) << name << " " << now.id();
      ASSERT_EQ(count.moved(now, -1), count.moved(count.moved(now, 2), -3)) << name;
      ASSERT_EQ(count.parse(now.id()), now) << name;
      before_it = now;
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
