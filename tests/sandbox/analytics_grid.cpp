// SPDX-License-Identifier: BSD-3-Clause
// From figures to rows: data elements, operands, indicators and reporting rates.
#include "tests/sandbox/analytics_grid.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "tests/sandbox/expression.h"

namespace sandbox {
namespace {

constexpr size_t kMaxRows = 100000;
constexpr int kOrderTakesMixturesSince = 43;

class GridMaker {
 public:
  GridMaker(const Country& country, const AnalyticsQuery& query)
      : country_(country), query_(query), reader_(country, query) {}

  Grid make() {
    const Dimension* data = query_.dimension("dx");
    if (data != nullptr && !data->filter) {
      for (size_t i = 0; i < query_.data.size(); ++i) add_item(static_cast<int>(i), query_.data[i]);
    } else {
      add_sums();
    }
    const auto set = country_.memory().recall("system", "keyAnalyticsMaxLimit");
    const size_t limit = set ? set->get<size_t>() : kMaxRows;
    if (rows_.size() > limit && !query_.ignore_limit) {
      throw AnalyticsRefusal(
          409, "Query result set exceeded max limit: `" + std::to_string(limit) + "`", "E7128");
    }
    order();
    return {reader_.space(), std::move(rows_)};
  }

 private:
  void add_item(int data, const DataItem& item) {
    switch (item.kind) {
      case DataItem::Kind::kElement:
      case DataItem::Kind::kOperand:
        add_figures(data, reader_.element(item));
        break;
      case DataItem::Kind::kRate:
        add_rate(data, item);
        break;
      case DataItem::Kind::kIndicator:
        add_indicator(data, item);
        break;
    }
  }

  // Without dx as a column data elements are added up; a filter holds one indicator or rate alone.
  void add_sums() {
    std::vector<DataItem> items = query_.data;
    if (items.empty()) {
      for (const std::string& element : grouped_elements()) {
        items.push_back({DataItem::Kind::kElement, element, element, "", "", ""});
      }
    }
    const auto count = [&](DataItem::Kind kind) {
      return std::count_if(items.begin(), items.end(),
                           [&](const DataItem& item) { return item.kind == kind; });
    };
    if (count(DataItem::Kind::kIndicator) > 1) {
      throw AnalyticsRefusal(409, "Only a single indicator can be specified as filter", "E7108");
    }
    if (count(DataItem::Kind::kRate) > 1) {
      throw AnalyticsRefusal(409, "Only a single reporting rate can be specified as filter",
                             "E7109");
    }
    Figures sums;
    for (const DataItem& item : items) {
      if (item.kind == DataItem::Kind::kIndicator || item.kind == DataItem::Kind::kRate) {
        add_item(-1, item);
        continue;
      }
      for (const auto& [cell, value] : reader_.element(item).numbers) sums.numbers[cell] += value;
    }
    add_figures(-1, sums);
  }

  std::set<std::string> grouped_elements() const {
    std::set<std::string> found;
    for (const Dimension& dimension : query_.dimensions) {
      if (dimension.kind != Dimension::Kind::kElementGroupSet) continue;
      for (const std::string& group : dimension.items) {
        const Json* object = country_.find("dataElementGroups", group);
        for (const Json& member : object->value("dataElements", Json::array())) {
          found.insert(member.value("id", ""));
        }
      }
    }
    return found;
  }

  bool passes(double value) const {
    const double shown = query_.skip_rounding ? value : rounded(value);
    return std::all_of(query_.measure.begin(), query_.measure.end(),
                       [&](const Criterion& criterion) { return criterion.holds(shown); });
  }

  GridRow row_of(int data, Cell cell, double value) const {
    GridRow row;
    row.data = data;
    row.cell = cell;
    row.number = query_.skip_rounding ? value : rounded(value);
    row.whole = !query_.skip_rounding && row.number == std::floor(row.number);
    row.value = query_.skip_rounding ? java_double(value) : rounded_text(value);
    if (query_.num_den) row.parts.assign(5, "");
    return row;
  }

  void add_figures(int data, const Figures& figures) {
    for (const auto& [cell, value] : figures.numbers) {
      if (passes(value)) rows_.push_back(row_of(data, cell, value));
    }
    for (const auto& [cell, value] : figures.texts) {
      GridRow row;
      row.data = data;
      row.cell = cell;
      row.value = value;
      if (query_.num_den) row.parts.assign(5, "");
      rows_.push_back(std::move(row));
    }
  }

