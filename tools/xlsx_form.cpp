// SPDX-License-Identifier: BSD-3-Clause
// A workbook of one sheet by libxlsxwriter, which writes each row to a temporary file as it comes
// and zips at the end: the file itself is not there before. The library is loaded for the first
// workbook: most runs save none, and its relocations cost each of them a part of its start.
#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

#include <xlsxwriter.h>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/table_form.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostRows = 1'048'576;
constexpr std::size_t kMostColumns = 16'384;
constexpr std::ptrdiff_t kExactDigits = 15;

bool is_exact(const std::string& number) {
  return std::ranges::count_if(number, is_digit) <= kExactDigits;
}

[[noreturn]] void throw_too_much(const std::string& what) {
  throw Error(ErrorKind::bad_input, "A workbook cannot hold so many " + what + ".",
              "Save it as csv or json.");
}

struct Library {
  decltype(&workbook_new_opt) open = nullptr;
  decltype(&workbook_add_worksheet) add_sheet = nullptr;
  decltype(&worksheet_write_number) write_number = nullptr;
  decltype(&worksheet_write_string) write_text = nullptr;
  decltype(&workbook_close) close = nullptr;
  decltype(&lxw_workbook_free) free = nullptr;
  decltype(&lxw_strerror) words = nullptr;

  Library() {
    void* const handle = dlopen("libxlsxwriter.so.4", RTLD_NOW | RTLD_LOCAL);
    const auto take = [handle](auto& function, const char* name) {
      if (handle != nullptr) {
        function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(handle, name));
      }
      if (function != nullptr) return;
      throw Error(ErrorKind::unavailable, "The library of workbooks is not installed here.",
                  "Save it as csv, or have libxlsxwriter.so.4 installed (Debian: "
                  "libxlsxwriter4).");
    };
    take(open, "workbook_new_opt");
    take(add_sheet, "workbook_add_worksheet");
    take(write_number, "worksheet_write_number");
    take(write_text, "worksheet_write_string");
    take(close, "workbook_close");
    take(free, "lxw_workbook_free");
    take(words, "lxw_strerror");
  }
};

// Stays loaded; tried again when it was not there.
const Library& library() {
  static const Library loaded;
  return loaded;
}

void demand_done(lxw_error error) {
  if (error == LXW_NO_ERROR) return;
  if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) throw_too_much("letters in one cell");
  throw Error(ErrorKind::unavailable,
              std::string("The workbook cannot be written: ") + library().words(error),
              "See that the disk is not full, or save it as csv.");
}

class XlsxForm final : public TableFile::Form {
 public:
  explicit XlsxForm(const std::filesystem::path& part) : part_(part) {}
  ~XlsxForm() override {
    if (workbook_ != nullptr) library().free(workbook_);
  }

  void begin(const Answer& head) override {
    std::string folder = part_.parent_path().string();
    lxw_workbook_options options = {};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder.data();
    workbook_ = library().open(part_.c_str(), &options);
    if (workbook_ != nullptr) sheet_ = library().add_sheet(workbook_, "Result");
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
    demand_done(library().close(whole));
  }

 private:
  // A text is always written as one: a formula has a function of its own.
  void put(const Cell& cell, lxw_col_t column) {
    if (cell.absent()) return;
    if (cell.is_number() && is_exact(cell.str())) {
      demand_done(library().write_number(sheet_, rows_, column, std::stod(cell.str()), nullptr));
      return;
    }
    demand_done(library().write_text(sheet_, rows_, column, cell.str().c_str(), nullptr));
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
