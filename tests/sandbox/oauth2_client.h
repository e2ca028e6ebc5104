// SPDX-License-Identifier: BSD-3-Clause
// OAuth2 clients of 2.42 and later: as /api/oAuth2Clients keeps them, and as the authorization
// server reads them.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/sandbox/own_objects.h"

namespace sandbox {

// A client that was stored but cannot be read: Spring answers 500 with this message.
struct UnusableClient : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What the authorization server makes of a stored client. Lifetimes in seconds.
struct RegisteredClient {
  std::string uid, client_id, secret;  // the secret as it was sent: a bcrypt hash, if it is to work
  std::vector<std::string> methods, grants, redirects, scopes;
  bool consent = true, proof_key = false, reuse_refresh = true;
  long long access_life = 300, refresh_life = 3600, code_life = 300;
  Json jwks;  // of a client that registered itself

  bool allows(const std::vector<std::string>& list, std::string_view name) const;
  // Exactly, but for the port of a loopback address (RFC 8252 7.3; not for "localhost").
  bool redirects_to(const std::string& uri) const;
};

// Safe from several threads.
class Oauth2Clients {
 public:
  explicit Oauth2Clients(const Country& country) : country_(country) {}

  // Below /api/oAuth2Clients; empty for all else.
  std::optional<Reply> answer(const Request& request, const std::vector<std::string>& schemes);

  // Throw UnusableClient for one that cannot be read.
  std::optional<RegisteredClient> by_client_id(const std::string& client_id);
  std::optional<RegisteredClient> by_uid(const std::string& uid);

  // One that registered itself; answers its uid.
  std::string add(const std::string& name, const std::string& owner, const Json& own);

 private:
  struct Client {
    OwnObject object;
    Json own;
  };
  Reply create(const Request& request, const std::vector<std::string>& schemes);
  Reply change(Client& client, const Request& request, const std::vector<std::string>& schemes);
  Reply all(const Request& request);
  Client* find(const std::string& uid);

  const Country& country_;
  std::mutex mutex_;
  std::vector<Client> clients_;
  int made_ = 0;
};

}  // namespace sandbox