  void add_rate(int data, const DataItem& item) {
    const Figures expected = reader_.expected(item.object);
    if (item.metric == "EXPECTED_REPORTS") return add_figures(data, expected);
    const bool on_time = item.metric.ends_with("ON_TIME");
    const bool share = item.metric.starts_with("REPORTING_RATE");
    Figures came = reader_.reports(item.object, on_time);
    for (const auto& [cell, target] : expected.numbers) {
      const double actual = came.numbers[cell];
      const double value = share ? std::min(100.0, actual * 100 / target) : actual;
      if (!passes(value)) continue;
      GridRow row = row_of(data, cell, value);
      if (query_.num_den && share) {
        row.parts = {java_double(actual), java_double(target), "100", "", ""};
      }
      rows_.push_back(std::move(row));
    }
  }

  // The figures that an item between braces stands for.
  Figures item_figures(const ExpressionItem& item) {
    DataItem wanted;
    wanted.id = item.id;
    const size_t dot = item.id.find('.');
    wanted.object = item.id.substr(0, dot);
    if (item.kind == "#" && country_.find("dataElements", wanted.object) != nullptr) {
      if (dot != std::string::npos) {
        const size_t next = item.id.find('.', dot + 1);
        wanted.co = item.id.substr(dot + 1, next - dot - 1);
        if (next != std::string::npos) wanted.ao = item.id.substr(next + 1);
        if (wanted.co == "*") wanted.co.clear();
        if (wanted.ao == "*") wanted.ao.clear();
      }
      return reader_.element(wanted);
    }
    if (item.kind == "R" && dot != std::string::npos) {
      const std::string metric = item.id.substr(dot + 1);
      if (metric == "EXPECTED_REPORTS") return reader_.expected(wanted.object);
      if (metric.starts_with("ACTUAL")) {
        return reader_.reports(wanted.object, metric.ends_with("ON_TIME"));
      }
    }
    if (item.kind == "N" && country_.find("indicators", item.id) != nullptr) {
      const Json& indicator = *country_.find("indicators", item.id);
      Figures nested;
      for (const auto& [cell, ratio] : ratios(indicator)) {
        nested.numbers[cell] = shown(indicator, ratio.value());
      }
      return nested;
    }
    throw AnalyticsRefusal(
        501, "The practice DHIS2 does not play " + item.kind + "{" + item.id + "} in indicators");
  }

  // What an indicator comes to in one cell.
  struct Ratio {
    double above, below;
    int multiplier, days;  // days: of the period, where the indicator is annualised
    double factor() const { return multiplier * (days > 0 ? 365.0 / days : 1); }
    double value() const { return above * factor() / below; }
  };

  double shown(const Json& indicator, double value) const {
    const auto decimals = indicator.find("decimals");
    const int places =
        decimals != indicator.end() && decimals->is_number() ? decimals->get<int>() : 0;
    return query_.skip_rounding ? value : rounded(value, places > 0 ? places : 2);
  }

  // How many units of a group lie at or below the unit of a cell.
  double count_units(const std::string& group, Cell cell) const {
    for (const Axis& axis : reader_.space().axes()) {
      if (axis.dimension->kind != Dimension::Kind::kUnit) continue;
      const std::string& uid = reader_.space().item(axis, cell);
      const Json members =
          country_.find("organisationUnitGroups", group)->value("organisationUnits", Json::array());
      return static_cast<double>(
          std::count_if(members.begin(), members.end(), [&](const Json& member) {
            const OrgUnit* unit = country_.unit(member.value("id", ""));
            return unit != nullptr && unit->path.find(uid) != std::string::npos;
          }));
    }
    throw AnalyticsRefusal(501, "The practice DHIS2 counts org units by ou as a dimension alone");
  }

