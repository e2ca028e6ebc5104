// SPDX-License-Identifier: BSD-3-Clause
// Where: the org units that people mean, as items of the ou dimension.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "auth/signed_client.h"
#include "tools/names.h"

namespace dhis2mcp {

struct UnitsAsked {
  std::vector<Named> units;
  std::vector<std::string> notes;  // what of it is not as one may think
};

// Units, levels and groups by name or item, the user's own ("my org units", "my districts"), and
// one within the other: "districts in Bo", "clinics under Bo and Kenema", "children of Bo".
//
// In DHIS2 every unit beside a level or a group bounds it instead of being shown, and of
// LEVEL-3-<unit> the unit is not looked at [recorded on 2.40 to 2.43]. So what is meant for one
// level is kept from another: where bounds differ, the units are listed first and asked one by one.
// Throws as Names does, and bad_input where that would be over 1,000 units.
UnitsAsked read_places(SignedClient& client, Names& names, const std::vector<std::string>& texts,
                       const Patience& patience);

// Whether an item stands for many units: a level or a group.
bool is_scope(const Named& named);

// How many units these items stand for, as the server counts them: one request for each level and
// group within each unit. What only the server knows (the user's own) counts as one; levels and
// groups within those, or within very many units, count whole, and the number is the most it can
// be.
struct UnitCount {
  std::uint64_t units = 0;
  bool exact = true;
};
UnitCount count_units(SignedClient& client, const std::vector<Named>& units,
                      const Patience& patience);

// DHIS2 leaves out of a question the units that it does not know, without a word, and shows a level
// or group everywhere where they were all that bounded it. Notes them, or throws not_found there.
// `lacks` tells whether DHIS2's answer has names, but none for a UID; one request then asks whether
// such units exist.
void tell_dropped_units(SignedClient& client, const std::vector<Named>& units,
                        const std::function<bool(const std::string& uid)>& lacks,
                        const Patience& patience, std::vector<std::string>& notes);

// The units of one level or group at or below each of `within` (UIDs; none: anywhere), each once.
// Ends once there are more than `most`. One request for each of `within`, and one more for a level
// that is given by UID.
std::vector<Named> scope_units(SignedClient& client, const Named& scope,
                               const std::vector<std::string>& within, std::size_t most,
                               const Patience& patience);

}  // namespace dhis2mcp
