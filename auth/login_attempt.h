// SPDX-License-Identifier: BSD-3-Clause
// One login from its URL to its tokens. Internal to login.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "auth/login.h"
#include "auth/pkce.h"
#include "auth/token_endpoint.h"

namespace dhis2mcp {

// What the tokens of a login turned out to be.
struct SignedIn {
  std::string account;
  Tokens tokens;
};

// Safe to use from one thread at a time.
class LoginAttempt {
 public:
  LoginAttempt(Profile profile, TokenEndpoint endpoint, std::string scope,
               std::unique_ptr<RedirectReceiver> receiver);

  // With PKCE, state and the scopes that the server needs.
  std::string url() const;

  using Keep = std::function<void(const SignedIn&)>;

  // Waits for the person and for what DHIS2 says then. `keep` stores what came of it, before the
  // browser is told that all is well. Throws Error: the server or the person said no, the time was
  // over, somebody else signed in, or what `keep` throws.
  SignedIn wait(RedirectReceiver::Deadline deadline, const std::stop_token& stop,
                const Keep& keep = {});

 private:
  ReceiverReply take(const Query& parameters, const std::stop_token& stop, const Keep& keep);
  void demand_issuer(const Query& parameters) const;

  const Profile profile_;
  const TokenEndpoint endpoint_;
  const std::string scope_, state_;
  const Pkce pkce_;
  std::string redirect_uri_;
  std::optional<SignedIn> signed_in_;
  std::optional<Error> failure_;
  std::unique_ptr<RedirectReceiver> receiver_;  // the last: its threads use what is above
};

// Asks /api/me whose token it is. Throws `refused` when that is another user than the profile's.
SignedIn confirm(const Profile& profile, const TokenEndpoint& endpoint, const Grant& grant,
                 const Patience& patience);

}  // namespace dhis2mcp
