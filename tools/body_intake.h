// SPDX-License-Identifier: BSD-3-Clause
// Holds the body of an answer while it arrives: whole while it is short, row by row where it is a
// long list, in a file where it is no JSON.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dhis2/rows.h"

namespace dhis2mcp {

// Not thread-safe; lives for one answer.
class BodyIntake {
 public:
  // Takes one row of a long list; false when no more are wanted.
  using OnRow = std::function<bool(Json&& row)>;

  // A list is read row by row beyond kListBytes, as its rows need nothing that stands behind them;
  // a grid beyond kWholeBytes, as the names of its items do.
  static constexpr std::size_t kListBytes = 256 * 1024;
  static constexpr std::size_t kWholeBytes = 4 * 1024 * 1024;
  static constexpr std::size_t kDocumentBytes = 16 * 1024 * 1024;
  static constexpr std::size_t kFileBytes = 1024ull * 1024 * 1024;

  // `path` is the request's, below the base URL. Long answers that are no JSON go to `exports`.
  BodyIntake(std::string path, std::filesystem::path exports, OnRow on_row);
  ~BodyIntake();  // removes a file that was not kept

  // For BodySink. Throws bad_input when a single document is over 16 MB (the hint says what to ask
  // instead), unavailable when a long list is no valid JSON.
  bool take(std::string_view piece);

  bool streamed() const { return reader_ != nullptr; }

  // The headers of a long grid, known before its first row; empty for other lists.
  const Json& headers() const { return headers_; }
  const std::string& text() const { return text_; }  // when neither streamed nor in a file
  RowsEnvelope finish_rows();  // when streamed; throws unavailable when the list breaks off

  // Puts the body into a new file of `exports`, 0600, named after the path and `extension`.
  std::filesystem::path save(std::string_view extension);
  bool in_file() const { return !file_.empty(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void judge_list();
  void outgrow();
  void read_rows_of(const std::string& member);
  void open_file();

  std::string path_;
  std::filesystem::path exports_, file_;
  OnRow on_row_;
  std::string text_;
  Json headers_ = Json::array();
  std::uint64_t bytes_ = 0;
  bool judged_list_ = false;
  bool is_document_ = false;
  bool wants_more_ = true;
  bool kept_ = false;
  std::unique_ptr<RowReader> reader_;
  std::ofstream out_;
};

}  // namespace dhis2mcp
