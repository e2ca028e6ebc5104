// SPDX-License-Identifier: BSD-3-Clause
// One thread for each login that waits for a person.
#include "auth/login.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "auth/login_attempt.h"
#include "auth/transport_rule.h"
#include "auth/turn.h"

namespace dhis2mcp {
namespace {

// Each waits on a thread and a port of its own.
constexpr std::size_t kMostPending = 16;

using Steady = std::chrono::steady_clock;

void demand_oauth2(const Profile& profile) {
  const bool oauth2 =
      profile.method == AuthMethod::oauth2 || profile.method == AuthMethod::legacy_oauth2;
  if (!oauth2) {
    throw Error(ErrorKind::bad_input,
                "Profile '" + profile.name + "' signs in with " +
                    std::string(to_string(profile.method)) + " and needs no login.",
                "Check it with dhis2-mcp profile verify " + profile.name + ".");
  }
  if (profile.client_id.empty()) {
    throw ConfigurationError(ErrorKind::refused,
                             "Profile '" + profile.name + "' names no OAuth2 client.",
                             "Add it again with --client-id; an administrator makes a client with "
                             "dhis2-mcp oauth2-client create.");
  }
  if (const auto refused = transport_refusal(profile)) throw Error(*refused);
}

TokenEndpoint endpoint_of(const Profile& profile, const Secret& client_secret,
                          const TokenStore& store, const Patience& patience) {
  auto client =
      std::make_shared<Client>(BaseUrl::parse(profile.url), WireOptions{profile.ca_file, {}});
  AuthorizationServer server = server_of(profile, *client, patience);
  return {profile, client_credential(profile, client_secret, store), std::move(server),
          std::move(client)};
}

std::string scope_of(const Profile& profile, const Patience& patience) {
  if (!profile.scope.empty()) return profile.scope;
  // A legacy server has one scope and calls it ALL.
  if (profile.method == AuthMethod::legacy_oauth2) return {};
  Client client(BaseUrl::parse(profile.url), WireOptions{profile.ca_file, {}});
  return needed_scope(version_without_sign_in(client, patience));
}

}  // namespace

struct Logins::State {
  struct Login {
    LoginStatus status;
    std::jthread waiting;  // the last: it uses what is above
  };

  State(std::filesystem::path file, TokenStore& where)
      : profiles_file(std::move(file)), store(where) {}

  const std::filesystem::path profiles_file;
  TokenStore& store;
  std::mutex mutex;  // guards the two below
  std::condition_variable_any changed;
  std::map<std::string, std::shared_ptr<Login>, std::less<>> logins;

