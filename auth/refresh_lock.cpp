// SPDX-License-Identifier: BSD-3-Clause
// flock has no deadline of its own, so it is tried again until it succeeds.
#include "auth/refresh_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "auth/places.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kLongest{30};
constexpr std::chrono::milliseconds kFirstPause{1}, kLongestPause{16};

std::string holder(int file) {
  std::array<char, 32> text{};
  const ssize_t got = pread(file, text.data(), text.size() - 1, 0);
  return got > 0 ? " (process " + std::string(text.data()) + ")" : std::string();
}

// Only words for a person: what counts is the lock.
void name_holder(int file) {
  const std::string id = std::to_string(getpid());
  if (ftruncate(file, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = pwrite(file, id.data(), id.size(), 0);
}

}  // namespace

RefreshLock RefreshLock::take(const std::filesystem::path& file, const Countdown& countdown) {
  make_private_folder(file.parent_path());
  const int opened = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  RefreshLock lock(opened);
  if (opened < 0) return lock;
  const auto end = std::min(countdown.end(), std::chrono::steady_clock::now() + kLongest);
  auto pause = kFirstPause;
  while (flock(opened, LOCK_EX | LOCK_NB) != 0) {
    if (countdown.stop().stop_requested()) {
      throw Error(ErrorKind::cancelled, "The call was cancelled.");
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw Error(ErrorKind::unavailable,
                  "The file " + file.string() + " cannot be locked: " + std::strerror(errno) + ".",
                  "Set DHIS2_MCP_HOME to a folder on a disk that has file locks.");
    }
    if (std::chrono::steady_clock::now() >= end) {
      Error late(ErrorKind::unavailable,
                 "Another dhis2-mcp" + holder(opened) + " is renewing this sign-in and takes long.",
                 "Try again; if it stays so, end that process.");
      late.retry = true;
      throw late;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  name_holder(opened);
  return lock;
}

RefreshLock::~RefreshLock() {
  if (file_ >= 0) close(file_);
}

RefreshLock::RefreshLock(RefreshLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

}  // namespace dhis2mcp
