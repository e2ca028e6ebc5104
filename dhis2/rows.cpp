// SPDX-License-Identifier: BSD-3-Clause
// Cuts the rows out of a document by watching depth and quotes, and reads each with the guarded
// parser. What is left is the same document without its rows; it is kept as text and read at the
// end.
#include "dhis2/rows.h"

#include <array>
#include <optional>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kRowBytes = 4UL * 1024 * 1024;
constexpr std::size_t kEnvelopeBytes = 16UL * 1024 * 1024;
constexpr int kDepth = 64;

// What stands in a text as it is: ASCII but for quotes, backslashes and controls.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7f; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}();

// The row of nearly every analytics answer, ["a","b","1.0"] in plain ASCII, without the cost of the
// whole parser. Nothing when it is anything else.
std::optional<Json> plain_row(std::string_view text, std::size_t cells) {
  if (!text.starts_with("[\"") || !text.ends_with("\"]")) return std::nullopt;
  Json row = Json::array();
  auto& items = row.get_ref<Json::array_t&>();
  items.reserve(cells);
  std::size_t begin = 2;
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (kPlain[static_cast<unsigned char>(text[at])]) continue;
    if (text[at] != '"') return std::nullopt;
    items.emplace_back(text.substr(begin, at - begin));
    if (at + 2 == text.size()) return row;
    if (text.substr(at + 1, 2) != ",\"") return std::nullopt;
    at += 2;
    begin = at + 1;
  }
  return std::nullopt;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

class RowReader::Parser {
 public:
  Parser(OnRow on_row, OnCells on_cells, OnMember on_member, std::string hint)
      : on_row_(std::move(on_row)),
        on_cells_(std::move(on_cells)),
        on_member_(std::move(on_member)),
        hint_(std::move(hint)) {}

  bool feed(std::string_view piece) {
    for (const char *at = piece.data(), *end = at + piece.size(); at != end && !stopped_;) {
      if (on_cells_ && (state_ == State::item || state_ == State::item_or_end)) {
        if (const char* const behind = plain_cells(at, end)) {
          position_ += static_cast<std::size_t>(behind - at);
          at = behind;
          state_ = State::after_item;
          ++out_.rows;
          stopped_ = !on_cells_(row_cells_);
          continue;
        }
      }
      const char* const next = state_ == State::value ? value(at, end) : structure(at);
      position_ += static_cast<std::size_t>(next - at);
      at = next;
    }
    return !stopped_;
  }

  RowsEnvelope finish() {
    if (!stopped_ && state_ != State::done) {
      if (position_ == 0) fail("the answer is empty where rows were expected");
      fail("the answer breaks off after " + std::to_string(position_) + " bytes and " +
           std::to_string(out_.rows) + " rows");
    }
    out_.rest = read(rest_ + "}");
    if (const auto found = out_.rest.find("headers");
        found != out_.rest.end() && found->is_array()) {
      out_.headers = std::move(*found);
      out_.rest.erase(found);
    }
    if (out_.rows_member.empty() && !empty_array_.empty()) {
      out_.rows_member = empty_array_;
      out_.rest.erase(empty_array_);
    }
    out_.complete = state_ == State::done;
    return std::move(out_);
  }

 private:
  enum class State {
    start,
    name_or_end,  // after '{'
    name,         // after ',' in the object
    colon,
    member,      // before a member's value
    first_item,  // after the '[' of what may be the rows
    item_or_end,
    item,
    value,  // inside text that is being collected
    after_member,
    after_item,
    done
  };

  [[noreturn]] static void fail(const std::string& why) {
    Error error(ErrorKind::unavailable, why,
                "Ask again; if it happens again, ask for less: DHIS2 breaks off when an error "
                "meets it while it writes.");
    error.retry = true;
    throw error;
  }

  [[noreturn]] void fail_here(const std::string& why) const {
    fail("the answer is no valid JSON at byte " + std::to_string(position_) + ": " + why);
  }

