// SPDX-License-Identifier: BSD-3-Clause
// Headers and metaData of an analytics answer.
#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/analytics_query.h"

namespace sandbox {

// What a header says: {"name":"dx","column":"Data","valueType":"TEXT",...}.
Json analytics_header(const std::string& name, const std::string& column, bool meta,
                      const std::string& value_type = "TEXT", bool hidden = false);

// One header a column: the axes, the value, and numerator to divisor when asked for.
Json analytics_headers(const Country& country, const AnalyticsQuery& query);

// {"items":{...},"dimensions":{...}} and the hierarchies; {} with skipMeta.
Json analytics_metadata(const Country& country, const AnalyticsQuery& query);

// "Data", "Period", or the name of a category or group set.
std::string dimension_name(const Country& country, const AnalyticsQuery& query,
                           const Dimension& dimension);

// Name (or short name, when asked for) of an item that stands in a row.
std::string item_name(const Country& country, const AnalyticsQuery& query,
                      const Dimension& dimension, const std::string& id);

// The item as the output id schemes ask for it; the item itself when it has no such id.
std::string item_in_scheme(const Country& country, const AnalyticsQuery& query,
                           const Dimension& dimension, const std::string& id);

// The object behind an item of a row; null for periods, operands and rates.
const Json* item_object(const Country& country, const Dimension& dimension, const std::string& id);

}  // namespace sandbox
