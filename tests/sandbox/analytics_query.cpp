// SPDX-License-Identifier: BSD-3-Clause
// Reads and checks a request of /api/analytics in the order in which DHIS2 complains.
#include "tests/sandbox/analytics_query.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

namespace sandbox {
namespace {

struct AggregationRow {
  std::string_view name;
  Aggregation value;
};

// In DHIS2's order, which its error message repeats. The variants "in period" look at one period
// only, as all do here: see analytics_values.cpp.
constexpr std::array<AggregationRow, 21> kAggregations{{
    {"SUM", Aggregation::kSum},
    {"AVERAGE", Aggregation::kAverage},
    {"AVERAGE_SUM_ORG_UNIT", Aggregation::kAverageSumOrgUnit},
    {"LAST", Aggregation::kLast},
    {"LAST_AVERAGE_ORG_UNIT", Aggregation::kLastAverageOrgUnit},
    {"LAST_LAST_ORG_UNIT", Aggregation::kLastLastOrgUnit},
    {"LAST_IN_PERIOD", Aggregation::kLast},
    {"LAST_IN_PERIOD_AVERAGE_ORG_UNIT", Aggregation::kLastAverageOrgUnit},
    {"FIRST", Aggregation::kFirst},
    {"FIRST_AVERAGE_ORG_UNIT", Aggregation::kFirstAverageOrgUnit},
    {"FIRST_FIRST_ORG_UNIT", Aggregation::kFirstFirstOrgUnit},
    {"COUNT", Aggregation::kCount},
    {"STDDEV", Aggregation::kDeviation},
    {"VARIANCE", Aggregation::kVariance},
    {"MIN", Aggregation::kMin},
    {"MAX", Aggregation::kMax},
    {"MIN_SUM_ORG_UNIT", Aggregation::kMinSumOrgUnit},
    {"MAX_SUM_ORG_UNIT", Aggregation::kMaxSumOrgUnit},
    {"NONE", Aggregation::kNone},
    {"CUSTOM", Aggregation::kDefault},
    {"DEFAULT", Aggregation::kDefault},
}};

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == by) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string bracketed(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? ", " : "") + name;
  return text + "]";
}

[[noreturn]] void refuse(const std::string& message, const char* code) {
  throw AnalyticsRefusal(409, message, code);
}

[[noreturn]] void bad_value(const std::string& value, const std::string& parameter,
                            const std::vector<std::string>& valid) {
  throw AnalyticsRefusal(400, "Value '" + value + "' is not valid for parameter " + parameter +
                                  ". Valid values are: " + bracketed(valid));
}

// One of a list of words, which stand in capitals.
std::string choice(const Request& request, const char* name,
                   const std::vector<std::string>& valid) {
  const std::string value = request.param(name).value_or("");
  if (value.empty() || std::find(valid.begin(), valid.end(), value) != valid.end()) return value;
  bad_value(value, name, valid);
}

bool flag(const Request& request, const char* name) { return request.param(name) == "true"; }

std::vector<Criterion> criteria(const Request& request, const char* name) {
  static const std::set<std::string> kOperators = {"EQ", "GT", "GE", "LT", "LE"};
  std::vector<Criterion> found;
  const auto text = request.param(name);
  if (!text) return found;
  for (const std::string& word : split(*text, ';')) {
    const auto parts = split(word, ':');
    if (kOperators.count(parts[0]) == 0) {
      throw AnalyticsRefusal(400,
                             "No enum constant org.hisp.dhis.analytics.MeasureFilter." + parts[0]);
    }
    if (parts.size() == 2) found.push_back({parts[0], std::strtod(parts[1].c_str(), nullptr)});
  }
  return found;
}

void read_aggregation(const Request& request, AnalyticsQuery& query) {
  std::vector<std::string> names;
  for (const AggregationRow& row : kAggregations) names.emplace_back(row.name);
  query.aggregation = aggregation_named(choice(request, "aggregationType", names));
}

