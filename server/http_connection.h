// SPDX-License-Identifier: BSD-3-Clause
// One peer of the MCP front: hands its messages to the dispatcher, writes what comes back.
#pragma once

#include <memory>
#include <optional>

#include "server/dispatcher.h"
#include "server/http_gate.h"
#include "server/http_loop.h"

namespace dhis2mcp {

// The loop that connections run in. Everything is used on the thread of the loop.
struct McpLoop : HttpLoop {
  McpLoop(Dispatcher& taken, HttpOptions given) : HttpLoop(std::move(given)), dispatcher(taken) {}

  Dispatcher& dispatcher;
  std::optional<HttpGate> gate;
};

// Takes over the descriptor of a socket that was accepted, of this address family. Owns its loop:
// the answer to a call may come after the server has ended.
std::shared_ptr<HttpConnection> http_connection(const std::shared_ptr<McpLoop>& loop,
                                                boost::asio::io_context& context, int descriptor,
                                                bool v6);

}  // namespace dhis2mcp
