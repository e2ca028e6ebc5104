// SPDX-License-Identifier: BSD-3-Clause
// What it means when DHIS2 does not take a credential, and what a person can do about it.
#pragma once

#include <optional>
#include <string>

#include "auth/profile.h"
#include "dhis2/error.h"
#include "dhis2/exchange.h"
#include "dhis2/version.h"

namespace dhis2mcp {

struct Refusal {
  std::string cause;      // a full sentence, or several
  std::string next_step;  // a full sentence
  ErrorKind kind = ErrorKind::sign_in_required;
  // Whether the credential itself was judged. Not so when the server never read it, or when a rule
  // of the token forbids this method only.
  bool of_credential = true;
};

// Reads an answer to a signed request: 401, a token's 400, a redirect to the login page, and the
// login page itself where data was asked. Nothing for any other answer. `version` decides between
// the ways that are left, for an account with two-factor authentication above all.
std::optional<Refusal> refusal(const Profile& profile, const Request& request,
                               const Response& response, const std::optional<Version>& version);

// What a user with two-factor authentication can do on that version, in one sentence.
std::string two_factor_ways(const std::optional<Version>& version);

// A redirect to a login or logout page: DHIS2's answer to a request without a credential that it
// reads, or with the cookie of a session that it ended.
bool redirects_to_login(const Response& response);

}  // namespace dhis2mcp
