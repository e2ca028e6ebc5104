// SPDX-License-Identifier: BSD-3-Clause
// What ties the end of a login to its beginning (RFC 7636, RFC 6749 section 10.12).
#pragma once

#include <string>
#include <string_view>

#include "auth/secret.h"

namespace dhis2mcp {

struct Pkce {
  Secret verifier;        // 43 characters of 256 random bits
  std::string challenge;  // S256 of it; "plain" is never used
};

Pkce new_pkce();
std::string challenge_of(std::string_view verifier);

// 256 random bits in 43 characters, used once.
std::string new_state();

}  // namespace dhis2mcp
