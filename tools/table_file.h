// SPDX-License-Identifier: BSD-3-Clause
// A table as a file: CSV, JSON or an Excel workbook, written row by row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tools/answer.h"

namespace dhis2mcp {

// Writes beside `file` and renames over it in finish(), so that nobody sees half a table; mode 0600
// in a private folder. Not thread-safe. Memory stays within one row.
//   csv   RFC 4180, UTF-8 without a mark. An absent cell is nothing, an empty text is "". A text
//         that a spreadsheet would run (=, +, -, @ first) gets an apostrophe in front.
//   json  {"source", "read_as", "columns", "rows"}: cells as structuredContent has them.
//   xlsx  one sheet; texts never run, and an empty one looks like an absent cell. Numbers of more
//         than 15 digits are texts, for Excel would round them.
class TableFile {
 public:
  // Throws bad_input for an unknown format. `head` gives source, read_as and columns.
  TableFile(std::filesystem::path file, std::string_view format, const Answer& head);
  ~TableFile();  // removes what was not finished

  // Throws unavailable when the disk says no; bad_input when a workbook cannot hold so many rows,
  // columns or letters.
  void add(const Row& row);
  void finish();

  std::uint64_t rows() const { return rows_; }
  std::uint64_t bytes() const { return bytes_; }  // once finished

  // Texts that got an apostrophe.
  std::uint64_t defused() const;

  class Form;

 private:
  void demand_written() const;

  struct Target;
  std::filesystem::path file_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Form> form_;
  std::uint64_t rows_ = 0, bytes_ = 0;
};

}  // namespace dhis2mcp
