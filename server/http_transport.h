// SPDX-License-Identifier: BSD-3-Clause
// MCP over HTTP/1.1 on a port of this machine: one event loop, no thread for a connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "auth/secret.h"
#include "server/dispatcher.h"
#include "server/http_options.h"

namespace dhis2mcp {

// `POST /mcp`, `GET /mcp` and `DELETE /mcp` of a session, and `GET /health`. Answers in JSON, as an
// event stream where there is something to say before the answer; no thread waits for either. A
// connection that closes stops its call, but in a session.
class HttpServer {
 public:
  // Binds and listens. Throws PortTaken; bad_input for an address that is not one of this machine,
  // or that stands for all of them.
  HttpServer(Dispatcher& dispatcher, HttpOptions options);
  ~HttpServer();

  std::uint16_t port() const;

  // Serves whoever sends the token until told to end; returns when the calls in flight ended or
  // their time is up.
  void run(Secret token, std::string token_file);

  // Tells run() to end. From any thread.
  void stop();

 private:
  class Loop;
  std::shared_ptr<Loop> loop_;
};

}  // namespace dhis2mcp
