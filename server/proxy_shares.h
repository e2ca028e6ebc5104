// SPDX-License-Identifier: BSD-3-Clause
// Shares the proxy's requests out among the origins, so that none takes the places of another.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

namespace dhis2mcp {

// At most 12 requests are with DHIS2 at a time: 6 of one origin, less where there are many, never
// none. What comes beyond waits in line with its own origin's. Not thread-safe.
class ProxyShares {
 public:
  // A request in line. `wanted` is asked before it begins, and where the line is full.
  struct Request {
    std::function<bool()> wanted;
    std::function<void()> begin;
  };

  explicit ProxyShares(std::size_t origins);

  // Begins now, or when an earlier one of that origin has left. False when 64 of them wait already,
  // and nothing is kept of this one. What has begun must leave, once.
  bool enter(std::size_t origin, Request request);
  void leave(std::size_t origin);

  std::size_t each() const { return each_; }                     // of one origin
  std::size_t in_all() const { return each_ * places_.size(); }  // of all

 private:
  struct Places {
    std::size_t taken = 0;
    std::deque<Request> line;
  };

  std::size_t each_;
  std::vector<Places> places_;
};

}  // namespace dhis2mcp
