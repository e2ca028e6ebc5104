// SPDX-License-Identifier: BSD-3-Clause
// The proxy's loop, started and ended.
#include "server/proxy_server.h"

#include <utility>

#include "server/proxy_connection.h"

namespace dhis2mcp {

ProxyServer::ProxyServer(Connections& connections, ProxyOptions options)
    : loop_(std::make_shared<ProxyLoop>(connections, std::move(options))) {}

// The pool ends first: its work uses the loop.
ProxyServer::~ProxyServer() {
  loop_->close_all();
  loop_->pool.reset();
  loop_->close_all();
}

std::uint16_t ProxyServer::port() const { return loop_->port(); }

void ProxyServer::run(std::vector<ProxyToken> origins) {
  loop_->serve(std::move(origins));
  loop_->run();
}

void ProxyServer::stop() { loop_->stop(); }

}  // namespace dhis2mcp
