// SPDX-License-Identifier: BSD-3-Clause
// A profile of the practice OAuth2 server, and the person who signs in with it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/login_attempt.h"
#include "auth/token_endpoint.h"
#include "tests/support/practice_oauth2.h"

namespace dhis2mcp::test {

inline Profile profile_of(const PracticeOAuth2& dhis2, bool legacy = false) {
  Profile profile;
  profile.name = "me";
  profile.url = dhis2.url();
  profile.method = legacy ? AuthMethod::legacy_oauth2 : AuthMethod::oauth2;
  profile.client_id = dhis2.client_id;
  profile.client_auth = dhis2.client_auth;
  return profile;
}

inline TokenEndpoint endpoint_of(const PracticeOAuth2& dhis2, bool legacy = false) {
  const Profile profile = profile_of(dhis2, legacy);
  auto client = std::make_shared<Client>(BaseUrl::parse(profile.url));
  AuthorizationServer server = server_of(profile, *client, {});
  return {profile,
          {dhis2.client_id, legacy ? "basic" : dhis2.client_auth, Secret(dhis2.client_secret)},
          std::move(server),
          std::move(client)};
}

// Comes from the browser of a person to whom the login's address was shown.
class Browser final : public RedirectReceiver {
 public:
  std::vector<std::string> queries;
  std::vector<ReceiverReply> replies;
  std::string redirect_uri() const override { return "http://127.0.0.1:3449/callback"; }
  bool receive(const Take& take, Deadline, const std::stop_token&) override {
    for (const std::string& query : queries) {
      replies.push_back(take(Query::parse(query)));
      if (replies.back().done) return true;
    }
    return false;
  }
};

}  // namespace dhis2mcp::test
