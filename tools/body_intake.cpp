// SPDX-License-Identifier: BSD-3-Clause
// The sink does not see the answer's headers, so the first bytes decide what a long body is.
#include "tools/body_intake.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "auth/places.h"
#include "auth/text_codes.h"
#include "dhis2/error.h"
#include "tools/document.h"

namespace dhis2mcp {
namespace {

bool looks_like_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// The members under which a long list of this path may hold its rows.
std::vector<std::string> row_members(std::string_view path) {
  const std::string last = last_segment(path);
  std::vector<std::string> out = {"rows", "dataValues", "instances"};
  if (is_uid(last)) return out;
  out.insert(out.begin(), last);
  if (last == "gist") {
    const std::string_view above = path.substr(0, path.rfind('/'));
    out.insert(out.begin(), last_segment(above));
  }
  return out;
}

// The member whose rows have begun in this first part of a long body; nothing for a document that
// is no list. "[" stands for a bare array.
std::string find_rows(std::string_view start, std::string_view path) {
  if (start[start.find_first_not_of(" \t\r\n")] == '[') return "[";
  for (const std::string& member : row_members(path)) {
    bool found = false;
    RowReader reader(
        [&found](Json&&) {
          found = true;
          return false;
        },
        member);
    reader.feed(start);
    if (found) return member;
  }
  return {};
}

// DHIS2 writes `headers` first; they are read as if they were the rows.
Json find_headers(std::string_view start) {
  Json headers = Json::array();
  RowReader reader(
      [&headers](Json&& header) {
        headers.push_back(std::move(header));
        return true;
      },
      "headers");
  reader.feed(start);
  return headers;
}

}  // namespace

BodyIntake::BodyIntake(std::string path, std::filesystem::path exports, OnRow on_row)
    : path_(std::move(path)), exports_(std::move(exports)), on_row_(std::move(on_row)) {}

BodyIntake::~BodyIntake() {
  if (file_.empty() || kept_) return;
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

bool BodyIntake::take(std::string_view piece) {
  bytes_ += piece.size();
  if (reader_) return reader_->feed(piece);
  if (in_file()) {
    if (bytes_ > kFileBytes) {
      throw Error(ErrorKind::bad_input, "The answer is larger than 1 GB and was not saved.",
                  "Ask for less: fewer periods, units or fields.");
    }
    out_.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    return true;
  }
  // Growing by doubling would hold the text twice.
  if (text_.capacity() < kWholeBytes && text_.size() + piece.size() > kListBytes) {
    text_.reserve(kWholeBytes + piece.size());
  }
  text_ += piece;
  if (text_.size() > kListBytes && !judged_list_) judge_list();
  if (text_.size() > kWholeBytes && !is_document_) outgrow();
  if (text_.size() > kDocumentBytes) {
    throw Error(ErrorKind::bad_input,
                "The answer of " + path_ + " is one document of more than 16 MB.",
                "Ask for less of it: name the `fields` you need, read one of its parts by a longer "
                "path, or list the objects themselves with paging.");
  }
  return wants_more_;
}

void BodyIntake::judge_list() {
  judged_list_ = true;
  // One object may well have members that are called like lists.
  if (is_uid(last_segment(path_)) || !looks_like_json(text_)) return;
  const std::string member = find_rows(text_, path_);
  if (!member.empty() && member != "rows") read_rows_of(member);
}

void BodyIntake::outgrow() {
  if (!looks_like_json(text_)) {
    open_file();
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_ = {};
    return;
  }
  const std::string member = find_rows(text_, path_);
  if (member.empty()) {
    is_document_ = true;
    return;
  }
  read_rows_of(member);
}

void BodyIntake::read_rows_of(const std::string& member) {
  if (member == "rows") headers_ = find_headers(text_);
  reader_ = std::make_unique<RowReader>(on_row_, member == "[" ? std::string() : member);
  wants_more_ = reader_->feed(text_);
  text_ = {};
}

RowsEnvelope BodyIntake::finish_rows() { return reader_->finish(); }

void BodyIntake::open_file() {
  make_private_folder(exports_);
  file_ = exports_ / (last_segment(path_) + "-" + to_hex(random_bytes(6)));
  const int descriptor = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    const std::string name = file_.string();
    file_.clear();
    throw ConfigurationError(ErrorKind::internal, "The file " + name + " cannot be made.",
                             "See that the folder is yours and that the disk is not full.");
  }
  ::close(descriptor);
  out_.open(file_, std::ios::binary);
}

std::filesystem::path BodyIntake::save(std::string_view extension) {
  if (!in_file()) {
    open_file();
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
  }
  out_.close();
  if (!out_) {
    throw ConfigurationError(ErrorKind::internal, "Writing " + file_.string() + " failed.",
                             "See that the disk is not full.");
  }
  std::filesystem::path named = file_;
  if (!extension.empty()) named += "." + std::string(extension);
  std::filesystem::rename(file_, named);
  file_ = named;
  kept_ = true;
  return file_;
}

}  // namespace dhis2mcp
