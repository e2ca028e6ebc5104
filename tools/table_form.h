// SPDX-License-Identifier: BSD-3-Clause
// The three forms of a table file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>

#include "tools/table_file.h"

namespace dhis2mcp {

class TableFile::Form {
 public:
  virtual ~Form() = default;
  virtual void begin(const Answer& head) = 0;
  virtual void row(const Row& row) = 0;
  virtual void end() = 0;
  std::uint64_t defused = 0;
};

std::unique_ptr<TableFile::Form> csv_form(std::ostream& out);
std::unique_ptr<TableFile::Form> json_form(std::ostream& out);

// Writes the file itself, whose path is set before begin() and outlives the form.
std::unique_ptr<TableFile::Form> xlsx_form(const std::filesystem::path& part);

}  // namespace dhis2mcp
