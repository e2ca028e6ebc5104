// SPDX-License-Identifier: BSD-3-Clause
// Random bits and one hash.
#include "auth/pkce.h"

#include "auth/text_codes.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kBytes = 32;

}  // namespace

std::string challenge_of(std::string_view verifier) { return to_base64url(sha256(verifier)); }

Pkce new_pkce() {
  Pkce pkce{Secret(to_base64url(random_bytes(kBytes))), {}};
  pkce.challenge = challenge_of(pkce.verifier.reveal());
  return pkce;
}

std::string new_state() { return to_base64url(random_bytes(kBytes)); }

}  // namespace dhis2mcp
