// SPDX-License-Identifier: BSD-3-Clause
// Unlinked as soon as it is open, so that nothing of an answer outlives it.
#include "tools/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "auth/places.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void throw_disk() {
  throw Error(ErrorKind::unavailable,
              std::string("This answer is larger than memory, and could not be kept on disk: ") +
                  std::strerror(errno) + ".",
              "Make room on the disk, or ask for less.");
}

}  // namespace

ScratchFile::ScratchFile(std::filesystem::path folder) : folder_(std::move(folder)) {}

ScratchFile::~ScratchFile() {
  if (file_ >= 0) ::close(file_);
}

void ScratchFile::write(std::string_view bytes) {
  if (file_ < 0) {
    make_private_folder(folder_);
    std::string name = (folder_ / "scratch-XXXXXX").string();
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ < 0) throw_disk();
    ::unlink(name.c_str());
  }
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_disk();
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void ScratchFile::read(std::uint64_t at, std::size_t bytes, std::string& out) const {
  const std::size_t had = out.size();
  out.resize(had + bytes);
  for (std::size_t got = 0; got < bytes;) {
    const ssize_t some =
        ::pread(file_, out.data() + had + got, bytes - got, static_cast<off_t>(at + got));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) throw_disk();
    got += static_cast<std::size_t>(some);
  }
}

}  // namespace dhis2mcp
