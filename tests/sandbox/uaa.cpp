// SPDX-License-Identifier: BSD-3-Clause
// Tokens of the older servers: the token endpoint and the check of a bearer.
#include "tests/sandbox/uaa.h"

#include <algorithm>

#include "tests/sandbox/jose.h"
#include "tests/sandbox/oauth2_grants.h"
#include "tests/sandbox/oauth_faults.h"

namespace sandbox {
namespace {

constexpr long long kAccessLife = 43200, kRefreshLife = 2592000;
constexpr const char* kBadToken = "Invalid access token";

void uncached(Reply& reply) {
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("Pragma", "no-cache");
}

// A refusal of the client or of the way in: 401 that names itself in a header as well.
Reply refused(const std::string& error, const std::string& description) {
  Reply reply = oauth_error(401, error, description);
  reply.headers.emplace_back(
      "WWW-Authenticate",
      "Bearer error=\"" + error + "\", error_description=\"" + description + "\"");
  return reply;
}

Reply no_client() {
  Reply reply = tomcat_page(401, "Unauthorized");
  reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"oauth2/client\"");
  return reply;
}

// The token of a Bearer header or of the parameter; no value when there is neither.
std::optional<std::string> bearer_of(const Request& request) {
  const std::string header = request.header("Authorization");
  if (same_letters(std::string_view(header).substr(0, 6), "bearer")) {
    return header.size() > 7 ? header.substr(7) : "";
  }
  return request.param("access_token");
}

Reply bad_bearer(const Request& request) {
  const std::string accept = request.header("Accept");
  if (accept.starts_with("text/html")) return tomcat_page(406, "");
  Reply reply = oauth_error(401, "invalid_token", kBadToken);
  if (accept.find("json") == std::string::npos) {
    reply.content_type = "application/xml;charset=UTF-8";
    reply.body = "<InvalidTokenException><error>invalid_token</error><error_description>" +
                 std::string(kBadToken) + "</error_description></InvalidTokenException>";
  }
  uncached(reply);
  reply.headers.emplace_back("WWW-Authenticate",
                             "Bearer realm=\"oauth\", error=\"invalid_token\", "
                             "error_description=\"Invalid access token\"");
  return reply;
}

std::string new_token() { return base64url(random_bytes(20)); }

}  // namespace

Uaa::Uaa(const Country& country, Accounts& accounts, Sessions& sessions, Login& login,
         const Fault& fault)
    : country_(country),
      accounts_(accounts),
      sessions_(sessions),
      login_(login),
      fault_(fault),
      major_(country.settings().major),
      on_(country.settings().on("oauth2.authorization.server.enabled", true)) {}

bool Uaa::Client::may(const std::string& grant) const {
  return std::find(grants.begin(), grants.end(), grant) != grants.end();
}

std::optional<Reply> Uaa::answer(const Request& request, const Target& target) {
  if (target.api) return std::nullopt;
  if (target.whole.starts_with("/oauth2/")) {
    Reply reply =
        tomcat_page(404, "The requested resource [" + target.whole + "] is not available");
    reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open("")));
    return reply;
  }
  if (!on_) return std::nullopt;
  if (target.whole == "/uaa/oauth/token") return token(request);
  if (target.whole == "/uaa/oauth/authorize") return authorize(request, target);
  if (target.whole.starts_with("/uaa/")) return login_.turn_away(request, target);
  return std::nullopt;
}

std::optional<AuthorizationServer::Bearer> Uaa::check(const Request& request) {
  if (!on_) return std::nullopt;
  const auto text = bearer_of(request);
  if (!text) return std::nullopt;
  Bearer bearer;
  const std::lock_guard lock(mutex_);
  for (const Pair& pair : pairs_) {
    if (pair.access == *text && now_seconds() < pair.access_end) {
      bearer.user = country_.user(pair.user);
    }
  }
  if (!bearer.user) bearer.refusal = bad_bearer(request);
  return bearer;
}

std::optional<Reply> Uaa::bad_client(const Request& request, Client& client) {
  std::string cid, secret;
  if (!basic_of(request, cid, secret)) return no_client();
  const Client* known = client_of(cid);
  if (!known) {
    return tomcat_page(500, "Invalid client_id",
                       "org.springframework.security.oauth2.provider.NoSuchClientException");
  }
  if (known->secret != secret) return no_client();
  client = *known;
  return std::nullopt;
}

Reply Uaa::token(const Request& request) {
  Reply reply;
  {
    const std::lock_guard lock(mutex_);
    Client client;
    if (auto refusal = bad_client(request, client)) return *refusal;
    reply = request.method == "POST"
                ? granted(parameters_of(request), client)
                : oauth_error(405, "method_not_allowed",
                              "Request method '" + request.method + "' not supported");
  }
  uncached(reply);
  reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open("")));
  if (reply.status == 200) bend(fault_, Endpoint::kToken, reply);
  return reply;
}