void read_schemes(const Country& country, const Request& request, AnalyticsQuery& query) {
  static const std::array<std::pair<const char*, const char*>, 4> kParameters = {
      {{"outputIdScheme", "*"},
       {"outputDataElementIdScheme", "dataElement"},
       {"outputOrgUnitIdScheme", "orgUnit"},
       {"outputDataItemIdScheme", "dataItem"}}};
  for (const auto& [parameter, kind] : kParameters) {
    const std::string value = request.param(parameter).value_or("");
    if (value.empty() || value == "UID") continue;
    if (value == "CODE" || value == "NAME" || value.starts_with("ATTRIBUTE:")) {
      query.output_schemes[kind] = value;
    } else if (country.settings().major >= 43) {
      throw AnalyticsRefusal(400, "Value '" + value + "' is not valid for parameter " + parameter +
                                      ". Invalid ID scheme: " + value +
                                      "\n\tUse UID, CODE, NAME, ATTRIBUTE:<uid>");
    }
  }
}

void read_options(const Country& country, const Request& request, AnalyticsQuery& query) {
  read_aggregation(request, query);
  query.order = choice(request, "order", {"ASC", "DESC"});
  query.short_names = choice(request, "displayProperty", {"NAME", "SHORTNAME"}) == "SHORTNAME";
  query.measure = criteria(request, "measureCriteria");
  query.raw_measure = criteria(request, "preAggregationMeasureCriteria");
  query.skip_meta = flag(request, "skipMeta");
  query.skip_data = flag(request, "skipData");
  query.skip_rounding = flag(request, "skipRounding");
  query.ignore_limit = flag(request, "ignoreLimit");
  query.hierarchy = flag(request, "hierarchyMeta");
  query.name_hierarchy = flag(request, "showHierarchy");
  query.details = flag(request, "includeMetadataDetails");
  query.num_den = flag(request, "includeNumDen");
  query.table = flag(request, "tableLayout");
  query.hide_empty_rows = flag(request, "hideEmptyRows");
  query.hide_empty_columns = flag(request, "hideEmptyColumns");
  if (const auto columns = request.param("columns")) query.columns = split(*columns, ';');
  if (const auto rows = request.param("rows")) query.rows = split(*rows, ';');
  query.start = day_of(request.param("startDate").value_or(""));
  query.end = day_of(request.param("endDate").value_or(""));
  read_schemes(country, request, query);
}

// "dx:a;b" is {"dx", "a;b"}; a single parameter may hold several of them, joined by commas.
std::vector<std::pair<std::string, std::string>> words_of(const Request& request,
                                                          const char* parameter) {
  std::vector<std::string> texts = request.all(parameter);
  if (texts.size() == 1) texts = split(texts[0], ',');
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    const size_t at = text.find(':');
    found.emplace_back(text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1));
  }
  return found;
}

Dimension::Kind kind_of(const Country& country, const std::string& id) {
  using Kind = Dimension::Kind;
  static const std::map<std::string, Kind> kFixed = {{"dx", Kind::kData},
                                                     {"pe", Kind::kPeriod},
                                                     {"ou", Kind::kUnit},
                                                     {"co", Kind::kCombo},
                                                     {"ao", Kind::kAttributeCombo}};
  if (const auto found = kFixed.find(id); found != kFixed.end()) return found->second;
  static const std::array<std::pair<const char*, Kind>, 4> kTypes = {
      {{"categories", Kind::kCategory},
       {"categoryOptionGroupSets", Kind::kOptionGroupSet},
       {"organisationUnitGroupSets", Kind::kUnitGroupSet},
       {"dataElementGroupSets", Kind::kElementGroupSet}}};
  for (const auto& [plural, kind] : kTypes) {
    const Json* object = country.find(plural, id);
    if (object != nullptr && object->value("dataDimension", true)) return kind;
  }
  refuse("Dimension identifier does not reference any dimension: `" + id + "`", "E7125");
}

