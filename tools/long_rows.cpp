// SPDX-License-Identifier: BSD-3-Clause
// A row is its length and its cells, each with a length before it.
#include "tools/long_rows.h"

#include <algorithm>
#include <cstring>

namespace dhis2mcp {
namespace {

constexpr std::size_t kPiece = 64UL * 1024;
using Length = std::uint32_t;

void put(std::string& out, std::size_t length) {
  const auto told = static_cast<Length>(length);
  out.append(reinterpret_cast<const char*>(&told), sizeof told);
}

Length length_at(std::string_view text) {
  Length length = 0;
  std::memcpy(&length, text.data(), sizeof length);
  return length;
}

// The whole rows at the beginning of a text; how long they are, 0 where the visitor has enough.
std::size_t hand_over(std::string_view text, const LongRows::Visit& visit) {
  std::vector<std::string_view> cells;
  std::string_view left = text;
  while (left.size() >= sizeof(Length) && left.size() - sizeof(Length) >= length_at(left)) {
    std::string_view row = left.substr(sizeof(Length), length_at(left));
    left.remove_prefix(sizeof(Length) + row.size());
    cells.clear();
    while (!row.empty()) {
      const Length length = length_at(row);
      cells.push_back(row.substr(sizeof(Length), length));
      row.remove_prefix(sizeof(Length) + length);
    }
    if (!visit(cells)) return 0;
  }
  return text.size() - left.size();
}

}  // namespace

void LongRows::add(const std::vector<std::string_view>& cells) {
  std::size_t bytes = 0;
  for (const std::string_view cell : cells) bytes += sizeof(Length) + cell.size();
  put(ahead_, bytes);
  for (const std::string_view cell : cells) {
    put(ahead_, cell.size());
    ahead_ += cell;
  }
  ++rows_;
  if (ahead_.size() < kPiece) return;
  file_.write(ahead_);
  ahead_.clear();
}

void LongRows::each(const Visit& visit) const {
  std::string text;
  for (std::uint64_t at = 0; at < file_.size();) {
    text.clear();
    file_.read(at, static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, file_.size() - at)),
               text);
    // A row is at most 4 MB (RowReader), and may be longer than a piece.
    const std::size_t first = sizeof(Length) + length_at(text);
    if (first > text.size()) file_.read(at + text.size(), first - text.size(), text);
    const std::size_t done = hand_over(text, visit);
    if (done == 0) return;
    at += done;
  }
  hand_over(ahead_, visit);
}

}  // namespace dhis2mcp
