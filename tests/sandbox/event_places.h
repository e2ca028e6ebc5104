// SPDX-License-Identifier: BSD-3-Clause
// Events on a map: counts, boxes and clusters.
#pragma once

#include <memory>

#include "tests/sandbox/analytics_write.h"
#include "tests/sandbox/event_query.h"

namespace sandbox {

// {"count": n, "extent": "BOX(...)"} of the events that have a point.
Reply event_count(const Country& country, const EventQuery& query);

// The points in squares of `size` metres of spherical Mercator (EPSG:3785), a row for each square
// that has any. `bbox` is "west,south,east,north" or empty; the uids of a square are told when it
// holds one event or `all_uids` asks for them.
std::shared_ptr<const Answer> event_clusters(const Country& country, const EventQuery& query,
                                             double size, const std::string& bbox, bool all_uids);

}  // namespace sandbox
