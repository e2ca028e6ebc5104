// SPDX-License-Identifier: BSD-3-Clause
// Keeps the signals that end the process away from threads that do not read messages.
#pragma once

#include <csignal>

namespace dhis2mcp {

// While one lives, threads that are started inherit a mask without SIGTERM and SIGINT.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ours, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace dhis2mcp
