// SPDX-License-Identifier: BSD-3-Clause
// One request of /api/analytics, read and checked: dimensions with their items, and options.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sandbox/country.h"
#include "tests/sandbox/period.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// A request that DHIS2 refuses, or that the practice DHIS2 does not play (status 501).
struct AnalyticsRefusal : std::runtime_error {
  AnalyticsRefusal(int http_status, const std::string& message, std::string error_code = "")
      : std::runtime_error(message), status(http_status), code(std::move(error_code)) {}
  int status;
  std::string code;
  std::string dev;  // devMessage; mostly empty
};

struct DataItem {
  enum class Kind { kElement, kOperand, kIndicator, kRate };
  Kind kind = Kind::kElement;
  std::string id;          // what stands in the rows: "b8JTFpL3cxe.Kvzo0qtYzbr"
  std::string object;      // uid of the data element, indicator or data set
  std::string co, ao;      // of an operand; empty for any
  std::string metric;      // of a rate: "REPORTING_RATE"
  bool any_combo = false;  // an operand with "*", which stands as its data element
  bool operator==(const DataItem& other) const { return id == other.id; }
};

struct Dimension {
  enum class Kind {
    kData,
    kPeriod,
    kUnit,
    kCombo,           // co
    kAttributeCombo,  // ao
    kCategory,
    kOptionGroupSet,
    kUnitGroupSet,
    kElementGroupSet,
  };
  Kind kind = Kind::kData;
  std::string id;                  // "dx", "pe", "ou", "co", "ao" or a uid
  std::vector<std::string> items;  // ids of dx, pe and ou items too; empty for co and ao means all
  bool filter = false;
  bool fixed = false;  // a filter that the request did not name
};

enum class Aggregation {
  kDefault,
  kSum,
  kAverage,
  kAverageSumOrgUnit,
  kLast,
  kLastAverageOrgUnit,
  kLastLastOrgUnit,
  kFirst,
  kFirstAverageOrgUnit,
  kFirstFirstOrgUnit,
  kCount,
  kDeviation,
  kVariance,
  kMin,
  kMax,
  kMinSumOrgUnit,
  kMaxSumOrgUnit,
  kNone,
};
Aggregation aggregation_named(std::string_view name);  // kDefault for a name that is none

// "GE:10" of measureCriteria.
struct Criterion {
  std::string op;  // EQ, GT, GE, LT, LE
  double bound = 0;
  bool holds(double value) const;
};

struct AnalyticsQuery {
  std::vector<Dimension> dimensions;  // as asked: first those of `dimension`, then of `filter`
  std::vector<DataItem> data;
  std::vector<Period> periods;
  std::vector<const OrgUnit*> units;
  std::optional<Day> start, end;
  Json keywords = Json::object();  // metaData.items of words such as LEVEL-3 or LAST_12_MONTHS

  Aggregation aggregation = Aggregation::kDefault;
  std::vector<Criterion> measure, raw_measure;
  std::string order;  // "", ASC or DESC
  bool skip_meta = false, skip_data = false, skip_rounding = false, ignore_limit = false;
  bool hierarchy = false, name_hierarchy = false, details = false, num_den = false;
  bool short_names = false;
  bool table = false, hide_empty_rows = false, hide_empty_columns = false;
  std::vector<std::string> columns, rows;
  // By kind of row cell: "*", "dataElement", "orgUnit", "dataItem" to CODE, NAME or ATTRIBUTE:uid.
  std::map<std::string, std::string> output_schemes;

  const Dimension* dimension(std::string_view id) const;
  // The dimensions that make columns of the answer, in order.
  std::vector<const Dimension*> axes() const;
};

// What differs between the forms of the endpoint.
struct AnalyticsForm {
  bool periods_optional = false;  // rawData takes its rows from any time
};

// Throws AnalyticsRefusal with the status, message and code of the played release.
AnalyticsQuery read_analytics_query(const Country& country, const Request& request,
                                    AnalyticsForm form = {});

// The parts of read_analytics_query that turn the words of one dimension into items; they live in
// analytics_items.cpp. `scheme` is inputIdScheme.
struct ItemReader {
  const Country& country;
  const Request& request;
  std::string scheme;  // UID, CODE or NAME
  AnalyticsQuery& query;

  void read_data(Dimension& dimension, const std::vector<std::string>& words);
  void read_periods(Dimension& dimension, const std::vector<std::string>& words);
  void read_units(Dimension& dimension, const std::vector<std::string>& words);
  void read_others(Dimension& dimension, const std::vector<std::string>& words);
};

// The units that a user sees in analytics: the data view units, or those of data capture.
std::vector<std::string> view_units(const Country& country, const User* user);

// True when `unit` is one of `roots` or lies below one.
bool lies_below(const OrgUnit& unit, const std::vector<std::string>& roots);

}  // namespace sandbox
