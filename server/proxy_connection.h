// SPDX-License-Identifier: BSD-3-Clause
// One client of the proxy, and the loop that it runs in. Seen by the proxy's server alone.
#pragma once

#include <memory>
#include <optional>

#include "server/http_loop.h"
#include "server/pool.h"
#include "server/proxy_gate.h"
#include "server/proxy_server.h"
#include "server/proxy_shares.h"

namespace dhis2mcp {

// Everything but the pool's work is used on the thread of the loop.
class ProxyLoop : public HttpLoop {
 public:
  ProxyLoop(Connections& used, ProxyOptions given)
      : HttpLoop(given.http), profiles(used), proxy(std::move(given)) {}

  // Who is served; before run().
  void serve(std::vector<ProxyToken> origins) {
    shares.emplace(origins.size());
    gate.emplace(address(), port(), std::move(origins), proxy.only_profile);
    pool.emplace(shares->in_all());
  }

  Connections& profiles;
  const ProxyOptions proxy;
  std::optional<ProxyGate> gate;
  std::optional<ProxyShares> shares;
  std::optional<Pool> pool;  // a thread for each answer that is under way

 private:
  std::shared_ptr<HttpConnection> connection(boost::asio::io_context& context, int descriptor,
                                             bool v6) override;
};

}  // namespace dhis2mcp
