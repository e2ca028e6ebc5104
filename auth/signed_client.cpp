// SPDX-License-Identifier: BSD-3-Clause
// Signing around the anonymous client: cookie, renewal, refusals, redaction.
#include "auth/signed_client.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "auth/redact.h"
#include "auth/refusal.h"
#include "auth/transport_rule.h"
#include "auth/turn.h"
#include "dhis2/ascii.h"
#include "dhis2/client.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/web_message.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kSession = "JSESSIONID";
constexpr std::size_t kLongestSession = 512;

// What the signed client alone may set, and what a non-browser must not send: DHIS2 2.42 answers a
// foreign Origin with an empty 200.
void demand_unsigned(const Request& request) {
  for (const char* name : {"Authorization", "Cookie", "Origin", "Host"}) {
    if (find_header(request.headers, name) != nullptr) {
      throw Error(ErrorKind::internal, std::string(name) + " is not a caller's header.");
    }
  }
}

// The value of DHIS2's session cookie in an answer; empty when it sets none, or one that no Tomcat
// makes and that could not be sent back.
std::string session_in(const Response& response) {
  const std::string prefix = std::string(kSession) + "=";
  std::string session;
  for (const auto& [name, set] : response.headers) {
    if (same_word(name, "Set-Cookie") && set.starts_with(prefix)) {
      session = set.substr(prefix.size(), set.find(';') - prefix.size());
    }
  }
  const bool sound = session.size() <= kLongestSession &&
                     std::all_of(session.begin(), session.end(), [](char letter) {
                       return is_visible(letter) && letter != ',' && letter != '"';
                     });
  return sound ? session : std::string();
}

// Sends what was signed. `taken` is called as soon as the head shows that DHIS2 took the
// credential; not calling it is no mistake.
using Taken = std::function<void()>;
using Sender =
    std::function<Response(const Request& signed_request, const Patience&, const Taken& taken)>;

struct Attempt {
  Request request;
  std::uint64_t generation = 0;
  std::string session;  // the cookie that went along; empty for none

  Attempt() = default;
  Attempt(Attempt&&) = default;
  Attempt& operator=(Attempt&&) = default;
  ~Attempt() {
    for (auto& [name, value] : request.headers) {
      OPENSSL_cleanse(value.data(), value.size());
    }
  }
};

// Up to 2.37 the name stands in userCredentials alone.
std::string username_of(const Json& me) {
  const std::string name = text_of(me, "username");
  return name.empty() ? text_of(member_of(me, "userCredentials"), "username") : name;
}

Whoami read_whoami(const Profile& profile, const Json& me, const Json& system) {
  Whoami who{username_of(me),
             text_of(me, "id"),
             text_of(me, "displayName"),
             text_of(system, "version"),
             Version{},
             text_of(system, "calendar")};
  const auto version = Version::parse(who.version_text);
  if (who.username.empty() || !version) {
    throw Error(ErrorKind::unavailable,
                profile.name + ": " + profile.url + " does not answer as DHIS2 does.",
                "Check the URL with dhis2-mcp profile verify " + profile.name + ".");
  }
  who.version = *version;
  // A password names its user itself, and DHIS2 may know that user by another spelling (LDAP).
  if (profile.method != AuthMethod::basic && !profile.user.empty() &&
      profile.user != who.username) {
    throw ConfigurationError(
        ErrorKind::refused,
        "Profile '" + profile.name + "' is for " + profile.user + ", but its token belongs to " +
            who.username + ".",
        "Add it again with dhis2-mcp profile add " + profile.name + " if that is meant.");
  }
  return who;
}

}  // namespace

struct SignedClient::State {
  std::unique_ptr<AuthProvider> provider;
  std::unique_ptr<Client> client;
  std::optional<Error> transport;  // why nothing may be sent at all
  bool keeps_session = false;

  Turn first;  // taken by each request until one was accepted
  std::atomic<bool> accepted = false;

  std::mutex mutex;  // guards the four below
  std::string session;
  // Two of each stay known, for an answer may come when the next one is in use. A password counts
  // three times: with its user in base64, the same without padding, and itself.
  Redactor sessions{2}, credentials{6};
  std::uint64_t learned = 0;

  Turn asking;
  std::mutex known;  // guards the two below
  std::optional<Whoami> who;
  std::optional<Version> supposed;

