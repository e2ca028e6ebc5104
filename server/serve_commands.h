// SPDX-License-Identifier: BSD-3-Clause
// The commands that serve until they are told to end: `stdio`, `http` and `proxy`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/console.h"
#include "server/options.h"

namespace dhis2mcp {

// Messages go to the console's answers. Ends with 0 on the end of stdin, SIGTERM or SIGINT, within
// two seconds whatever still runs.
int serve_stdio_command(const Console& console, const Options& options);

struct HttpRequest {
  std::string bind;
  std::uint16_t port = 0;
  bool new_token = false;
};

// Says on stderr where it listens and where the token is. Ends within five seconds.
int serve_http_command(const Console& console, const Options& options, const HttpRequest& request);

struct ProxyRequest {
  std::uint16_t port = 3448;
  std::vector<std::string> origins;     // at least one
  std::vector<std::string> new_tokens;  // those among them whose token is replaced
};

// Says on stderr where it listens, and each token that was made now: this once, for only its hash
// is kept. Nothing is made where the port is taken. With `--profile` that one alone is served. Ends
// within five seconds.
int serve_proxy_command(const Console& console, const Options& options,
                        const ProxyRequest& request);

}  // namespace dhis2mcp
