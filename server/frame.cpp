// SPDX-License-Identifier: BSD-3-Clause
// Line by line, with an upper bound.
#include "server/frame.h"

#include "server/json_text.h"

namespace dhis2mcp {

void LineSplitter::feed(std::string_view bytes) {
  for (;;) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return take(bytes);
    take(bytes.substr(0, end));
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish() { end_line(); }

void LineSplitter::take(std::string_view piece) {
  if (skipping_) return;
  if (line_.size() + piece.size() > kLongestLine + 1) {  // one more for a CR
    skipping_ = true;
    line_ = std::string();
    on_too_long_();
    return;
  }
  line_.append(piece);
}

void LineSplitter::end_line() {
  std::string line = std::move(line_);
  line_.clear();
  if (skipping_) {
    skipping_ = false;
    return;
  }
  if (line.ends_with('\r')) line.pop_back();
  if (!without_space(line).empty()) on_line_(std::move(line));
}

}  // namespace dhis2mcp
