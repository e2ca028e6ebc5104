// SPDX-License-Identifier: BSD-3-Clause
// Lets web pages of listed origins read DHIS2 through the profiles of this machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "auth/connections.h"
#include "auth/token_store.h"
#include "server/http_options.h"

namespace dhis2mcp {

class ProxyLoop;

struct ProxyOptions {
  HttpOptions http;
  std::string only_profile;                   // empty: all of them
  std::chrono::milliseconds line{30'000};     // that a request waits for a place before it is 429
  std::chrono::milliseconds budget{600'000};  // for one answer, from the question to the last byte
};

// `GET` and `HEAD` of `/PROFILE/api/...`, and the preflights for them. A server of its own, on a
// port of its own, apart from MCP: what a DHIS2 serves shares an origin with nothing else. Who may
// ask is in server/proxy_gate.h, what passes in server/proxy_relay.h, how many at a time in
// server/proxy_shares.h. The connections must live longer.
class ProxyServer {
 public:
  // Binds and listens. Throws PortTaken; bad_input for an address that is not one of this machine.
  ProxyServer(Connections& connections, ProxyOptions options);
  ~ProxyServer();

  std::uint16_t port() const;

  // Serves the origins until told to end; returns when the answers in flight ended or their time is
  // up. Called once.
  void run(std::vector<ProxyToken> origins);

  // Tells run() to end. From any thread.
  void stop();

 private:
  std::shared_ptr<ProxyLoop> loop_;
};

}  // namespace dhis2mcp
