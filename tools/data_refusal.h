// SPDX-License-Identifier: BSD-3-Clause
// What to do next when DHIS2 refuses a question about stored data.
#pragma once

#include "dhis2/error.h"

namespace dhis2mcp {

// Throws the error again, with a next step for DHIS2's codes of data values, of completeness, of
// data entry and of reporting rates (E2001 to E2013, E1005, E1100 to E1105, E8127, E7120 to E7144).
[[noreturn]] void throw_data_refusal(Error error);

}  // namespace dhis2mcp
