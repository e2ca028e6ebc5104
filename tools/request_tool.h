// SPDX-License-Identifier: BSD-3-Clause
// The one generic tool: fills a request template with the arguments and answers what came.
#pragma once

#include "dhis2/exchange.h"
#include "tools/tool.h"

namespace dhis2mcp {

// One GET. `{x}` stands for a required argument and is percent-encoded in the path; a query part
// with `{x?}` is left out when the argument is; a list repeats the query name.
Answer run_request(Call& call);

// The request that a template makes of some arguments.
Request filled(const RequestTemplate& form, const Arguments& arguments);

}  // namespace dhis2mcp
