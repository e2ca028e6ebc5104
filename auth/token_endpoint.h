// SPDX-License-Identifier: BSD-3-Clause
// Asks an instance's token endpoint for tokens, and reads what it says as recorded servers say it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "auth/oauth2.h"
#include "auth/provider.h"
#include "auth/secret.h"
#include "auth/token_store.h"
#include "dhis2/error.h"

namespace dhis2mcp {

// How a client proves that it is the one it says: "basic", "post", "none" or "private-key-jwt".
struct ClientCredential {
  std::string id, method;
  Secret secret;  // the client's secret, or its private key in PEM
};

// What the profile says, else what there is: a key, else a secret (sent by Basic), else none. A
// legacy server knows Basic alone. Reads the key from the profile's file or the store.
ClientCredential client_credential(const Profile& profile, const Secret& client_secret,
                                   const TokenStore& store);

// One answer of RFC 6749 section 5.1.
struct Grant {
  Secret access, refresh;  // refresh is empty where none was given
  std::string scope;
  std::chrono::seconds life{0};
};

// Asks with `Accept: application/json`, for the old servers answer XML otherwise. Never sends a
// request twice. Throws Error with the words for this profile: `code` is OAuth2's where the server
// gave one ("invalid_grant": the code or the refresh token is good for nothing any more;
// "invalid_client": the client's id, secret or method is wrong), kind unavailable when asking again
// later may help. No secret that was sent is in any Error.
class TokenEndpoint {
 public:
  TokenEndpoint(const Profile& profile, ClientCredential credential, AuthorizationServer server,
                std::shared_ptr<Client> client);

  Grant exchange(const Secret& code, const Secret& verifier, const std::string& redirect_uri,
                 WallTime now, const Patience& patience) const;
  Grant refresh(const Secret& token, WallTime now, const Patience& patience) const;
  Grant password(const std::string& user, const Secret& password, WallTime now,
                 const Patience& patience) const;

  // True when the server says that it did. False where it has no such endpoint.
  bool revoke(const Secret& token, WallTime now, const Patience& patience) const;

  const AuthorizationServer& server() const { return server_; }
  const ClientCredential& credential() const { return credential_; }

 private:
  class Form;
  Grant ask(Form form, WallTime now, const Patience& patience) const;
  Response post(const std::string& path, Form& form, WallTime now, const Patience& patience) const;

  std::string profile_;
  ClientCredential credential_;
  AuthorizationServer server_;
  std::shared_ptr<Client> client_;
};

}  // namespace dhis2mcp
