// SPDX-License-Identifier: BSD-3-Clause
// Pages of tracker lists, whose shape changed with every release.
#pragma once

#include <utility>

#include "tests/sandbox/tracker_query.h"

namespace sandbox {

// The rows of the page: from the first up to, not with, the second.
std::pair<size_t, size_t> rows_of(const TrackedPage& page, size_t found);

// The rows under `plural` ("instances" in 2.40) with what the release says of the page: beside
// them in 2.40, in a pager as well in 2.41, in the pager alone and with links from 2.42 on.
Json paged(const Request& request, int major, const char* plural, const Json& rows,
           const TrackedPage& page, size_t found);

}  // namespace sandbox
