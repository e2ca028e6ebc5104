// SPDX-License-Identifier: BSD-3-Clause
// Tokens of DHIS2's authorization server, 2.42 and newer.
#include "auth/renewing_provider.h"

namespace dhis2mcp {
namespace {

class OAuth2Provider final : public RenewingProvider {
 public:
  OAuth2Provider(Profile profile, Secret client_secret, TokenStore& store)
      : RenewingProvider(std::move(profile), store), client_secret_(std::move(client_secret)) {}

 private:
  Grant renew(const Secret& refresh_token, WallTime now, const Patience& patience) override {
    if (!endpoint_) {
      // Found out when the first token of this process comes to its end, and kept.
      auto client = std::make_shared<Client>(BaseUrl::parse(profile().url),
                                             WireOptions{profile().ca_file, {}});
      const Countdown countdown(patience);
      const AuthorizationServer server = discover(*client, countdown.left());
      endpoint_.emplace(profile(), client_credential(profile(), client_secret_, store()), server,
                        std::move(client));
      return endpoint_->refresh(refresh_token, now, countdown.left());
    }
    return endpoint_->refresh(refresh_token, now, patience);
  }

  const Secret client_secret_;
  std::optional<TokenEndpoint> endpoint_;
};

}  // namespace

std::unique_ptr<AuthProvider> oauth2_provider(Profile profile, Secret client_secret,
                                              TokenStore& store) {
  return std::make_unique<OAuth2Provider>(std::move(profile), std::move(client_secret), store);
}

}  // namespace dhis2mcp
