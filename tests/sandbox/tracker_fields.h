// SPDX-License-Identifier: BSD-3-Clause
// The `fields` parameter on objects that are whole: tracker's answers have no schema to follow.
#pragma once

#include "tests/sandbox/fields.h"

namespace sandbox {

// What `wanted` leaves of a whole object. Each name keeps all that is below it unless it has
// brackets; "*" and ":all" keep everything but "!names"; a name that is not there selects nothing.
Json chosen(const Json& whole, const Field& wanted);

// The same for a request: its `fields`, or `otherwise` when it sends none.
Json chosen(const Json& whole, const Request& request, const std::string& otherwise);

}  // namespace sandbox
