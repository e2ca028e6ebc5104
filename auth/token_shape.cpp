// SPDX-License-Identifier: BSD-3-Clause
// The checksums of DHIS2's personal access tokens.
#include "auth/token_shape.h"

#include <algorithm>
#include <cstdint>

namespace dhis2mcp {
namespace {

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Shape {
  std::string_view prefix;
  std::size_t body, checksum;
  std::uint32_t radix;
  std::size_t padding;  // zero bytes that DHIS2 2.41 and later take into the checksum
};

constexpr Shape kShapes[] = {{"d2pat_", 32, 10, 10, 3}, {"d2p_", 44, 6, 62, 4}};

// CRC-32 of IEEE 802.3, as java.util.zip.CRC32.
std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffffU;
  for (const unsigned char letter : text) {
    crc ^= letter;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ (0xedb88320U & (0U - (crc & 1U)));
    }
  }
  return ~crc;
}

std::string digits(std::uint32_t number, const Shape& shape) {
  std::string text;
  while (number != 0) {
    text += kBase62[number % shape.radix];
    number /= shape.radix;
  }
  text.resize(std::max(text.size(), shape.checksum), '0');
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace

std::string token_doubt(std::string_view token) {
  for (const Shape& shape : kShapes) {
    if (!token.starts_with(shape.prefix)) {
      continue;
    }
    const std::size_t whole = shape.prefix.size() + shape.body + shape.checksum;
    if (token.size() != whole) {
      return "A token that begins with " + std::string(shape.prefix) + " has " +
             std::to_string(whole) + " characters; this one has " + std::to_string(token.size()) +
             ".";
    }
    const std::string body(token.substr(shape.prefix.size(), shape.body));
    const std::string_view said = token.substr(shape.prefix.size() + shape.body);
    // Version 2.40 issued tokens with the checksum of the bare text.
    if (said != digits(crc32(body + std::string(shape.padding, '\0')), shape) &&
        said != digits(crc32(body), shape)) {
      return "The checksum in this token does not fit: a character was mistyped or left out.";
    }
    return {};
  }
  return {};
}

}  // namespace dhis2mcp
