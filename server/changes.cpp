// SPDX-License-Identifier: BSD-3-Clause
// A list of functions behind a mutex.
#include "server/changes.h"

namespace dhis2mcp {

void Changes::announce(const Change& change) {
  const std::lock_guard lock(mutex_);
  for (const auto& [number, listener] : listeners_) listener(change);
}

std::uint64_t Changes::add(Listener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.emplace(next_, std::move(listener));
  return next_++;
}

void Changes::remove(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(number);
}

}  // namespace dhis2mcp
