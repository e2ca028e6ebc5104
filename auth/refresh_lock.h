// SPDX-License-Identifier: BSD-3-Clause
// One refresh of one token at a time, over all processes of this user.
#pragma once

#include <filesystem>

#include "auth/turn.h"

namespace dhis2mcp {

// An exclusive flock(2) on a private file; the kernel releases it when its process dies. The file
// names its holder and stays: removing it would let two hold it at once. Where no lock file can be
// made (a read-only disk) nothing is held: nobody else can save a token there either.
class RefreshLock {
 public:
  // Waits as long as the caller is willing to, 30 s at most. Throws cancelled, or unavailable with
  // the holder's process id.
  static RefreshLock take(const std::filesystem::path& file, const Countdown& countdown);

  ~RefreshLock();
  RefreshLock(RefreshLock&& other) noexcept;
  RefreshLock& operator=(RefreshLock&&) = delete;

 private:
  explicit RefreshLock(int file) : file_(file) {}
  int file_;
};

}  // namespace dhis2mcp
