// SPDX-License-Identifier: BSD-3-Clause
// One way to write JSON, for strangers' bytes too.
#include "dhis2/json.h"

#include <cstddef>

#include "dhis2/ascii.h"
#include "dhis2/utf8.h"

namespace dhis2mcp {
namespace {

void append_escape(std::string& out, unsigned char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 0xf];
  }
}

}  // namespace

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (is_printable(text[at]) && c != '"' && c != '\\') {
      ++at;
      continue;
    }
    const std::size_t length = letter_length(text.substr(at));
    if (length > 1) {
      at += length;
      continue;
    }
    out.append(text.substr(from, at - from));
    if (length == 1) {
      append_escape(out, c);
    } else {
      out += "\xEF\xBF\xBD";
    }
    from = ++at;
  }
  out.append(text.substr(from));
  out += '"';
}

std::string json_quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace dhis2mcp