  Attempt sign(const Request& request, const Patience& patience);
  void keep_session(const Attempt& attempt, const Response& response);
  void drop_session(const std::string& sent);
  Response exchange(const Attempt& attempt, const Countdown& countdown, const Sender& sender,
                    const Taken& taken);
  std::pair<Response, std::optional<Refusal>> ask(const Profile& profile, const Request& request,
                                                  const Countdown& countdown, const Sender& sender);
  bool worth_sending_again(const Attempt& attempt, const Response& response,
                           const std::optional<Refusal>& refused, const Patience& patience);
  std::optional<Error> failure_of(const Asked& asked, const Request& request,
                                  const Response& response, const std::optional<Refusal>& refused);
  Error cleaned(const Error& error);
  Response cleaned(const Response& response);
  std::optional<Version> version();
};

Attempt SignedClient::State::sign(const Request& request, const Patience& patience) {
  const WallTime now = std::chrono::system_clock::now();
  provider->refresh_if_needed(now, {}, patience);
  Signature signature = provider->headers(now);
  Attempt attempt;
  attempt.request = request;
  attempt.generation = signature.generation;
  const std::lock_guard lock(mutex);
  if (learned != signature.generation) {
    credentials.learn_signature(signature.headers);
    learned = signature.generation;
  }
  for (auto& header : signature.headers) {
    attempt.request.headers.push_back(std::move(header));
  }
  if (!session.empty()) {
    attempt.session = session;
    attempt.request.headers.emplace_back("Cookie", std::string(kSession) + "=" + session);
  }
  return attempt;
}

void SignedClient::State::keep_session(const Attempt& attempt, const Response& response) {
  if (response.status == 401) {
    drop_session(attempt.session);
  }
  // With a refusal or the way to the login page comes the session of a stranger (2.41).
  if (!keeps_session || response.status == 401 || response.status / 100 == 3) {
    return;
  }
  std::string set = session_in(response);
  const std::lock_guard lock(mutex);
  if (!set.empty() && set != session) {
    sessions.learn(set);
    session = std::move(set);
  }
}

// Another call may have got a new one meanwhile; that one stays.
void SignedClient::State::drop_session(const std::string& sent) {
  const std::lock_guard lock(mutex);
  if (session == sent) {
    session.clear();
  }
}

Error SignedClient::State::cleaned(const Error& error) {
  const std::lock_guard lock(mutex);
  return sessions.clean(credentials.clean(error));
}

Response SignedClient::State::cleaned(const Response& response) {
  const std::lock_guard lock(mutex);
  return sessions.clean(credentials.clean(response));
}

std::optional<Version> SignedClient::State::version() {
  const std::lock_guard lock(known);
  return who ? who->version : supposed;
}

Response SignedClient::State::exchange(const Attempt& attempt, const Countdown& countdown,
                                       const Sender& sender, const Taken& taken) {
  try {
    Response response = sender(attempt.request, countdown.left(), taken);
    keep_session(attempt, response);
    return response;
  } catch (const ConfigurationError&) {
    throw;  // about a file of this machine
  } catch (const Error& error) {
    throw cleaned(error);
  }
}

// DHIS2 checks a password that is sent even when a good session comes along (2.40 to 2.43), so a
// 401 is about the password and it must not go out again. A redirect to the login page is how it
// tells that the session has ended, before it looks at the password: once more without the cookie.
bool SignedClient::State::worth_sending_again(const Attempt& attempt, const Response& response,
                                              const std::optional<Refusal>& refused,
                                              const Patience& patience) {
  if (!attempt.session.empty() && redirects_to_login(response)) {
    drop_session(attempt.session);
    return true;
  }
  return refused && refused->of_credential &&
         provider->refresh_if_needed(std::chrono::system_clock::now(), attempt.generation,
                                     patience);
}

std::optional<Error> SignedClient::State::failure_of(const Asked& asked, const Request& request,
                                                     const Response& response,
                                                     const std::optional<Refusal>& refused) {
  auto error = failure(asked, request, response);
  if (!error) {
    return std::nullopt;
  }
  // Read again from a clean copy: an excerpt may have cut a secret in two.
  error = failure(asked, request, cleaned(response)).value_or(*error);
  Error thrown = cleaned(*error);
  if (refused) {
    thrown.kind = refused->kind;
    thrown.hint = asked.sign_in_hint;
    thrown.retry = false;
  }
  return thrown;
}

SignedClient::SignedClient(Profile profile, std::unique_ptr<AuthProvider> provider,
                           std::unique_ptr<Client> client)
    : profile_(std::move(profile)), state_(std::make_unique<State>()) {
  state_->provider = std::move(provider);
  state_->client = std::move(client);
  state_->transport = transport_refusal(profile_);
  // Without its session DHIS2 opens a new one for each request with a password; a token needs none.
  state_->keeps_session = profile_.method == AuthMethod::basic;
}

SignedClient::~SignedClient() = default;

