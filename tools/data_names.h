// SPDX-License-Identifier: BSD-3-Clause
// What: the data that people mean, as items of the dx dimension.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/names.h"

namespace dhis2mcp {

// Everything that Names::data_items takes, and three forms more: groups ("data element group
// Malaria" is DE_GROUP-uid; "Malaria" alone, where no data has that name), one option combo of a
// data element by names ("Malaria cases.Female"), and data elements and attributes of programs by
// the name that DHIS2 gives them ("Malaria notification Outcome"). Costs no request beyond those of
// data_items where all are found by it. Throws as Names does; for an option combo that the data
// element does not have, with those it has.
std::vector<Named> data_named(Call& call, Names& names, const std::vector<std::string>& texts);

// One option combo of a data element: by UID, or by its name, in the account's language or as it is
// stored. Throws not_found with those that the element has; `argument` is told there.
Named option_combo(Call& call, const Named& element, const std::string& argument,
                   const std::string& text);

// A data element group or an indicator group, by anything that Names::object takes; nothing where
// there is none.
std::optional<Named> data_group(Names& names, std::string_view text);

// What people give to an argument that does not take it.
struct OtherType {
  const char* type;  // a MetadataType
  const char* told;  // "an indicator, and only data elements have values"
  const char* hint;
};

// As Names::object; for what is none of `types` but one of the others throws bad_input that says
// so.
Named object_but(Names& names, const std::string& argument, std::string_view text,
                 const std::vector<std::string>& types, const std::vector<OtherType>& others);

// Data sets, where data are asked for.
const std::vector<OtherType>& data_set_as_data();

}  // namespace dhis2mcp
