// SPDX-License-Identifier: BSD-3-Clause
// Finds the endpoint, and plays the small ones: discovery, keys, userinfo, revocation,
// introspection, sign-out.
#include "tests/sandbox/oauth2_server.h"

#include <algorithm>

#include "tests/sandbox/oauth_faults.h"

namespace sandbox {
namespace {

constexpr const char* kNoClient =
    "Cannot invoke \"org.springframework.security.oauth2.server.authorization.client."
    "RegisteredClient.getClientId()\" because ";

void never_cached(Reply& reply) {
  reply.headers.emplace_back("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate");
  reply.headers.emplace_back("Pragma", "no-cache");
  reply.headers.emplace_back("Expires", "0");
  reply.headers.emplace_back("X-Frame-Options", "DENY");
}

std::string bearer_text(const Request& request) {
  const std::string header = request.header("Authorization");
  if (same_letters(header, "bearer")) return "";
  if (!same_letters(std::string_view(header).substr(0, 7), "bearer ")) return "";
  return header.substr(7);
}

bool has_bearer(const Request& request) {
  const std::string header = request.header("Authorization");
  return same_letters(std::string_view(header).substr(0, 6), "bearer") &&
         (header.size() == 6 || header[6] == ' ');
}

std::string utc(long long seconds) {
  const std::time_t moment = seconds;
  std::tm parts{};
  gmtime_r(&moment, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

Oauth2Server::Oauth2Server(const Country& country, Sessions& sessions, Login& login,
                           const Fault& fault, const std::string& base_url)
    : country_(country),
      sessions_(sessions),
      login_(login),
      fault_(fault),
      base_url_(base_url),
      on_(country.settings().on("oauth2.server.enabled", true)),
      clients_(country) {
  const auto configured = country.settings().conf.find("server.base.url");
  if (configured != country.settings().conf.end()) base_url_ = configured->second;
  while (base_url_.ends_with('/')) base_url_.pop_back();
}

std::optional<Reply> Oauth2Server::answer(const Request& request, const Target& target) {
  if (target.api) return public_keys(request);
  if (!on_) return std::nullopt;
  try {
    std::optional<Reply> reply;
    const bool get = request.method == "GET" || request.method == "HEAD";
    const std::string& path = target.whole;
    if (get && path == "/.well-known/openid-configuration") {
      reply = discovery(true);
    } else if (get && path == "/.well-known/oauth-authorization-server") {
      reply = discovery(false);
    } else if (get && path == "/oauth2/jwks") {
      const std::lock_guard lock(mutex_);
      reply = json_reply(key().jwks());
    } else if (path == "/oauth2/authorize") {
      reply = authorize(request, target);
    } else if (path == "/userinfo") {
      reply = userinfo(request, target);
    } else if (get && path == "/connect/logout") {
      reply = log_out(request);
    } else if (get && path == "/oauth2/authorization/dhis2-internal" && !by_email()) {
      reply = sign_in_to_itself();
    } else if (path == "/connect/register" && !by_email()) {
      reply = registration(request, target);
    } else {
      reply = post_endpoint(request, target);
    }
    if (reply) never_cached(*reply);
    return reply;
  } catch (const UnusableClient& unusable) {
    Reply reply = tomcat_page(500, unusable.what(), "java.lang.IllegalArgumentException");
    never_cached(reply);
    return reply;
  }
}

// The server as a client of itself, which its own login page does not use.
Reply Oauth2Server::sign_in_to_itself() {
  Reply reply =
      redirect(base_url_ + "/oauth2/authorize?response_type=code&client_id=dhis2-internal" +
               "&scope=openid%20profile%20email&state=" + base64url(random_bytes(32)) +
               "%3D&redirect_uri=" + base_url_ +
               "/oauth2/code/dhis2-internal&nonce=" + base64url(random_bytes(32)));
  reply.headers.emplace_back("Set-Cookie", sessions_.cookie(sessions_.open("")));
  return reply;
}

// Keys of providers that sign their own requests: there are none, and DHIS2 trips over that.
std::optional<Reply> Oauth2Server::public_keys(const Request& request) const {
  const std::string root = "/publicKeys/";
  if (!request.path.starts_with(root) || request.method != "GET") return std::nullopt;
  const bool known = request.path.substr(root.size()).starts_with("dhis2-internal/");
  return told(country_.settings().major, 500,
              known ? "Cannot invoke \"com.nimbusds.jose.jwk.JWK.getAlgorithm()\" because \"jwk\" "
                      "is null"
                    : "Cannot invoke "
                      "\"org.hisp.dhis.security.oidc.DhisOidcClientRegistration.getJwk()\" because "
                      "\"dhisOidcClientRegistration\" is null");
}

std::optional<Reply> Oauth2Server::post_endpoint(const Request& request, const Target& target) {
  if (request.method != "POST") return std::nullopt;
  const std::string& path = target.whole;
  if (path == "/oauth2/token") return token(request, target);
  if (path == "/oauth2/revoke") return revoke(request, target);
  if (path == "/oauth2/introspect") return introspect(request, target);
  if (path != "/oauth2/device_authorization") return std::nullopt;
  const Caller who = caller(request, form_of(request));
  if (who.refusal) return *who.refusal;
  if (!who.client) return login_.turn_away(request, target);
  return oauth_error(400, "unauthorized_client", "OAuth 2.0 Parameter: client_id",
                     "https://datatracker.ietf.org/doc/html/rfc6749#section-5.2");
}

std::optional<Reply> Oauth2Server::api(const Request& request) {
  if (auto reply = clients_.answer(request, allowed_redirects())) return reply;
  const bool authorizations = request.path == "/oAuth2Authorizations";
  if ((authorizations || request.path == "/oAuth2AuthorizationConsents") &&
      request.method == "GET") {
    if (!request.user->has("ALL")) {
      return told(country_.settings().major, 403,
                  "Access is denied, requires one Authority from [ALL]");
    }
    const std::lock_guard lock(mutex_);
    return authorizations ? grants_.authorizations(country_, request)
                          : grants_.consents(country_, request);
  }
  if (auto reply = redirect_setting(request)) return reply;
  return enrol(request);
}

void Oauth2Server::restart() {
  const std::lock_guard lock(mutex_);
  key_.reset();
  good_secrets_.clear();
}

SigningKey& Oauth2Server::key() {
  if (!key_) {
    const auto file = country_.settings().conf.find("oauth2.server.jwt.keystore.path");
    key_ = std::make_unique<SigningKey>(file == country_.settings().conf.end() ? "" : file->second);
  }
  return *key_;
}

bool Oauth2Server::by_email() const {
  const std::string version = country_.settings().version();
  return version.starts_with("2.42.") && version.substr(5) < "5" && version.size() >= 6;
}

std::string Oauth2Server::issuer() const { return base_url_ + (by_email() ? "" : "/"); }

Reply Oauth2Server::discovery(bool openid) const {
  const Json ways =
      Json::array({"client_secret_basic", "client_secret_post", "client_secret_jwt",
                   "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"});
  Json body = {{"issuer", issuer()}};
  body["authorization_endpoint"] = base_url_ + "/oauth2/authorize";
  if (country_.settings().major >= 43) {
    body["pushed_authorization_request_endpoint"] = base_url_ + "/oauth2/par";
  }
  body["device_authorization_endpoint"] = base_url_ + "/oauth2/device_authorization";
  body["token_endpoint"] = base_url_ + "/oauth2/token";
  body["token_endpoint_auth_methods_supported"] = ways;
  body["jwks_uri"] = base_url_ + "/oauth2/jwks";
  if (openid) {
    body["userinfo_endpoint"] = base_url_ + "/userinfo";
    body["end_session_endpoint"] = base_url_ + "/connect/logout";
  }
  body["response_types_supported"] = Json::array({"code"});
  body["grant_types_supported"] =
      Json::array({"authorization_code", "client_credentials", "refresh_token",
                   "urn:ietf:params:oauth:grant-type:device_code",
                   "urn:ietf:params:oauth:grant-type:token-exchange"});
  body["revocation_endpoint"] = base_url_ + "/oauth2/revoke";
  body["revocation_endpoint_auth_methods_supported"] = ways;
  body["introspection_endpoint"] = base_url_ + "/oauth2/introspect";
  body["introspection_endpoint_auth_methods_supported"] = ways;
  body["code_challenge_methods_supported"] = Json::array({"S256"});
  body["tls_client_certificate_bound_access_tokens"] = true;
  body["dpop_signing_alg_values_supported"] = Json::array(
      {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"});
  if (openid) {
    body["subject_types_supported"] = Json::array({"public"});
    body["id_token_signing_alg_values_supported"] = Json::array({"RS256"});
    body["scopes_supported"] = Json::array({"openid"});
    if (!by_email()) body["registration_endpoint"] = base_url_ + "/connect/register";
  }
  Reply reply = json_reply(body);
  bend(fault_, Endpoint::kDiscovery, reply);
  return reply;
}

std::string Oauth2Server::refusal_of(const std::string& text, SignedToken& token) {
  constexpr long long kLeeway = 60;
  const std::string decoding = "An error occurred while attempting to decode the Jwt: ";
  const bool clean = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-._~+/=").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (text.empty() || !clean) return "Bearer token is malformed";
  if (text.find('.') == std::string::npos) {
    return "Invalid JWT serialization: Missing dot delimiter(s)";
  }
  const std::string header = from_base64url(text.substr(0, text.find('.')));
  if (!Json::parse(header, nullptr, false).is_object()) {
    return "Invalid unsecured/JWS/JWE header: Invalid JSON object";
  }
  const auto parsed = parse_token(text);
  if (!parsed) return "Invalid serialized unsecured/JWS/JWE object: Missing second delimiter";
  token = *parsed;
  if (token.claims.value("iss", "") != issuer()) return "Invalid issuer";
  const std::string algorithm = token.header.value("alg", "");
  if (algorithm == "none") return "Unsupported algorithm of none";
  const std::lock_guard lock(mutex_);
  if (token.header.value("kid", key().kid()) != key().kid() || algorithm != "RS256") {
    return decoding +
           "Signed JWT rejected: Another algorithm expected, or no matching key(s) found";
  }
  if (!signed_by(key().jwks(), token)) {
    return decoding + "Signed JWT rejected: Invalid signature";
  }
  const long long expires = token.claims.value("exp", 0LL);
  if (now_seconds() > expires + kLeeway) return decoding + "Jwt expired at " + utc(expires);
  return "";
}

Reply Oauth2Server::bearer_refusal(const std::string& why, bool with_body) const {
  Reply reply = bare(401);
  if (with_body) {
    Json body = {{"httpStatus", "Unauthorized"}, {"httpStatusCode", 401}, {"status", "ERROR"}};
    body["message"] = "invalid_token";
    body["devMessage"] = why;
    reply = json_reply(body, 401);
  }
  reply.headers.emplace_back(
      "WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"" + why +
                              "\", error_uri=\"https://tools.ietf.org/html/rfc6750#section-3.1\"");
  return reply;
}

std::optional<AuthorizationServer::Bearer> Oauth2Server::check(const Request& request) {
  if (!on_ || !has_bearer(request)) return std::nullopt;
  const bool with_body = request.header("Accept") != "text/html";
  SignedToken token;
  std::string why = refusal_of(bearer_text(request), token);
  Bearer bearer;
  if (why.empty()) {
    const std::string claim = by_email() ? "email" : "username";
    const std::string value = token.claims.value(claim, "null");
    for (const User& user : country_.users()) {
      const Json* object = country_.find("users", user.uid);
      const std::string email = object ? object->value("email", "") : "";
      if (user.username == value || (by_email() && email == value)) bearer.user = &user;
    }
    why = "Found no matching DHIS2 user for the mapping claim: '" + claim + "' with the value: '" +
          value + "'";
  }
  if (!bearer.user) bearer.refusal = bearer_refusal(why, with_body);
  return bearer;
}

Reply Oauth2Server::userinfo(const Request& request, const Target& target) {
  if (!has_bearer(request)) return login_.turn_away(request, target);
  SignedToken token;
  if (const std::string why = refusal_of(bearer_text(request), token); !why.empty()) {
    return bearer_refusal(why, false);
  }
  const Json scopes = token.claims.value("scope", Json::array());
  const auto has = [&](const char* scope) {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  };
  if (!has("openid")) return oauth_error(403, "insufficient_scope");
  Json body = {{"sub", token.claims.value("sub", "")}};
  if (has("email")) body["email"] = token.claims.value("email", "");
  return json_reply(body);
}

Reply Oauth2Server::revoke(const Request& request, const Target& target) {
  const Form form = form_of(request);
  const Caller who = caller(request, form);
  if (who.refusal) return *who.refusal;
  if (!who.client) return login_.turn_away(request, target);
  const std::lock_guard lock(mutex_);
  const std::string text = field(form, "token");
  if (Authorization* grant = grants_.by_token(text);
      grant && grant->client_uid == who.client->uid) {
    grant->access.revoked = true;
    if (grant->refresh.value == text) grant->refresh.revoked = true;
  }
  return bare(200);
}

// A token that is alive ends in an error of DHIS2's own: its clients are not found by their uid.
Reply Oauth2Server::introspect(const Request& request, const Target& target) {
  const Form form = form_of(request);
  const Caller who = caller(request, form);
  if (who.refusal) return *who.refusal;
  if (!who.client) return login_.turn_away(request, target);
  const std::lock_guard lock(mutex_);
  const std::string text = field(form, "token");
  const Authorization* grant = grants_.by_token(text);
  const auto alive = [&](const Token& token) { return token.value == text && token.active(); };
  if (grant && (alive(grant->access) || alive(grant->refresh) || alive(grant->id))) {
    return tomcat_page(500, std::string(kNoClient) + "\"authorizedClient\" is null",
                       "java.lang.NullPointerException");
  }
  return json_reply(Json{{"active", false}});
}

Reply Oauth2Server::log_out(const Request& request) {
  const auto hint = request.param("id_token_hint");
  const std::string parameter = "OpenID Connect 1.0 Logout Request Parameter: id_token_hint";
  if (!hint || hint->empty()) return tomcat_page(400, "[invalid_request] " + parameter);
  const std::lock_guard lock(mutex_);
  if (!grants_.by_id_token(*hint)) return tomcat_page(400, "[invalid_token] " + parameter);
  return tomcat_page(400, "[invalid_request] OpenID Connect 1.0 RP-Initiated Logout Error: " +
                              std::string(kNoClient) + "\"registeredClient\" is null");
}

}  // namespace sandbox
