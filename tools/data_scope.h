// SPDX-License-Identifier: BSD-3-Clause
// What a question about stored data is about: ids for the endpoints that know no relative periods,
// no levels and no units of the user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/call.h"
#include "tools/names.h"
#include "tools/period.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

// A data set by name, code or UID, with what reading its values depends on.
struct DataSetAsked {
  std::string uid, name;
  std::string period_type;       // "Monthly"
  bool plain_attributes = true;  // its values have no attribute option combos but the default one
  Json units = Json::array();    // where `with_units`: those it is assigned to
  std::string read_as() const { return name + " = dataSet " + uid; }
};

// One request where a UID is given. Throws not_found with near matches.
DataSetAsked read_data_set(Call& call, Names& names, std::string_view text, bool with_units);

// The data elements of a data set and of a data element group, by UID.
std::vector<std::string> elements_of_set(Call& call, const std::string& data_set);
std::vector<std::string> elements_of_group(Call& call, const std::string& group);

// The texts of a list argument; lists in one text are cut at ';', as people paste them.
std::vector<std::string> texts_of(const Call& call, const char* argument);

// The ids of all texts, each once. A period that is longer than those of `period_type` (a year, for
// a monthly data set) becomes the ones that it holds; an empty type takes all as they are. How each
// text was read goes to `read_as`. Throws bad_input for none, for more than 400, and for a period
// that holds none of that type, naming the one to ask for.
std::vector<std::string> read_period_ids(const std::vector<std::string>& texts,
                                         const std::string& period_type, const Almanac& almanac,
                                         std::vector<std::string>& read_as);

// The first and the last day of a period in ISO 8601, "2026-09-01" and "2026-09-30"; empty where
// the instance's calendar or the id is not known.
struct DaysOfPeriod {
  std::string first, last;
};
DaysOfPeriod days_of(const std::string& id, const Almanac& almanac);

// The units of what people write: levels, groups and the user's own are listed. How they were read
// goes to `answer`, their names to `labels`. Throws not_found for a UID that no unit has, and
// bad_input for more than 5,000 units.
std::vector<std::string> read_unit_ids(Call& call, Names& names,
                                       const std::vector<std::string>& texts, UidNames& labels,
                                       Answer& answer);

}  // namespace dhis2mcp
