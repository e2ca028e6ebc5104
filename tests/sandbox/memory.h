// SPDX-License-Identifier: BSD-3-Clause
// What clients told the server to remember beside data: settings, aliases, stored JSON.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace sandbox {

// Values by scope and key. Scopes: "system" and "system/fr" for settings and their translations,
// "user/<username>" for a user's settings, "alias" for query aliases. Lives as long as the server;
// safe from several threads.
class Memory {
 public:
  using Json = nlohmann::ordered_json;

  void keep(const std::string& scope, const std::string& key, Json value) {
    const std::lock_guard lock(mutex_);
    scopes_[scope][key] = std::move(value);
  }

  // False when there was nothing to forget.
  bool forget(const std::string& scope, const std::string& key) {
    const std::lock_guard lock(mutex_);
    return scopes_[scope].erase(key) > 0;
  }

  std::optional<Json> recall(const std::string& scope, const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = scopes_.find(scope);
    if (found == scopes_.end()) return std::nullopt;
    const auto value = found->second.find(key);
    if (value == found->second.end()) return std::nullopt;
    return value->second;
  }

  std::map<std::string, Json> all(const std::string& scope) const {
    const std::lock_guard lock(mutex_);
    const auto found = scopes_.find(scope);
    return found == scopes_.end() ? std::map<std::string, Json>() : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, Json>> scopes_;
};

}  // namespace sandbox
