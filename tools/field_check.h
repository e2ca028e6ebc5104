// SPDX-License-Identifier: BSD-3-Clause
// DHIS2 drops field names that it does not know without a word; this tells of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

struct Answer;
class Call;

// The member paths that a `fields` list asks for by name: "id", "parent.name". Presets (":all"),
// exclusions ("!x"), "*" and attribute UIDs ask for no name; a transformer is cut off and
// `~rename(x)` gives x.
std::vector<std::string> named_fields(std::string_view fields);

// Adds a note for each name of `fields` that nothing in the answer has. Asks /api/schemas which of
// them exist, and only then: DHIS2 also leaves out what has no value. `path` is the request's.
void tell_absent_fields(Call& call, const std::string& path, std::string_view fields,
                        Answer& answer);

}  // namespace dhis2mcp
