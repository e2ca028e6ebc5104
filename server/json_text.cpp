// SPDX-License-Identifier: BSD-3-Clause
// Finds members in checked JSON text; the check itself is in json_check.cpp.
#include "server/json_text.h"

#include <cstdint>

namespace dhis2mcp {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The position behind the string that starts at `at`.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

std::size_t after_container(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = after_string(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.size();
}

std::size_t after_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return after_string(text, at);
  if (text[at] == '{' || text[at] == '[') return after_container(text, at);
  while (at < text.size() && !is_space(text[at]) && text[at] != ',' && text[at] != '}' &&
         text[at] != ']') {
    ++at;
  }
  return at;
}

std::size_t after_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

std::string_view take_value(std::string_view text, std::size_t& at) {
  const std::size_t from = at;
  at = after_value(text, at);
  return text.substr(from, at - from);
}

std::uint32_t hex4(std::string_view text) {
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<std::uint32_t>(digit & 0xf);
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  int rest = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const std::uint32_t lead = rest == 1 ? 0xc0 : rest == 2 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | (point >> (6 * rest)));
  while (rest-- > 0) out += static_cast<char>(0x80 | ((point >> (6 * rest)) & 0x3f));
}

// Appends what a "\uXXXX" at `at` stands for and returns the position behind it.
std::size_t append_escaped_point(std::string& out, std::string_view text, std::size_t at) {
  std::uint32_t point = hex4(text.substr(at + 2));
  at += 6;
  if (point >= 0xd800 && point < 0xdc00 && at + 6 <= text.size()) {
    point = 0x10000 + ((point - 0xd800) << 10) + (hex4(text.substr(at + 2)) - 0xdc00);
    at += 6;
  }
  append_utf8(out, point);
  return at;
}

}  // namespace

JsonType type_of(std::string_view raw) {
  switch (raw.empty() ? 'n' : raw.front()) {
    case '{':
      return JsonType::object;
    case '[':
      return JsonType::array;
    case '"':
      return JsonType::string;
    case 't':
    case 'f':
      return JsonType::boolean;
    case 'n':
      return JsonType::null;
    default:
      return JsonType::number;
  }
}

bool is_integer(std::string_view raw) {
  return !raw.empty() && type_of(raw) == JsonType::number &&
         raw.find_first_of(".eE") == std::string_view::npos;
}

void each_member(std::string_view object,
                 const std::function<void(std::string_view, std::string_view)>& take) {
  std::string decoded;
  std::size_t at = after_space(object, 1);
  while (at < object.size() && object[at] == '"') {
    std::string_view raw = take_value(object, at);
    std::string_view name = raw.substr(1, raw.size() - 2);
    if (name.find('\\') != std::string_view::npos) name = decoded = unquoted(raw);
    at = after_space(object, after_space(object, at) + 1);
    const std::string_view value = take_value(object, at);
    take(name, value);
    at = after_space(object, at);
    if (at >= object.size() || object[at] != ',') return;
    at = after_space(object, at + 1);
  }
}

void each_element(std::string_view array, const std::function<void(std::string_view)>& take) {
  std::size_t at = after_space(array, 1);
  while (at < array.size() && array[at] != ']') {
    take(take_value(array, at));
    at = after_space(array, at);
    if (at >= array.size() || array[at] != ',') return;
    at = after_space(array, at + 1);
  }
}

std::string_view member(std::string_view object, std::string_view name) {
  std::string_view found;
  each_member(object, [&](std::string_view each, std::string_view value) {
    if (each == name) found = value;
  });
  return found;
}

std::string unquoted(std::string_view raw) {
  if (raw.size() < 2) return {};
  const std::string_view text = raw.substr(1, raw.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\\', at), text.size());
    out.append(text.substr(at, escape - at));
    at = escape;
    if (at + 1 >= text.size()) break;
    switch (const char c = text[at + 1]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        at = append_escaped_point(out, text, at);
        continue;
      default:
        out += c;
    }
    at += 2;
  }
  return out;
}

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace dhis2mcp
