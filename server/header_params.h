// SPDX-License-Identifier: BSD-3-Clause
// Arguments that clients of 2026-07-28 repeat in headers, for those between us who route by them.
#pragma once

#include <string_view>
#include <vector>

#include "server/http_head.h"
#include "server/toolbox.h"

namespace dhis2mcp {

// Every `x-mcp-header` that is reached through `properties` alone.
std::vector<HeaderParam> header_params(const Json& input_schema);

// Throws RpcError -32020 when a header and its argument differ, or when one of them is missing.
// Integers are compared as numbers. `arguments` is the raw object, empty for none.
void check_header_params(const std::vector<HeaderParam>& params, std::string_view arguments,
                         const HttpHead& head);

}  // namespace dhis2mcp
