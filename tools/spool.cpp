// SPDX-License-Identifier: BSD-3-Clause
// POSIX files, for an exclusive creation with mode 0600 and a lock that ends with its process.
#include "tools/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "dhis2/error.h"
#include "dhis2/utf8.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kBuffer = 256UL * 1024;

[[noreturn]] void throw_disk(const std::string& what) {
  throw Error(
      ErrorKind::unavailable,
      "The rows of this answer could not be kept: " + what + ": " + std::strerror(errno) + ".",
      "Make room on the disk, or ask for less.");
}

Cell read_cell(const Json& value) {
  if (!value.is_string()) return {};
  const auto& text = value.get_ref<const std::string&>();
  const std::string_view content =
      std::string_view(text).substr(std::min<std::size_t>(1, text.size()));
  if (text.starts_with('n')) return Cell::number(std::string(content));
  if (text.starts_with('j')) return Cell::json(Json::parse(content));
  return Cell::text(content);
}

char kind_of(const Cell& cell) { return cell.is_text() ? 't' : 'j'; }

}  // namespace

std::string row_line(const Row& row) {
  std::string line = "[";
  for (const Cell& cell : row) {
    if (line.size() > 1) line += ',';
    if (cell.absent()) {
      line += "null";
    } else if (cell.is_number()) {
      line.append("\"n").append(cell.str()).append(1, '"');  // digits need no escape
    } else {
      append_quoted(line, kind_of(cell) + cell.str());
    }
  }
  return line + "]\n";
}

Row read_row_line(std::string_view line) {
  Row row;
  for (const Json& value : Json::parse(line)) row.push_back(read_cell(value));
  return row;
}

std::size_t row_bytes(const Row& row) {
  std::size_t bytes = 3 + row.size();
  for (const Cell& cell : row) bytes += cell.json_bytes();
  return bytes;
}

void shrink(Row& row, std::size_t max_bytes) {
  constexpr std::size_t kMark = 48;  // bytes of the words that tell the cut
  const Row whole = row_bytes(row) > max_bytes ? row : Row();
  const std::size_t room = max_bytes - std::min(max_bytes, kMark * whole.size());
  for (std::size_t bytes = row_bytes(row); !whole.empty() && bytes > room; bytes = row_bytes(row)) {
    const auto longest = std::max_element(row.begin(), row.end(), [](const Cell& a, const Cell& b) {
      return a.str().size() < b.str().size();
    });
    const std::size_t length = longest->str().size();
    if (length < kMark) break;
    *longest =
        Cell::text(whole_letters(longest->str(), length - std::min(length / 2, bytes - room)));
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::size_t length = whole[i].str().size();
    if (row[i].str().size() == length) continue;
    row[i] = Cell::text(row[i].str() + "... (cut; " + std::to_string(length) + " bytes)");
  }
}

Spool::Spool(const std::filesystem::path& file) : name_(file.filename().string()) {
  file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file_ < 0) throw_disk(name_);
  if (::flock(file_, LOCK_EX) == 0) return;
  ::close(file_);
  throw_disk(name_);
}

void Spool::start_at(std::uint64_t bytes) {
  if (::ftruncate(file_, static_cast<off_t>(bytes)) != 0 || ::lseek(file_, 0, SEEK_END) < 0) {
    throw_disk(name_);
  }
  bytes_ = bytes;
}

Spool::~Spool() { ::close(file_); }

bool Spool::add(const Row& row) {
  const std::string line = row_line(row);
  if (bytes() + line.size() > kSpoolBytes) return false;
  buffer_ += line;
  if (buffer_.size() >= kBuffer) flush();
  return true;
}

void Spool::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_disk(name_);
    bytes_ += static_cast<std::uint64_t>(written);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

void read_rows(const std::filesystem::path& file, std::uint64_t from,
               const std::function<bool(Row&& row)>& visit) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  for (std::uint64_t number = 0; std::getline(in, line); ++number) {
    if (number >= from && !visit(read_row_line(line))) return;
  }
}

}  // namespace dhis2mcp
