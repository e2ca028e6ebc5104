// SPDX-License-Identifier: BSD-3-Clause
// One caller at a time, and no longer than a caller is willing to wait.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "dhis2/error.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

// What is left of a caller's patience; starts when it is made.
class Countdown {
 public:
  explicit Countdown(const Patience& patience)
      : patience_(patience), end_(std::chrono::steady_clock::now() + patience.budget) {}

  // For the next step of the same call.
  Patience left() const {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - std::chrono::steady_clock::now());
    return {patience_.stop, std::max(rest, std::chrono::milliseconds(0))};
  }
  const std::stop_token& stop() const { return patience_.stop; }
  std::chrono::steady_clock::time_point end() const { return end_; }

 private:
  Patience patience_;
  std::chrono::steady_clock::time_point end_;
};

// A mutex that is waited for with a deadline and a stop token.
class Turn {
 public:
  // Throws cancelled or unavailable when the turn does not come in time.
  void take(const Countdown& countdown) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, countdown.stop(), countdown.end(), [this] { return !taken_; })) {
      if (countdown.stop().stop_requested()) {
        throw Error(ErrorKind::cancelled, "the call was cancelled");
      }
      Error late(ErrorKind::unavailable, "another call to this server took all of the time",
                 "Try again.");
      late.retry = true;
      throw late;
    }
    taken_ = true;
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    taken_ = false;
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any freed_;
  bool taken_ = false;
};

// Holds a turn for a scope.
class Held {
 public:
  Held(Turn& turn, const Countdown& countdown) : turn_(turn) { turn.take(countdown); }
  ~Held() { turn_.leave(); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  Turn& turn_;
};

}  // namespace dhis2mcp
