// SPDX-License-Identifier: BSD-3-Clause
// Discovery, and what to tell a person where there is nothing to discover.
#include "auth/oauth2.h"

#include <algorithm>

#include "auth/refusal.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/page.h"

namespace dhis2mcp {
namespace {

constexpr const char* kDiscovery = "/.well-known/openid-configuration";
constexpr Version kMappedByUsername{42, 5, 0};

Response ask(Client& client, const char* path, const Patience& patience) {
  Request request;
  request.path = path;
  return client.send(request, patience);
}

// The text as JSON when it is an object; null otherwise.
Json object_in(const Response& response) {
  try {
    Json body = parse_json(response.body, {.refuse_duplicate_names = false});
    return body.is_object() ? body : Json();
  } catch (const Error&) {
    return {};
  }
}

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

[[noreturn]] void must_not_follow(const BaseUrl& base, const std::string& why,
                                  const std::string& next_step) {
  throw Error(ErrorKind::refused,
              "The OAuth2 server of " + base.text() + " is not used: " + why + ".", next_step);
}

// Discovery documents point where they like; what lies elsewhere would get codes and secrets.
std::string path_below(const BaseUrl& base, const Json& document, const char* member) {
  const std::string url = text_of(document, member);
  if (url.empty()) return {};
  const std::string prefix = base.text() + "/";
  std::string path = url.starts_with(prefix) ? url.substr(prefix.size() - 1) : std::string();
  const bool plain = !path.empty() && path.find_first_of("?#% \\") == std::string::npos &&
                     path.find("..") == std::string::npos;
  if (!plain) {
    must_not_follow(base, std::string("its ") + member + " is " + one_line(url, 200),
                    "Ask the administrator to set server.base.url in dhis.conf to " + base.text() +
                        ", or use the address that stands there.");
  }
  return path;
}

void demand_same_issuer(const BaseUrl& base, const std::string& issuer) {
  bool same = false;
  try {
    same = BaseUrl::parse(without_slash(issuer)) == base;
  } catch (const Error&) {
    same = false;
  }
  if (same) return;
  const std::string shown = one_line(issuer, 200);
  must_not_follow(
      base, "it calls itself " + (shown.empty() ? "nothing" : shown),
      "server.base.url in its dhis.conf and the URL of the profile have to be the same: "
      "add the profile with --url " +
          (shown.empty() ? "..." : without_slash(shown)) +
          ", or ask the administrator to correct it.");
}

void demand_s256(const BaseUrl& base, const Json& document) {
  const auto methods = document.find("code_challenge_methods_supported");
  if (methods != document.end() && methods->is_array() &&
      std::find(methods->begin(), methods->end(), "S256") != methods->end()) {
    return;
  }
  must_not_follow(base, "it does not offer PKCE with S256",
                  "Ask the administrator to update DHIS2; meanwhile sign in with --pat.");
}

[[noreturn]] void no_server(Client& client, const Patience& patience) {
  const auto version = version_without_sign_in(client, patience);
  const std::string url = client.base().text();
  if (version && !holds(Fact::oauth2_server, *version)) {
    throw Error(
        ErrorKind::unsupported_version,
        "DHIS2 " + to_string(*version) + " at " + url + " has no OAuth2 server of this kind.",
        "It came with 2.42. Add the profile with --legacy-oauth2, --pat or --basic.");
  }
  throw Error(
      ErrorKind::unsupported_version,
      "The OAuth2 server of " + url + " is switched off, or DHIS2 there is older than 2.42.",
      "An administrator switches it on in dhis.conf and restarts DHIS2:\n" +
          dhis_conf_lines(url, version) +
          "Up to 2.41 use --legacy-oauth2; --pat and --basic need none of this.");
}

}  // namespace

std::optional<Version> version_without_sign_in(Client& client, const Patience& patience) {
  try {
    const Json document = object_in(ask(client, "/api/loginConfig", patience));
    return document.is_object() ? Version::parse(text_of(document, "apiVersion")) : std::nullopt;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
    return std::nullopt;
  }
}

AuthorizationServer discover(Client& client, const Patience& patience) {
  const BaseUrl& base = client.base();
  const Response response = ask(client, kDiscovery, patience);
  if (response.status >= 500 || response.status == 429) {
    Error error(ErrorKind::unavailable,
                base.text() + " answered " + kDiscovery + " with HTTP " +
                    std::to_string(response.status) + ".",
                "Try again; if it stays so, tell the administrator.");
    error.http = response.status;
    error.retry = true;
    throw Error(error);
  }
  const Json document = response.status == 200 ? object_in(response) : Json();
  if (!document.is_object()) no_server(client, patience);
  AuthorizationServer server;
  server.issuer = text_of(document, "issuer");
  demand_same_issuer(base, server.issuer);
  server.authorize_path = path_below(base, document, "authorization_endpoint");
  server.token_path = path_below(base, document, "token_endpoint");
  server.token_url = text_of(document, "token_endpoint");
  server.revoke_path = path_below(base, document, "revocation_endpoint");
  server.register_path = path_below(base, document, "registration_endpoint");
  if (server.authorize_path.empty() || server.token_path.empty()) {
    must_not_follow(base, "it names no authorization or token endpoint",
                    "Ask the administrator what answers at " + base.text() + kDiscovery + ".");
  }
  demand_s256(base, document);
  const auto says = document.find("authorization_response_iss_parameter_supported");
  server.says_iss = says != document.end() && *says == true;
  return server;
}

AuthorizationServer legacy_server(Client& client, const Patience& patience) {
  AuthorizationServer server;
  server.legacy = true;
  server.issuer = client.base().text();
  server.authorize_path = "/uaa/oauth/authorize";
  server.token_path = "/uaa/oauth/token";
  server.token_url = client.base().text() + server.token_path;
  const Response response = ask(client, "/uaa/oauth/token", patience);
  // Basic realm="oauth2/client": whoever wants a client's name and secret is the one that is meant.
  if (response.status == 401 && find_header(response.headers, "WWW-Authenticate") != nullptr) {
    return server;
  }
  const auto version = version_without_sign_in(client, patience);
  const bool newer = version && !holds(Fact::legacy_oauth2, *version);
  throw Error(ErrorKind::unsupported_version,
              client.base().text() + " has no OAuth2 server below /uaa" +
                  (newer ? ": DHIS2 " + to_string(*version) + " is too new for it." : "."),
              newer ? "Add the profile with --oauth2."
                    : "An administrator may have switched it off (oauth2.authorization.server."
                      "enabled in dhis.conf); use --pat or --basic.");
}

AuthorizationServer server_of(const Profile& profile, Client& client, const Patience& patience) {
  return profile.method == AuthMethod::legacy_oauth2 ? legacy_server(client, patience)
                                                     : discover(client, patience);
}

std::string needed_scope(const std::optional<Version>& version) {
  const bool by_email =
      version && version->major == kMappedByUsername.major && *version < kMappedByUsername;
  return by_email ? "openid email" : "openid username";
}

std::string dhis_conf_lines(const std::string& base_url, const std::optional<Version>& version) {
  std::string lines =
      "  oauth2.server.enabled = on\n"
      "  server.base.url = " +
      base_url +
      "\n"
      "  # without a keystore each restart of DHIS2 ends every access token\n"
      "  oauth2.server.jwt.keystore.path = /opt/dhis2/oauth2.p12\n"
      "  oauth2.server.jwt.keystore.password = ...\n"
      "  oauth2.server.jwt.keystore.alias = oauth2\n"
      "  oauth2.server.jwt.keystore.generate-if-missing = on\n";
  if (needed_scope(version) != "openid email") return lines;
  return lines +
         "  # up to 2.42.4 DHIS2 takes its own tokens as those of an outside provider; the field\n"
         "  # \"OIDC mapping value\" (openId) of each user has to hold the user's e-mail address\n"
         "  oidc.jwt.token.authentication.enabled = on\n"
         "  oidc.provider.dhis2.client_id = THE-CLIENT-ID\n"
         "  oidc.provider.dhis2.client_secret = THE-SECRET\n"
         "  oidc.provider.dhis2.mapping_claim = email\n"
         "  oidc.provider.dhis2.issuer_uri = " +
         base_url + "\n  oidc.provider.dhis2.jwk_uri = " + base_url +
         "/oauth2/jwks\n  oidc.provider.dhis2.authorization_uri = " + base_url +
         "/oauth2/authorize\n  oidc.provider.dhis2.token_uri = " + base_url +
         "/oauth2/token\n  oidc.provider.dhis2.user_info_uri = " + base_url + "/userinfo\n";
}

}  // namespace dhis2mcp