Reply Uaa::granted(const Form& form, const Client& client) {
  const std::string grant = field(form, "grant_type");
  if (!has_field(form, "grant_type")) {
    return oauth_error(400, "invalid_request", "Missing grant type");
  }
  const std::string scope = field(form, "scope");
  if (!scope.empty() && scope != "ALL") {
    Reply reply = oauth_error(400, "invalid_scope", "Invalid scope");
    Json body = Json::parse(reply.body);
    body["scope"] = "ALL";
    reply.body = body.dump();
    return reply;
  }
  const bool known = grant == "password" || grant == "refresh_token" ||
                     grant == "authorization_code" || grant == "client_credentials" ||
                     grant == "implicit";
  if (!known) return oauth_error(400, "unsupported_grant_type", "Unsupported grant type");
  if (!client.may(grant)) return refused("invalid_client", "Unauthorized grant type");
  if (grant == "password") return by_password(form, client);
  if (grant == "refresh_token") return by_refresh(form, client);
  if (grant == "authorization_code") return by_code(form, client);
  return oauth_error(400, "unsupported_grant_type", "Unsupported grant type");
}

Reply Uaa::by_password(const Form& form, const Client& client) {
  const std::string name = field(form, "username");
  const auto bad = [](const char* why) { return oauth_error(400, "invalid_grant", why); };
  switch (accounts_.check(name, field(form, "password"), std::nullopt)) {
    case Outcome::kGood:
      return pair_of(client, name);
    case Outcome::kLocked:
      return bad("User account is locked");
    case Outcome::kDisabled:
      return bad("User is disabled");
    case Outcome::kExpired:
      return bad("User account has expired");
    case Outcome::kNoCode:
      return refused("unauthorized",
                     major_ <= 40 ? "User has 2FA enabled, but tried to authenticate with a "
                                    "non-form based login method; username=" +
                                        name
                                  : "User has 2FA enabled, but attempted to authenticate with a "
                                    "non-form based login method: " +
                                        name);
    default:
      return bad("Bad credentials");
  }
}

Reply Uaa::by_code(const Form& form, const Client& client) {
  if (!has_field(form, "code")) {
    return oauth_error(400, "invalid_request", "An authorization code must be supplied.");
  }
  const auto known = codes_.find(field(form, "code"));
  if (known == codes_.end()) {
    return oauth_error(400, "invalid_grant", "Invalid authorization code");
  }
  // Whatever comes of it, the code is used up.
  const Code code = known->second;
  codes_.erase(known);
  if (code.asked.redirect_sent && field(form, "redirect_uri") != code.asked.redirect) {
    return oauth_error(400, "invalid_grant", "Redirect URI mismatch.");
  }
  if (code.asked.cid != client.cid) return oauth_error(400, "invalid_client", "Client ID mismatch");
  return pair_of(client, code.user);
}

Reply Uaa::by_refresh(const Form& form, const Client& client) {
  if (!has_field(form, "refresh_token")) {
    return oauth_error(400, "invalid_request", "refresh_token parameter not provided");
  }
  const std::string text = field(form, "refresh_token");
  const auto pair = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& one) {
    return !one.refresh.empty() && one.refresh == text && now_seconds() < one.refresh_end;
  });
  if (pair == pairs_.end() || is_oauth_fault(fault_, "invalid-grant")) {
    return oauth_error(400, "invalid_grant", "Invalid refresh token");
  }
  if (pair->cid != client.cid) {
    return oauth_error(400, "invalid_grant", "Wrong client for this refresh token: " + text);
  }
  pair->access = new_token();
  pair->access_end = now_seconds() + kAccessLife;
  Pair told_pair = *pair;
  if (is_oauth_fault(fault_, "no-rotation")) pair->refresh = told_pair.refresh = "";
  if (is_oauth_fault(fault_, "expired")) pair->access_end = 0;
  return shown(told_pair);
}

Reply Uaa::pair_of(const Client& client, const std::string& user) {
  auto pair = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& one) {
    return one.cid == client.cid && one.user == user;
  });
  const long long now = now_seconds();
  if (pair == pairs_.end()) {
    pairs_.push_back({client.cid, user, "", "", 0, 0});
    pair = pairs_.end() - 1;
  }
  if (now >= pair->access_end) {
    pair->access = new_token();
    pair->access_end = now + kAccessLife;
    if (client.may("refresh_token") && now >= pair->refresh_end) {
      pair->refresh = new_token();
      pair->refresh_end = now + kRefreshLife;
    }
  }
  const Pair good = *pair;
  if (is_oauth_fault(fault_, "expired")) pair->access_end = 0;
  return shown(good);
}

Reply Uaa::shown(const Pair& pair) const {
  Json body = {{"access_token", pair.access}, {"token_type", "bearer"}};
  if (!pair.refresh.empty()) body["refresh_token"] = pair.refresh;
  body["expires_in"] = pair.access_end - now_seconds() - 1;
  body["scope"] = "ALL";
  return json_reply(body);
}

}  // namespace sandbox
