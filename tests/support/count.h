// SPDX-License-Identifier: BSD-3-Clause
// How often something happened on other threads, for a test that waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace dhis2mcp::test {

// Safe to use from several threads.
class Count {
 public:
  void operator++() {
    const std::lock_guard lock(mutex_);
    ++value_;
    changed_.notify_all();
  }

  // False when it does not come so far within ten seconds.
  bool reaches(int wanted) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return value_ >= wanted; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int value_ = 0;
};

}  // namespace dhis2mcp::test
