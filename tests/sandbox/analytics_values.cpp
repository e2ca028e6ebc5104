// SPDX-License-Identifier: BSD-3-Clause
// Aggregates data values and reports into cells.
#include "tests/sandbox/analytics_values.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "tests/sandbox/analytics_cells.h"
#include "tests/sandbox/data_values_stored.h"

namespace sandbox {
namespace {

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// All that the aggregation types without a notion of time need.
struct Sum {
  double sum = 0, squares = 0, least = std::numeric_limits<double>::infinity(),
         most = -std::numeric_limits<double>::infinity();
  long count = 0;

  void add(double value) {
    sum += value;
    squares += value * value;
    least = std::min(least, value);
    most = std::max(most, value);
    ++count;
  }

  double variance() const {
    const double n = static_cast<double>(count);
    return count < 2 ? 0 : (squares - sum * sum / n) / (n - 1);
  }
};

// The first or last value of a series, a series being one org unit and its option combos.
struct Edge {
  const Period* period = nullptr;
  double value = 0;
};

struct Numeric {
  double value;
  const Period* period;
  std::string series;
};

double result_of(Aggregation type, const Sum& sum) {
  switch (type) {
    case Aggregation::kAverage:
    case Aggregation::kLastAverageOrgUnit:
    case Aggregation::kFirstAverageOrgUnit:
      return sum.sum / static_cast<double>(sum.count);
    case Aggregation::kCount:
      return static_cast<double>(sum.count);
    case Aggregation::kDeviation:
      return std::sqrt(sum.variance());
    case Aggregation::kVariance:
      return sum.variance();
    case Aggregation::kMin:
    case Aggregation::kMinSumOrgUnit:
      return sum.least;
    case Aggregation::kMax:
    case Aggregation::kMaxSumOrgUnit:
      return sum.most;
    default:
      return sum.sum;
  }
}

bool takes_first(Aggregation type) {
  return type == Aggregation::kFirst || type == Aggregation::kFirstAverageOrgUnit ||
         type == Aggregation::kFirstFirstOrgUnit;
}

// What is reduced before the cell is: values of one series to the first or last, or values of one
// period to their sum.
enum class Step { kNone, kSeries, kPeriod, kWhole };

Step step_of(Aggregation type) {
  switch (type) {
    case Aggregation::kLast:
    case Aggregation::kLastAverageOrgUnit:
    case Aggregation::kFirst:
    case Aggregation::kFirstAverageOrgUnit:
      return Step::kSeries;
    case Aggregation::kLastLastOrgUnit:
    case Aggregation::kFirstFirstOrgUnit:
      return Step::kWhole;
    case Aggregation::kMinSumOrgUnit:
    case Aggregation::kMaxSumOrgUnit:
      return Step::kPeriod;
    default:
      return Step::kNone;
  }
}

// Collects the values of one data item by cell.
class Collector {
 public:
  explicit Collector(Aggregation type) : type_(type), step_(step_of(type)) {}

  void add(Cell cell, double value, const Fact& fact) {
    if (step_ == Step::kNone) {
      sums_[cell].add(value);
    } else if (step_ == Step::kPeriod) {
      by_period_[cell][fact.period->id] += value;
    } else {
      const std::string series = step_ == Step::kWhole ? "" : fact.unit->uid + fact.co + fact.ao;
      Edge& edge = edges_[cell][series];
      if (edge.period == nullptr || is_beyond(*fact.period, *edge.period)) {
        edge = {fact.period, value};
      }
    }
  }

  Figures figures() {
    for (const auto& [cell, series] : edges_) {
      for (const auto& [name, edge] : series) sums_[cell].add(edge.value);
    }
    for (const auto& [cell, periods] : by_period_) {
      for (const auto& [id, value] : periods) sums_[cell].add(value);
    }
    Figures figures;
    for (const auto& [cell, sum] : sums_) figures.numbers[cell] = result_of(type_, sum);
    return figures;
  }

 private:
  bool is_beyond(const Period& a, const Period& b) const {
    if (takes_first(type_)) return a.end < b.end || (a.end == b.end && a.start < b.start);
    return a.end > b.end || (a.end == b.end && a.start > b.start);
  }

  Aggregation type_;
  Step step_;
  std::unordered_map<Cell, Sum> sums_;
  std::unordered_map<Cell, std::unordered_map<std::string, Edge>> edges_;
  std::unordered_map<Cell, std::unordered_map<std::string, double>> by_period_;
};

bool is_text(const std::string& type) {
  return type == "TEXT" || type == "LONG_TEXT" || type == "LETTER" || type == "PHONE_NUMBER" ||
         type == "EMAIL" || type == "URL" || type == "MULTI_TEXT";
}

double number_of(const std::string& value) {
  if (value == "true") return 1;
  return std::strtod(value.c_str(), nullptr);
}

}  // namespace

struct FigureReader::Parts {
  Parts(const Country& of, const AnalyticsQuery& asked)
      : country(of),
        query(asked),
        space(of, asked),
        places(of, asked, space),
        stored(of),
        database(of.database()) {}

  const Period* period(const std::string& id) {
    const auto [place, is_new] = periods.try_emplace(id);
    if (is_new) place->second = parse_period(id, 43);
    return place->second ? &*place->second : nullptr;
  }

