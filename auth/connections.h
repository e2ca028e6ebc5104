// SPDX-License-Identifier: BSD-3-Clause
// The profiles of this machine and their signed clients, made on first use and kept.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/login.h"
#include "auth/places.h"
#include "auth/profile.h"
#include "auth/signed_client.h"
#include "auth/token_store.h"

namespace dhis2mcp {

// The environment profile: DHIS2_URL with DHIS2_PAT, or DHIS2_USERNAME and DHIS2_PASSWORD.
struct EnvironmentProfile {
  Profile profile;  // named "env"
  Secret secret;

  // Reads the variables, overwrites their memory (so that /proc/PID/environ no longer shows it) and
  // unsets them. Call it before any thread starts. Nothing when DHIS2_URL is not set; throws
  // ConfigurationError when it is set without a credential, with half of one or with two.
  static std::optional<EnvironmentProfile> take();
};

// Under which kind the store keeps the secret of a method: "password", "pat" or "client_secret".
std::string_view secret_kind(AuthMethod method);

// A signed client that nobody keeps. No connection is made yet. Both kinds of OAuth2 take their
// tokens from `store`, which must live longer; the others need none.
std::unique_ptr<SignedClient> connect(const Profile& profile, Secret secret, TokenStore* store);

// Safe to use from several threads. Re-reads profiles.json when the file changed, so that a profile
// that was added by the command line while a server runs is there at the next call (2 ms later, to
// be exact: before another process can ask); a client whose profile or secret changed is made anew,
// also where the same secret was stored again. A .dhis2-mcp.json that was written while a server
// runs counts within a second. The constructor reads nothing.
class Connections {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // `choice.argument` and `choice.has_env_profile` are filled in here.
  Connections(Places places, ProfileChoice choice, std::optional<EnvironmentProfile> environment,
              Clock clock = std::chrono::steady_clock::now);
  ~Connections();

  // `argument` is the `profile` argument of a tool call, empty when it was not given. The other
  // places are looked at in the order of ProfileChoice.
  std::string choose(std::string_view argument);
  std::shared_ptr<SignedClient> client(std::string_view argument);

  // Every profile, the environment's included, sorted by name.
  std::vector<Profile> profiles();
  std::string default_name();  // empty when none is set

  // The profile and its secret, for diagnose(); an empty secret when none is stored.
  std::pair<Profile, Secret> credential(std::string_view argument);

  const Places& places() const { return places_; }
  TokenStore& store();
  Logins& logins();

 private:
  struct State;
  Places places_;
  std::unique_ptr<State> state_;
};

}  // namespace dhis2mcp
