// SPDX-License-Identifier: BSD-3-Clause
// Parameters that mean the same from 2.37 to 2.43.
#include "tools/analytics.h"

#include <algorithm>
#include <set>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/rows.h"
#include "tools/period.h"

namespace dhis2mcp {
namespace {

template <typename Items, typename Text>
std::string joined(const Items& items, const Text& text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ";") + text(item);
  return out;
}

std::string items_text(const std::vector<Named>& named) {
  return joined(named, [](const Named& one) { return one.item; });
}

}  // namespace

std::vector<std::string> period_ids(const AnalyticsAsked& asked) {
  std::vector<std::string> ids;
  std::set<std::string> known;
  for (const auto& [written, some] : asked.periods) {
    for (const std::string& id : some) {
      if (known.insert(id).second) ids.push_back(id);
    }
  }
  return ids;
}

Query analytics_query_of(const AnalyticsAsked& asked) {
  Query query;
  query.add("dimension", "dx:" + items_text(asked.data));
  query.add("dimension", "pe:" + joined(period_ids(asked), [](const auto& id) { return id; }));
  query.add("dimension", "ou:" + items_text(asked.units));
  for (const Named& dimension : asked.by) query.add("dimension", dimension.item);
  for (const auto& [dimension, items] : asked.filters) {
    query.add("filter", dimension.item + ":" + items_text(items));
  }
  std::string criteria;
  if (asked.min) criteria = "GE:" + *asked.min;
  if (asked.max) criteria += (criteria.empty() ? "LE:" : ";LE:") + *asked.max;
  if (!criteria.empty()) query.add("measureCriteria", criteria);
  query.add("displayProperty", "NAME");
  if (asked.details) query.add("includeMetadataDetails", "true").add("hierarchyMeta", "true");
  return query;
}

bool ask_analytics(SignedClient& client, const AnalyticsAsked& asked, const Patience& patience,
                   Pivot& pivot) {
  Request request;
  request.path = "/api/analytics";
  request.query = analytics_query_of(asked);
  RowReader reader(
      [&pivot](const std::vector<std::string_view>& cells) {
        return pivot.figures() < kMostFigures && pivot.take(cells);
      },
      [&pivot](const std::string& name, const std::string& text) {
        if (name == "headers") pivot.headers(parse_json(text));
        if (name == "metaData") pivot.metadata(text);
        return true;
      },
      "rows");
  client.send(request, patience, [&](std::string_view piece) { return reader.feed(piece); });
  return reader.finish().complete;
}

std::string no_sum_over_data(const AnalyticsAsked& asked, const Items& items) {
  if (asked.min || asked.max) return "figures outside `min` and `max` are missing from the sum";
  for (const Items::Number item : items.dimension("dx")) {
    const std::string name(items.name(item).empty() ? items.id(item) : items.name(item));
    if (items.kind(item) == "INDICATOR") {
      return "\"" + name + "\" is an indicator, and rates do not add up";
    }
    if (items.aggregation(item) != "SUM") return "\"" + name + "\" is not aggregated by sum";
  }
  return {};
}

std::string no_sum_over_units(const Items& items) {
  const std::vector<Items::Number>& units = items.dimension("ou");
  const std::set<Items::Number> asked(units.begin(), units.end());
  for (const Items::Number unit : units) {
    std::string_view rest = items.path(unit);
    while (!rest.empty()) {
      const auto cut = rest.find('/');
      const auto above = items.find(rest.substr(0, cut));
      if (above && *above != unit && asked.contains(*above)) {
        return "some units lie below others, and would be counted twice";
      }
      rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
    }
  }
  return {};
}

std::string no_sum_over_periods(const Items& items) {
  std::vector<std::string> ids;
  for (const Items::Number item : items.dimension("pe")) ids.emplace_back(items.id(item));
  return may_overlap(ids) ? "the periods are of different lengths and may overlap" : "";
}

}  // namespace dhis2mcp
