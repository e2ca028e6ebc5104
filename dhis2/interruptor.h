// SPDX-License-Identifier: BSD-3-Clause
// Ends a transfer from outside: at its deadline, or when the caller goes away.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>

namespace dhis2mcp {

using Deadline = std::chrono::steady_clock::time_point;

enum class Interruption { none, deadline, stopped };

// Knows the socket that a connection uses now, by a descriptor of its own: the HTTP library closes
// its one whenever it likes, and the number may then mean another file. Shutting the copy down
// wakes whoever reads, writes or connects. Safe to use from several threads.
class Interruptor {
 public:
  Interruptor() = default;
  ~Interruptor();
  Interruptor(const Interruptor&) = delete;
  Interruptor& operator=(const Interruptor&) = delete;

  // A new socket was made; the one before it is let go.
  void watch(int socket);

  void interrupt(Interruption why);
  Interruption why() const;
  void rearm();  // before the next call on the same connection

 private:
  mutable std::mutex mutex_;
  int socket_ = -1;
  Interruption why_ = Interruption::none;
};

// While it lives, a thread shared by the process interrupts at the deadline or within a few
// milliseconds of the stop, and again every 20 ms until this ends: a socket that was not connected
// yet takes no notice the first time.
class Watch {
 public:
  Watch(Interruptor& interruptor, Deadline deadline, const std::stop_token& stop);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  struct Stop {
    Watch* watch;
    void operator()() const;
  };
  std::uint64_t id_;
  std::optional<std::stop_callback<Stop>> on_stop_;
};

}  // namespace dhis2mcp
