// SPDX-License-Identifier: BSD-3-Clause
// Dynamic registration: a person enrols a device, the device registers itself (2.42.5 and later).
#include <algorithm>

#include "tests/sandbox/oauth2_server.h"

namespace sandbox {
namespace {

constexpr const char* kErrors =
    "https://openid.net/specs/openid-connect-registration-1_0.html#RegistrationError";
constexpr const char* kSetting = "/systemSettings/deviceEnrollmentRedirectAllowlist";

std::string texts(const Json& list, char between) {
  std::string text;
  for (const Json& item : list) {
    if (item.is_string())
      text += (text.empty() ? "" : std::string(1, between)) + item.get<std::string>();
  }
  return text;
}

Json client_settings(const Json& body) {
  Json settings = {{"@class", "java.util.Collections$UnmodifiableMap"}};
  if (body.contains("jwks_uri")) settings["settings.client.jwk-set-url"] = body["jwks_uri"];
  settings["client.inline.jwks"] = body["jwks"].dump();
  settings["settings.client.require-authorization-consent"] = false;
  settings["settings.client.token-endpoint-authentication-signing-algorithm"] =
      Json::array({"org.springframework.security.oauth2.jose.jws.SignatureAlgorithm", "RS256"});
  settings["settings.client.require-proof-key"] = true;
  return settings;
}

}  // namespace

std::vector<std::string> Oauth2Server::allowed_redirects() {
  const std::lock_guard lock(mutex_);
  return pieces(redirects_, ',');
}

std::optional<Reply> Oauth2Server::redirect_setting(const Request& request) {
  if (request.path != kSetting) return std::nullopt;
  if (request.method != "POST" && request.method != "DELETE") return std::nullopt;
  if (!request.user->has("F_SYSTEM_SETTING")) {
    return told(country_.settings().major, 403,
                "Access is denied, requires one Authority from [F_SYSTEM_SETTING]");
  }
  const std::lock_guard lock(mutex_);
  if (request.method == "DELETE") {
    redirects_ = "dhis2oauth://oauth";
    return bare(204);
  }
  redirects_ = request.param("value").value_or("");
  return web_message(
      200, "System setting 'deviceEnrollmentRedirectAllowlist' set to value '" + redirects_ + "'.");
}

std::optional<Reply> Oauth2Server::enrol(const Request& request) {
  if (request.path != "/auth/enrollDevice" || request.method != "GET") return std::nullopt;
  if (!on_ || by_email()) return tomcat_page(404, "No static resource api/auth/enrollDevice.");
  const auto redirect_uri = request.param("redirectUri"), state = request.param("state");
  if (!redirect_uri || !state) {
    return tomcat_page(400, std::string("Required parameter '") +
                                (redirect_uri ? "state" : "redirectUri") + "' is not present.");
  }
  const std::vector<std::string> allowed = allowed_redirects();
  if (std::find(allowed.begin(), allowed.end(), *redirect_uri) == allowed.end()) {
    return tomcat_page(400, "invalid_redirect_uri");
  }
  constexpr long long kLife = 60;  // deviceEnrollmentIATTtlSeconds
  const long long now = now_seconds();
  Json claims = {{"sub", request.user->username}, {"aud", issuer()}, {"scope", "client.create"}};
  claims["iss"] = issuer();
  claims["exp"] = now + kLife;
  claims["iat"] = now;
  claims["jti"] = uuid();
  claims["redirect_url"] = *redirect_uri;
  const std::lock_guard lock(mutex_);
  const char joint = redirect_uri->find('?') == std::string::npos ? '?' : '&';
  return redirect(*redirect_uri + joint + "iat=" + key().sign(claims) +
                  "&state=" + uri_encoded(*state));
}

std::string Oauth2Server::bad_registration(const Json& body) const {
  const Json redirects = body.value("redirect_uris", Json::array());
  if (!redirects.is_array() || redirects.empty()) return "redirect_uris";
  if (body.value("token_endpoint_auth_method", "") != "private_key_jwt") {
    return "token_endpoint_auth_method";
  }
  return "";
}

// Why a caller with this initial access token is turned away; empty when it may register.
std::optional<Reply> Oauth2Server::bad_initial_token(const Request& request,
                                                     const std::string& text,
                                                     SignedToken& initial) {
  if (text.find('.') == std::string::npos) {
    return bearer_refusal("An error occurred while attempting to decode the Jwt: Malformed token",
                          false);
  }
  if (const std::string why = refusal_of(text, initial); !why.empty()) {
    return bearer_refusal(why, false);
  }
  if (request.method == "GET") {
    // DHIS2 looks the client up by an id that it never stored.
    return oauth_error(400, "invalid_request",
                       "OpenID Connect 1.0 Client Registration Error: The RegisteredClient with id "
                       "'" +
                           uuid() + "' was not found in the RegisteredClientRepository.",
                       kErrors);
  }
  if (initial.claims.value("scope", Json()) != "client.create") {
    return oauth_error(403, "insufficient_scope");
  }
  const std::lock_guard lock(mutex_);
  if (used_registrations_.count(text)) return oauth_error(401, "invalid_token");
  return std::nullopt;
}

Reply Oauth2Server::registration(const Request& request, const Target& target) {
  const std::string header = request.header("Authorization");
  if (!same_letters(std::string_view(header).substr(0, 7), "bearer ")) {
    return login_.turn_away(request, target);
  }
  SignedToken initial;
  const std::string text = header.substr(7);
  if (auto refusal = bad_initial_token(request, text, initial)) return *refusal;
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return oauth_error(400, "invalid_request");
  if (const std::string bad = bad_registration(body); !bad.empty()) {
    return oauth_error(400, "invalid_client_metadata", "Invalid Client Registration: " + bad,
                       kErrors);
  }
  if (!body.contains("jwks")) {
    return oauth_error(400, "invalid_request",
                       "OpenID Connect 1.0 Client Registration Error: 'jwks' must be provided in "
                       "registration",
                       kErrors);
  }
  const Json made = register_client(body, initial.claims.value("sub", ""));
  const std::lock_guard lock(mutex_);
  used_registrations_.insert(text);
  return json_reply(made, 201);
}

Json Oauth2Server::register_client(const Json& body, const std::string& owner) {
  const std::string id = base64url(random_bytes(32));
  const std::string name = body.value("client_name", id);
  Json own = {{"clientId", id}, {"clientAuthenticationMethods", "private_key_jwt"}};
  own["authorizationGrantTypes"] = "refresh_token,authorization_code";
  own["redirectUris"] = texts(body["redirect_uris"], ',');
  own["scopes"] = "openid,profile,username";
  own["clientSettings"] = client_settings(body).dump();
  clients_.add(name, owner, own);

  Json made = {{"token_endpoint_auth_signing_alg", "RS256"}};
  made["grant_types"] = Json::array({"refresh_token", "authorization_code"});
  made["jwks"] = body["jwks"];
  made["registration_client_uri"] = base_url_ + "/connect/register?client_id=" + id;
  made["redirect_uris"] = body["redirect_uris"];
  made["client_id"] = id;
  made["token_endpoint_auth_method"] = "private_key_jwt";
  made["scope"] = "openid profile username";
  if (body.contains("jwks_uri")) made["jwks_uri"] = body["jwks_uri"];
  made["client_id_issued_at"] = now_seconds();
  made["client_name"] = name;
  made["response_types"] = Json::array({"code"});
  made["id_token_signed_response_alg"] = "RS256";
  made["registration_access_token"] = registration_token(id);
  return made;
}

std::string Oauth2Server::registration_token(const std::string& client_id) {
  constexpr long long kLife = 300;
  const long long now = now_seconds();
  Json claims = {{"sub", client_id}, {"aud", client_id}, {"nbf", now}};
  claims["scope"] = Json::array({"client.read"});
  claims["iss"] = issuer();
  claims["exp"] = now + kLife;
  claims["iat"] = now;
  claims["jti"] = uuid();
  const std::lock_guard lock(mutex_);
  return key().sign(claims);
}

}  // namespace sandbox
