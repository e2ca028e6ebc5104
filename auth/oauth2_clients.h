// SPDX-License-Identifier: BSD-3-Clause
// OAuth2 clients registered on an instance, in the shape that each version wants.
#pragma once

#include <string>
#include <vector>

#include "auth/signed_client.h"

namespace dhis2mcp {

// What DHIS2 tells of a client, its secret left out: up to 2.41 it would show it as it is.
struct RegisteredClient {
  std::string uid, name, client_id;
  std::vector<std::string> auth_methods, grant_types, redirect_uris, scopes;
};

// Both need the authority F_OAUTH2_CLIENT_MANAGE. The second takes an id, a client id or a name.
std::vector<RegisteredClient> registered_clients(SignedClient& client, const Patience& patience);
RegisteredClient registered_client(SignedClient& client, const std::string& which,
                                   const Patience& patience);

struct ClientWish {
  std::string name, client_id;
  std::vector<std::string> redirect_uris;
  bool public_client = false;  // without a secret: 2.42 and newer, and no refresh tokens
};

struct NewClient {
  std::string uid;
  Secret secret;  // empty for a public client
};

// Makes the secret itself. 2.42 and newer: `clientId`, comma-separated texts, settings as JSON in a
// text, and the secret's bcrypt hash, for DHIS2 stores what it gets and compares hashes. Up
// to 2.41: `cid`, arrays, and a secret of exactly 36 characters. Which server is switched on is
// asked first: a client on a server whose OAuth2 is off is refused with the lines for dhis.conf.
NewClient create_client(SignedClient& client, const ClientWish& wish, const Patience& patience);

// The body that create_client sends; `hashed` is what stands in it from 2.42 on.
Json client_body(const ClientWish& wish, const Version& version, const Secret& secret,
                 const std::string& hashed);

// "$2a$10$...", as Spring's BCryptPasswordEncoder reads it.
std::string bcrypt_hash(const Secret& secret);

// What an administrator has to know of a client for that profile: redirect URI, scopes, grant types
// and the lines of dhis.conf.
std::string client_needs(const std::string& base_url, const Version& version, int redirect_port);

// "http://127.0.0.1/callback", which stands for every port from 2.42 on; with the port before that.
std::string usual_redirect_uri(const Version& version, int redirect_port);

}  // namespace dhis2mcp
