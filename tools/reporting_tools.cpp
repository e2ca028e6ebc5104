// SPDX-License-Identifier: BSD-3-Clause
// reporting_rates: one analytics request for the rates; for who is missing one for the data set
// with its units, one for the registrations and one for the names of the parents.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/almanac.h"
#include "tools/analytics_empty.h"
#include "tools/data_refusal.h"
#include "tools/day_span.h"
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
constexpr std::size_t kLongestQuery = 7'500;  // Tomcat refuses a request line of more than 8 KB
constexpr const char* kWhatCounts =
    "Rates count data sets that were marked complete, not values that were entered.";

std::vector<std::string> asked_places(const Call& call, bool with_children) {
  std::vector<std::string> places = texts_of(call, "org_units");
  if (!places.empty()) return places;
  if (with_children) return {"USER_ORGUNIT", "USER_ORGUNIT_CHILDREN"};
  return {"USER_ORGUNIT"};
}

// What analytics answered: the figures of each unit and period, as texts of DHIS2.
class Rates {
 public:
  Rates(const Json& answer, const std::string& data_set)
      : headers_(answer.value("headers", Json::array())),
        metadata_(answer.value("metaData", Json::object())) {
    constexpr std::array<const char*, 4> kHeaders = {"dx", "pe", "ou", "value"};
    std::array<std::size_t, 4> at{};
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      for (std::size_t h = 0; h < kHeaders.size(); ++h) {
        if (headers_[i].value("name", "") == kHeaders[h]) at[h] = i;
      }
    }
    for (const Json& row : answer.value("rows", Json::array())) {
      if (!row.is_array() || row.size() < kHeaders.size()) continue;
      const std::string data = as_text(row[at[0]]);
      for (std::size_t m = 0; m < kMetrics.size(); ++m) {
        if (data != data_set + "." + kMetrics[m]) continue;
        cells_[{as_text(row[at[2]]), as_text(row[at[1]])}][m] = as_text(row[at[3]]);
      }
    }
  }

  // The ids of one dimension, in DHIS2's order.
  std::vector<std::string> ids(const char* dimension) const {
    std::vector<std::string> out;
    const Json dimensions = metadata_.value("dimensions", Json::object());
    for (const Json& id : dimensions.value(dimension, Json::array())) {
      if (id.is_string()) out.push_back(id.get<std::string>());
    }
    return out;
  }

  Grid names() const { return {headers_, metadata_}; }
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
  Json headers_, metadata_;
  std::map<std::pair<std::string, std::string>, std::array<std::string, kMetrics.size()>> cells_;
};

// Periods of one length do not overlap, so their reports add up.
bool of_one_length(const std::vector<std::string>& periods) {
  const auto form = [](const std::string& id) {
    std::string out = id;
    std::ranges::replace_if(out, is_digit, '0');
    // The number of a week has one digit or two.
    return out.find('W') == std::string::npos ? out : out.substr(0, out.find('W') + 1);
  };
  return std::ranges::all_of(
      periods, [&](const std::string& id) { return form(id) == form(periods.front()); });
}

struct RatesAsked {
  std::vector<Named> units;
  Query query;
};

