// SPDX-License-Identifier: BSD-3-Clause
// Data values as a table that repeats as little as possible.
#pragma once

#include "tools/call.h"
#include "tools/held_values.h"
#include "tools/uid_names.h"

namespace dhis2mcp {

// Asks the names of all ids that the values hold, in one request for each type, and puts the table,
// what is the same for every value (`read_as`), and who stored them and when (a note, or columns
// where there are more than HeldValues::kInMemory values) into the answer.
//
// What is the same everywhere gets no column. Up to kInMemory values, one dimension of at most 31
// items runs across where that takes less room; an empty cell is then no value, and a comment or a
// follow-up mark says which column it is about. Values that fell on one place keep their rows.
void lay_out_values(Call& call, const HeldValues& values, UidNames& names, Answer& answer);

}  // namespace dhis2mcp
