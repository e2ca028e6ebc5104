// SPDX-License-Identifier: BSD-3-Clause
// Single data values in the form of analytics, and aggregates in the form of data values.
#include "tests/sandbox/analytics_raw.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/analytics_metadata.h"
#include "tests/sandbox/data_values_stored.h"

namespace sandbox {
namespace {

constexpr int kDaysAloneSince = 41;

Json day_header(const char* name, const char* column) {
  Json header = analytics_header(name, column, false, "DATETIME");
  header["type"] = "java.time.LocalDateTime";
  return header;
}

Json raw_headers(const Country& country, const AnalyticsQuery& query) {
  Json headers = Json::array();
  for (const Dimension* axis : query.axes()) {
    if (axis->kind != Dimension::Kind::kData && axis->kind != Dimension::Kind::kUnit) {
      throw AnalyticsRefusal(501, "The practice DHIS2 does not play rawData by " + axis->id);
    }
    headers.push_back(analytics_header(axis->id, dimension_name(country, query, *axis), true));
  }
  Json period = analytics_header("pe", "", true);
  period.erase("column");
  headers.push_back(period);
  headers.push_back(day_header("pestartdate", "Period start date"));
  headers.push_back(day_header("peenddate", "Period end date"));
  headers.push_back(analytics_header("value", "Value", false, "NUMBER"));
  return headers;
}

// Periods become the days from the first to the last of them.
void take_days_from_periods(AnalyticsQuery& query) {
  for (const Period& period : query.periods) {
    if (!query.start || period.start < *query.start) query.start = period.start;
    if (!query.end || period.end > *query.end) query.end = period.end;
  }
  query.periods.clear();
  for (Dimension& dimension : query.dimensions) {
    if (dimension.kind != Dimension::Kind::kPeriod) continue;
    dimension.items.clear();
    dimension.filter = dimension.fixed = true;
  }
}

using Rows = std::vector<std::vector<std::string>>;

void add_rows(const Country& country, const AnalyticsQuery& query, const DataItem& item,
              Rows& found) {
  const Json& element = *country.find("dataElements", item.object);
  const StoredValues stored(country);
  std::vector<std::string> roots;
  for (const OrgUnit* unit : query.units) roots.push_back(unit->uid);
  const auto database = country.database();
  SQLite::Statement rows(database,
                         "SELECT period, org_unit, category_option_combo, value FROM data_value "
                         "WHERE data_element = ?");
  rows.bind(1, item.object);
  while (rows.executeStep()) {
    const auto period = parse_period(rows.getColumn(0).getString(), 43);
    const OrgUnit* unit = country.unit(rows.getColumn(1).getString());
    const std::string value = rows.getColumn(3).getString();
    if (!period || unit == nullptr || !stored.keeps(element, *period, value)) continue;
    if (query.start && period->start < *query.start) continue;
    if (query.end && period->end > *query.end) continue;
    if (!roots.empty() && !lies_below(*unit, roots)) continue;
    if (!item.co.empty() && rows.getColumn(2).getString() != item.co) continue;
    std::vector<std::string> cells;
    for (const Dimension* axis : query.axes()) {
      const bool data = axis->kind == Dimension::Kind::kData;
      cells.push_back(item_in_scheme(country, query, *axis, data ? item.id : unit->uid));
    }
    const std::string midnight = country.settings().major < kDaysAloneSince ? " 00:00:00.0" : "";
    cells.insert(cells.end(),
                 {period->id, iso_day(period->start) + midnight, iso_day(period->end) + midnight,
                  java_double(std::strtod(value.c_str(), nullptr))});
    found.push_back(std::move(cells));
  }
}

}  // namespace

std::shared_ptr<const Answer> raw_answer(const Country& country, AnalyticsQuery query) {
  take_days_from_periods(query);
  auto answer = std::make_shared<Answer>();
  answer->headers = raw_headers(country, query);
  answer->metadata = analytics_metadata(country, query);
  if (!query.skip_meta) answer->metadata["items"]["pe"] = Json::object();
  auto rows = std::make_shared<Rows>();
  for (const DataItem& item : query.data) {
    if (item.kind == DataItem::Kind::kIndicator || item.kind == DataItem::Kind::kRate) continue;
    add_rows(country, query, item, *rows);
  }
  answer->height = rows->size();
  answer->row = [rows](size_t index) { return (*rows)[index]; };
  return answer;
}

Json aggregated_value_set(const Country& country, const AnalyticsQuery& query) {
  const Grid grid = compute_grid(country, query);
  Json values = Json::array();
  for (const GridRow& row : grid.rows) {
    Json value = Json::object();
    const DataItem& item = query.data[static_cast<size_t>(row.data)];
    const Dimension& dx = *query.dimension("dx");
    const bool operand = item.kind == DataItem::Kind::kOperand;
    value["dataElement"] = item_in_scheme(country, query, dx, operand ? item.object : item.id);
    std::string co = item.co, ao = item.ao;
    for (const Axis& axis : grid.space.axes()) {
      const std::string id = grid.space.item(axis, row.cell);
      if (axis.dimension->id == "pe") value["period"] = id;
      if (axis.dimension->id == "ou") {
        value["orgUnit"] = item_in_scheme(country, query, *axis.dimension, id);
      }
      if (axis.dimension->id == "co") co = id;
      if (axis.dimension->id == "ao") ao = id;
    }
    if (!co.empty()) value["categoryOptionCombo"] = co;
    if (!ao.empty()) value["attributeOptionCombo"] = ao;
    value["value"] = row.value;
    value["created"] = country.settings().today();
    value["lastUpdated"] = country.settings().today();
    value["comment"] = "[aggregated]";
    value["followup"] = false;
    values.push_back(std::move(value));
  }
  return {{"dataValues", values}};
}

}  // namespace sandbox
