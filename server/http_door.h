// SPDX-License-Identifier: BSD-3-Clause
// What every front of ours demands of a request first: the right name, and a bearer token.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_head.h"

namespace dhis2mcp {

// The Host values of a server that listens at this address and port.
std::vector<std::string> served_hosts(std::string_view bind, std::uint16_t port);

// Throws HttpRefusal: 400 without a Host, 403 for one that is not served. A page that reaches the
// port by a name that was rebound to this machine fails here.
void check_host(const HttpHead& head, const std::vector<std::string>& hosts);

// What stands behind "Bearer"; empty when that is not what was sent.
std::string_view bearer_of(const HttpHead& head);

// More than this many wrong tokens a minute are answered 429. The right one is always served, or
// any process of this machine could lock its owner out.
inline constexpr std::size_t kBadTokens = 20;

// Wrong tokens of the last minute. Not thread-safe.
class BadTokens {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // One more; throws HttpRefusal (429) when there were kBadTokens already.
  void count(Time now);

 private:
  std::deque<Time> times_;
};

// Without blanks and tabs around it.
std::string_view trimmed(std::string_view text);

}  // namespace dhis2mcp
