// SPDX-License-Identifier: BSD-3-Clause
// Who may speak to the HTTP front at all, decided before a body is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/secret.h"
#include "server/http_door.h"
#include "server/http_head.h"

namespace dhis2mcp {

inline constexpr std::size_t kLongestBody = 4 * 1024 * 1024;

// Where a request goes once it has passed.
enum class Route { message, stream, end_session, health };

// Checks in this order: Host, Origin, path, token, method, content type, accept, size. A page in a
// browser that reaches the port by a rebound name fails at the first, one that uses the right
// address at the second (MCP "Streamable HTTP", security warning). Not thread-safe.
class HttpGate {
 public:
  using Time = BadTokens::Time;

  // `bind` and `port` are where the server listens. 401 names the token file, never the token. An
  // empty token lets everybody in, at / as well: for the conformance fixture, which no suite could
  // send one; the product's token is never empty.
  HttpGate(std::string_view bind, std::uint16_t port, Secret token, std::string token_file);

  // Throws HttpRefusal.
  Route pass(const HttpHead& head, Time now);

 private:
  void check_token(const HttpHead& head, Time now);

  std::vector<std::string> hosts_, origins_;
  Secret token_;
  std::string token_file_;
  BadTokens bad_tokens_;
};

// Whether the media type is application/json, parameters allowed.
bool is_json_type(std::string_view content_type);

inline constexpr std::string_view kEventStream = "text/event-stream";

// Whether an Accept value lets this media type through; q=0 is taken for what it says.
bool accepts(std::string_view accept, std::string_view type);

// Whether it names the type itself, not by a wildcard alone.
bool asks_for(std::string_view accept, std::string_view type);

}  // namespace dhis2mcp
