// SPDX-License-Identifier: BSD-3-Clause
// Cleaning: one pass over the code points; text without anything odd is copied as it is.
#include <algorithm>
#include <cstdint>

#include "dhis2/ascii.h"
#include "dhis2/utf8.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

struct Range {
  char32_t first, last;
};

// Invisible or steering; U+200C, U+200D and variation selectors are judged by their neighbours.
constexpr Range kDropped[] = {
    {0x00, 0x08},     {0x0B, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
    {0x61C, 0x61C},   {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180E, 0x180E},   {0x200B, 0x200B},
    {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};

bool dropped(char32_t c) {
  return std::any_of(std::begin(kDropped), std::end(kDropped),
                     [&](const Range& range) { return c >= range.first && c <= range.last; });
}

bool joiner(char32_t c) { return c == 0x200C || c == 0x200D; }
bool selector(char32_t c) { return c >= 0xFE00 && c <= 0xFE0F; }

// Letters of scripts whose spelling needs joiners.
bool joined_script(char32_t c) {
  return (c >= 0x600 && c <= 0x8FF) || (c >= 0x900 && c <= 0xDFF) || (c >= 0x1000 && c <= 0x109F) ||
         (c >= 0x1780 && c <= 0x18AF);
}

constexpr char32_t kBroken = 0xFFFD;

// Reads one code point and moves on; a broken sequence is one U+FFFD for each byte.
char32_t take(std::string_view& text) {
  const std::size_t length = letter_length(text);
  const char32_t c = length == 0 ? kBroken : code_point(text.substr(0, length));
  text.remove_prefix(std::max<std::size_t>(length, 1));
  return c;
}

void put(std::string& out, char32_t c) {
  const auto byte = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
  }
  byte(0x80 | (c & 0x3F));
}

// After ESC: a CSI up to its final byte, an OSC, DCS, APC, PM or SOS up to its end, else one byte.
void skip_escape(std::string_view& text) {
  if (text.empty()) return;
  const char kind = text[0];
  text.remove_prefix(1);
  if (kind == '[') {
    while (!text.empty() && text[0] >= 0x20 && text[0] < 0x40) text.remove_prefix(1);
    if (!text.empty() && text[0] >= 0x40 && text[0] < 0x7F) text.remove_prefix(1);
  } else if (std::string_view("]P_^X").find(kind) != std::string_view::npos) {
    const std::size_t end = text.find_first_of("\x07\x1B\n");
    text.remove_prefix(std::min(end, text.size()));
  }
}

bool plain(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return is_printable(c) || c == '\n' || c == '\t'; });
}

}  // namespace

std::string clean(std::string_view text) {
  if (plain(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  char32_t before = 0;
  while (!text.empty()) {
    const char32_t c = take(text);
    if (c == 0x1B) {
      skip_escape(text);
      continue;
    }
    if (c == 0x2028 || c == 0x2029 || (c == '\r' && !text.starts_with('\n'))) {
      out += '\n';
      before = '\n';
      continue;
    }
    if (dropped(c) || (selector(c) && (before == 0 || selector(before)))) continue;
    if (joiner(c)) {
      std::string_view rest = text;
      if (!joined_script(before) || rest.empty() || !joined_script(take(rest))) continue;
    }
    put(out, c);
    before = c;
  }
  return out;
}

std::string clean_line(std::string_view text) {
  std::string line = clean(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

namespace {

void write(std::string& out, const Json& value) {
  if (value.is_object()) {
    bool first = true;
    out += '{';
    for (const auto& [name, member] : value.items()) {
      if (member.is_null()) continue;
      if (!first) out += ',';
      first = false;
      append_quoted(out, clean(name));
      out += ':';
      write(out, member);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ',';
      write(out, value[i]);
    }
    out += ']';
  } else if (value.is_string()) {
    append_quoted(out, clean(value.get_ref<const std::string&>()));
  } else {
    std::string text = value.dump();
    if (value.is_number_float() && text.ends_with(".0")) text.resize(text.size() - 2);
    out += text;
  }
}

}  // namespace

std::string compact_json(const Json& value) {
  std::string out;
  write(out, value);
  return out;
}

}  // namespace dhis2mcp
