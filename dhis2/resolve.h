// SPDX-License-Identifier: BSD-3-Clause
// Host names to addresses, without ever waiting longer than the caller does.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "dhis2/interruptor.h"

namespace dhis2mcp {

struct Resolved {
  std::vector<std::string> addresses;  // numeric, in the system's order of preference, no doubles
  std::string problem;                 // the resolver's words when there are none
};

// Throws Error: unavailable at the deadline, cancelled on a stop. The look-up itself cannot be
// stopped; it then ends unheard on its own thread.
Resolved resolve(const std::string& host, Deadline deadline, const std::stop_token& stop);

}  // namespace dhis2mcp