// One request of the profile, sent again once where that makes sense, and what DHIS2 made of the
// credential.
std::pair<Response, std::optional<Refusal>> SignedClient::State::ask(const Profile& profile,
                                                                     const Request& request,
                                                                     const Countdown& countdown,
                                                                     const Sender& sender) {
  if (transport) {
    throw Error(*transport);
  }
  demand_unsigned(request);
  for (bool again = false;; again = true) {
    std::optional<Held> alone;
    if (!accepted) {
      alone.emplace(first, countdown);
    }
    if (accepted) {
      alone.reset();
    }
    const Attempt attempt = sign(request, countdown.left());
    const Taken taken = [&] {
      accepted = true;
      alone.reset();
    };
    Response response = exchange(attempt, countdown, sender, taken);
    auto refused = refusal(profile, request, response, version());
    // The provider has to hear of the second refusal, too.
    if (worth_sending_again(attempt, response, refused, countdown.left()) && !again) {
      continue;
    }
    if (!refused && response.status < 500) {
      accepted = true;
    }
    return {std::move(response), std::move(refused)};
  }
}

namespace {

Asked asked_of(const Profile& profile, const Request& request,
               const std::optional<Refusal>& refused) {
  return {profile.name + ": " + profile.url,
          std::string(to_string(request.method)) + " " + request.path,
          refused ? refused->cause + " " + refused->next_step : std::string()};
}

}  // namespace

Response SignedClient::send(const Request& request, const Patience& patience,
                            const BodySink& sink) {
  const Countdown countdown(patience);
  auto [response, refused] =
      state_->ask(profile_, request, countdown,
                  [&](const Request& signed_request, const Patience& left, const Taken&) {
                    return state_->client->send(signed_request, left, sink);
                  });
  const Asked asked = asked_of(profile_, request, refused);
  if (const auto error = state_->failure_of(asked, request, response, refused)) {
    throw Error(*error);
  }
  return std::move(response);
}

Response SignedClient::pass(const Request& request, const Patience& patience,
                            const PassThrough& through) {
  const Countdown countdown(patience);
  auto [response, refused] =
      state_->ask(profile_, request, countdown,
                  [&](const Request& signed_request, const Patience& left, const Taken& taken) {
                    PassThrough told = through;
                    told.head = [&](int status, const Headers& headers) {
                      taken();
                      through.head(status, headers);
                    };
                    return state_->client->relay(signed_request, left, told);
                  });
  if (refused) {
    const Asked asked = asked_of(profile_, request, refused);
    const auto error = state_->failure_of(asked, request, response, refused);
    throw Error(error ? *error
                      : Error(ErrorKind::sign_in_required, refused->cause, refused->next_step));
  }
  return state_->cleaned(response);
}

Json SignedClient::get(const std::string& path, const Query& query, const Patience& patience) {
  Request request;
  request.path = path;
  request.query = query;
  const Response response = send(request, patience);
  JsonLimits limits;
  limits.refuse_duplicate_names = false;
  try {
    return parse_json(response.body, limits);
  } catch (const Error& error) {
    Error unread(ErrorKind::unavailable,
                 profile_.name + ": " + profile_.url + " answered GET " + path +
                     " with something that is not JSON: " + error.what() + ".",
                 "Try again; if it stays so, check the server or what stands before it.");
    unread.http = response.status;
    unread.retry = true;
    throw state_->cleaned(unread);
  }
}

const Whoami& SignedClient::whoami(const Patience& patience) {
  State& state = *state_;
  const auto known = [&]() -> const Whoami* {
    const std::lock_guard lock(state.known);
    return state.who ? &*state.who : nullptr;
  };
  if (const Whoami* who = known()) {
    return *who;
  }
  const Countdown countdown(patience);
  const Held asking(state.asking, countdown);
  if (const Whoami* who = known()) {
    return *who;
  }
  const Json me =
      get("/api/me", Query::parse("fields=id,username,displayName,userCredentials[username]"),
          countdown.left());
  // Versions before 2.40 do not know `fields` here and answer whole.
  const Json system =
      get("/api/system/info", Query::parse("fields=version,calendar"), countdown.left());
  Whoami who = read_whoami(profile_, me, system);
  const std::lock_guard lock(state.known);
  state.who = std::move(who);
  return *state.who;
}

void SignedClient::suppose(const Version& version) {
  const std::lock_guard lock(state_->known);
  state_->supposed = version;
}

std::string SignedClient::source(const Patience& patience) {
  const Whoami& who = whoami(patience);
  return profile_.name + ": " + who.username + " at " + profile_.url + " (" + who.version_text +
         ")";
}

}  // namespace dhis2mcp
