// SPDX-License-Identifier: BSD-3-Clause
// What main does before anything else.
#pragma once

namespace dhis2mcp {

// Moves standard output to a descriptor of its own and points descriptor 1 at stderr, so that no
// library and no mistake can put a byte between the messages. Returns the new descriptor.
int reserve_message_stream();

// New files are private; a write beyond a limit on file sizes fails and does not end the process;
// release builds leave no core file and cannot be read by a debugger of the same user, for
// passwords are in memory.
void harden_process();

}  // namespace dhis2mcp
