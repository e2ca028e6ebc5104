// SPDX-License-Identifier: BSD-3-Clause
// Random bytes, and the letters in which bytes travel.
#pragma once

#include <string>
#include <string_view>

namespace dhis2mcp {

// From the kernel's generator, 256 at most; throws internal when it gives none.
std::string random_bytes(std::size_t count);

std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view digits);  // empty when they are none

// RFC 4648 section 5, without padding, as in JWT and PKCE.
std::string to_base64url(std::string_view bytes);

std::string sha256(std::string_view bytes);  // 32 bytes

}  // namespace dhis2mcp
