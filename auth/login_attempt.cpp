// SPDX-License-Identifier: BSD-3-Clause
// State first, issuer second, and only then what the redirect says.
#include "auth/login_attempt.h"

#include <openssl/crypto.h>

#include "auth/signed_client.h"
#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

// For the exchange of the code and the question who it is.
constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kShown = 200;

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string parameter(const Query& parameters, std::string_view name) {
  const std::string* found = parameters.find(name);
  return found == nullptr ? std::string() : *found;
}

std::string_view without_slash(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

// RFC 6749 section 4.1.2.1, as 2.40 to 2.43 use it.
Error denied(const std::string& profile, const std::string& error) {
  const std::string start = profile + ": the login was not finished: ";
  if (error == "access_denied") {
    return {ErrorKind::sign_in_required, start + "access was denied on the consent page.",
            "Log in again and tick the boxes on that page."};
  }
  if (error == "invalid_scope") {
    return {ErrorKind::forbidden, start + "the client is not registered for these scopes.",
            "An administrator adds the scopes openid and username to the client (openid and email "
            "before 2.42.5), or add the profile with another --scope."};
  }
  return {ErrorKind::sign_in_required, start + "the server says " + one_line(error, kShown) + ".",
          "Try again; dhis2-mcp doctor " + profile + " looks for the cause."};
}

}  // namespace

SignedIn confirm(const Profile& profile, const TokenEndpoint& endpoint, const Grant& grant,
                 const Patience& patience) {
  Profile anybody = profile;
  anybody.user.clear();
  anybody.password_grant = false;
  SignedClient client(
      anybody, bearer_provider(grant.access),
      std::make_unique<Client>(BaseUrl::parse(profile.url), WireOptions{profile.ca_file, {}}));
  SignedIn in;
  in.account = client.whoami(patience).username;
  if (!profile.user.empty() && in.account != profile.user) {
    try {
      endpoint.revoke(grant.refresh, std::chrono::system_clock::now(), patience);
    } catch (const Error&) {
      // It ends by itself; what counts is that it is not kept.
    }
    throw ConfigurationError(ErrorKind::refused,
                             in.account + " signed in, but profile '" + profile.name + "' is for " +
                                 profile.user + ", so nothing was kept.",
                             "Log in as " + profile.user +
                                 " (log out of DHIS2 in the browser first), or add a profile "
                                 "of its own for " +
                                 in.account + ".");
  }
  in.tokens.access = grant.access;
  in.tokens.refresh = grant.refresh;
  in.tokens.scope = grant.scope;
  in.tokens.issuer = endpoint.server().issuer;
  in.tokens.issued = std::chrono::system_clock::now();
  in.tokens.expires = in.tokens.issued + grant.life;
  return in;
}

LoginAttempt::LoginAttempt(Profile profile, TokenEndpoint endpoint, std::string scope,
                           std::unique_ptr<RedirectReceiver> receiver)
    : profile_(std::move(profile)),
      endpoint_(std::move(endpoint)),
      scope_(std::move(scope)),
      state_(new_state()),
      pkce_(new_pkce()),
      redirect_uri_(receiver->redirect_uri()),
      receiver_(std::move(receiver)) {}

std::string LoginAttempt::url() const {
  Query query;
  query.add("response_type", "code").add("client_id", endpoint_.credential().id);
  query.add("redirect_uri", redirect_uri_);
  if (!scope_.empty()) query.add("scope", scope_);
  query.add("state", state_).add("code_challenge", pkce_.challenge);
  query.add("code_challenge_method", "S256");
  return profile_.url + endpoint_.server().authorize_path + "?" + query.text();
}

void LoginAttempt::demand_issuer(const Query& parameters) const {
  const AuthorizationServer& server = endpoint_.server();
  const std::string* said = parameters.find("iss");
  const bool right =
      said == nullptr ? !server.says_iss : without_slash(*said) == without_slash(server.issuer);
  if (!right) {
    throw Error(ErrorKind::refused,
                profile_.name + ": the login came back from " +
                    (said == nullptr ? std::string("nobody in particular")
                                     : "another server, " + one_line(*said, kShown)) +
                    ", and its code was not used.",
                "Start the login again, and open no other DHIS2 login meanwhile.");
  }
}

ReceiverReply LoginAttempt::take(const Query& parameters, const std::stop_token& stop,
                                 const Keep& keep) {
  // Whoever does not know the state may say what he likes, an error included: it ends nothing.
  if (!same(parameter(parameters, "state"), state_)) {
    return {false, false,
            "This is not the login that is waited for. Open the address that you were shown."};
  }
  try {
    demand_issuer(parameters);
    const std::string error = parameter(parameters, "error");
    if (!error.empty()) throw denied(profile_.name, error);
    const Secret code(parameter(parameters, "code"));
    if (code.empty()) throw denied(profile_.name, "neither a code nor an error");
    const Patience patience{stop, kPatience};
    const Grant grant = endpoint_.exchange(code, pkce_.verifier, redirect_uri_,
                                           std::chrono::system_clock::now(), patience);
    SignedIn in = confirm(profile_, endpoint_, grant, patience);
    if (keep) keep(in);
    signed_in_ = std::move(in);
    return {true, true, "You can close this window and go on where you were."};
  } catch (const Error& error) {
    failure_ = error;
  }
  return {true, false, "The program that asked you to log in says why. Close this window."};
}

SignedIn LoginAttempt::wait(RedirectReceiver::Deadline deadline, const std::stop_token& stop,
                            const Keep& keep) {
  const bool received = receiver_->receive(
      [&](const Query& parameters) { return take(parameters, stop, keep); }, deadline, stop);
  receiver_.reset();
  if (failure_) throw Error(*failure_);
  if (!received && stop.stop_requested()) {
    throw Error(ErrorKind::cancelled, profile_.name + ": the login was cancelled.");
  }
  if (!signed_in_) {
    throw Error(ErrorKind::sign_in_required,
                profile_.name + ": nobody finished the login in the browser in time.",
                "Start it again. If the browser could not open the last address (login over SSH), "
                "use dhis2-mcp profile login " +
                    profile_.name + " --paste.");
  }
  return std::move(*signed_in_);
}

}  // namespace dhis2mcp
