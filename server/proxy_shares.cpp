// SPDX-License-Identifier: BSD-3-Clause
// A count and a line for each origin.
#include "server/proxy_shares.h"

#include <algorithm>
#include <utility>

namespace dhis2mcp {
namespace {

constexpr std::size_t kInAll = 12, kMostEach = 6, kMostWaiting = 64;

}  // namespace

ProxyShares::ProxyShares(std::size_t origins)
    : each_(std::clamp<std::size_t>(kInAll / std::max<std::size_t>(origins, 1), 1, kMostEach)),
      places_(origins) {}

bool ProxyShares::enter(std::size_t origin, Request request) {
  Places& places = places_[origin];
  if (places.taken < each_) {
    ++places.taken;
    request.begin();
    return true;
  }
  if (places.line.size() >= kMostWaiting) {
    std::erase_if(places.line, [](const Request& each) { return !each.wanted(); });
  }
  if (places.line.size() >= kMostWaiting) return false;
  places.line.push_back(std::move(request));
  return true;
}

void ProxyShares::leave(std::size_t origin) {
  Places& places = places_[origin];
  --places.taken;
  while (places.taken < each_ && !places.line.empty()) {
    const Request next = std::move(places.line.front());
    places.line.pop_front();
    if (!next.wanted()) continue;
    ++places.taken;
    next.begin();
  }
}

}  // namespace dhis2mcp