void read_dimension(ItemReader& reader, const std::string& id, const std::string& items,
                    bool filter) {
  Dimension dimension;
  dimension.id = id;
  dimension.filter = filter;
  dimension.kind = kind_of(reader.country, id);
  const auto words = split(items, ';');
  switch (dimension.kind) {
    case Dimension::Kind::kData:
      reader.read_data(dimension, words);
      break;
    case Dimension::Kind::kPeriod:
      reader.read_periods(dimension, words);
      break;
    case Dimension::Kind::kUnit:
      reader.read_units(dimension, words);
      break;
    default:
      reader.read_others(dimension, words);
  }
  reader.query.dimensions.push_back(std::move(dimension));
}

using Words = std::vector<std::pair<std::string, std::string>>;

bool names_period(const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const auto& word) { return word.first == "pe" && !word.second.empty(); });
}

// From 2.41 on DHIS2 looks for a time before it reads anything else.
void need_time(const Country& country, const AnalyticsQuery& query, bool periods,
               AnalyticsForm form) {
  if (country.settings().major < 41 || periods || form.periods_optional) return;
  if (!query.end) refuse("A end date was not specified in periods, dimensions, filters", "E7146");
  if (!query.start) {
    refuse("A start date was not specified in periods, dimensions, filters", "E7145");
  }
}

void need_distinct(const Words& dimensions, const Words& filters) {
  std::set<std::string> seen;
  std::vector<std::string> twice, both;
  for (const auto& [id, items] : dimensions) {
    if (!seen.insert(id).second) twice.push_back(id);
  }
  for (const auto& [id, items] : filters) {
    if (seen.count(id)) both.push_back(id);
  }
  if (!both.empty()) {
    refuse("Dimensions cannot be specified as dimension and filter simultaneously: `" +
               bracketed(both) + "`",
           "E7103");
  }
  if (!twice.empty()) {
    refuse("Dimensions cannot be specified more than once: `" + bracketed(twice) + "`", "E7111");
  }
}

// Reporting rates know the dimensions of data sets, not those of single figures.
void check_rates(const AnalyticsQuery& query) {
  const bool rates = std::any_of(query.data.begin(), query.data.end(), [](const DataItem& item) {
    return item.kind == DataItem::Kind::kRate;
  });
  if (!rates) return;
  for (const Dimension& dimension : query.dimensions) {
    if (dimension.kind == Dimension::Kind::kCombo ||
        dimension.kind == Dimension::Kind::kElementGroupSet) {
      refuse(
          "Reporting rates can only be specified together with dimensions of type: "
          "`[DATA_X, CATEGORY, ORGANISATION_UNIT_GROUP_SET, ORGANISATION_UNIT, "
          "CATEGORY_OPTION_GROUP_SET, PERIOD]`",
          "E7112");
    }
  }
}

// Text may be shown as it stands; dates, files and yes/no without an aggregation may not.
bool can_be_shown(const Json& element) {
  const std::string type = element.value("valueType", "");
  static const std::set<std::string> kNever = {"DATE",  "DATETIME",      "TIME",     "AGE",
                                               "IMAGE", "FILE_RESOURCE", "USERNAME", "COORDINATE"};
  if (kNever.count(type)) return false;
  return type != "BOOLEAN" || element.value("aggregationType", "") != "NONE";
}

void check_elements(const Country& country, const AnalyticsQuery& query) {
  std::vector<std::string> refused;
  for (const DataItem& item : query.data) {
    if (item.kind != DataItem::Kind::kElement && item.kind != DataItem::Kind::kOperand) continue;
    if (!can_be_shown(*country.find("dataElements", item.object))) refused.push_back(item.object);
  }
  if (!refused.empty()) {
    refuse("Data elements must be of a value and aggregation type that allow aggregation: `" +
               bracketed(refused) + "`",
           "E7115");
  }
}

void check_data(const AnalyticsQuery& query) {
  const bool groups =
      std::any_of(query.dimensions.begin(), query.dimensions.end(),
                  [](const Dimension& d) { return d.kind == Dimension::Kind::kElementGroupSet; });
  if (query.data.empty() && !groups) {
    refuse(
        "At least one data dimension item or data element group set dimension item must be "
        "specified",
        "E7102");
  }
}

