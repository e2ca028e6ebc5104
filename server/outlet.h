// SPDX-License-Identifier: BSD-3-Clause
// The way back to whoever sent a message.
#pragma once

#include <string>

namespace dhis2mcp {

struct Reply {
  std::string text;     // one JSON-RPC message or a batch of them; empty: nothing to say
  int http = 200;       // 202 where there is nothing to say
  std::string session;  // Mcp-Session-Id of a session that was opened by this message
};

// One for each message received. Implementations may be called from any thread.
class Outlet {
 public:
  virtual ~Outlet() = default;

  // Called exactly once, also for what needs no answer, so that an HTTP request can be completed.
  virtual void send(Reply reply) = 0;
};

}  // namespace dhis2mcp
