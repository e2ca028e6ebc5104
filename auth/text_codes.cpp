// SPDX-License-Identifier: BSD-3-Clause
// Hexadecimal by hand, base64url on top of base64, the hash by OpenSSL.
#include "auth/text_codes.h"

#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>

#include "dhis2/base64.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (getentropy(bytes.data(), count) != 0) {
    throw Error(ErrorKind::internal, "There are no random bytes.",
                "Check the system's random source.");
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  std::string digits;
  for (const unsigned char byte : bytes) {
    digits += kHex[byte >> 4U];
    digits += kHex[byte & 15U];
  }
  return digits;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    const auto high = kHex.find(digits[at]), low = kHex.find(digits[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    bytes += static_cast<char>(high * 16 + low);
  }
  return digits.size() % 2 == 0 ? bytes : std::string();
}

std::string to_base64url(std::string_view bytes) {
  std::string letters = to_base64(bytes);
  std::replace(letters.begin(), letters.end(), '+', '-');
  std::replace(letters.begin(), letters.end(), '/', '_');
  while (letters.ends_with('=')) letters.pop_back();
  return letters;
}

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytes_of(bytes), bytes.size(), bytes_of(digest));
  return digest;
}

}  // namespace dhis2mcp
