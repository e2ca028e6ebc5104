// SPDX-License-Identifier: BSD-3-Clause
// Chooses the authorization server of the version.
#include "tests/sandbox/authorization_server.h"

#include "tests/sandbox/oauth2_server.h"
#include "tests/sandbox/uaa.h"

namespace sandbox {

std::unique_ptr<AuthorizationServer> authorization_server(const Country& country,
                                                          Accounts& accounts, Sessions& sessions,
                                                          Login& login, const Fault& fault,
                                                          const std::string& base_url) {
  if (country.settings().major <= 41) {
    return std::make_unique<Uaa>(country, accounts, sessions, login, fault);
  }
  return std::make_unique<Oauth2Server>(country, sessions, login, fault, base_url);
}

}  // namespace sandbox
