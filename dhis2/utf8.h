// SPDX-License-Identifier: BSD-3-Clause
// Letters of any script as bytes (RFC 3629): found, read and never cut in two.
#pragma once

#include <cstddef>
#include <string_view>

namespace dhis2mcp {

// A byte of a letter, but not its first.
constexpr bool continues_letter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The length of the letter at the start, 1 to 4 bytes; 0 when it is broken, or the text is empty.
constexpr std::size_t letter_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_letter(text[i])) return 0;
  }
  const bool bad = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
                   (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
  return bad ? 0 : length;
}

constexpr bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = letter_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Of one whole letter.
constexpr char32_t code_point(std::string_view letter) {
  auto value = static_cast<char32_t>(static_cast<unsigned char>(letter[0]));
  if (letter.size() > 1) value &= 0xffU >> (letter.size() + 1);
  for (const char c : letter.substr(1)) {
    value = (value << 6) | (static_cast<unsigned char>(c) & 0x3fU);
  }
  return value;
}

// As much of the beginning of a text as fits into so many bytes.
constexpr std::string_view whole_letters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && continues_letter(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

}  // namespace dhis2mcp