  // One byte between names and values.
  const char* structure(const char* at) {
    const char c = *at;
    if (is_space(c)) return at + 1;
    switch (state_) {
      case State::start:
        return start(at);
      case State::name_or_end:
      case State::name:
        if (c == '}' && state_ == State::name_or_end) return done(at);
        if (c != '"') fail_here("a member name was expected");
        return collect(at, Taking::name);
      case State::colon:
        if (c != ':') fail_here("a colon was expected");
        state_ = State::member;
        return at + 1;
      case State::member:
        if (c == '[' && may_be_rows()) {
          state_ = State::first_item;
          return at + 1;
        }
        return collect(at, Taking::member);
      case State::first_item:
        return first_item(at);
      case State::item_or_end:
      case State::item:
        if (c == ']' && state_ == State::item_or_end) return end_rows(at);
        return collect(at, Taking::row);
      case State::after_item:
        if (c == ']') return end_rows(at);
        if (c != ',') fail_here("a comma was expected");
        state_ = State::item;
        return at + 1;
      case State::after_member:
        if (c == '}') return done(at);
        if (c != ',') fail_here("a comma was expected");
        state_ = State::name;
        return at + 1;
      default:
        fail_here("text follows the end of the document");
    }
  }

  const char* start(const char* at) {
    if (*at == '[') {
      bare_ = true;
      state_ = State::item_or_end;
    } else if (*at == '{') {
      state_ = State::name_or_end;
    } else {
      fail_here(*at == '<' ? "it is a page of HTML or XML" : "an object or an array was expected");
    }
    return at + 1;
  }

  const char* done(const char* at) {
    state_ = State::done;
    return at + 1;
  }

  const char* end_rows(const char* at) {
    state_ = bare_ ? State::done : State::after_member;
    return at + 1;
  }

  bool may_be_rows() const {
    if (!out_.rows_member.empty()) return false;
    return hint_.empty() ? name_ != "headers" : name_ == hint_;
  }

  // Only arrays of arrays or of objects are rows; any other array is a member like the rest.
  const char* first_item(const char* at) {
    if (*at == '{' || *at == '[') {
      out_.rows_member = name_;
      return collect(at, Taking::row);
    }
    if (*at == ']' && !hint_.empty()) {
      out_.rows_member = name_;
      return end_rows(at);
    }
    if (*at == ']' && (empty_array_.empty() || name_ == "rows")) empty_array_ = name_;
    taking_ = Taking::member;
    text_.assign(1, '[');
    depth_ = 1;
    in_string_ = escaped_ = false;
    state_ = State::value;
    return at;
  }

  // A whole row of plain texts that lies within the piece is read where it stands. Returns the byte
  // behind it, or nothing for any other row.
  const char* plain_cells(const char* at, const char* end) {
    if (end - at < 2 || at[0] != '[' || at[1] != '"') return nullptr;
    row_cells_.clear();
    for (const char* from = at + 2;;) {
      const char* to = from;
      while (to != end && kPlain[static_cast<unsigned char>(*to)]) ++to;
      if (end - to < 3 || *to != '"') return nullptr;
      row_cells_.emplace_back(from, static_cast<std::size_t>(to - from));
      if (to[1] == ']') return to + 2;
      if (to[1] != ',' || to[2] != '"') return nullptr;
      from = to + 3;
    }
  }

  // Any other row, by way of the whole parser.
  bool give_cells(const Json& row) {
    if (!row.is_array()) fail_here("a row is no list");
    cell_texts_.clear();
    for (const Json& cell : row) cell_texts_.push_back(as_text(cell));
    row_cells_.assign(cell_texts_.begin(), cell_texts_.end());
    return on_cells_(row_cells_);
  }

  enum class Taking { name, member, row };

  const char* collect(const char* at, Taking what) {
    taking_ = what;
    text_.clear();
    depth_ = 0;
    in_string_ = escaped_ = false;
    state_ = State::value;
    return at;
  }

