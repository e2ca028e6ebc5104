// SPDX-License-Identifier: BSD-3-Clause
// One peer of the HTTP front: reads a request, answers it, reads the next.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>

#include "server/http_gate.h"
#include "server/http_transport.h"

namespace boost::asio {
class io_context;
}

namespace dhis2mcp {

class HttpConnection;

// The loop that connections run in. Everything is used on the thread of the loop.
struct HttpLoop {
  using Connections = std::list<std::shared_ptr<HttpConnection>>;

  HttpLoop(Dispatcher& taken, HttpOptions given) : dispatcher(taken), options(std::move(given)) {}
  virtual ~HttpLoop() = default;
  virtual void forget(Connections::iterator connection) = 0;

  Dispatcher& dispatcher;
  const HttpOptions options;
  std::optional<HttpGate> gate;
  bool stopping = false;
};

class HttpConnection {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~HttpConnection() = default;
  virtual void start(HttpLoop::Connections::iterator self) = 0;

  // Between two requests; and until when it may stay as it is.
  virtual bool idle() const = 0;
  virtual Clock::time_point deadline() const = 0;

  // The call in flight is stopped, and still answers.
  virtual void stop_call() = 0;
  virtual void close() = 0;

  // Shows a client that waits, and whatever is between us, that this connection lives: from time to
  // time a comment, which also begins the stream of an answer that takes long.
  virtual void beat(Clock::time_point now) = 0;
};

// Takes over the descriptor of a socket that was accepted, of this address family. Owns its loop:
// the answer to a call may come after the server has ended.
std::shared_ptr<HttpConnection> http_connection(std::shared_ptr<HttpLoop> loop,
                                                boost::asio::io_context& context, int descriptor,
                                                bool v6);

}  // namespace dhis2mcp
