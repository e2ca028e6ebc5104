// SPDX-License-Identifier: BSD-3-Clause
// A file without a name, for what does not fit memory while one answer is made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dhis2mcp {

// Made in `folder` (private to us) at the first write, 0600; gone with the object, and with the
// process. Throws unavailable when the disk is full. Not thread-safe.
class ScratchFile {
 public:
  explicit ScratchFile(std::filesystem::path folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write(std::string_view bytes);  // behind what is there
  std::uint64_t size() const { return size_; }

  // Puts exactly `bytes` from `at` on behind `out`; they have to be there.
  void read(std::uint64_t at, std::size_t bytes, std::string& out) const;

 private:
  std::filesystem::path folder_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace dhis2mcp
