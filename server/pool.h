// SPDX-License-Identifier: BSD-3-Clause
// The threads on which calls wait for DHIS2, so that no reader of messages ever does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dhis2mcp {

// Starts a thread when there is work and none is free, up to `most`. Threads block SIGTERM and
// SIGINT: those belong to the thread that reads. The destructor runs what was posted.
class Pool {
 public:
  explicit Pool(std::size_t most = 32) : most_(most) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // `bytes` is what the work holds in memory while it waits. The work must not throw.
  void post(std::function<void()> work, std::size_t bytes);

  // Blocks while 256 pieces of work or 16 MiB wait for a thread: a client that sends faster than
  // DHIS2 answers is read no further.
  void wait_for_room();

  // True when nothing runs or waits any more before the time is over.
  bool wait_until_idle(std::chrono::steady_clock::time_point deadline);

 private:
  struct Work {
    std::function<void()> run;
    std::size_t bytes;
  };
  void serve();

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable work_came_, work_ended_;
  std::deque<Work> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t running_ = 0;
  std::size_t free_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dhis2mcp
