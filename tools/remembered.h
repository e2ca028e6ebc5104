// SPDX-License-Identifier: BSD-3-Clause
// What DHIS2 told lately and changes seldom, so that a question asked again costs no request.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auth/profile.h"

namespace dhis2mcp {

// Shared by all calls of a process; each entry lives ten minutes. Bounded by forgetting everything
// at once when `most` entries are held.
template <typename Value>
class Remembered {
 public:
  explicit Remembered(std::size_t most) : most_(most) {}

  std::optional<Value> find(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.first < Clock::now()) return std::nullopt;
    return found->second.second;
  }

  void put(const std::string& key, Value value) {
    const std::scoped_lock lock(mutex_);
    if (entries_.size() >= most_) entries_.clear();
    entries_[key] = {Clock::now() + std::chrono::minutes(10), std::move(value)};
  }

 private:
  using Clock = std::chrono::steady_clock;
  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, std::pair<Clock::time_point, Value>> entries_;
};

// What one account may see is no answer for another.
inline std::string remembered_key(const Profile& profile, std::string_view what) {
  return profile.name + "\n" + profile.url + "\n" + profile.user + "\n" + std::string(what);
}

}  // namespace dhis2mcp
