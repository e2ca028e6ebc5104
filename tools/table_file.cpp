// SPDX-License-Identifier: BSD-3-Clause
// The file, and the two forms that are plain text.
#include "tools/table_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "auth/places.h"
#include "dhis2/error.h"
#include "tools/table_form.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// Whether a spreadsheet would take the text for a formula.
bool runs(const Cell& cell) {
  const std::string& text = cell.str();
  return !cell.is_number() && !text.empty() &&
         std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos &&
         !Cell::number(text).is_number();
}

class CsvForm final : public TableFile::Form {
 public:
  explicit CsvForm(std::ostream& out) : out_(out) {}

  void begin(const Answer& head) override {
    Row titles;
    for (const std::string& column : head.table->columns) titles.push_back(Cell::text(column));
    row(titles);
  }

  void row(const Row& row) override {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out_ << ',';
      if (!row[i].absent()) field(row[i]);
    }
    out_ << "\r\n";
  }

  void end() override {}

 private:
  void field(const Cell& cell) {
    std::string text = cell.str();
    if (runs(cell)) {
      text.insert(text.begin(), '\'');
      ++defused;
    }
    if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos) {
      out_ << text;
      return;
    }
    out_ << '"';
    for (const char c : text) {
      if (c == '"') out_ << '"';
      out_ << c;
    }
    out_ << '"';
  }

  std::ostream& out_;
};

class JsonForm final : public TableFile::Form {
 public:
  explicit JsonForm(std::ostream& out) : out_(out) {}

  void begin(const Answer& head) override {
    out_ << "{\"source\":" << json_quoted(clean_line(head.source));
    if (!head.read_as.empty()) out_ << ",\"read_as\":" << to_text(Json(head.read_as));
    out_ << ",\"columns\":" << to_text(Json(head.table->columns)) << ",\"rows\":[";
  }

  void row(const Row& row) override {
    out_ << (std::exchange(first_, false) ? "\n[" : ",\n[");
    for (std::size_t i = 0; i < row.size(); ++i) out_ << (i == 0 ? "" : ",") << row[i].to_json();
    out_ << ']';
  }

  void end() override { out_ << "\n]}\n"; }

 private:
  std::ostream& out_;
  bool first_ = true;
};

std::unique_ptr<TableFile::Form> form_of(std::string_view format, std::ostream& out,
                                         const std::filesystem::path& part) {
  if (format == "csv") return csv_form(out);
  if (format == "json") return json_form(out);
  if (format == "xlsx") return xlsx_form(part);
  throw Error(ErrorKind::bad_input, "There is no file format \"" + clean_line(format) + "\".",
              "The formats are csv, xlsx and json.");
}

}  // namespace

std::unique_ptr<TableFile::Form> csv_form(std::ostream& out) {
  return std::make_unique<CsvForm>(out);
}
std::unique_ptr<TableFile::Form> json_form(std::ostream& out) {
  return std::make_unique<JsonForm>(out);
}

struct TableFile::Target {
  std::filesystem::path part;
  std::ofstream out;
};

TableFile::TableFile(std::filesystem::path file, std::string_view format, const Answer& head)
    : file_(std::move(file)), target_(new Target) {
  form_ = form_of(format, target_->out, target_->part);
  make_private_folder(file_.parent_path());
  std::string name = file_.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);  // 0600
  if (descriptor < 0) {
    throw Error(ErrorKind::unavailable, "The file " + file_.string() + " cannot be made.",
                "See that the folder is yours and that the disk is not full.");
  }
  ::close(descriptor);
  target_->part = name;
  target_->out.open(name, std::ios::binary);
  form_->begin(head);
}

TableFile::~TableFile() {
  if (target_->part.empty()) return;
  target_->out.close();
  std::error_code ignored;
  std::filesystem::remove(target_->part, ignored);
}

void TableFile::demand_written() const {
  if (target_->out) return;
  throw Error(ErrorKind::unavailable, "Writing " + file_.string() + " failed.",
              "See that the disk is not full.");
}

void TableFile::add(const Row& row) {
  form_->row(row);
  ++rows_;
  demand_written();
}

void TableFile::finish() {
  form_->end();
  target_->out.close();
  demand_written();
  bytes_ = std::filesystem::file_size(target_->part);
  std::filesystem::rename(target_->part, file_);
  target_->part.clear();
}

std::uint64_t TableFile::defused() const { return form_->defused; }

}  // namespace dhis2mcp
