// SPDX-License-Identifier: BSD-3-Clause
// What both kinds of OAuth2 share: the stored token, when it is renewed, and by whom.
#pragma once

#include <optional>
#include <string>

#include "auth/provider.h"
#include "auth/token_endpoint.h"
#include "auth/turn.h"

namespace dhis2mcp {

// When a token is to be renewed: at 80 % of its life or 60 s before its end, whichever comes first,
// yet never in the first half of a short life. A clock that was set back makes it due as well.
bool due(const Tokens& tokens, WallTime now);

// The words in which a person, or an assistant, is told to log in.
std::string log_in_hint(const std::string& profile);

// One thread of one process renews, and the others use what it got: a lock of this process, a lock
// file over all processes, then the row is read again; only if it is still the old one, one post;
// the new pair is committed before its first use. A token that is still good survives a failed
// renewal. A renewal whose answer was lost is tried again: after half a minute where refresh tokens
// are used again, once where they rotate, and there not before the access token has ended. No
// transaction of the store is open while the network is used.
class RenewingProvider : public AuthProvider {
 public:
  RenewingProvider(Profile profile, TokenStore& store);

  Signature headers(WallTime now) final;
  bool refresh_if_needed(WallTime now, std::optional<std::uint64_t> rejected,
                         const Patience& patience) final;

 protected:
  // One post to the token endpoint.
  virtual Grant renew(const Secret& refresh_token, WallTime now, const Patience& patience) = 0;
  const Profile& profile() const { return profile_; }
  TokenStore& store() { return store_; }

 private:
  void look();
  bool usable(WallTime now) const;
  bool answer_lost() const;
  bool renew_once(WallTime now, bool rejected, const Countdown& countdown);
  void take(const Grant& grant, WallTime now);
  void end(const std::string& why);

  const Profile profile_;
  const TokenKey key_;
  TokenStore& store_;
  Turn turn_;  // guards all below
  std::optional<Tokens> tokens_;
  std::string stamp_;  // of the store when it was read; empty before
  std::optional<WallTime> renewed_for_rejection_, failed_;
  std::optional<Error> failure_;  // of the last renewal, while it may be passing
  // The generation whose renewal got no answer from a server that gives each refresh token one
  // successor: either the post never arrived, or the successor is lost.
  std::optional<std::uint64_t> lost_;
};

}  // namespace dhis2mcp
