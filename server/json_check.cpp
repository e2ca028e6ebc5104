// SPDX-License-Identifier: BSD-3-Clause
// The one pass over a message that decides whether it is JSON that we are willing to read.
#include <algorithm>
#include <deque>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/utf8.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

class Check {
 public:
  Check(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  void run() {
    if (text_.find('\0') != std::string_view::npos) fail("a NUL byte", text_.find('\0'));
    space();
    value(1);
    space();
    if (at_ < text_.size()) fail("text after the end of the value");
  }

 private:
  [[noreturn]] void fail(const char* reason) const { fail(reason, at_); }
  [[noreturn]] static void fail(const char* reason, std::size_t at) { throw JsonFault{at, reason}; }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  void value(std::size_t depth) {
    if (++nodes_ > limits_.nodes) fail("too many values");
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        string(limits_.string_length);
        return;
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  void word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) fail("a value was expected");
    at_ += expected.size();
  }

  void digits() {
    if (!is_digit(peek())) fail("a digit was expected");
    while (is_digit(peek())) ++at_;
  }

  void number() {
    const std::size_t from = at_;
    if (peek() == '-') ++at_;
    if (!is_digit(peek())) fail("a value was expected", from);
    if (peek() == '0') {
      ++at_;
    } else {
      digits();
    }
    if (peek() == '.') {
      ++at_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits();
    }
  }

  void array(std::size_t depth) {
    if (depth > limits_.depth) fail("nested too deeply");
    ++at_;
    space();
    if (peek() == ']') {
      ++at_;
      return;
    }
    for (;;) {
      space();
      value(depth + 1);
      space();
      if (peek() == ']') break;
      if (peek() != ',') fail("',' or ']' was expected");
      ++at_;
    }
    ++at_;
  }

  void object(std::size_t depth) {
    if (depth > limits_.depth) fail("nested too deeply");
    ++at_;
    space();
    if (peek() == '}') {
      ++at_;
      return;
    }
    const std::size_t first_name = names_.size();
    for (;;) {
      space();
      if (peek() != '"') fail("a member name was expected");
      names_.push_back(string(limits_.name_length));
      space();
      if (peek() != ':') fail("':' was expected");
      ++at_;
      space();
      value(depth + 1);
      space();
      if (peek() == '}') break;
      if (peek() != ',') fail("',' or '}' was expected");
      ++at_;
    }
    ++at_;
    if (limits_.refuse_duplicate_names) refuse_duplicates(first_name);
    names_.resize(first_name);
  }

  void refuse_duplicates(std::size_t first) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, names_.end());
    const auto twice = std::adjacent_find(begin, names_.end());
    if (twice != names_.end()) {
      throw JsonFault{at_,
                      "the name " + json_quoted(twice->substr(0, 40)) + " twice in one object"};
    }
  }

  // Reads a string and returns its text; the view lives as long as this object.
  std::string_view string(std::size_t longest) {
    const std::size_t from = at_++;
    bool escaped = false;
    for (;;) {
      while (at_ < text_.size() && plain(text_[at_])) ++at_;
      if (at_ - from > longest + 1) fail("a text that is too long");
      if (at_ >= text_.size()) fail("a text without an end");
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') break;
      if (c == '\\') {
        escaped = true;
        escape();
      } else if (c < 0x20) {
        fail("a control character in a text");
      } else {
        letter();
      }
    }
    ++at_;
    const std::string_view raw = text_.substr(from, at_ - from);
    if (!escaped) return raw.substr(1, raw.size() - 2);
    if (longest > limits_.name_length) return {};
    return decoded_.emplace_back(unquoted(raw));
  }

  static bool plain(char c) { return !is_beyond_ascii(c) && c >= 0x20 && c != '"' && c != '\\'; }

  unsigned hex4() {
    unsigned unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (!is_hex(peek())) fail("four hexadecimal digits were expected");
      unit = unit * 16 +
             static_cast<unsigned>(is_digit(peek()) ? peek() - '0' : (peek() | 0x20) - 'a' + 10);
    }
    return unit;
  }

  void escape() {
    ++at_;
    if (peek() != 'u') {
      if (peek() == '\0' || std::string_view("\"\\/bfnrt").find(peek()) == std::string_view::npos) {
        fail("an unknown escape");
      }
      ++at_;
      return;
    }
    ++at_;
    const unsigned unit = hex4();
    if (unit < 0xd800 || unit > 0xdfff) return;
    if (unit > 0xdbff || text_.substr(at_, 2) != "\\u") fail("half of a surrogate pair");
    at_ += 2;
    const unsigned low = hex4();
    if (low < 0xdc00 || low > 0xdfff) fail("half of a surrogate pair");
  }

  void letter() {
    const std::size_t length = letter_length(text_.substr(at_));
    if (length == 0) fail("bytes that are not UTF-8");
    at_ += length;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  std::vector<std::string_view> names_;  // of the objects that are open
  std::deque<std::string> decoded_;      // names that had escapes
};

}  // namespace

std::optional<JsonFault> check_json(std::string_view text, const JsonLimits& limits) {
  try {
    Check(text, limits).run();
  } catch (const JsonFault& fault) {
    return fault;
  }
  return std::nullopt;
}

}  // namespace dhis2mcp
