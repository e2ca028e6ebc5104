// SPDX-License-Identifier: BSD-3-Clause
// MCP over a pair of descriptors, one JSON message a line; the only writer of the message stream.
#pragma once

#include <chrono>
#include <functional>

#include "server/dispatcher.h"
#include "server/pool.h"

namespace dhis2mcp {

struct StdioOptions {
  int input = 0;
  int output = 1;
  int stop = -1;  // readable once the process was told to end; -1: never
  // How long calls may go on after the end of the input, and how long stopped ones may take.
  std::chrono::milliseconds grace{1200}, stopping{300};
  std::function<void()> on_ending;  // called once, when reading has ended
};

// Reads until the input ends, the stop descriptor becomes readable or nobody reads the output any
// more. Calls in flight then finish, or are stopped when the grace is over; their answers are still
// sent. Returns when nothing is left to do or time is up. Throws Error(refused) when an answer
// could not be written for another reason than that nobody reads.
void serve_stdio(Dispatcher& dispatcher, Pool& pool, const StdioOptions& options);

}  // namespace dhis2mcp
