// SPDX-License-Identifier: BSD-3-Clause
// Rows of texts on disk, kept as they came.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/scratch_file.h"

namespace dhis2mcp {

// For more rows than memory holds: a piece of them is in it at a time. Not thread-safe.
class LongRows {
 public:
  // The file is made in `folder` (private to us) when it is needed.
  explicit LongRows(std::filesystem::path folder) : file_(std::move(folder)) {}

  void add(const std::vector<std::string_view>& cells);
  std::uint64_t size() const { return rows_; }

  // Every row in the order of arrival. Ends early when the visitor returns false.
  using Visit = std::function<bool(const std::vector<std::string_view>& cells)>;
  void each(const Visit& visit) const;

 private:
  ScratchFile file_;
  std::string ahead_;  // not written yet
  std::uint64_t rows_ = 0;
};

}  // namespace dhis2mcp
