// SPDX-License-Identifier: BSD-3-Clause
// Reads of tracker: /api/tracker/**.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

// GET of trackedEntities, enrollments, events and relationships, as lists and one by one, in JSON,
// CSV and compressed; change logs; trackerEvents and singleEvents of 2.43 one by one. Reads alone:
// imports, ownership and jobs are 501.
Reply tracker(const Country& country, const Request& request);

}  // namespace sandbox
