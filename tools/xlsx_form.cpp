// SPDX-License-Identifier: BSD-3-Clause
// The smallest workbook that Excel and LibreOffice open (ECMA-376): five parts in a zip whose
// entries are stored as they are, so that no compressor is needed.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dhis2/error.h"
#include "tools/table_form.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostRows = 1'048'576;
constexpr std::size_t kMostColumns = 16'384;
constexpr std::size_t kMostLetters = 32'767;  // bytes here, which are never fewer
constexpr std::size_t kExactDigits = 15;

constexpr char kDeclaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

struct Part {
  const char* name;
  const char* text;
};

constexpr Part kFixedParts[] = {
    {"[Content_Types].xml",
     R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
     R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
     R"(<Default Extension="xml" ContentType="application/xml"/>)"
     R"(<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>)"
     R"(<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>)"
     R"(</Types>)"},
    {"_rels/.rels",
     R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
     R"(<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>)"
     R"(</Relationships>)"},
    {"xl/workbook.xml",
     R"(<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">)"
     R"(<sheets><sheet name="Result" sheetId="1" r:id="rId1"/></sheets></workbook>)"},
    {"xl/_rels/workbook.xml.rels",
     R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
     R"(<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>)"
     R"(</Relationships>)"},
};

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320 : 0);
    table[i] = value;
  }
  return table;
}

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
  return out;
}

// APPNOTE.TXT 4.3: local header, data, central directory. Sizes and sums are put into the local
// header when they are known.
class Zip {
 public:
  explicit Zip(std::ostream& out) : out_(out) {}

  void begin(const std::string& name) {
    entries_.push_back({name, position(), 0xFFFFFFFF, 0});
    out_ << "PK\x03\x04" << fields(entries_.back()) << little(name.size(), 2) << little(0, 2)
         << name;
  }

  void write(std::string_view text) {
    static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
    Entry& entry = entries_.back();
    for (const char c : text) {
      entry.sum = (entry.sum >> 8) ^ kTable[(entry.sum ^ static_cast<unsigned char>(c)) & 0xFF];
    }
    entry.size += text.size();
    out_ << text;
  }

  void end() {
    Entry& entry = entries_.back();
    entry.sum = ~entry.sum;
    const std::uint64_t after = position();
    out_.seekp(static_cast<std::streamoff>(entry.at + 4));
    out_ << fields(entry);
    out_.seekp(static_cast<std::streamoff>(after));
  }

  void finish() {
    const std::uint64_t start = position();
    for (const Entry& entry : entries_) {
      out_ << "PK\x01\x02" << little(20, 2) << fields(entry) << little(entry.name.size(), 2)
           << std::string(12, '\0') << little(entry.at, 4) << entry.name;
    }
    const std::uint64_t size = position() - start;
    out_ << "PK\x05\x06" << little(0, 4) << little(entries_.size(), 2) << little(entries_.size(), 2)
         << little(size, 4) << little(start, 4) << little(0, 2);
  }

 private:
  struct Entry {
    std::string name;
    std::uint64_t at;
    std::uint32_t sum;
    std::uint64_t size;
  };

  std::uint64_t position() { return static_cast<std::uint64_t>(out_.tellp()); }

  // What both headers share: version 2.0, UTF-8 names, stored, midnight of 1 January 1980.
  static std::string fields(const Entry& entry) {
    return little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 2) + little(0x0021, 2) +
           little(entry.sum, 4) + little(entry.size, 4) + little(entry.size, 4);
  }

  std::ostream& out_;
  std::vector<Entry> entries_;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

bool is_exact(const std::string& number) {
  return std::ranges::count_if(number, [](char c) { return c >= '0' && c <= '9'; }) <=
         static_cast<std::ptrdiff_t>(kExactDigits);
}

class XlsxForm final : public TableFile::Form {
 public:
  explicit XlsxForm(std::ostream& out) : zip_(out) {}

  void begin(const Answer& head) override {
    for (const Part& part : kFixedParts) {
      zip_.begin(part.name);
      zip_.write(kDeclaration);
      zip_.write(part.text);
      zip_.end();
    }
    zip_.begin("xl/worksheets/sheet1.xml");
    zip_.write(kDeclaration);
    zip_.write(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
        "<sheetData>");
    Row titles;
    for (const std::string& column : head.table->columns) titles.push_back(Cell::text(column));
    row(titles);
  }

  void row(const Row& row) override {
    if (++rows_ > kMostRows || row.size() > kMostColumns) too_much("rows or columns");
    std::string text = "<row>";
    for (const Cell& cell : row) text += element(cell);
    zip_.write(text + "</row>");
  }

  void end() override {
    zip_.write("</sheetData></worksheet>");
    zip_.end();
    zip_.finish();
  }

 private:
  [[noreturn]] static void too_much(const std::string& what) {
    throw Error(ErrorKind::bad_input, "A workbook cannot hold so many " + what + ".",
                "Save it as csv or json.");
  }

  static std::string element(const Cell& cell) {
    if (cell.absent()) return "<c/>";
    if (cell.is_number() && is_exact(cell.str())) return "<c><v>" + cell.str() + "</v></c>";
    if (cell.str().size() > kMostLetters) too_much("letters in one cell");
    return "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">" + escaped(cell.str()) +
           "</t></is></c>";
  }

  Zip zip_;
  std::size_t rows_ = 0;
};

}  // namespace

std::unique_ptr<TableFile::Form> xlsx_form(std::ostream& out) {
  return std::make_unique<XlsxForm>(out);
}

}  // namespace dhis2mcp
