// SPDX-License-Identifier: BSD-3-Clause
// Where a server of ours listens, and how patient it is with whoever connects.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "dhis2/error.h"

namespace dhis2mcp {

// Another program listens on the port: exit code 6.
struct PortTaken : Error {
  using Error::Error;
};

// How long a peer may take, and how many there may be.
struct HttpLimits {
  using Time = std::chrono::milliseconds;
  Time head{10'000};   // from the first byte, or from the connection, to the end of the headers
  Time body{20'000};   // to the end of the body
  Time idle{120'000};  // between two requests
  Time write{30'000};  // to take an answer
  Time linger{2'000};  // to read a refusal, while the rest of the request is thrown away
  Time beat{15'000};   // without a byte, until a comment goes out where an answer takes long
  Time sweep{1'000};   // how often the above are looked at
  Time grace{3'000};   // for calls in flight when the server is told to end
  Time stopping{500};  // for them to end once they were stopped
  std::size_t connections = 512;  // beyond, one that asks nothing yet is closed
};

struct HttpOptions {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 0;        // 0: any free one
  int stop = -1;                 // readable once the process was told to end; -1: never
  std::string command = "http";  // that a person gave, for words about it
  HttpLimits limits;
};

}  // namespace dhis2mcp
