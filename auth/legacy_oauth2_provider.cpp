// SPDX-License-Identifier: BSD-3-Clause
// Tokens of /uaa/oauth, 2.37 to 2.41. A renewal ends the access token before it at once, so that
// whoever still uses that one gets a 401, looks again and finds the new one.
#include "auth/renewing_provider.h"

namespace dhis2mcp {
namespace {

AuthorizationServer known_server(const std::string& base_url) {
  AuthorizationServer server;
  server.legacy = true;
  server.issuer = base_url;
  server.token_path = "/uaa/oauth/token";
  return server;
}

class LegacyOAuth2Provider final : public RenewingProvider {
 public:
  LegacyOAuth2Provider(const Profile& profile, Secret client_secret, TokenStore& store)
      : RenewingProvider(profile, store),
        endpoint_(profile, ClientCredential{profile.client_id, "basic", std::move(client_secret)},
                  known_server(profile.url),
                  std::make_shared<Client>(BaseUrl::parse(profile.url),
                                           WireOptions{profile.ca_file, {}})) {}

 private:
  Grant renew(const Secret& refresh_token, WallTime now, const Patience& patience) override {
    return endpoint_.refresh(refresh_token, now, patience);
  }

  const TokenEndpoint endpoint_;
};

}  // namespace

std::unique_ptr<AuthProvider> legacy_oauth2_provider(Profile profile, Secret client_secret,
                                                     TokenStore& store) {
  return std::make_unique<LegacyOAuth2Provider>(profile, std::move(client_secret), store);
}

}  // namespace dhis2mcp
