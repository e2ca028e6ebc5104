// SPDX-License-Identifier: BSD-3-Clause
// Who we are to a DHIS2 server: headers for the next request, and renewal.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "auth/profile.h"
#include "auth/secret.h"
#include "auth/token_store.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

using WallTime = std::chrono::system_clock::time_point;

struct Signature {
  Headers headers;               // secrets inside: never logged, never kept
  std::uint64_t generation = 0;  // which credential these are of; grows with each renewal
};

// One per profile, shared by its calls. Safe to use from several threads. Time is an argument.
class AuthProvider {
 public:
  virtual ~AuthProvider() = default;

  // Throws sign_in_required, with the command that signs in, when there is nothing to send or DHIS2
  // has refused it.
  virtual Signature headers(WallTime now) = 0;

  // Renews when close to expiry, or when DHIS2 answered 401 to `rejected`. True when a request is
  // worth sending (again). Basic and PAT cannot renew: a rejected generation is remembered and
  // headers() throws from then on, for DHIS2 locks accounts after four failures. Throws when a
  // renewal that was needed could not be had for now (unavailable, cancelled).
  virtual bool refresh_if_needed(WallTime now, std::optional<std::uint64_t> rejected = {},
                                 const Patience& patience = {}) = 0;
};

// RFC 7617, in UTF-8. A user name with a colon or a control character is refused when it is used.
std::unique_ptr<AuthProvider> basic_provider(std::string profile, std::string user,
                                             Secret password);

// "Authorization: ApiToken ...", with a Referer when the token's rules ask for one.
std::unique_ptr<AuthProvider> pat_provider(std::string profile, Secret token, std::string referer);

// "Authorization: Bearer ..." with a token that a person got by logging in: of the authorization
// server of DHIS2 2.42 and newer, and of /uaa up to 2.41. `client_secret` is empty for a client
// without one. Renewed at 80 % of their life or 60 s before the end, by one thread of one process
// of all that share the store. The store must live longer.
std::unique_ptr<AuthProvider> oauth2_provider(Profile profile, Secret client_secret,
                                              TokenStore& store);
std::unique_ptr<AuthProvider> legacy_oauth2_provider(Profile profile, Secret client_secret,
                                                     TokenStore& store);

// A token that is tried once and not renewed: of a login that is being checked.
std::unique_ptr<AuthProvider> bearer_provider(const Secret& token);

}  // namespace dhis2mcp
