// SPDX-License-Identifier: BSD-3-Clause
// What people have granted to clients: codes, tokens and consents of the server of 2.42 and later.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sandbox/own_objects.h"

namespace sandbox {

// Seconds since 1970 by the clock of the machine: tokens age even though --clock stands still.
long long now_seconds();

struct Token {
  std::string value;
  long long issued = 0, expires = 0;
  bool revoked = false;
  bool active() const { return !value.empty() && !revoked && now_seconds() < expires; }
};

// One authorization, from the code to the last refresh. Only the newest access token is kept: an
// older one is unknown to introspection and revocation, though its signature holds.
struct Authorization {
  OwnObject object;  // its name is the user's
  std::string client_uid, redirect, challenge, nonce;
  bool redirect_sent = false;
  std::vector<std::string> scopes, access_scopes;
  Token code, access, refresh, id;
};

// What an authorization request asked for while its consent page is open.
struct PendingConsent {
  std::string client_id, user, redirect, state, challenge, nonce;
  bool redirect_sent = false;
  std::vector<std::string> scopes;
};

struct Consent {
  OwnObject object;
  std::string client_uid, user;
  std::vector<std::string> scopes;
};

// Not safe from several threads by itself: the server that owns it has the lock.
class Oauth2Grants {
 public:
  Authorization& add(const Country& country, const std::string& user);
  Authorization* by_code(const std::string& code);
  Authorization* by_refresh(const std::string& refresh);
  Authorization* by_id_token(const std::string& token);
  // By a token of any kind.
  Authorization* by_token(const std::string& token);

  std::string open_consent(const PendingConsent& pending);  // answers its state
  std::map<std::string, PendingConsent> pending;

  Consent* consent(const std::string& client_uid, const std::string& user);
  void remember(const Country& country, const std::string& client_uid, const std::string& user,
                const std::vector<std::string>& scopes);
  void forget(const std::string& client_uid, const std::string& user);

  // Below /api/oAuth2Authorizations and /api/oAuth2AuthorizationConsents.
  Reply authorizations(const Country& country, const Request& request) const;
  Reply consents(const Country& country, const Request& request) const;

 private:
  std::vector<Authorization> authorizations_;
  std::vector<Consent> consents_;
  int made_ = 0;
};

}  // namespace sandbox
