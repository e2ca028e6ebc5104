// SPDX-License-Identifier: BSD-3-Clause
// Names that were looked up lately, so that a question asked again costs no look-up.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "tools/names.h"

namespace dhis2mcp {

// Shared by all calls of a process; each entry lives ten minutes. Bounded by forgetting everything
// at once.
class RememberedNames {
 public:
  std::optional<Named> find(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.first < Clock::now()) return std::nullopt;
    return found->second.second;
  }

  void put(const std::string& key, const Named& named) {
    const std::scoped_lock lock(mutex_);
    if (entries_.size() >= kMost) entries_.clear();
    entries_[key] = {Clock::now() + std::chrono::minutes(10), named};
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMost = 5'000;
  std::mutex mutex_;
  std::map<std::string, std::pair<Clock::time_point, Named>> entries_;
};

}  // namespace dhis2mcp
