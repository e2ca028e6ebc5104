// SPDX-License-Identifier: BSD-3-Clause
// Reads comma-separated values as DHIS2 writes them (RFC 4180).
#pragma once

#include <string_view>

#include "tools/table.h"

namespace dhis2mcp {

// The first line gives the columns. An empty field is absent; a field is text whatever it looks
// like, so that leading zeros and period ids stay as they are. A line that is longer than the first
// gets columns of its own, numbered. Throws unavailable when a quote is never closed.
Table read_csv(std::string_view text);

}  // namespace dhis2mcp
