// SPDX-License-Identifier: BSD-3-Clause
// A pipe that the handler writes to, and a timer behind it: a thread that is stuck in a write to a
// client that does not read cannot be asked to end.
#include "server/shutdown.h"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

int signal_pipe[2] = {-1, -1};
volatile std::sig_atomic_t signal_seen = 0;
std::chrono::milliseconds signal_limit{0};

extern "C" void leave_now(int) { _exit(0); }
extern "C" void leave_interrupted(int) { _exit(130); }

extern "C" void on_stop_signal(int) {
  if (signal_seen != 0) _exit(0);
  signal_seen = 1;
  const int saved = errno;
  leave_within(signal_limit);
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = write(signal_pipe[1], &byte, 1);
  errno = saved;
}

// Without SA_RESTART: a write that blocks returns.
void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

int catch_stop_signals(std::chrono::milliseconds limit) {
  if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    throw Error(ErrorKind::internal, "No pipe for signals: too many open files.");
  }
  signal_limit = limit;
  handle(SIGPIPE, SIG_IGN);
  handle(SIGTERM, on_stop_signal);
  handle(SIGINT, on_stop_signal);
  return signal_pipe[0];
}

void leave_within(std::chrono::milliseconds limit) {
  handle(SIGALRM, leave_now);
  itimerval timer{};
  timer.it_value.tv_sec = limit.count() / 1000;
  timer.it_value.tv_usec = limit.count() % 1000 * 1000;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void exit_130_on_interrupt() { handle(SIGINT, leave_interrupted); }

}  // namespace dhis2mcp
