// SPDX-License-Identifier: BSD-3-Clause
// Ids and relative periods; what people write in words is read in period_read.cpp.
#include "tools/period.h"

#include <algorithm>
#include <set>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/period_type.h"

namespace dhis2mcp {
namespace {

// RelativePeriodEnum of DHIS2, 2.37 to 2.43.
constexpr std::string_view kRelative =
    " "
    "TODAY YESTERDAY LAST_3_DAYS LAST_7_DAYS LAST_14_DAYS LAST_30_DAYS LAST_60_DAYS "
    "LAST_90_DAYS LAST_180_DAYS THIS_WEEK LAST_WEEK LAST_4_WEEKS LAST_12_WEEKS LAST_52_WEEKS "
    "WEEKS_THIS_YEAR THIS_BIWEEK LAST_BIWEEK LAST_4_BIWEEKS THIS_MONTH LAST_MONTH "
    "MONTHS_THIS_YEAR MONTHS_LAST_YEAR LAST_3_MONTHS LAST_6_MONTHS LAST_12_MONTHS THIS_BIMONTH "
    "LAST_BIMONTH BIMONTHS_THIS_YEAR LAST_6_BIMONTHS THIS_QUARTER LAST_QUARTER "
    "QUARTERS_THIS_YEAR QUARTERS_LAST_YEAR LAST_4_QUARTERS THIS_SIX_MONTH LAST_SIX_MONTH "
    "LAST_2_SIXMONTHS THIS_YEAR LAST_YEAR LAST_5_YEARS LAST_10_YEARS THIS_FINANCIAL_YEAR "
    "LAST_FINANCIAL_YEAR LAST_5_FINANCIAL_YEARS LAST_10_FINANCIAL_YEARS ";

constexpr int kDefaultFiscalMonth = 10;

const Calendar& known_calendar(const Almanac& almanac) {
  if (const Calendar* calendar = Calendar::named(almanac.calendar)) return *calendar;
  throw Error(
      ErrorKind::bad_input,
      "This instance counts in the calendar \"" + almanac.calendar + "\", which is not read here.",
      "Write DHIS2 period ids of that calendar (201608, 2016Q3) or relative periods "
      "(LAST_12_MONTHS).");
}

// The type that a word of a relative period names: "MONTHS", "SIX_MONTH", "BIWEEK".
const PeriodType* type_of_unit(std::string_view unit, const Almanac& almanac) {
  if (unit.ends_with('S')) unit.remove_suffix(1);
  if (unit == "FINANCIAL_YEAR") {
    return PeriodType::financial(almanac.fiscal ? almanac.fiscal() : kDefaultFiscalMonth);
  }
  constexpr std::pair<std::string_view, std::string_view> kUnits[] = {{"DAY", "Daily"},
                                                                      {"WEEK", "Weekly"},
                                                                      {"BIWEEK", "BiWeekly"},
                                                                      {"MONTH", "Monthly"},
                                                                      {"BIMONTH", "BiMonthly"},
                                                                      {"QUARTER", "Quarterly"},
                                                                      {"SIX_MONTH", "SixMonthly"},
                                                                      {"SIXMONTH", "SixMonthly"},
                                                                      {"YEAR", "Yearly"}};
  for (const auto& [word, name] : kUnits) {
    if (unit == word) return PeriodType::named(name);
  }
  return nullptr;
}

std::vector<std::string> last_ids(const PeriodCount& count, Period current, int periods, int back) {
  std::vector<std::string> out;
  for (int i = periods; i >= 1; --i) out.push_back(count.moved(current, -i - back).id());
  return out;
}

std::vector<std::string> ids_of_year(const PeriodCount& count, const PeriodType& type, int year) {
  std::vector<std::string> out;
  for (int number = 1; number <= count.in_year(type, year); ++number) {
    out.push_back(Period{&type, year, number}.id());
  }
  return out;
}

// Seen from the first month of a pair, DHIS2's six pairs end one pair too early [recorded on 2.40
// to 2.43].
bool is_early_pair(std::string_view key, const Calendar& calendar, const Almanac& almanac) {
  const auto there = calendar.from(almanac.today);
  return key == "LAST_6_BIMONTHS" && there && there->month % 2 == 1;
}

// "202608" is of the kind of "202609", and not of that of "2026Q3".
std::string kind_of_period(std::string_view id) {
  std::string kind;
  for (std::size_t i = 4; i < id.size(); ++i) {
    const bool digit = is_digit(id[i]);
    if (!digit) kind += id[i];
    if (digit && kind.empty()) kind = id.size() == 8 ? "day" : "month";
  }
  return kind.empty() ? "year" : kind;
}

}  // namespace

bool is_period_id(std::string_view text) {
  // Between them they have every month's length that DHIS2 knows, and years of 53 weeks.
  for (const char* calendar : {"iso8601", "ethiopian", "persian", "nepali"}) {
    if (PeriodCount(*Calendar::named(calendar)).parse(text)) return true;
  }
  return false;
}

bool is_relative_period(std::string_view text) {
  if (text.empty() || text.find(' ') != std::string_view::npos) return false;
  return kRelative.find(" " + std::string(text) + " ") != std::string_view::npos;
}

std::vector<std::string> relative_ids(std::string_view key, const Almanac& almanac) {
  if (!is_relative_period(key)) {
    throw Error(ErrorKind::bad_input, "\"" + std::string(key) + "\" is no relative period.",
                "Write one like LAST_12_MONTHS or THIS_YEAR.");
  }
  const Calendar& calendar = known_calendar(almanac);
  const PeriodCount count(calendar);
  const auto current = [&](const PeriodType& type) {
    if (type.is_weeks() && !calendar.is_iso()) {
      throw Error(
          ErrorKind::bad_input,
          "Weeks of the " + std::string(calendar.words()) + " calendar are not counted here.",
          "Ask for days or months, or give the ids of the weeks.");
    }
    const auto found = count.containing(type, almanac.today);
    if (!found) throw Error(ErrorKind::internal, "Today is outside of the instance's calendar.");
    return *found;
  };
  if (key == "TODAY") return {current(*PeriodType::named("Daily")).id()};
  if (key == "YESTERDAY") return last_ids(count, current(*PeriodType::named("Daily")), 1, 0);
  for (const auto& [ending, back] : {std::pair("_THIS_YEAR", 0), std::pair("_LAST_YEAR", 1)}) {
    if (!key.ends_with(ending) || key.starts_with("FINANCIAL")) continue;
    const auto year = current(*PeriodType::named("Yearly")).year - back;
    const PeriodType& type = *type_of_unit(key.substr(0, key.size() - 10), almanac);
    current(type);
    return ids_of_year(count, type, year);
  }
  std::string_view unit = key.substr(5);
  if (key.starts_with("THIS_")) return {current(*type_of_unit(unit, almanac)).id()};
  int periods = 0;
  while (is_digit(unit.front())) {
    periods = periods * 10 + (unit.front() - '0');
    unit.remove_prefix(1);
  }
  if (unit.front() == '_') unit.remove_prefix(1);
  const int back = is_early_pair(key, calendar, almanac) ? 1 : 0;
  return last_ids(count, current(*type_of_unit(unit, almanac)), std::max(periods, 1), back);
}

bool may_overlap(const std::vector<std::string>& ids) {
  std::set<std::string> kinds;
  for (const std::string& id : ids) kinds.insert(kind_of_period(id));
  return kinds.size() > 1;
}

std::string period_bounds(std::string_view id, const Almanac& almanac) {
  const Calendar* calendar = Calendar::named(almanac.calendar);
  if (calendar == nullptr) return {};
  const PeriodCount count(*calendar);
  const auto period = count.parse(id);
  if (!period) return {};
  const PeriodType& type = *period->type;
  const bool plain = type.shape == PeriodType::Shape::day || type.anchor == 1;
  if ((plain && !type.is_weeks() && type.months != 2) || (type.is_weeks() && !calendar->is_iso())) {
    return {};
  }
  return count.first(*period) + " to " + count.last(*period);
}

}  // namespace dhis2mcp
