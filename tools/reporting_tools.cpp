// SPDX-License-Identifier: BSD-3-Clause
// reporting_rates: one analytics request for the rates; for who is missing one for the data set
// with its units, one for the registrations and one for the names of the parents.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "dhis2/error.h"
#include "tools/almanac.h"
#include "tools/analytics.h"
#include "tools/grid.h"
#include "tools/handlers.h"
#include "tools/place.h"
#include "tools/unreported.h"

namespace dhis2mcp {
namespace {

enum Metric : std::size_t { reports, expected, rate, on_time, on_time_rate };
constexpr std::array<const char*, 5> kMetrics = {"ACTUAL_REPORTS", "EXPECTED_REPORTS",
                                                 "REPORTING_RATE", "ACTUAL_REPORTS_ON_TIME",
                                                 "REPORTING_RATE_ON_TIME"};
constexpr std::size_t kToldPeriods = 12;
constexpr const char* kWhatCounts =
    "Rates count data sets that were marked complete, not values that were entered.";

std::vector<std::string> asked_places(const Call& call, bool with_children) {
  std::vector<std::string> places = texts_of(call, "org_units");
  if (!places.empty()) return places;
  if (with_children) return {"USER_ORGUNIT", "USER_ORGUNIT_CHILDREN"};
  return {"USER_ORGUNIT"};
}

// The figures of each unit and period, as texts of DHIS2.
class Rates {
 public:
  Rates(const Figures& figures, const std::string& data_set) {
    std::array<std::size_t, 4> at{};  // dx, pe, ou, value
    constexpr std::array<const char*, 4> kHeaders = {"dx", "pe", "ou", "value"};
    for (std::size_t i = 0; i < figures.headers.size(); ++i) {
      for (std::size_t h = 0; h < kHeaders.size(); ++h) {
        if (figures.headers[i].value("name", "") == kHeaders[h]) at[h] = i;
      }
    }
    for (const auto& row : figures.rows) {
      if (row.size() < kHeaders.size()) continue;
      for (std::size_t m = 0; m < kMetrics.size(); ++m) {
        if (row[at[0]] == data_set + "." + kMetrics[m])
          cells_[{row[at[2]], row[at[1]]}][m] = row[at[3]];
      }
    }
  }

  bool empty() const { return cells_.empty(); }

  Cell cell(const std::string& unit, const std::string& period, Metric metric) const {
    const auto found = cells_.find({unit, period});
    if (found == cells_.end() || found->second[metric].empty()) return {};
    return Cell::number(found->second[metric]);
  }

  // Over all periods; absent where none has it.
  Cell sum(const std::string& unit, const std::vector<std::string>& periods, Metric metric) const {
    double sum = 0;
    bool any = false;
    for (const std::string& period : periods) {
      const Cell one = cell(unit, period, metric);
      if (!one.is_number()) continue;
      sum += std::stod(one.str());
      any = true;
    }
    return any ? Cell::number(std::to_string(std::llround(sum))) : Cell();
  }

