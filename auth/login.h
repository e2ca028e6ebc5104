// SPDX-License-Identifier: BSD-3-Clause
// Logins of persons with their browsers: begun at once, finished while nobody waits.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "auth/profile.h"
#include "auth/redirect_receiver.h"
#include "auth/secret.h"
#include "auth/token_store.h"
#include "dhis2/error.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

enum class LoginStage { none, pending, done, failed };

struct LoginStatus {
  LoginStage stage = LoginStage::none;
  std::string url;      // to be opened by the person; holds no secret
  std::string id;       // of this login, unguessable
  std::string account;  // who signed in, once done
  std::optional<Error> failure;
  std::chrono::steady_clock::time_point until;  // the end of the wait for the person
};

struct LoginWish {
  std::chrono::seconds patience{300};
  // Makes the receiver for the profile's port; empty: the loopback listener.
  std::function<std::unique_ptr<RedirectReceiver>(int port)> receiver;
};

// Those that this process has begun. Safe to use from several threads. Nothing is stored before
// /api/me has confirmed who it was: somebody else than the profile's user is refused, and what was
// got is given back where the server takes it back. Otherwise the tokens are stored and the
// username is written into the profile; where that cannot be written, the tokens stay stored and
// the login fails.
class Logins {
 public:
  Logins(std::filesystem::path profiles_file, TokenStore& store);
  ~Logins();  // ends those that wait

  // Reads discovery and starts to listen, then returns: pending with a URL. While a login of this
  // profile is pending it is returned again. A profile with the password grant is done at once.
  // Throws Error when no login can begin, with what to do.
  LoginStatus begin(const Profile& profile, const Secret& client_secret, const Patience& patience,
                    const LoginWish& wish = {});

  // Of the last login of that profile in this process.
  LoginStatus status(std::string_view profile) const;

  // Returns when it is pending no more, or when the patience ends.
  LoginStatus wait(std::string_view profile, const Patience& patience) const;

  void cancel(std::string_view profile);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a logout did: `revoked` where the server took the refresh token back, `had_tokens` where
// there was something to forget. An access token of 2.42 and newer works until its end whatever is
// revoked; `until` is that end.
struct Logout {
  bool had_tokens = false, revoked = false;
  std::chrono::system_clock::time_point until;
};

// Forgets the tokens of the profile's account even when the server cannot be reached.
Logout log_out(const Profile& profile, const Secret& client_secret, TokenStore& store,
               const Patience& patience);

}  // namespace dhis2mcp
