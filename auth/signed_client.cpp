// SPDX-License-Identifier: BSD-3-Clause
// Signing around the anonymous client: cookie, renewal, refusals, redaction.
#include "auth/signed_client.h"

#include <openssl/crypto.h>

#include <atomic>
#include <mutex>
#include <utility>

#include "auth/redact.h"
#include "auth/refusal.h"
#include "auth/transport_rule.h"
#include "auth/turn.h"
#include "dhis2/client.h"
#include "dhis2/json_guard.h"
#include "dhis2/web_message.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kSession = "JSESSIONID";

// What the signed client alone may set, and what a non-browser must not send: DHIS2 2.42 answers a
// foreign Origin with an empty 200.
void demand_unsigned(const Request& request) {
  for (const char* name : {"Authorization", "Cookie", "Origin", "Host"}) {
    if (find_header(request.headers, name) != nullptr) {
      throw Error(ErrorKind::internal, std::string(name) + " is not a caller's header.");
    }
  }
}

// The value of DHIS2's session cookie in an answer; empty when it sets none.
std::string session_in(const Response& response) {
  const Headers& headers = response.headers;
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    const auto& [name, value] = *header;
    const std::string* same = find_header({{name, ""}}, "Set-Cookie");
    const std::string prefix = std::string(kSession) + "=";
    if (same != nullptr && value.starts_with(prefix)) {
      return value.substr(prefix.size(), value.find(';') - prefix.size());
    }
  }
  return {};
}

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

}  // namespace

struct SignedClient::State {
  std::unique_ptr<AuthProvider> provider;
  std::unique_ptr<Client> client;
  std::optional<Error> transport;  // why nothing may be sent at all
  bool keeps_session = false;

  Turn first;  // taken by each request until one was accepted
  std::atomic<bool> accepted = false;

  std::mutex mutex;  // guards the three below
  std::string session;
  Redactor redactor;
  std::uint64_t learned = 0;

  Turn asking;
  std::mutex known;  // guards `who`
  std::optional<Whoami> who;

  Attempt sign(const Request& request);
  void keep_session(const Attempt& attempt, const Response& response);
  void drop_session(const std::string& sent);
  Error cleaned(const Error& error);
  std::optional<Version> version();
};

Attempt SignedClient::State::sign(const Request& request) {
  const WallTime now = std::chrono::system_clock::now();
  provider->refresh_if_needed(now);
  Signature signature = provider->headers(now);
  Attempt attempt;
  attempt.request = request;
  attempt.generation = signature.generation;
  const std::lock_guard lock(mutex);
  if (learned != signature.generation) {
    redactor.learn_signature(signature.headers);
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
  if (!keeps_session || response.status == 401) {
    drop_session(attempt.session);
    return;
  }
  std::string set = session_in(response);
  if (!set.empty()) {
    const std::lock_guard lock(mutex);
    redactor.learn(set);
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
  return redactor.clean(error);
}

std::optional<Version> SignedClient::State::version() {
  const std::lock_guard lock(known);
  return who ? std::optional<Version>(who->version) : std::nullopt;
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

Response SignedClient::send(const Request& request, const Patience& patience,
                            const BodySink& sink) {
  State& state = *state_;
  if (state.transport) {
    throw Error(*state.transport);
  }
  demand_unsigned(request);
  const Deadline deadline(patience);
  for (bool again = false;; again = true) {
    const Held alone = state.accepted ? Held() : Held(state.first, deadline);
    const Attempt attempt = state.sign(request);
    Response response;
    try {
      response = state.client->send(attempt.request, deadline.left(), sink);
    } catch (const Error& error) {
      throw state.cleaned(error);
    }
    state.keep_session(attempt, response);
    const auto refused = refusal(profile_, request, response, state.version());
    // DHIS2 checks a password that is sent even when a good session comes along, so a 401 is about
    // the password and it must not go out again. A redirect to the login page is how it tells that
    // the session has ended, before it looks at the password: once more without the cookie.
    if (!again && !attempt.session.empty() && redirects_to_login(response)) {
      state.drop_session(attempt.session);
      continue;
    }
    if (refused && refused->of_credential &&
        state.provider->refresh_if_needed(std::chrono::system_clock::now(), attempt.generation) &&
        !again) {
      continue;
    }
    if (!refused && response.status < 500) {
      state.accepted = true;
    }
    Asked asked{profile_.name + ": " + profile_.url,
                std::string(to_string(request.method)) + " " + request.path,
                {}};
    if (refused) {
      asked.sign_in_hint = refused->cause + " " + refused->next_step;
    }
    if (!failure(asked, request, response)) {
      return response;
    }
    // Read again from a clean copy: an excerpt may cut a secret in two.
    auto error = [&] {
      const std::lock_guard lock(state.mutex);
      return failure(asked, request, state.redactor.clean(response));
    }();
    Error thrown = state.cleaned(*error);
    if (refused) {
      thrown.kind = refused->kind;
      thrown.hint = asked.sign_in_hint;
      thrown.retry = false;
    }
    throw thrown;
  }
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
                     " with something that is not JSON: " + error.what(),
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
  const Deadline deadline(patience);
  const Held asking(state.asking, deadline);
  if (const Whoami* who = known()) {
    return *who;
  }
  Query fields;
  fields.add("fields", "id,username,displayName");
  const Json me = get("/api/me", fields, deadline.left());
  // Versions before 2.40 have no `fields` here and answer whole.
  Query system_fields;
  system_fields.add("fields", "version,calendar");
  const Json system = get("/api/system/info", system_fields, deadline.left());
  const auto text = [](const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_string()
               ? found->get<std::string>()
               : std::string();
  };
  Whoami who{text(me, "username"),    text(me, "id"), text(me, "displayName"),
             text(system, "version"), Version{},      text(system, "calendar")};
  const auto version = Version::parse(who.version_text);
  if (who.username.empty() || !version) {
    throw Error(ErrorKind::unavailable,
                profile_.name + ": " + profile_.url + " does not answer as DHIS2 does.",
                "Check the URL with dhis2-mcp profile verify " + profile_.name + ".");
  }
  who.version = *version;
  if (profile_.method != AuthMethod::basic && !profile_.user.empty() &&
      profile_.user != who.username) {
    throw ConfigurationError(
        ErrorKind::refused,
        "Profile '" + profile_.name + "' is for " + profile_.user + ", but its token belongs to " +
            who.username + ".",
        "Add it again with dhis2-mcp profile add " + profile_.name + " if that is meant.");
  }
  const std::lock_guard lock(state.known);
  state.who = std::move(who);
  return *state.who;
}

std::string SignedClient::source(const Patience& patience) {
  const Whoami& who = whoami(patience);
  return profile_.name + ": " + who.username + " at " + profile_.url + " (" + who.version_text +
         ")";
}

}  // namespace dhis2mcp
