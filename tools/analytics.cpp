// SPDX-License-Identifier: BSD-3-Clause
// Parameters that mean the same from 2.37 to 2.43; errors by DHIS2's own codes.
#include "tools/analytics.h"

#include <algorithm>
#include <array>
#include <set>

#include "dhis2/error.h"
#include "dhis2/rows.h"

namespace dhis2mcp {
namespace {

// Tomcat refuses a request line of more than 8 KB with a page that does not say why.
constexpr std::size_t kLongestQuery = 7'500;

struct NextStep {
  std::string_view code, hint;
};

constexpr std::array<NextStep, 16> kNextSteps = {{
    {"E7104", "Give period ids such as 202608, 2026Q3 or 2026, or LAST_12_MONTHS."},
    {"E7611", "Give period ids such as 202608, 2026Q3 or 2026, or LAST_12_MONTHS."},
    {"E7112", "Reporting rates cannot be broken down so; leave out `by`, or ask them alone."},
    {"E7115",
     "Texts, dates and files have no aggregate: read such values with dhis2_query at "
     "dataValueSets, or choose a number."},
    {"E7120", "Ask for units that this account may see: USER_ORGUNIT, or units below it."},
    {"E7121", "This account may not read these data: ask an administrator for data read access."},
    {"E7122", "This account may not read these data: ask an administrator for data read access."},
    {"E7123", "This account is held to some category options: ask an administrator."},
    {"E7124",
     "What was given for this dimension does not exist here, is of the wrong kind, or may not be "
     "read by this account: look it up with metadata_find."},
    {"E7125", "`by` takes categories and group sets that are data dimensions."},
    {"E7128",
     "Ask for less at once: fewer periods, a higher level of org units, or fewer data items."},
    {"E7129", "The server is not set up for this; ask an administrator."},
    {"E7131", "It took too long: ask for less at once, or again later."},
    {"E7136", "It took too long: ask for less at once, or again later."},
    {"E7143",
     "Look the unit, level or group up with org_unit_find; levels are LEVEL-3 or by name."},
    {"E7144",
     "The analytics tables are missing: an administrator has to run analytics (Data "
     "Administration app) before figures can be read."},
}};

template <typename Items, typename Text>
std::string joined(const Items& items, const Text& text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ";") + text(item);
  return out;
}

std::string items_text(const std::vector<Named>& named) {
  return joined(named, [](const Named& one) { return one.item; });
}

std::string period_text(const AnalyticsAsked& asked) {
  std::vector<std::string> ids;
  for (const auto& [written, some] : asked.periods) {
    for (const std::string& id : some) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return joined(ids, [](const std::string& id) { return id; });
}

[[noreturn]] void throw_with_next_step(Error error) {
  for (const NextStep& step : kNextSteps) {
    if (error.code == step.code) error.hint = step.hint;
  }
  throw error;
}

std::string cell_text(const Json& cell) {
  if (cell.is_string()) return cell.get<std::string>();
  return cell.is_null() ? std::string() : to_text(cell);
}

// "202608" and "2026Q3" are of different kinds; ids of one kind never overlap.
std::string kind_of_period(const std::string& id) {
  std::string kind;
  bool in_year = true;
  for (std::size_t i = 0; i < id.size(); ++i) {
    in_year = i < 4;
    const bool digit = id[i] >= '0' && id[i] <= '9';
    if (in_year) continue;
    if (!digit) kind += id[i];
    if (digit && kind.empty()) kind = id.size() == 8 ? "day" : "month";
  }
  return kind.empty() ? "year" : kind;
}

}  // namespace

Query analytics_query_of(const AnalyticsAsked& asked) {
  Query query;
  query.add("dimension", "dx:" + items_text(asked.data));
  query.add("dimension", "pe:" + period_text(asked));
  query.add("dimension", "ou:" + items_text(asked.units));
  for (const Named& dimension : asked.by) query.add("dimension", dimension.item);
  for (const auto& [dimension, items] : asked.filters) {
    query.add("filter", dimension.item + ":" + items_text(items));
  }
  std::string criteria;
  if (asked.min) criteria = "GE:" + *asked.min;
  if (asked.max) criteria += (criteria.empty() ? "LE:" : ";LE:") + *asked.max;
  if (!criteria.empty()) query.add("measureCriteria", criteria);
  if (!asked.rounded) query.add("skipRounding", "true");
  query.add("displayProperty", "NAME");
  if (asked.details) query.add("includeMetadataDetails", "true").add("hierarchyMeta", "true");
  return query;
}

Figures ask_analytics(SignedClient& client, const AnalyticsAsked& asked, const Patience& patience) {
  Request request;
  request.path = "/api/analytics";
  request.query = analytics_query_of(asked);
  if (request.query.text().size() > kLongestQuery) {
    throw Error(ErrorKind::bad_input, "So many items do not fit one request to DHIS2.",
                "Ask for levels or groups instead of single units, for relative periods instead "
                "of single ones, or for fewer data items at once.");
  }
  Figures out;
  RowReader reader(
      [&out](Json&& row) {
        if (out.rows.size() >= kMostRows) return false;
        std::vector<std::string> cells;
        for (const Json& cell : row) cells.push_back(cell_text(cell));
        out.rows.push_back(std::move(cells));
        return true;
      },
      "rows");
  std::exception_ptr broken;
  try {
    client.send(request, patience, [&](std::string_view piece) {
      try {
        return reader.feed(piece);
      } catch (...) {
        broken = std::current_exception();
        return false;
      }
    });
  } catch (const Error& error) {
    throw_with_next_step(error);
  }
  if (broken) std::rethrow_exception(broken);
  RowsEnvelope envelope = reader.finish();
  out.headers = std::move(envelope.headers);
  out.metadata = envelope.rest.value("metaData", Json::object());
  out.complete = envelope.complete;
  return out;
}

std::vector<std::string> items_of(const Json& metadata, const std::string& dimension) {
  std::vector<std::string> out;
  if (!metadata.is_object()) return out;
  const Json dimensions = metadata.value("dimensions", Json::object());
  for (const Json& item : dimensions.value(dimension, Json::array())) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}

std::string no_sum_over_data(const AnalyticsAsked& asked, const Json& metadata) {
  if (asked.min || asked.max) return "figures outside `min` and `max` are missing from the sum";
  const Json items = metadata.value("items", Json::object());
  for (const std::string& id : items_of(metadata, "dx")) {
    const Json item = items.value(id, Json::object());
    const std::string name = item.value("name", id);
    if (item.value("dimensionItemType", "") == "INDICATOR") {
      return "\"" + name + "\" is an indicator, and rates do not add up";
    }
    if (item.value("aggregationType", "") != "SUM") {
      return "\"" + name + "\" is not aggregated by sum";
    }
  }
  return {};
}

std::string no_sum_over_units(const Json& metadata) {
  const Json above = metadata.value("ouHierarchy", Json::object());
  const std::vector<std::string> units = items_of(metadata, "ou");
  const std::set<std::string> asked(units.begin(), units.end());
  for (const auto& [unit, path] : above.items()) {
    if (!path.is_string() || !asked.contains(unit)) continue;
    std::string_view rest = path.get_ref<const std::string&>();
    while (!rest.empty()) {
      const auto cut = rest.find('/');
      if (asked.contains(std::string(rest.substr(0, cut)))) {
        return "some units lie below others, and would be counted twice";
      }
      rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
    }
  }
  return {};
}

std::string no_sum_over_periods(const Json& metadata) {
  std::set<std::string> kinds;
  for (const std::string& id : items_of(metadata, "pe")) kinds.insert(kind_of_period(id));
  return kinds.size() > 1 ? "the periods are of different lengths and may overlap" : "";
}

}  // namespace dhis2mcp
