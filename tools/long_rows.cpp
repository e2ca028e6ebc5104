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

void LongRows::each(const std::function<bool(const std::vector<std::string_view>& cells)>& visit) {
  if (!ahead_.empty()) file_.write(ahead_);
  ahead_.clear();
  std::string text;
  std::vector<std::string_view> cells;
  for (std::uint64_t at = 0; at < file_.size();) {
    text.clear();
    file_.read(at, static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, file_.size() - at)),
               text);
    // A row is at most 4 MB (RowReader), and may be longer than a piece.
    const std::size_t first = sizeof(Length) + length_at(text);
    if (first > text.size()) file_.read(at + text.size(), first - text.size(), text);
    std::string_view left = text;
    while (left.size() >= sizeof(Length) && left.size() - sizeof(Length) >= length_at(left)) {
      const std::size_t whole = sizeof(Length) + length_at(left);
      cells.clear();
      for (std::string_view row = left.substr(sizeof(Length), whole - sizeof(Length));
           !row.empty();) {
        const Length length = length_at(row);
        cells.push_back(row.substr(sizeof(Length), length));
        row.remove_prefix(sizeof(Length) + length);
      }
      if (!visit(cells)) return;
      left.remove_prefix(whole);
      at += whole;
    }
  }
}

}  // namespace dhis2mcp
