// SPDX-License-Identifier: BSD-3-Clause
// A workbook of one sheet by libxlsxwriter, which writes each row to a temporary file as it comes
// and zips at the end: the file itself is not there before.
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include <xlsxwriter.h>

#include "dhis2/error.h"
#include "tools/table_form.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostRows = 1'048'576;
constexpr std::size_t kMostColumns = 16'384;
constexpr std::ptrdiff_t kExactDigits = 15;

bool is_exact(const std::string& number) {
  return std::ranges::count_if(number, [](char c) { return c >= '0' && c <= '9'; }) <= kExactDigits;
}

[[noreturn]] void throw_too_much(const std::string& what) {
  throw Error(ErrorKind::bad_input, "A workbook cannot hold so many " + what + ".",
              "Save it as csv or json.");
}

void demand_done(lxw_error error) {
  if (error == LXW_NO_ERROR) return;
  if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) throw_too_much("letters in one cell");
  throw Error(ErrorKind::unavailable,
              std::string("The workbook cannot be written: ") + lxw_strerror(error),
              "See that the disk is not full, or save it as csv.");
}

class XlsxForm final : public TableFile::Form {
 public:
  explicit XlsxForm(const std::filesystem::path& part) : part_(part) {}
  ~XlsxForm() override {
    if (workbook_ != nullptr) lxw_workbook_free(workbook_);
  }

  void begin(const Answer& head) override {
    std::string folder = part_.parent_path().string();
    lxw_workbook_options options = {};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder.data();
    workbook_ = workbook_new_opt(part_.c_str(), &options);
    if (workbook_ != nullptr) sheet_ = workbook_add_worksheet(workbook_, "Result");
    if (sheet_ == nullptr) demand_done(LXW_ERROR_MEMORY_MALLOC_FAILED);
    Row titles;
    for (const std::string& column : head.table->columns) titles.push_back(Cell::text(column));
    row(titles);
  }

  void row(const Row& row) override {
    if (rows_ == kMostRows || row.size() > kMostColumns) throw_too_much("rows or columns");
    for (std::size_t column = 0; column < row.size(); ++column) {
      put(row[column], static_cast<lxw_col_t>(column));
    }
    ++rows_;
  }

  void end() override {
    lxw_workbook* whole = workbook_;
    workbook_ = nullptr;  // closing frees it
    demand_done(workbook_close(whole));
  }

 private:
  // A text is always written as one: a formula has a function of its own.
  void put(const Cell& cell, lxw_col_t column) {
    if (cell.absent()) return;
    if (cell.is_number() && is_exact(cell.str())) {
      demand_done(worksheet_write_number(sheet_, rows_, column, std::stod(cell.str()), nullptr));
      return;
    }
    demand_done(worksheet_write_string(sheet_, rows_, column, cell.str().c_str(), nullptr));
  }

  const std::filesystem::path& part_;
  lxw_workbook* workbook_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_row_t rows_ = 0;
};

}  // namespace

std::unique_ptr<TableFile::Form> xlsx_form(const std::filesystem::path& part) {
  return std::make_unique<XlsxForm>(part);
}

}  // namespace dhis2mcp
