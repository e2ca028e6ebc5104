// SPDX-License-Identifier: BSD-3-Clause
// The key of a client that proves itself by signing (RFC 7523, private_key_jwt).
#pragma once

#include <string>

#include "auth/provider.h"
#include "auth/secret.h"
#include "dhis2/json.h"

namespace dhis2mcp {

// RSA of 2048 bits as PEM, for a client that registers itself.
Secret new_client_key();

// The public half as a JWK with a key id, the form in which DHIS2 wants it inline.
Json public_jwk(const Secret& pem);

// A JWT that is good for one minute and one use, RS256 or (for a P-256 key) ES256. `audience` is
// the address of the token endpoint: DHIS2 refuses any other. Throws ConfigurationError for a key
// that is none of these.
std::string client_assertion(const Secret& pem, const std::string& client_id,
                             const std::string& audience, WallTime now);

}  // namespace dhis2mcp
