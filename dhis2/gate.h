// SPDX-License-Identifier: BSD-3-Clause
// Bounds the requests that this process has in flight at one server.
#pragma once

#include <stop_token>
#include <string>

#include "dhis2/interruptor.h"

namespace dhis2mcp {

inline constexpr int kInFlightPerHost = 4;

// Holds one of the places at "host:port" while it lives. DHIS2 servers are often small, and an
// assistant that asks twenty things at once should not be felt by the people who enter data.
class Place {
 public:
  // Waits for a place. Throws Error: unavailable at the deadline, cancelled on a stop.
  Place(const std::string& host_and_port, Deadline deadline, const std::stop_token& stop);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::string where_;
};

}  // namespace dhis2mcp
