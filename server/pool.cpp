// SPDX-License-Identifier: BSD-3-Clause
// A queue and lazily started threads.
#include "server/pool.h"

#include "server/signals.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostWaiting = 256;
constexpr std::size_t kMostWaitingBytes = 16 * 1024 * 1024;

}  // namespace

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::post(std::function<void()> work, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::move(work), bytes});
  waiting_bytes_ += bytes;
  if (free_ < waiting_.size() && threads_.size() < most_) {
    const SignalsBlocked while_starting;
    threads_.emplace_back([this] { serve(); });
    ++free_;
  }
  work_came_.notify_one();
}

void Pool::wait_for_room() {
  std::unique_lock lock(mutex_);
  work_ended_.wait(lock, [this] {
    return waiting_.size() < kMostWaiting && waiting_bytes_ < kMostWaitingBytes;
  });
}

bool Pool::wait_until_idle(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return work_ended_.wait_until(lock, deadline,
                                [this] { return waiting_.empty() && running_ == 0; });
}

void Pool::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_came_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= work.bytes;
    --free_;
    ++running_;
    lock.unlock();
    work_ended_.notify_all();
    work.run();
    work.run = nullptr;
    lock.lock();
    --running_;
    ++free_;
    work_ended_.notify_all();
  }
}

}  // namespace dhis2mcp