RatesAsked rates_question(Call& call, Names& names, const std::string& data_set,
                          const Almanac& almanac, Answer& answer) {
  RatesAsked asked;
  std::vector<std::string> data, ids, units;
  const auto periods = texts_of(call, "periods");
  if (periods.empty()) {
    throw Error(ErrorKind::bad_input, "periods: nothing was given.",
                "Give LAST_12_MONTHS, 202608 or \"Aug 2026\".");
  }
  for (const std::string& text : periods) {
    const std::vector<std::string> read = read_period(text, almanac);
    if (std::string line = period_read_as(text, read, almanac); !line.empty()) {
      answer.read_as.push_back(std::move(line));
    }
    for (const std::string& id : read) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  for (const char* metric : kMetrics) data.push_back(data_set + "." + metric);
  UnitsAsked places = read_places(call.client(), names, asked_places(call, true), call.patience());
  asked.units = std::move(places.units);
  for (const Named& unit : asked.units) units.push_back(unit.item);
  answer.notes.insert(answer.notes.end(), places.notes.begin(), places.notes.end());
  asked.query.add("dimension", "dx:" + joined(data, ";"))
      .add("dimension", "pe:" + joined(ids, ";"))
      .add("dimension", "ou:" + joined(units, ";"));
  if (asked.query.text().size() > kLongestQuery) {
    throw Error(ErrorKind::bad_input, "So many org units and periods do not fit one request.",
                "Ask for a level or a group instead of single units, or for relative periods.");
  }
  return asked;
}

void tell_no_rates(Call& call, Answer& answer) {
  answer.notes.push_back(
      "No figure came: no report is expected there, or the analytics tables, last built " +
      last_analytics_build(call) + ", do not hold it. `missing` reads what is stored now.");
}

void lay_out_rates(Call& call, const Rates& rates, const Grid& grid, Answer& answer) {
  const std::vector<std::string> periods = rates.ids("pe");
  const bool one = periods.size() == 1;
  const bool sums = !one && of_one_length(periods);
  std::vector<std::string> columns = {"Org unit"};
  if (one) {
    for (const char* title : {"Reports", "Expected", "Rate %", "On time", "On time %"}) {
      columns.emplace_back(title);
    }
    answer.read_as.push_back("Every figure: period " + periods.front());
  } else {
    for (const std::string& period : periods) columns.push_back(period + " %");
    if (sums) {
      for (const char* title : {"Reports", "Expected", "On time"}) columns.emplace_back(title);
      answer.notes.emplace_back("Reports, Expected and On time are sums over the periods.");
    }
  }
  RowCollector collector(call.results, call.owner(), std::move(columns));
  bool without_report = false;
  for (const std::string& unit : rates.ids("ou")) {
    Row row = {Cell::text(grid.shown(unit))};
    if (one) {
      for (std::size_t m = 0; m < kMetrics.size(); ++m) {
        row.push_back(rates.cell(unit, periods.front(), static_cast<Metric>(m)));
      }
      without_report = without_report || (row[1 + reports].absent() && !row[1 + expected].absent());
    } else {
      for (const std::string& period : periods) row.push_back(rates.cell(unit, period, rate));
      if (sums) {
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

Json ask_rates(Call& call, const Query& query) {
  try {
    return call.client().get("/api/analytics", query, call.patience());
  } catch (const Error& error) {
    throw_data_refusal(error);
  }
}

Answer rates(Call& call) {
  Names names = names_of(call);
  Answer answer = call.answer();
  const DataSetAsked set = read_data_set(call, names, call.arguments.text("data_set"), false);
  answer.read_as.push_back(set.read_as());
  const RatesAsked asked =
      rates_question(call, names, set.uid, almanac_of(call.client(), call.patience()), answer);
  const Rates found(ask_rates(call, asked.query), set.uid);
  const Grid grid = found.names();
  for (Named unit : asked.units) {
    const std::string* name = grid.name_of(unit.item);
    if (unit.name.empty() && name != nullptr) unit.name = *name;
    answer.read_as.push_back(unit.read_as());
  }
  const auto lacks = [&grid](const std::string& uid) { return grid.lacks(uid); };
  tell_dropped_units(call.client(), asked.units, lacks, call.patience(), answer.notes);
  answer.notes.emplace_back(kWhatCounts);
  if (found.empty()) {
    tell_no_rates(call, answer);
    answer.table = Table{{"Org unit", "Rate %"}, {}};
    answer.total = 0;
    return answer;
  }
  lay_out_rates(call, found, grid, answer);
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
  const std::string today = iso_day(almanac.today);
  std::string open;
  for (const std::string& period : periods) {
    if (days_of(period, almanac).last >= today) open += (open.empty() ? "" : ", ") + period;
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
