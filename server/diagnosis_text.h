// SPDX-License-Identifier: BSD-3-Clause
// A diagnosis as lines for a terminal.
#pragma once

#include <string>

#include "auth/diagnosis.h"

namespace dhis2mcp {

// "ok    address  ... answers", one line for each step, then notes.
std::string step_lines(const Diagnosis& seen);

// "analyste at https://h (2.43.1), a request takes 12 ms"
std::string account_line(const Diagnosis& seen);

// The steps, and what comes of them.
std::string diagnosis_text(const Diagnosis& seen);

}  // namespace dhis2mcp
