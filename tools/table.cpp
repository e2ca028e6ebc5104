// SPDX-License-Identifier: BSD-3-Clause
// Cells keep a number's digits as text, for a double would lose some of them.
#include "tools/table.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// The grammar of RFC 8259 section 6.
bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, ++at);
    if (fraction == 0) return false;
    at += fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

}  // namespace

Cell Cell::text(std::string_view value) {
  Cell cell;
  cell.kind_ = Kind::text;
  cell.text_ = clean(value);
  return cell;
}

Cell Cell::number(std::string digits) {
  if (!is_json_number(digits)) return text(digits);
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  Cell cell;
  cell.kind_ = Kind::number;
  cell.text_ = std::move(digits);
  return cell;
}

Cell Cell::json(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return text(value.get_ref<const std::string&>());
  if (value.is_number()) return number(value.dump());
  Cell cell;
  cell.kind_ = Kind::json;
  cell.text_ = compact_json(value);
  return cell;
}

std::size_t Cell::json_bytes() const {
  if (kind_ == Kind::absent) return 4;
  if (kind_ != Kind::text) return text_.size();
  const bool plain =
      std::ranges::all_of(text_, [](char c) { return is_printable(c) && c != '"' && c != '\\'; });
  return plain ? text_.size() + 2 : to_json().size();
}

std::string Cell::to_json() const {
  switch (kind_) {
    case Kind::absent:
      return "null";
    case Kind::text:
      return json_quoted(text_);
    default:
      return text_;
  }
}

}  // namespace dhis2mcp
