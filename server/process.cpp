// SPDX-License-Identifier: BSD-3-Clause
// Linux and POSIX calls of the first lines of main.
#include "server/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace dhis2mcp {

int reserve_message_stream() {
  // A parent may have closed the standard descriptors; a file that we open must not become one.
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
  }
  const int messages = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return messages;
}

void harden_process() {
  umask(077);
  // A file that may not grow any more is for its writer to tell, as a full disk is.
  signal(SIGXFSZ, SIG_IGN);
#ifdef NDEBUG
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace dhis2mcp
