// SPDX-License-Identifier: BSD-3-Clause
// The anonymous client of one DHIS2 instance: knows the wire and its dangers, knows no credentials.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "dhis2/exchange.h"
#include "dhis2/url.h"

namespace dhis2mcp {

struct WireOptions {
  std::string ca_file;  // PEM certificates that add to the system's store, never replace it
  // How the time before a second try is spent; empty: asleep, but for a stop. For tests.
  std::function<void(std::chrono::milliseconds)> pause;
};

// Pools keep-alive connections, at most 4 requests in flight per host in this process. Safe to use
// from several threads. Linked by auth/ alone: tools can only send through a SignedClient.
class Client {
 public:
  explicit Client(BaseUrl base, WireOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const BaseUrl& base() const;

  // Sends and returns whatever status came. GET and HEAD follow at most 3 redirects inside the
  // origin (never from https to http) and are sent up to 3 times on 429, 502, 503, 504, a refused
  // connection or a reset before the first byte; Retry-After is honoured up to 60 s. A redirect to
  // another place, or to a login page, is returned as it came. With a sink, only a 2xx body goes to
  // it; without, a body over 16 MB is refused.
  // Throws Error: unavailable (DNS, connect, TLS, deadline, cut or oversized answer, cut gzip),
  // bad_input (a header or a path that could be read in two ways), cancelled.
  Response send(const Request& request, const Patience& patience, const BodySink& sink = {});

  // For a proxy, whose clients know best what to do about a failure: sends once, follows no
  // redirect, takes none of the 4 places (a slow reader would keep it from others; the caller has a
  // bound of its own). A 2xx or 304 goes to `through` piece by piece, and the response has no body;
  // of any other answer at most 1 MB is read, inflated, into the response. Throws as send() does,
  // cancelled also when a piece was not taken; after the head `unavailable` means a cut answer.
  Response relay(const Request& request, const Patience& patience, const PassThrough& through);

 private:
  class Wire;
  std::unique_ptr<Wire> wire_;
};

}  // namespace dhis2mcp
