// SPDX-License-Identifier: BSD-3-Clause
// Which web origins may use the proxy, and the tokens that they prove themselves with.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/secret.h"
#include "auth/token_store.h"

namespace dhis2mcp {

// An origin as browsers write it ("https://app.example.org", "http://localhost:5173"), for it is
// compared byte by byte. Throws bad_input, with the right spelling where there is one, for a path
// or a slash at the end, capitals, a port that goes without saying, a wildcard, "null".
std::string web_origin(std::string_view text);

struct OriginTokens {
  std::vector<ProxyToken> all;                       // of each origin once, in the given order
  std::vector<std::pair<std::string, Secret>> made;  // origin and token, to be shown this once
};

// Makes a token for each origin that has none yet, and for those that are `renewed`. Throws
// bad_input for a renewed origin that is not among the others, and for more than 32. A proxy that
// runs already knows a token that was replaced until it ends.
OriginTokens origin_tokens(TokenStore& store, const std::vector<std::string>& origins,
                           const std::vector<std::string>& renewed);

}  // namespace dhis2mcp
