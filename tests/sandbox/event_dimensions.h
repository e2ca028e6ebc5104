// SPDX-License-Identifier: BSD-3-Clause
// The lists of dimensions that queries of event analytics can ask for.
#pragma once

#include "tests/sandbox/event_query.h"

namespace sandbox {

// GET .../query/dimensions and .../aggregate/dimensions with fields, pages and filters of equality.
// Throws AnalyticsRefusal when the request names no program or stage.
Reply event_dimensions(const Country& country, const Request& request, EventKind kind,
                       bool aggregate);

}  // namespace sandbox
