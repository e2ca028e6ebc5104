// SPDX-License-Identifier: BSD-3-Clause
// Text that is handed to a stranger and taken back once, unread and unchanged.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace dhis2mcp {

class Vault;

// AES-256-GCM under a key that is made on first use and ends with the process. Safe to use from
// several threads.
class Seal {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Seal();
  ~Seal();

  // Sealed text in hexadecimal. `bound_to` is authenticated and not stored.
  std::string close(std::string_view text, std::string_view bound_to, Time expires);

  // The text, once. Nothing when it was opened before, has expired, was changed, was sealed by
  // another process or for something else.
  std::optional<std::string> open(std::string_view sealed, std::string_view bound_to, Time now);

 private:
  const Vault& vault();

  std::mutex mutex_;
  std::unique_ptr<Vault> vault_;
  std::map<std::string, Time, std::less<>> used_;  // nonces, until they expire
};

}  // namespace dhis2mcp
