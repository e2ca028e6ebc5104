// SPDX-License-Identifier: BSD-3-Clause
// Where an instance hands out OAuth2 tokens: discovered on 2.42 and newer, known by heart up
// to 2.41.
#pragma once

#include <optional>
#include <string>

#include "auth/profile.h"
#include "dhis2/client.h"
#include "dhis2/query.h"
#include "dhis2/version.h"

namespace dhis2mcp {

// Paths are below the base URL; empty where the server has no such endpoint.
struct AuthorizationServer {
  bool legacy = false;
  std::string issuer;          // as the server writes it; the base URL for a legacy one
  std::string authorize_path;  // a person's browser goes there
  std::string token_path, revoke_path, register_path;
  std::string token_url;  // the same as token_path, as the server writes it: what assertions name
  bool says_iss = false;  // each redirect carries `iss` (RFC 9207)
};

// Reads /.well-known/openid-configuration (RFC 8414) and trusts nothing in it that lies outside of
// the base URL: the issuer must be the base URL itself (a slash at the end does not count: DHIS2
// writes one from 2.42.5 on), each endpoint below it, S256 among the PKCE methods. Throws
// unsupported_version where the server is off or too old, with the lines that an administrator
// needs, and refused for a document that must not be followed.
AuthorizationServer discover(Client& client, const Patience& patience);

// /uaa/oauth, the same everywhere from 2.37 to 2.41. Asks once, without credentials, and throws
// unsupported_version where there is none.
AuthorizationServer legacy_server(Client& client, const Patience& patience);

AuthorizationServer server_of(const Profile& profile, Client& client, const Patience& patience);

// What has to be asked for, so that the token says who its user is: `openid username`, or `openid
// email` for 2.42.0 to 2.42.4, which map users by e-mail. `version` is nothing where it is not
// known.
std::string needed_scope(const std::optional<Version>& version);

// The lines of dhis.conf that make OAuth2 work there, with the reason of each group.
std::string dhis_conf_lines(const std::string& base_url, const std::optional<Version>& version);

// What DHIS2 says of its version to everybody, which it does from 2.41 on.
std::optional<Version> version_without_sign_in(Client& client, const Patience& patience);

}  // namespace dhis2mcp
