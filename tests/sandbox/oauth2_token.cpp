// SPDX-License-Identifier: BSD-3-Clause
// The token endpoint: who the client is, codes and refresh tokens against access tokens.
#include <algorithm>

#include "tests/sandbox/oauth2_server.h"
#include "tests/sandbox/oauth_faults.h"

namespace sandbox {
namespace {

constexpr const char* kErrors = "https://datatracker.ietf.org/doc/html/rfc6749#section-5.2";

Reply missing(const char* parameter) {
  return oauth_error(400, "invalid_request", std::string("OAuth 2.0 Parameter: ") + parameter,
                     kErrors);
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// RFC 7636 4.6. A verifier without a challenge is refused as well.
bool proved(const Authorization& grant, const std::string& verifier) {
  if (grant.challenge.empty()) return verifier.empty();
  return base64url(sha256(verifier)) == grant.challenge;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

bool Oauth2Server::right_secret(const std::string& secret, const std::string& hash) {
  const std::string pair = hash + "/" + secret;
  {
    const std::lock_guard lock(mutex_);
    if (good_secrets_.count(pair)) return true;
  }
  if (!fits_bcrypt(secret, hash)) return false;
  const std::lock_guard lock(mutex_);
  good_secrets_.insert(pair);
  return true;
}

Oauth2Server::Caller Oauth2Server::by_secret(const std::string& id, const std::string& secret,
                                             const char* method) {
  Caller who;
  who.client = clients_.by_client_id(id);
  if (!who.client || !who.client->allows(who.client->methods, method) ||
      !right_secret(secret, who.client->secret)) {
    who.client.reset();
    who.refusal = oauth_error(401, "invalid_client");
  }
  return who;
}

// private_key_jwt (RFC 7523), with the keys that a client registered.
Oauth2Server::Caller Oauth2Server::by_assertion(const Form& form) {
  Caller who;
  who.refusal = oauth_error(401, "invalid_client");
  const auto token = parse_token(field(form, "client_assertion"));
  if (!token) return who;
  const std::string id = token->claims.value("sub", "");
  const auto client = clients_.by_client_id(id);
  if (!client || !client->allows(client->methods, "private_key_jwt")) return who;
  const Json audience = token->claims.value("aud", Json());
  const std::vector<std::string> own = {issuer(), base_url_ + "/oauth2/token",
                                        base_url_ + "/oauth2/introspect",
                                        base_url_ + "/oauth2/revoke"};
  const auto ours = [&](const Json& one) {
    return one.is_string() && contains(own, one.get<std::string>());
  };
  const bool meant =
      audience.is_array() ? std::any_of(audience.begin(), audience.end(), ours) : ours(audience);
  const bool named = !has_field(form, "client_id") || field(form, "client_id") == id;
  if (meant && named && token->claims.value("iss", "") == id &&
      token->claims.value("exp", 0LL) > now_seconds() - 60 && signed_by(client->jwks, *token)) {
    who.client = client;
    who.refusal.reset();
  }
  return who;
}

// A public client: it has no secret, only the verifier of its code.
Oauth2Server::Caller Oauth2Server::by_proof(const Form& form) {
  Caller who;
  who.client = clients_.by_client_id(field(form, "client_id"));
  if (!who.client || !who.client->allows(who.client->methods, "none")) {
    who.client.reset();
    who.refusal = oauth_error(401, "invalid_client");
    return who;
  }
  const std::lock_guard lock(mutex_);
  const Authorization* grant = grants_.by_code(field(form, "code"));
  if (!grant || grant->challenge.empty() || !proved(*grant, field(form, "code_verifier"))) {
    who.client.reset();
    who.refusal = oauth_error(400, "invalid_grant");
  }
  return who;
}

Oauth2Server::Caller Oauth2Server::caller(const Request& request, const Form& form) {
  std::string id, secret;
  if (basic_of(request, id, secret)) return by_secret(id, secret, "client_secret_basic");
  if (has_field(form, "client_assertion")) return by_assertion(form);
  if (has_field(form, "client_secret")) {
    return by_secret(field(form, "client_id"), field(form, "client_secret"), "client_secret_post");
  }
  if (field(form, "grant_type") == "authorization_code" && has_field(form, "code") &&
      has_field(form, "code_verifier") && has_field(form, "client_id")) {
    return by_proof(form);
  }
  return {};
}

Reply Oauth2Server::token(const Request& request, const Target& target) {
  const Form form = form_of(request);
  const Caller who = caller(request, form);
  if (who.refusal) return *who.refusal;
  // Nothing that names a client: a stranger, who is sent to the login page.
  if (!who.client) return login_.turn_away(request, target);
  const std::string grant = field(form, "grant_type");
  Reply reply;
  if (grant == "authorization_code") {
    reply = has_field(form, "code") ? exchange(form, *who.client) : missing("code");
  } else if (grant == "refresh_token") {
    reply =
        has_field(form, "refresh_token") ? refresh(form, *who.client) : missing("refresh_token");
  } else if (grant == "client_credentials") {
    reply = oauth_error(400, "unauthorized_client");
  } else if (grant.empty() && request.params.empty()) {
    reply = missing("grant_type");
  } else {
    reply = oauth_error(400, "unsupported_grant_type", "OAuth 2.0 Parameter: grant_type", kErrors);
  }
  if (reply.status == 200) bend(fault_, Endpoint::kToken, reply);
  return reply;
}

Reply Oauth2Server::exchange(const Form& form, const RegisteredClient& client) {
  const std::lock_guard lock(mutex_);
  Authorization* grant = grants_.by_code(field(form, "code"));
  if (!grant) return oauth_error(400, "invalid_grant");
  if (grant->client_uid != client.uid) {
    grant->code.revoked = true;
    return oauth_error(400, "invalid_grant");
  }
  if (grant->redirect_sent && field(form, "redirect_uri") != grant->redirect) {
    return oauth_error(400, "invalid_grant");
  }
  if (!grant->code.active()) {
    // A code that comes twice costs the refresh token; the access token is signed and goes on.
    grant->refresh.revoked = grant->access.revoked = true;
    return oauth_error(400, "invalid_grant");
  }
  // A wrong verifier does not use the code up.
  if (!proved(*grant, field(form, "code_verifier"))) return oauth_error(400, "invalid_grant");
  grant->code.revoked = true;
  return issue(*grant, client, grant->scopes, false);
}

Reply Oauth2Server::refresh(const Form& form, const RegisteredClient& client) {
  const std::lock_guard lock(mutex_);
  const std::string text = field(form, "refresh_token");
  Authorization* grant = text.empty() ? nullptr : grants_.by_refresh(text);
  if (!grant || grant->client_uid != client.uid || is_oauth_fault(fault_, "invalid-grant")) {
    return oauth_error(400, "invalid_grant");
  }
  if (!client.allows(client.grants, "refresh_token"))
    return oauth_error(400, "unauthorized_client");
  if (!grant->refresh.active()) return oauth_error(400, "invalid_grant");
  std::vector<std::string> scopes = pieces(field(form, "scope"), ' ');
  for (const std::string& scope : scopes) {
    if (!contains(grant->scopes, scope)) return oauth_error(400, "invalid_scope");
  }
  if (scopes.empty()) scopes = grant->scopes;
  return issue(*grant, client, scopes, true);
}

void Oauth2Server::add_user_claims(Json& claims, const std::string& user,
                                   const std::vector<std::string>& scopes) const {
  if (contains(scopes, "email")) {
    const User* owner = country_.user(user);
    const Json* object = owner ? country_.find("users", owner->uid) : nullptr;
    const std::string email = object ? object->value("email", "") : "";
    if (email.empty() && !by_email()) {
      throw UnusableClient("User has no email address, cannot include 'email' claim");
    }
    claims["email"] = email.empty() ? user : email;
  }
  if (contains(scopes, "username")) claims["username"] = user;
}

Reply Oauth2Server::issue(Authorization& grant, const RegisteredClient& client,
                          const std::vector<std::string>& scopes, bool refreshing) {
  const std::string& user = grant.object.name;
  const long long now = now_seconds();
  const bool expired = is_oauth_fault(fault_, "expired");
  const long long access_end = expired ? now - 120 : now + client.access_life;
  Json access = {{"sub", user}, {"aud", client.client_id}, {"nbf", expired ? now - 180 : now}};
  access["scope"] = scopes;
  access["iss"] = issuer();
  access["exp"] = access_end;
  access["iat"] = expired ? now - 180 : now;
  access["jti"] = uuid();
  add_user_claims(access, user, scopes);
  grant.access = {key().sign(access), now, access_end};
  grant.access_scopes = scopes;
  Json body = {{"access_token", grant.access.value}};

  // A public client gets no refresh token, nor one whose grants leave it out.
  const bool fresh = !refreshing && client.allows(client.grants, "refresh_token") &&
                     !client.allows(client.methods, "none");
  const bool used_up = refreshing && is_oauth_fault(fault_, "no-rotation");
  if (fresh || (refreshing && !client.reuse_refresh)) {
    grant.refresh = {base64url(random_bytes(96)), now, now + client.refresh_life};
  }
  if (used_up) grant.refresh.revoked = true;
  if (!grant.refresh.value.empty() && !used_up) body["refresh_token"] = grant.refresh.value;
  body["scope"] = joined(scopes);
  if (contains(scopes, "openid")) {
    constexpr long long kIdLife = 1800;
    Json id = {{"sub", user}, {"aud", client.client_id}, {"azp", client.client_id}};
    id["iss"] = issuer();
    id["exp"] = now + kIdLife;
    id["iat"] = now;
    if (!grant.nonce.empty()) id["nonce"] = grant.nonce;
    id["jti"] = uuid();
    add_user_claims(id, user, scopes);
    grant.id = {key().sign(id), now, now + kIdLife};
    body["id_token"] = grant.id.value;
  }
  body["token_type"] = "Bearer";
  body["expires_in"] = client.access_life - 1;
  return json_reply(body);
}

}  // namespace sandbox