 private:
  std::map<std::pair<std::string, std::string>, std::array<std::string, kMetrics.size()>> cells_;
};

AnalyticsAsked rates_question(Call& call, Names& names, const std::string& data_set,
                              const Almanac& almanac, Answer& answer) {
  AnalyticsAsked asked;
  const auto periods = texts_of(call, "periods");
  if (periods.empty()) {
    throw Error(ErrorKind::bad_input, "periods: nothing was given.",
                "Give LAST_12_MONTHS, 202608 or \"Aug 2026\".");
  }
  for (const std::string& text : periods) {
    asked.periods.emplace_back(text, read_period(text, almanac));
    const auto& [written, ids] = asked.periods.back();
    if (std::string line = period_read_as(written, ids, almanac); !line.empty()) {
      answer.read_as.push_back(std::move(line));
    }
  }
  for (const char* metric : kMetrics) {
    asked.data.push_back({data_set, "", "reportingRate", data_set + "." + metric});
  }
  UnitsAsked places = read_places(call.client(), names, asked_places(call, true), call.patience());
  asked.units = std::move(places.units);
  answer.notes.insert(answer.notes.end(), places.notes.begin(), places.notes.end());
  asked.rounded = true;
  return asked;
}

void tell_no_rates(Call& call, Answer& answer) {
  std::string built = "unknown";
  try {
    built = call.client()
                .get("/api/system/info", Query().add("fields", "lastAnalyticsTableSuccess"),
                     call.patience())
                .value("lastAnalyticsTableSuccess", "never");
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
  }
  answer.notes.push_back(
      "No figure came: no report is expected there, or the analytics tables, last built " + built +
      ", do not hold it. `missing` reads what is stored now.");
}

void lay_out_rates(Call& call, const Figures& figures, const Rates& rates, Answer& answer) {
  const Grid grid(figures.headers, figures.metadata);
  const std::vector<std::string> periods = items_of(figures.metadata, "pe");
  const bool one = periods.size() == 1;
  const std::string no_sum = one ? "" : no_sum_over_periods(figures.metadata);
  std::vector<std::string> columns = {"Org unit"};
  if (one) {
    for (const char* title : {"Reports", "Expected", "Rate %", "On time", "On time %"}) {
      columns.emplace_back(title);
    }
    answer.read_as.push_back("Every figure: period " + periods.front());
  } else {
    for (const std::string& period : periods) columns.push_back(period + " %");
    if (no_sum.empty()) {
      for (const char* title : {"Reports", "Expected", "On time"}) columns.emplace_back(title);
      answer.notes.emplace_back("Reports, Expected and On time are sums over the periods.");
    }
  }
  RowCollector collector(call.results, call.owner(), std::move(columns));
  bool without_report = false;
  for (const std::string& unit : items_of(figures.metadata, "ou")) {
    Row row = {Cell::text(grid.shown(unit))};
    if (one) {
      for (std::size_t m = 0; m < kMetrics.size(); ++m) {
        row.push_back(rates.cell(unit, periods.front(), static_cast<Metric>(m)));
      }
      without_report = without_report || (row[1 + reports].absent() && !row[1 + expected].absent());
    } else {
      for (const std::string& period : periods) row.push_back(rates.cell(unit, period, rate));
      if (no_sum.empty()) {
        for (const Metric metric : {reports, expected, on_time}) {
          row.push_back(rates.sum(unit, periods, metric));
        }
      }
    }
    collector.add(std::move(row));
  }
  if (without_report) answer.notes.emplace_back("Where Reports is empty, none is counted.");
  collector.finish(answer);
}

Answer rates(Call& call) {
  Names names = names_of(call);
  Answer answer = call.answer();
  const DataSetAsked set = read_data_set(call, names, call.arguments.text("data_set"), false);
  answer.read_as.push_back(set.read_as());
  const AnalyticsAsked asked =
      rates_question(call, names, set.uid, almanac_of(call.client(), call.patience()), answer);
  const Figures figures = ask_analytics(call.client(), asked, call.patience());
  const Grid grid(figures.headers, figures.metadata);
  for (Named unit : asked.units) {
    const std::string* name = grid.name_of(unit.item);
    if (unit.name.empty() && name != nullptr) unit.name = *name;
    answer.read_as.push_back(unit.read_as());
  }
  answer.notes.emplace_back(kWhatCounts);
  const Rates found(figures, set.uid);
  if (found.empty()) {
    tell_no_rates(call, answer);
    answer.table = Table{{"Org unit", "Rate %"}, {}};
    answer.total = 0;
    return answer;
  }
  lay_out_rates(call, figures, found, answer);
  if (!figures.complete) {
    answer.truncated = true;
    answer.notes.emplace_back(
        "DHIS2 sent more figures than are read at once; ask for fewer units or periods.");
  }
  return answer;
}

std::string share(const Reports& reports) {
  char text[16];
  const double percent = reports.expected == 0 ? 0
                                               : 100.0 * static_cast<double>(reports.came) /
                                                     static_cast<double>(reports.expected);
  std::snprintf(text, sizeof text, "%.1f", percent);
  return std::to_string(reports.came) + " of " + std::to_string(reports.expected) + " (" + text +
         " %)";
}

void tell_shares(const std::vector<std::string>& periods, const Unreported& found, Answer& answer) {
  Reports all;
  std::string line;
  for (const std::string& period : periods) {
    const auto reports = found.by_period.find(period);
    if (reports == found.by_period.end()) continue;
    all.expected += reports->second.expected;
    all.came += reports->second.came;
    line += (line.empty() ? "" : "; ") + period + ": " + share(reports->second);
  }
  if (periods.size() > kToldPeriods) line = "all periods: " + share(all);
  if (!line.empty()) answer.notes.push_back("Reports that came: " + line + ".");
}

void tell_unfinished(const std::vector<std::string>& periods, const Almanac& almanac,
                     Answer& answer) {
  const std::chrono::year_month_day today(almanac.today);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(today.year()),
                static_cast<unsigned>(today.month()), static_cast<unsigned>(today.day()));
  std::string open;
  for (const std::string& period : periods) {
    if (days_of(period, almanac).last >= text) open += (open.empty() ? "" : ", ") + period;
  }
  if (!open.empty()) answer.notes.push_back("Not over yet: " + open + ".");
}

Answer missing(Call& call) {
  Names names = names_of(call);
  UidNames labels(call.client(), call.patience());
  Answer answer = call.answer();
  const Almanac almanac = almanac_of(call.client(), call.patience());
  const DataSetAsked set = read_data_set(call, names, call.arguments.text("data_set"), true);
  answer.read_as.push_back(set.read_as());
  const auto periods =
      read_period_ids(texts_of(call, "periods"), set.period_type, almanac, answer.read_as);
  const auto roots = read_unit_ids(call, names, asked_places(call, false), labels, answer);
  Unreported found = find_unreported(call, set, periods, roots, almanac);

  std::vector<std::string> parents;
  for (const ExpectedUnit& unit : found.units) {
    if (!unit.parent.empty()) parents.push_back(unit.parent);
  }
  std::ranges::sort(parents);
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
  labels.learn({{"organisationUnits", parents}});
  std::ranges::sort(found.units, {}, [&labels](const ExpectedUnit& unit) {
    return std::pair(labels.of(unit.parent), unit.name);
  });

  const bool one = periods.size() == 1;
  std::vector<std::string> columns = {"Within", "Org unit"};
  if (one) {
    answer.read_as.push_back("Every row: no report for " + periods.front());
  } else {
    columns.insert(columns.end(), {"Missing", "Periods"});
  }
  tell_shares(periods, found, answer);
  tell_unfinished(periods, almanac, answer);
  if (found.assigned == 0) {
    answer.notes.emplace_back("The data set is assigned to no unit there, so none is expected.");
  }
  if (!set.plain_attributes) {
    answer.notes.emplace_back(
        "The data set is split by attributes: a unit counts once any part of it is complete.");
  }
  answer.notes.emplace_back(kWhatCounts);
  RowCollector collector(call.results, call.owner(), std::move(columns));
  for (const ExpectedUnit& unit : found.units) {
    Row row = {unit.parent.empty() ? Cell() : Cell::text(labels.of(unit.parent)),
               Cell::text(unit.name)};
    if (!one) {
      std::string list;
      for (const std::string& period : unit.missing) list += (list.empty() ? "" : ", ") + period;
      row.push_back(Cell::number(std::to_string(unit.missing.size())));
      row.push_back(Cell::text(list));
    }
    collector.add(std::move(row));
  }
  collector.finish(answer);
  return answer;
}

}  // namespace

Answer reporting_rates(Call& call) {
  return call.arguments.flag("missing") ? missing(call) : rates(call);
}

}  // namespace dhis2mcp
