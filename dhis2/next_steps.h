// SPDX-License-Identifier: BSD-3-Clause
// What to do about each error code of DHIS2: the one table of them.
#pragma once

#include <span>
#include <string_view>

namespace dhis2mcp {

// A row. The words say what to do, not what DHIS2's message says already; they name tools and
// arguments as the lists do.
struct NextStep {
  std::string_view code;  // "E7124", as ErrorCode.java of 2.37 to 2.43 has it
  std::string_view words;
};

// All rows, ordered by code. Codes that DHIS2 uses for many things are not among them: E1003,
// E1005 and E1006, and all that a tracker import uses again (E1000 to E1317).
std::span<const NextStep> next_steps();

// The words for a code; empty where there is no row.
std::string_view next_step(std::string_view code);

}  // namespace dhis2mcp