  // Calls `each` for every cell into which a fact falls.
  template <typename Each>
  void for_cells(const Fact& fact, const Offsets& outer, bool averaged, Each each) {
    for (const Cell by_period : places.of_period(*fact.period, averaged)) {
      for (const Cell by_unit : places.of_unit(*fact.unit)) {
        for (const Cell by_combos : places.of_combos(fact.co, fact.ao)) {
          for (const Cell by_element : outer) {
            each(by_period + by_unit + by_combos + by_element);
          }
        }
      }
    }
  }

  void read_values(const DataItem& item,
                   const std::function<void(const Fact&, const std::string&)>& each) {
    const Json& element = *country.find("dataElements", item.object);
    SQLite::Statement rows(database,
                           "SELECT period, org_unit, category_option_combo, "
                           "attribute_option_combo, value FROM data_value WHERE data_element = ?");
    rows.bind(1, item.object);
    while (rows.executeStep()) {
      const Fact fact{period(rows.getColumn(0).getString()),
                      country.unit(rows.getColumn(1).getString()), rows.getColumn(2).getString(),
                      rows.getColumn(3).getString()};
      if (fact.period == nullptr || fact.unit == nullptr) continue;
      if (!item.co.empty() && item.co != fact.co) continue;
      if (!item.ao.empty() && item.ao != fact.ao) continue;
      const std::string value = rows.getColumn(4).getString();
      if (stored.keeps(element, *fact.period, value)) each(fact, value);
    }
  }

  bool passes(double value) const {
    return std::all_of(query.raw_measure.begin(), query.raw_measure.end(),
                       [&](const Criterion& criterion) { return criterion.holds(value); });
  }

  const Country& country;
  const AnalyticsQuery& query;
  CellSpace space;
  CellPlaces places;
  StoredValues stored;
  SQLite::Database database;
  std::unordered_map<std::string, std::optional<Period>> periods;
};

FigureReader::FigureReader(const Country& country, const AnalyticsQuery& query)
    : parts_(std::make_unique<Parts>(country, query)) {}
FigureReader::~FigureReader() = default;

const CellSpace& FigureReader::space() const { return parts_->space; }

Figures FigureReader::element(const DataItem& item) {
  Parts& parts = *parts_;
  const Json& element = *parts.country.find("dataElements", item.object);
  const Offsets outer = parts.places.of_element(item.object);
  if (is_text(text(element, "valueType"))) {
    Figures figures;
    parts.read_values(item, [&](const Fact& fact, const std::string& value) {
      parts.for_cells(fact, outer, false, [&](Cell cell) { figures.texts[cell] = value; });
    });
    return figures;
  }
  Aggregation type = parts.query.aggregation;
  if (type == Aggregation::kDefault) type = aggregation_named(text(element, "aggregationType"));
  const bool by_days = type == Aggregation::kAverageSumOrgUnit;
  const bool averaged = by_days || type == Aggregation::kAverage;
  Collector collector(type);
  parts.read_values(item, [&](const Fact& fact, const std::string& value) {
    const double number = number_of(value);
    if (!parts.passes(number)) return;
    parts.for_cells(fact, outer, averaged, [&](Cell cell) {
      const double asked = parts.space.days(parts.query, cell);
      const double share = by_days ? std::min<double>(fact.period->days(), asked) / asked : 1;
      collector.add(cell, number * share, fact);
    });
  });
  return collector.figures();
}

Figures FigureReader::reports(const std::string& data_set, bool on_time) {
  Parts& parts = *parts_;
  const Json& set = *parts.country.find("dataSets", data_set);
  const auto grace = std::chrono::days{static_cast<int>(set.value("timelyDays", 15.0))};
  SQLite::Statement rows(parts.database,
                         "SELECT period, org_unit, attribute_option_combo, date FROM completeness "
                         "WHERE data_set = ?");
  rows.bind(1, data_set);
  Figures figures;
  while (rows.executeStep()) {
    const Fact fact{parts.period(rows.getColumn(0).getString()),
                    parts.country.unit(rows.getColumn(1).getString()), "",
                    rows.getColumn(2).getString()};
    const auto date = day_of(rows.getColumn(3).getString().substr(0, 10));
    if (fact.period == nullptr || fact.unit == nullptr || !date) continue;
    if (on_time && *date > fact.period->end + grace) continue;
    parts.for_cells(fact, {0}, false, [&](Cell cell) { figures.numbers[cell] += 1; });
  }
  return figures;
}

// A unit is expected to report as often as periods of the data set fit into the asked one, while
// it is open for the whole of it.
Figures FigureReader::expected(const std::string& data_set) {
  Parts& parts = *parts_;
  const Json& set = *parts.country.find("dataSets", data_set);
  const auto type = type_named(text(set, "periodType")).value_or(PeriodType::kMonthly);
  Figures figures;
  for (const Json& reference : set.value("organisationUnits", Json::array())) {
    const OrgUnit* unit = parts.country.unit(text(reference, "id"));
    if (unit == nullptr) continue;
    for (size_t i = 0; i < parts.query.periods.size(); ++i) {
      const Period& period = parts.query.periods[i];
      if (day_of(unit->opening.substr(0, 10)).value_or(period.start) > period.start) continue;
      if (day_of(unit->closed.substr(0, 10)).value_or(period.end) < period.end) continue;
      const double times =
          std::round(static_cast<double>(frequency_order(period.type)) / frequency_order(type));
      for (const Cell by_period : parts.places.of_asked(i)) {
        for (const Cell by_unit : parts.places.of_unit(*unit)) {
          if (times > 0) figures.numbers[by_period + by_unit] += times;
        }
      }
    }
  }
  return figures;
}

}  // namespace sandbox
