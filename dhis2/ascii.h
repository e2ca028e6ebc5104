// SPDX-License-Identifier: BSD-3-Clause
// What is ASCII by definition: host names, headers, types, codes. The same under every locale;
// other letters stay as they are, and are none here.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace dhis2mcp {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }

// What can be seen, and the blank.
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
constexpr bool is_printable(char c) { return c == ' ' || is_visible(c); }

// A byte of a letter that ASCII does not have.
constexpr bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

constexpr char lower_letter(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char upper_letter(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

inline std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower_letter);
  return out;
}

inline std::string upper_ascii(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), upper_letter);
  return out;
}

// Compared without case.
inline bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_letter, lower_letter);
}

// At least one, and nothing else.
inline bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

// C0 and DEL.
inline bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace dhis2mcp
