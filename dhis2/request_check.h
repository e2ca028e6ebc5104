// SPDX-License-Identifier: BSD-3-Clause
// Looks at a request before any connection is made.
#pragma once

#include "dhis2/exchange.h"

namespace dhis2mcp {

// Throws bad_input when a header or the path could be read as something else than one header or one
// path below the base URL: control characters (CR, LF, NUL), a header that the client sets itself,
// an Origin (DHIS2 2.42 then answers 200 and does nothing), dot segments, '//' and their encoded
// forms.
void check_request(const Request& request);

}  // namespace dhis2mcp