  void keep(const Profile& profile, SignedIn in);
  void finish(Login& login, LoginStatus status);
  void run(Login& login, const Profile& profile, LoginAttempt& attempt,
           const std::stop_token& stop);
  std::size_t pending() const;
  LoginStatus by_password(const Profile& profile, const TokenEndpoint& endpoint,
                          const Patience& patience);
};

void Logins::State::keep(const Profile& profile, SignedIn in) {
  const TokenKey key{profile.url, profile.client_id, in.account};
  store.put_tokens(key, in.tokens);
  if (profile.user == in.account) return;
  Profiles::edit(profiles_file, [&](Profiles& profiles) {
    const Profile* now = profiles.find(profile.name);
    if (now == nullptr || now->url != profile.url || now->client_id != profile.client_id) {
      throw ConfigurationError(ErrorKind::refused,
                               "Profile '" + profile.name + "' was changed during the login.",
                               "Log in again with dhis2-mcp profile login " + profile.name + ".");
    }
    Profile signed_in = *now;
    signed_in.user = in.account;
    profiles.put(signed_in);
  });
}

void Logins::State::finish(Login& login, LoginStatus status) {
  const std::lock_guard lock(mutex);
  status.until = login.status.until;
  status.id = login.status.id;
  login.status = std::move(status);
  changed.notify_all();
}

void Logins::State::run(Login& login, const Profile& profile, LoginAttempt& attempt,
                        const std::stop_token& stop) {
  LoginStatus status;
  try {
    const SignedIn in =
        attempt.wait(login.status.until, stop, [&](const SignedIn& got) { keep(profile, got); });
    status.account = in.account;
    status.stage = LoginStage::done;
  } catch (const Error& error) {
    status.stage = LoginStage::failed;
    status.failure = error;
  } catch (const std::exception& bug) {
    status.stage = LoginStage::failed;
    status.failure = Error(ErrorKind::internal, bug.what(), "Log in again.");
  }
  finish(login, std::move(status));
}

std::size_t Logins::State::pending() const {
  std::size_t count = 0;
  for (const auto& [name, login] : logins) {
    count += login->status.stage == LoginStage::pending ? 1U : 0U;
  }
  return count;
}

LoginStatus Logins::State::by_password(const Profile& profile, const TokenEndpoint& endpoint,
                                       const Patience& patience) {
  const Countdown countdown(patience);
  const Secret password = store.secret(profile.name, "password").value_or(Secret());
  if (password.empty() || profile.user.empty()) {
    throw Error(ErrorKind::sign_in_required,
                "No password is stored for profile '" + profile.name + "'.",
                "Add it again with --legacy-oauth2 --password-grant USER.");
  }
  const Grant grant =
      endpoint.password(profile.user, password, std::chrono::system_clock::now(), countdown.left());
  keep(profile, confirm(profile, endpoint, grant, countdown.left()));
  LoginStatus status;
  status.stage = LoginStage::done;
  status.account = profile.user;
  return status;
}

Logins::Logins(std::filesystem::path profiles_file, TokenStore& store)
    : state_(std::make_unique<State>(std::move(profiles_file), store)) {}

Logins::~Logins() {
  std::map<std::string, std::shared_ptr<State::Login>, std::less<>> ending;
  {
    const std::lock_guard lock(state_->mutex);
    ending.swap(state_->logins);
  }
  for (auto& [name, login] : ending) login->waiting.request_stop();
}

LoginStatus Logins::begin(const Profile& profile, const Secret& client_secret,
                          const Patience& patience, const LoginWish& wish) {
  demand_oauth2(profile);
  LoginStatus before = status(profile.name);
  if (before.stage == LoginStage::pending) return before;
  const Countdown countdown(patience);
  TokenEndpoint endpoint = endpoint_of(profile, client_secret, state_->store, countdown.left());
  if (profile.password_grant) return state_->by_password(profile, endpoint, countdown.left());
  const bool legacy = profile.method == AuthMethod::legacy_oauth2;
  const int port =
      profile.redirect_port != 0 || !legacy ? profile.redirect_port : kUsualRedirectPort;
  const std::string scope = scope_of(profile, countdown.left());
  const std::lock_guard lock(state_->mutex);
  // Two calls that came together: one listens, both get its address.
  const auto found = state_->logins.find(profile.name);
  if (found != state_->logins.end() && found->second->status.stage == LoginStage::pending) {
    return found->second->status;
  }
  if (state_->pending() >= kMostPending) {
    throw Error(ErrorKind::rate_limited, "Too many logins are waiting for their persons.",
                "Finish one of them, or wait until they end after five minutes.");
  }
  auto attempt =
      std::make_shared<LoginAttempt>(profile, std::move(endpoint), scope,
                                     wish.receiver ? wish.receiver(port) : loopback_receiver(port));
  auto login = std::make_shared<State::Login>();
  login->status.stage = LoginStage::pending;
  login->status.url = attempt->url();
  login->status.id = new_state();
  login->status.until = Steady::now() + wish.patience;
  state_->logins[profile.name] = login;
  LoginStatus begun = login->status;
  login->waiting =
      std::jthread([state = state_.get(), raw = login.get(), profile, attempt](
                       const std::stop_token& stop) { state->run(*raw, profile, *attempt, stop); });
  return begun;
}

LoginStatus Logins::status(std::string_view profile) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->logins.find(profile);
  return found == state_->logins.end() ? LoginStatus{} : found->second->status;
}

LoginStatus Logins::wait(std::string_view profile, const Patience& patience) const {
  const Countdown countdown(patience);
  std::unique_lock lock(state_->mutex);
  const auto now = [&]() -> LoginStatus {
    const auto found = state_->logins.find(profile);
    return found == state_->logins.end() ? LoginStatus{} : found->second->status;
  };
  state_->changed.wait_until(lock, countdown.stop(), countdown.end(),
                             [&] { return now().stage != LoginStage::pending; });
  return now();
}

void Logins::cancel(std::string_view profile) {
  std::shared_ptr<State::Login> login;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->logins.find(profile);
    if (found == state_->logins.end()) return;
    login = found->second;
    state_->logins.erase(found);
  }
  login->waiting.request_stop();
}

Logout log_out(const Profile& profile, const Secret& client_secret, TokenStore& store,
               const Patience& patience) {
  Logout done;
  const TokenKey key{profile.url, profile.client_id, profile.user};
  std::optional<Tokens> tokens;
  try {
    tokens = store.tokens(key);
  } catch (const ConfigurationError&) {
    done.had_tokens = true;  // unreadable: forgotten all the same, for a person asks for it
  }
  if (tokens) {
    done.had_tokens = true;
    done.until = tokens->expires;
    try {
      const Countdown countdown(patience);
      const TokenEndpoint endpoint = endpoint_of(profile, client_secret, store, countdown.left());
      done.revoked =
          endpoint.revoke(tokens->refresh, std::chrono::system_clock::now(), countdown.left());
    } catch (const Error&) {
      done.revoked = false;  // the server is away or has no such endpoint; said by the caller
    }
  }
  store.forget_tokens(key);
  return done;
}

}  // namespace dhis2mcp
