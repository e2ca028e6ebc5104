// SPDX-License-Identifier: BSD-3-Clause
// What a read may not touch: paths whose GET shows secrets or people's private data, runs SQL,
// calls third parties or consumes ids.
#pragma once

#include <string>
#include <string_view>

#include "dhis2/error.h"
#include "dhis2/query.h"

namespace dhis2mcp {

// The `refused` error of a path, with the reason and what to do instead.
Error not_readable(std::string_view path, const std::string& why, std::string_view instead);

// Throws `refused`, naming the rule and what to use instead. `path` is what was asked for;
// `below_api` the same as DHIS2 routes it ("users.json"), compared without case; `query` the whole
// one, whose fields decide about users and exports of metadata.
void check_read(std::string_view path, std::string_view below_api, const Query& query);

}  // namespace dhis2mcp