void check_time(const Country& country, const AnalyticsQuery& query, AnalyticsForm form) {
  const bool dates = query.start && query.end;
  if (country.settings().major < 41 && query.periods.empty() && !dates && !form.periods_optional) {
    refuse("At least one period as dimension or filter, or start and dates, must be specified",
           "E7104");
  }
  if (!query.periods.empty() && dates && !form.periods_optional) {
    refuse("Periods and start and end dates cannot be specified simultaneously", "E7105");
  }
  if (dates && *query.start > *query.end) refuse("Start date cannot be after end date", "E7106");
}

void check_table(const AnalyticsQuery& query) {
  if (!query.table) return;
  const auto need = [&](const std::vector<std::string>& ids, const char* what, const char* code) {
    for (const std::string& id : ids) {
      const Dimension* dimension = query.dimension(id);
      if (dimension == nullptr || dimension->filter) {
        refuse(std::string(what) + " must be present as dimension in query: `" + id + "`", code);
      }
    }
  };
  need(query.columns, "Column", "E7126");
  need(query.rows, "Row", "E7127");
}

void check_access(const Country& country, const Request& request, const AnalyticsQuery& query) {
  const auto roots = view_units(country, request.user);
  if (roots.empty()) return;
  for (const OrgUnit* unit : query.units) {
    if (!lies_below(*unit, roots)) {
      refuse("User: `" + request.user->username + "` is not allowed to view org unit: `" +
                 unit->uid + "`",
             "E7120");
    }
  }
}

// A request that names no unit sees the units of its user.
void add_user_units(const Country& country, const Request& request, AnalyticsQuery& query) {
  if (query.dimension("ou") != nullptr) return;
  Dimension dimension;
  dimension.kind = Dimension::Kind::kUnit;
  dimension.id = "ou";
  dimension.filter = dimension.fixed = true;
  for (const std::string& uid : view_units(country, request.user)) {
    if (const OrgUnit* unit = country.unit(uid)) query.units.push_back(unit);
    dimension.items.push_back(uid);
  }
  if (!dimension.items.empty()) query.dimensions.push_back(std::move(dimension));
}

}  // namespace

Aggregation aggregation_named(std::string_view name) {
  for (const AggregationRow& row : kAggregations) {
    if (row.name == name) return row.value;
  }
  return Aggregation::kDefault;
}

bool Criterion::holds(double value) const {
  if (op == "EQ") return value == bound;
  if (op == "GT") return value > bound;
  if (op == "GE") return value >= bound;
  if (op == "LT") return value < bound;
  return value <= bound;
}

const Dimension* AnalyticsQuery::dimension(std::string_view id) const {
  for (const Dimension& dimension : dimensions) {
    if (dimension.id == id) return &dimension;
  }
  return nullptr;
}

std::vector<const Dimension*> AnalyticsQuery::axes() const {
  std::vector<const Dimension*> found;
  for (const Dimension& dimension : dimensions) {
    if (!dimension.filter) found.push_back(&dimension);
  }
  return found;
}

AnalyticsQuery read_analytics_query(const Country& country, const Request& request,
                                    AnalyticsForm form) {
  AnalyticsQuery query;
  read_options(country, request, query);
  const Words dimensions = words_of(request, "dimension");
  const Words filters = words_of(request, "filter");
  if (country.settings().major < 41 && dimensions.empty()) {
    refuse("At least one dimension must be specified", "E7101");
  }
  need_time(country, query, names_period(dimensions) || names_period(filters), form);
  need_distinct(dimensions, filters);
  ItemReader reader{country, request, request.param("inputIdScheme").value_or("UID"), query};
  for (const auto& [id, items] : dimensions) read_dimension(reader, id, items, false);
  for (const auto& [id, items] : filters) read_dimension(reader, id, items, true);
  check_data(query);
  check_time(country, query, form);
  check_rates(query);
  check_elements(country, query);
  check_table(query);
  check_access(country, request, query);
  add_user_units(country, request, query);
  return query;
}

}  // namespace sandbox
