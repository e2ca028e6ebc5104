// SPDX-License-Identifier: BSD-3-Clause
// Why a token endpoint gave no tokens, and what a person can do about it.
#pragma once

#include <string>

#include "dhis2/error.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

struct TokenQuestion {
  std::string profile, base_url;
  std::string client_auth;  // "basic", "post", "none", "private-key-jwt"
  bool legacy = false;
};

// Reads an answer other than 200. `code` is OAuth2's error where the server names one, and
// "invalid_client" where recorded servers mean it without saying so (2.37 to 2.41: a page).
Error token_refusal(const TokenQuestion& question, const Response& response);

}  // namespace dhis2mcp
