// SPDX-License-Identifier: BSD-3-Clause
// A question about data values: what is asked of /api/dataValueSets, whatever the version.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/data_scope.h"
#include "tools/held_values.h"

namespace dhis2mcp {

// Everything resolved to ids.
struct ValuesAsked {
  std::optional<DataSetAsked> data_set;
  // Asked elements, each with the option combos that are wanted of it; none means all.
  std::map<std::string, std::set<std::string>> elements;
  std::vector<std::string> groups;  // of data elements; only where no data set is asked
  std::vector<std::string> sets;    // that hold the elements; only where no data set is asked
  std::string period_type;          // of the values; empty where it is not one
  std::vector<std::string> periods, units;
  bool children = false;  // and all units below
};

// Reads `data_set` and `data` (elements, operands "element.combo" and groups, by name or UID), and
// how they were read into `answer`. Throws bad_input for neither, and for indicators, which have no
// values of their own.
ValuesAsked read_values_asked(Call& call, Names& names, Answer& answer);

// Asks for the values, in as many requests as lists of this length need, one after the other. DHIS2
// joins a data set and elements by or, so values of other elements are dropped here; before 2.39 it
// knows no elements, and their data sets are asked. Throws what read_values throws.
void each_value(Call& call, const ValuesAsked& asked,
                const std::function<void(DataValue&& value)>& on_value);

}  // namespace dhis2mcp