  std::map<Cell, Ratio> ratios(const Json& indicator) {
    const Expression numerator(indicator.value("numerator", "0"));
    const Expression denominator(indicator.value("denominator", "1"));
    std::map<std::string, Figures> figures;
    std::set<Cell> cells;
    for (const Expression* expression : {&numerator, &denominator}) {
      for (const ExpressionItem& part : expression->items()) {
        if (part.kind == "C" || part.kind == "OUG") continue;
        const auto [place, is_new] = figures.try_emplace(part.kind + part.id);
        if (is_new) place->second = item_figures(part);
        for (const auto& [cell, value] : place->second.numbers) cells.insert(cell);
      }
    }
    const std::string type_uid = indicator.value("indicatorType", Json::object()).value("id", "");
    const Json* type = country_.find("indicatorTypes", type_uid);
    const bool yearly = indicator.value("annualized", false);
    std::map<Cell, Ratio> found;
    for (const Cell cell : cells) {
      const auto value_of = [&](const ExpressionItem& part) -> std::optional<double> {
        if (part.kind == "C") return country_.find("constants", part.id)->at("value").get<double>();
        if (part.kind == "OUG") return count_units(part.id, cell);
        const auto& numbers = figures[part.kind + part.id].numbers;
        const auto known = numbers.find(cell);
        if (known == numbers.end()) return std::nullopt;
        // DHIS2 takes the figures of an indicator from an answer that is already rounded.
        return query_.skip_rounding ? known->second : rounded(known->second);
      };
      const int days = reader_.space().days(query_, cell);
      const auto above = numerator.evaluate(value_of, days);
      const auto below = denominator.evaluate(value_of, days);
      if (!above || !below || *below == 0) continue;
      found[cell] = {*above, *below, type == nullptr ? 1 : type->value("factor", 1),
                     yearly ? days : 0};
    }
    return found;
  }

  void add_indicator(int data, const DataItem& item) {
    const Json& indicator = *country_.find("indicators", item.object);
    for (const auto& [cell, ratio] : ratios(indicator)) {
      GridRow row;
      row.data = data;
      row.cell = cell;
      row.number = shown(indicator, ratio.value());
      if (!passes(row.number)) continue;
      row.value = java_double(row.number);
      if (query_.num_den) {
        const bool yearly = ratio.days > 0;
        row.parts = {java_double(ratio.above), java_double(ratio.below),
                     java_double(ratio.factor()),
                     std::to_string(ratio.multiplier * (yearly ? 365 : 1)),
                     std::to_string(yearly ? ratio.days : 1)};
      }
      rows_.push_back(std::move(row));
    }
  }

  void order() {
    if (query_.order.empty()) return;
    const bool up = query_.order == "ASC";
    if (country_.settings().major < kOrderTakesMixturesSince && is_mixed()) {
      const std::string from = up ? "Double" : "Long";
      const std::string to = up ? "Long" : "Double";
      throw AnalyticsRefusal(500, "class java.lang." + from +
                                      " cannot be cast to class java.lang." + to + " (java.lang." +
                                      from + " and java.lang." + to +
                                      " are in module java.base of loader 'bootstrap')");
    }
    std::stable_sort(rows_.begin(), rows_.end(), [&](const GridRow& a, const GridRow& b) {
      return up ? a.number < b.number : a.number > b.number;
    });
  }

  bool is_mixed() const {
    const auto whole =
        std::count_if(rows_.begin(), rows_.end(), [](const GridRow& row) { return row.whole; });
    return whole > 0 && static_cast<size_t>(whole) < rows_.size();
  }

  const Country& country_;
  const AnalyticsQuery& query_;
  FigureReader reader_;
  std::vector<GridRow> rows_;
};

std::string shortest(double value, std::chars_format format) {
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value, format);
  return std::string(text, end);
}

}  // namespace

Grid compute_grid(const Country& country, const AnalyticsQuery& query) {
  return GridMaker(country, query).make();
}

std::string java_double(double value) {
  const double size = std::fabs(value);
  if (size == 0 || (size >= 1e-3 && size < 1e7)) {
    std::string text = shortest(value, std::chars_format::fixed);
    return text.find('.') == std::string::npos ? text + ".0" : text;
  }
  // "6.593041e+07" of C is "6.593041E7" of Java.
  const std::string text = shortest(value, std::chars_format::scientific);
  const size_t at = text.find('e');
  std::string digits = text.substr(0, at);
  if (digits.find('.') == std::string::npos) digits += ".0";
  return digits + "E" + std::to_string(std::stoi(text.substr(at + 1)));
}

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::floor(value * scale + 0.5) / scale;
}

std::string rounded_text(double value) {
  const double shown = rounded(value);
  if (shown == std::floor(shown) && std::fabs(shown) < 9e18) {
    return std::to_string(static_cast<long long>(shown));
  }
  return java_double(shown);
}

}  // namespace sandbox
