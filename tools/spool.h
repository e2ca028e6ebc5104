// SPDX-License-Identifier: BSD-3-Clause
// Rows in a file, one line each: how a kept result is written and read back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "tools/table.h"

namespace dhis2mcp {

// The most that one kept result may take on disk: about two million data values.
inline constexpr std::uint64_t kSpoolBytes = 256UL * 1024 * 1024;
inline constexpr const char* kSpoolSize = "256 MB";

// A JSON array of texts and nulls, each text led by its kind, so that a number's digits and an
// empty text come back as they were.
std::string row_line(const Row& row);
Row read_row_line(std::string_view line);

// The size of a row in structuredContent.
std::size_t row_bytes(const Row& row);

// Cuts the longest texts of a row until it fits; each says how long it was.
void shrink(Row& row, std::size_t max_bytes);

// A rows file that is open for adding. Holds a lock against other processes that add.
class Spool {
 public:
  // Throws unavailable when the disk says no.
  explicit Spool(const std::filesystem::path& file);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Where the good rows end: what a broken-off writer left behind them goes. Called before any row
  // is added, once the lock is held.
  void start_at(std::uint64_t bytes);

  // False when the row would go over the bound; it is not written then.
  bool add(const Row& row);
  void flush();
  std::uint64_t bytes() const { return bytes_ + buffer_.size(); }

 private:
  std::string name_;
  int file_ = -1;
  std::uint64_t bytes_ = 0;
  std::string buffer_;
};

// Hands over the rows from number `from` on until the visitor returns false.
void read_rows(const std::filesystem::path& file, std::uint64_t from,
               const std::function<bool(Row&& row)>& visit);

}  // namespace dhis2mcp
