// SPDX-License-Identifier: BSD-3-Clause
// The line splitter: the pieces in which bytes arrive never change the lines that come out.
#include "server/frame.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/demand.h"

namespace {

using Lines = std::vector<std::string>;

Lines split(std::string_view text, std::size_t piece) {
  Lines lines;
  dhis2mcp::LineSplitter splitter([&](std::string line) { lines.push_back(std::move(line)); },
                                  [] { DEMAND(false); });
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    splitter.feed(text.substr(0, piece));
  }
  splitter.finish();
  return lines;
}

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// What the splitter promises, written the plain way.
Lines expected(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!blank(line)) lines.emplace_back(line);
  }
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::size_t piece = 1 + bytes[0];
  DEMAND(split(text, piece) == expected(text));
  return 0;
}
