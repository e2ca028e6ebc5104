// SPDX-License-Identifier: BSD-3-Clause
// Modes, owners and links: every file is opened first and judged by its descriptor, so that what
// was judged is what is read.
#include "auth/places.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "auth/text_codes.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLargestFile = std::size_t{16} * 1024 * 1024;

[[noreturn]] void fail(const std::filesystem::path& what, const std::string& why,
                       const std::string& next_step) {
  throw ConfigurationError(ErrorKind::refused, what.string() + " " + why + ".", next_step);
}

[[noreturn]] void fail_with_errno(const std::filesystem::path& what, const std::string& doing) {
  const std::string reason = std::generic_category().message(errno);
  fail(what, "cannot be " + doing + ": " + reason,
       errno == ENOSPC || errno == EDQUOT ? "Free some space on that disk and try again."
                                          : "Check that this user may use that path.");
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

void demand_ours(const std::filesystem::path& path, const struct stat& found, bool folder) {
  const std::string quoted = "'" + path.string() + "'";
  if (S_ISLNK(found.st_mode)) {
    fail(path, "is a symbolic link, which is not followed",
         "Put the " + std::string(folder ? "folder" : "file") +
             " itself there, or set DHIS2_MCP_HOME to the place it points to.");
  }
  if (folder ? !S_ISDIR(found.st_mode) : !S_ISREG(found.st_mode)) {
    fail(path, folder ? "is not a folder" : "is not a regular file", "Move it away.");
  }
  if (found.st_uid != geteuid()) {
    fail(path, "belongs to another user",
         "Run as its owner, or set DHIS2_MCP_HOME to a folder of your own.");
  }
  if ((found.st_mode & 077) != 0) {
    fail(path, "can be used by other users of this machine",
         std::string("Run: chmod ") + (folder ? "700 " : "600 ") + quoted);
  }
}

// Without the last symbolic link: the descriptor is of `path` itself or there is none.
Descriptor open_private(const std::filesystem::path& file) {
  Descriptor opened(open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat found {};
  if (!opened.open()) {
    // A link or another user's file is better told from what it is than from the errno it gives.
    const int reason = errno;
    if (reason != ENOENT && lstat(file.c_str(), &found) == 0) {
      demand_ours(file, found, false);
    }
    errno = reason;
    fail_with_errno(file, "read");
  }
  if (fstat(opened.number(), &found) != 0) {
    fail_with_errno(file, "read");
  }
  demand_ours(file, found, false);
  return opened;
}

void write_all(const std::filesystem::path& file, int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      fail_with_errno(file, "written");
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(descriptor) != 0) {
    fail_with_errno(file, "written");
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.open()) {
    fsync(opened.number());
  }
}

// A new file beside `file` that is gone again unless it was moved into place.
class Beside {
 public:
  Beside(const std::filesystem::path& file, std::string_view text) {
    path_ = file.parent_path() /
            ("." + file.filename().string() + "." + to_hex(random_bytes(8)) + ".new");
    const Descriptor made(
        open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!made.open()) {
      fail_with_errno(path_, "made");
    }
    try {
      write_all(path_, made.number(), text);
    } catch (...) {
      unlink(path_.c_str());
      throw;
    }
  }
  ~Beside() { unlink(path_.c_str()); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

bool is_absent(const std::filesystem::path& file) {
  struct stat found {};
  if (lstat(file.c_str(), &found) == 0) return false;
  if (errno != ENOENT && errno != ENOTDIR) fail_with_errno(file, "read");
  return true;
}

void make_private_folder(const std::filesystem::path& folder) {
  struct stat found {};
  if (lstat(folder.c_str(), &found) == 0) {
    demand_ours(folder, found, true);
    return;
  }
  std::filesystem::path made;
  for (const auto& part : folder) {
    made /= part;
    if (mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) {
      // A parent that exists may sit on a read-only disk or be a mount point of someone else.
      const int reason = errno;
      if (lstat(made.c_str(), &found) != 0) {
        errno = reason;
        fail_with_errno(made, "made");
      }
    }
  }
  if (lstat(folder.c_str(), &found) != 0) {
    fail_with_errno(folder, "made");
  }
  demand_ours(folder, found, true);
}

void demand_private_file(const std::filesystem::path& file) {
  struct stat found {};
  if (lstat(file.c_str(), &found) != 0) {
    fail_with_errno(file, "read");
  }
  demand_ours(file, found, false);
}

void write_private_file(const std::filesystem::path& file, std::string_view text) {
  make_private_folder(file.parent_path());
  struct stat found {};
  if (lstat(file.c_str(), &found) == 0) {
    demand_ours(file, found, false);
  }
  const Beside made(file, text);
  if (rename(made.path().c_str(), file.c_str()) != 0) {
    fail_with_errno(file, "written");
  }
  sync_folder(file.parent_path());
}

bool create_private_file(const std::filesystem::path& file, std::string_view text) {
  make_private_folder(file.parent_path());
  const Beside made(file, text);
  if (link(made.path().c_str(), file.c_str()) == 0) {
    sync_folder(file.parent_path());
    return true;
  }
  if (errno != EEXIST) {
    fail_with_errno(file, "made");
  }
  return false;
}

std::string read_private_file(const std::filesystem::path& file) {
  const Descriptor opened = open_private(file);
  std::string text;
  std::array<char, 16'384> piece{};
  for (;;) {
    const ssize_t got = read(opened.number(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      fail_with_errno(file, "read");
    }
    if (got == 0) {
      return text;
    }
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargestFile) {
      fail(file, "is larger than 16 MB", "Move it away; it is not a file of this program.");
    }
  }
}

FolderLock::FolderLock(const std::filesystem::path& folder) {
  make_private_folder(folder);
  folder_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder_ < 0) {
    fail_with_errno(folder, "locked");
  }
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (flock(folder_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    const bool held = why == EWOULDBLOCK || why == EINTR;
    if (!held || std::chrono::steady_clock::now() > give_up) {
      close(folder_);
      errno = why;
      if (!held) fail_with_errno(folder, "locked");
      fail(folder, "is being written by another dhis2-mcp", "Wait until it is done and try again.");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

FolderLock::~FolderLock() { close(folder_); }

}  // namespace dhis2mcp
