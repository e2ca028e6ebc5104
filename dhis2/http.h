// SPDX-License-Identifier: BSD-3-Clause
// One HTTP/1.1 exchange with one server, on pooled connections. Internal to the wire: the only file
// that sees the HTTP library is its source.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "dhis2/exchange.h"
#include "dhis2/interruptor.h"
#include "dhis2/proxy_choice.h"
#include "dhis2/url.h"

namespace dhis2mcp {

// Why no whole answer came. What a caller may do about it differs, so they are told apart.
enum class Trouble {
  none,
  name,             // the host name does not resolve
  refused,          // nothing takes connections there
  connect_timeout,  // nobody answers there
  certificate,      // TLS works, its certificate does not
  not_tls,          // what answers speaks no TLS
  tls,              // TLS fails otherwise
  proxy,            // the proxy refuses
  no_answer,        // closed before a whole head of an answer came
  cut,              // closed within the body
  not_http,         // a head that no HTTP/1.1 server sends
  deadline,
  stopped,
  reader_stopped  // on_piece returned false
};

struct Outcome {
  Trouble trouble = Trouble::none;
  std::string detail;  // "certificate has expired", "Name or service not known"; may be empty
  int status = 0;      // of the head that came, if one did; of the proxy for Trouble::proxy
};

// What goes out, with an X-Requested-With among its headers, and who takes what comes in. Both
// callbacks run on the calling thread; what they throw comes out of Http::send.
struct WireRequest {
  std::string method, target, body;
  Headers headers;
  bool fresh = false;  // on a new connection: a kept one may be closing, and that loses a write
  std::function<void(int status, Headers headers)> on_head;
  std::function<bool(std::string_view piece)> on_piece;  // as sent: not inflated
};

// Keeps the idle connections to one origin. Safe to use from several threads. The process ignores
// SIGPIPE from the first one on.
class Http {
 public:
  // `ca_file`: PEM certificates that add to the system's; throws ConfigurationError when it cannot
  // be read. Empty for none.
  Http(BaseUrl base, const std::string& ca_file, std::optional<Proxy> proxy);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Never follows a redirect, never inflates. Sends twice only where a kept connection closed
  // without an answer, which is then tried on a new one; never with `fresh`. Certificate and host
  // name are always verified, TLS 1.2 is the least. Ends within milliseconds of deadline or stop.
  Outcome send(const WireRequest& request, Deadline deadline, const std::stop_token& stop);

 private:
  struct Connection;
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace dhis2mcp
