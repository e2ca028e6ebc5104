// SPDX-License-Identifier: BSD-3-Clause
// One thread for all deadlines of the process, started by the first call that has one.
#include "dhis2/interruptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <thread>

namespace dhis2mcp {
namespace {

constexpr std::chrono::milliseconds kAgain{20};

class Watchdog {
 public:
  static Watchdog& shared() {
    static Watchdog watchdog;
    return watchdog;
  }

  std::uint64_t add(Interruptor& interruptor, Deadline deadline) {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) {
      thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    entries_.emplace(++last_, Entry{&interruptor, deadline, Interruption::deadline});
    changed_.notify_one();
    return last_;
  }

  void expire(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(id);
    if (entry == entries_.end()) return;
    entry->second.due = Deadline::min();
    entry->second.why = Interruption::stopped;
    changed_.notify_one();
  }

  void remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
  }

 private:
  struct Entry {
    Interruptor* interruptor;
    Deadline due;
    Interruption why;
  };

  // Interrupting happens under the lock, so that nobody is interrupted after remove() returned.
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      const Deadline now = std::chrono::steady_clock::now();
      Deadline next = now + std::chrono::hours(1);
      for (auto& [id, entry] : entries_) {
        if (entry.due <= now) {
          entry.interruptor->interrupt(entry.why);
          entry.due = now + kAgain;
        }
        next = std::min(next, entry.due);
      }
      changed_.wait_until(lock, stop, next, [&] { return earliest() < next; });
    }
  }

  Deadline earliest() const {
    Deadline first = Deadline::max();
    for (const auto& [id, entry] : entries_) first = std::min(first, entry.due);
    return first;
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t last_ = 0;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace

Interruptor::~Interruptor() {
  if (socket_ >= 0) close(socket_);
}

void Interruptor::watch(int socket) {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) close(socket_);
  socket_ = fcntl(socket, F_DUPFD_CLOEXEC, 3);
}

void Interruptor::interrupt(Interruption why) {
  const std::lock_guard lock(mutex_);
  if (why_ == Interruption::none) why_ = why;
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

Interruption Interruptor::why() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

void Interruptor::rearm() {
  const std::lock_guard lock(mutex_);
  why_ = Interruption::none;
}

Watch::Watch(Interruptor& interruptor, Deadline deadline, const std::stop_token& stop)
    : id_(Watchdog::shared().add(interruptor, deadline)) {
  on_stop_.emplace(stop, Stop{this});
}

Watch::~Watch() {
  on_stop_.reset();
  Watchdog::shared().remove(id_);
}

void Watch::Stop::operator()() const { Watchdog::shared().expire(watch->id_); }

}  // namespace dhis2mcp