  // Moves to the end of the collected value or of the piece.
  const char* value(const char* at, const char* end) {
    const char* cursor = at;
    bool ended = false;
    while (cursor != end && !ended) {
      if (in_string_) {
        cursor = string(cursor, end);
        ended = !in_string_ && depth_ == 0;
        continue;
      }
      const char c = *cursor;
      if (depth_ == 0 && ends_scalar(c)) {
        append(at, cursor);
        take();
        return cursor;
      }
      ++cursor;
      if (c == '"') {
        in_string_ = true;
      } else if (c == '{' || c == '[') {
        if (++depth_ > kDepth) fail_here("nested deeper than 64 levels");
      } else if (c == '}' || c == ']') {
        ended = --depth_ == 0;
      }
    }
    append(at, cursor);
    if (ended) take();
    return cursor;
  }

  static bool ends_scalar(char c) { return c == ',' || c == '}' || c == ']' || is_space(c); }

  const char* string(const char* at, const char* end) {
    for (; at != end; ++at) {
      if (escaped_) {
        escaped_ = false;
      } else if (*at == '\\') {
        escaped_ = true;
      } else if (*at == '"') {
        in_string_ = false;
        return at + 1;
      }
    }
    return at;
  }

  void append(const char* from, const char* to) {
    text_.append(from, to);
    if (taking_ == Taking::row ? text_.size() > kRowBytes
                               : text_.size() + rest_.size() > kEnvelopeBytes) {
      fail(taking_ == Taking::row ? "one row of the answer is larger than 4 MB"
                                  : "the part of the answer around the rows is over 16 MB");
    }
  }

  Json read(const std::string& text) const {
    try {
      return parse_json(text, {.refuse_duplicate_names = false, .keep_digits = true});
    } catch (const Error& error) {
      fail_here(error.what());
    }
  }

  void take() {
    if (taking_ == Taking::name) {
      const Json name = read(text_);
      name_ = name.get<std::string>();
      quoted_name_ = std::move(text_);
      state_ = State::colon;
    } else if (taking_ == Taking::row) {
      state_ = State::after_item;
      ++out_.rows;
      if (on_cells_) {
        stopped_ = !give_cells(read(text_));
        return;
      }
      auto row = plain_row(text_, cells_);
      if (!row) row = read(text_);
      cells_ = row->size();
      stopped_ = !on_row_(std::move(*row));
    } else {
      state_ = State::after_member;
      if (on_member_ && on_member_(name_, text_)) {
        text_ = {};  // it may have been large, and rows are short
        return;
      }
      if (rest_.size() > 1) rest_ += ',';
      rest_.append(quoted_name_).append(1, ':').append(text_);
    }
  }

  OnRow on_row_;
  OnCells on_cells_;
  OnMember on_member_;
  std::vector<std::string_view> row_cells_;
  std::vector<std::string> cell_texts_;
  std::string hint_;
  RowsEnvelope out_;
  State state_ = State::start;
  Taking taking_ = Taking::name;
  std::string text_;         // the value being collected
  std::string name_;         // the member being read
  std::string quoted_name_;  // the same, as it was written
  std::string rest_ = "{";   // the members that are no rows
  std::string empty_array_;  // the member that holds the rows if no other does
  std::size_t position_ = 0;
  std::size_t cells_ = 0;  // of the row before
  int depth_ = 0;
  bool bare_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
  bool stopped_ = false;
};

RowReader::RowReader(OnRow on_row, std::string rows_member)
    : parser_(std::make_unique<Parser>(std::move(on_row), OnCells(), OnMember(),
                                       std::move(rows_member))) {}

RowReader::RowReader(OnCells on_cells, OnMember on_member, std::string rows_member)
    : parser_(std::make_unique<Parser>(OnRow(), std::move(on_cells), std::move(on_member),
                                       std::move(rows_member))) {}

RowReader::~RowReader() = default;

bool RowReader::feed(std::string_view piece) { return parser_->feed(piece); }

RowsEnvelope RowReader::finish() { return parser_->finish(); }

}  // namespace dhis2mcp
