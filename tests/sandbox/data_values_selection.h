// SPDX-License-Identifier: BSD-3-Clause
// What /api/dataValueSets and /api/completeDataSetRegistrations are asked for, read and checked.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/sandbox/country.h"
#include "tests/sandbox/period.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// A request that DHIS2 refuses.
struct SelectionRefusal : std::runtime_error {
  SelectionRefusal(int http_status, const std::string& message, std::string error_code = "")
      : std::runtime_error(message), status(http_status), code(std::move(error_code)) {}
  int status;
  std::string code;
};

struct Selection {
  std::vector<std::string> sets;      // uids of data sets
  std::vector<std::string> elements;  // of the sets, the groups and those asked for, once each
  std::vector<Period> periods;
  std::optional<Day> start, end;
  std::vector<const OrgUnit*> units;     // with descendants and group members, once each
  std::vector<std::string> named_units;  // as asked, known or not
  bool children = false, grouped = false;
  std::vector<std::string> co, ao;  // empty for any
  std::optional<size_t> limit;
  size_t offset = 0;
  std::string since;     // ISO time; empty for any
  bool foreign = false;  // up to 2.42: the user may not see a unit, and is told nothing

  bool has_period(const Period& period) const;
  bool has_time() const { return !periods.empty() || (start && end); }
};

// Throws SelectionRefusal in the order in which the played release complains: up to 2.42 it looks
// for org units first and drops what it cannot read, 2.43 looks for data first and refuses periods.
Selection read_values_selection(const Country& country, const Request& request);
Selection read_completeness_selection(const Country& country, const Request& request);

// Id schemes of a request by kind: "dataSet", "dataElement", "orgUnit", "categoryOptionCombo",
// "attributeOptionCombo", "category", "categoryOption" to CODE, NAME or ATTRIBUTE:uid. Kinds that
// stay UID are left out.
using Schemes = std::map<std::string, std::string>;
Schemes read_schemes(const Country& country, const Request& request);

// The id of an object in its scheme; empty when it has none.
std::optional<std::string> in_scheme(const Json& object, const std::string& scheme);

}  // namespace sandbox
