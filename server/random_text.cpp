// SPDX-License-Identifier: BSD-3-Clause
// The kernel's generator, so that OpenSSL need not be initialised for a session id.
#include "server/random_text.h"

#include <unistd.h>

#include <array>

#include "dhis2/error.h"

namespace dhis2mcp {

std::string random_hex(std::size_t bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<unsigned char, 256> noise{};
  if (bytes > noise.size() || getentropy(noise.data(), bytes) != 0) {
    throw Error(ErrorKind::internal, "The kernel gave no random bytes.");
  }
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    text += kHex[noise[i] >> 4];
    text += kHex[noise[i] & 0xf];
  }
  return text;
}

}  // namespace dhis2mcp
