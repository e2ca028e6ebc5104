// SPDX-License-Identifier: BSD-3-Clause
// The three forms of a table file, each writing to a stream that can seek.
#pragma once

#include <cstdint>
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
std::unique_ptr<TableFile::Form> xlsx_form(std::ostream& out);

}  // namespace dhis2mcp
