// SPDX-License-Identifier: BSD-3-Clause
// Personal access tokens on an instance: made, listed and revoked as their owner.
#pragma once

#include <string>
#include <vector>

#include "auth/signed_client.h"

namespace dhis2mcp {

// What DHIS2 tells of a token; never the token itself, of which it keeps a hash.
struct OwnedToken {
  std::string uid, code;
  WallTime expires;
  std::vector<std::string> methods, ips, referrers;  // empty: not limited
};

// Of the signed-in user, soonest expiry first. DHIS2 shows nobody else's.
std::vector<OwnedToken> owned_tokens(SignedClient& client, const Patience& patience);

// What a new token may do. Read-only unless other methods are named.
struct TokenWish {
  std::string code;
  WallTime expires;
  std::vector<std::string> methods{"GET", "HEAD"};  // GET alone does not cover HEAD in DHIS2
  std::vector<std::string> ips, referrers;
};

struct NewToken {
  std::string uid;
  Secret key;  // shown by DHIS2 this once
};

// Throws bad_input for what DHIS2 would take and make a dead or a useless token of: a date that has
// passed, an unknown method.
NewToken create_token(SignedClient& client, const TokenWish& wish, WallTime now,
                      const Patience& patience);

// What a person should know after a revocation; empty where it acts at once. Up to 2.40 a token
// that was used lately goes on working until DHIS2's caches are cleared.
std::string revoke_token(SignedClient& client, const std::string& uid, const Patience& patience);

}  // namespace dhis2mcp
