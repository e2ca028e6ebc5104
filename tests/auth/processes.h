// SPDX-License-Identifier: BSD-3-Clause
// Work in processes of its own, for what threads cannot show: races on files and sudden death.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <vector>

namespace dhis2mcp::test {

// Runs `work` in a child and returns its id. The child ends without destructors or exit handlers
// of the parent's; its status is 0 unless `work` threw. For tests without threads of their own: the
// child would wait for ever for a lock that one of them held.
template <typename Work>
pid_t in_process(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      work();
      _exit(0);
    } catch (...) {
      _exit(1);
    }
  }
  return child;
}

// True when every child ended well.
inline bool all_ended_well(const std::vector<pid_t>& children) {
  bool well = true;
  for (const pid_t child : children) {
    int status = 0;
    well = waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
           well;
  }
  return well;
}

}  // namespace dhis2mcp::test
