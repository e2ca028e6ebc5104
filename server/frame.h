// SPDX-License-Identifier: BSD-3-Clause
// Cuts a stream of bytes into lines, one message each.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace dhis2mcp {

inline constexpr std::size_t kLongestLine = 4 * 1024 * 1024;

// Lines end in LF; a CR before it belongs to the end, blank lines are skipped. A line that is too
// long is reported once, when it grew too long, and skipped up to its end: memory stays within one
// line whatever comes.
class LineSplitter {
 public:
  using OnLine = std::function<void(std::string line)>;
  using OnTooLong = std::function<void()>;

  LineSplitter(OnLine on_line, OnTooLong on_too_long)
      : on_line_(std::move(on_line)), on_too_long_(std::move(on_too_long)) {}

  void feed(std::string_view bytes);

  // At the end of the stream: what stands there without a line end is a line too.
  void finish();

 private:
  void take(std::string_view piece);
  void end_line();

  OnLine on_line_;
  OnTooLong on_too_long_;
  std::string line_;
  bool skipping_ = false;
};

}  // namespace dhis2mcp
