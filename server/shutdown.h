// SPDX-License-Identifier: BSD-3-Clause
// SIGTERM and SIGINT as something that a loop can wait for, and a promise that the end comes.
#pragma once

#include <chrono>

namespace dhis2mcp {

// From here on SIGTERM and SIGINT make the returned descriptor readable, once and for good, and
// leave after `limit` with exit code 0 whatever still hangs; a second signal leaves at once.
// SIGPIPE is ignored. For the process as a whole: call once, from main's thread.
int catch_stop_signals(std::chrono::milliseconds limit);

// The same promise without a signal, for the end of stdin.
void leave_within(std::chrono::milliseconds limit);

// For the short commands: SIGINT ends them with exit code 130.
void exit_130_on_interrupt();

}  // namespace dhis2mcp
