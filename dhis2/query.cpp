// SPDX-License-Identifier: BSD-3-Clause
// Percent-encoding, in both directions, and the parameters of a query string.
#include "dhis2/query.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

// RFC 3986 section 2.3.
bool is_unreserved(char c) {
  return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// In a query '+' is a space, in a path it is itself.
std::string decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        throw Error(ErrorKind::bad_input,
                    "a percent sign at byte " + std::to_string(i) + " starts no %XX sequence",
                    "Write a literal percent sign as %25.");
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

// Web apps write `fields` over several lines, and DHIS2 passes over the breaks.
void refuse_control_characters(const std::string& name, std::string value) {
  if (name == "fields") std::erase_if(value, [](char c) { return c == '\n' || c == '\t'; });
  if (has_control(name) || has_control(value)) {
    throw Error(ErrorKind::bad_input, "a query parameter holds a control character",
                "Leave out line breaks, tabs and NUL bytes.");
  }
}

}  // namespace

Query Query::parse(std::string_view text) {
  Query query;
  if (text.starts_with('?')) text.remove_prefix(1);
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const auto equals = item.find('=');
    std::string name = decode(item.substr(0, equals), true);
    std::string value =
        equals == std::string_view::npos ? std::string() : decode(item.substr(equals + 1), true);
    refuse_control_characters(name, value);
    query.add(std::move(name), std::move(value));
  }
  return query;
}

Query& Query::add(std::string name, std::string value) {
  items_.emplace_back(std::move(name), std::move(value));
  return *this;
}

Query& Query::set(std::string_view name, std::string value) {
  remove(name);
  return add(std::string(name), std::move(value));
}

const std::string* Query::find(std::string_view name) const {
  const auto found = std::ranges::find(
      items_, name, [](const auto& item) { return std::string_view(item.first); });
  return found == items_.end() ? nullptr : &found->second;
}

void Query::remove(std::string_view name) {
  std::erase_if(items_, [&](const auto& item) { return item.first == name; });
}

std::string Query::text() const {
  std::string out;
  for (const auto& [name, value] : items_) {
    if (!out.empty()) out += '&';
    out += percent_encode(name);
    out += '=';
    out += percent_encode(value);
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) { return decode(text, false); }

}  // namespace dhis2mcp
