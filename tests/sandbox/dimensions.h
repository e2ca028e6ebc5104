// SPDX-License-Identifier: BSD-3-Clause
// What analytics can be asked for: dimensions, data items and the shapes of organisation units.
#pragma once

#include "tests/sandbox/wire.h"

namespace sandbox {

Reply dimensions(const Country& country, const Request& request);    // /dimensions/*
Reply data_items(const Country& country, const Request& request);    // /dataItems
Reply geo_features(const Country& country, const Request& request);  // /geoFeatures

// A pager of lists that are cut in memory; `link` is the path of their next page below the base
// URL. `request` gives page, pageSize and the other parameters of the link.
Json memory_pager(const Request& request, size_t total, const std::string& link);

// The part of `list` that a pager of the same request shows; all of it with paging=false.
Json memory_page(const Request& request, const Json& list);

}  // namespace sandbox
