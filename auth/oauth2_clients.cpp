// SPDX-License-Identifier: BSD-3-Clause
// /api/oAuth2Clients, one path with two shapes (2.37 to 2.41, 2.42 and newer).
#include "auth/oauth2_clients.h"

#include <crypt.h>

#include <algorithm>
#include <memory>

#include "auth/oauth2.h"
#include "auth/redirect_receiver.h"
#include "auth/text_codes.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"

namespace dhis2mcp {
namespace {

constexpr const char* kPath = "/api/oAuth2Clients";
constexpr unsigned long kBcryptCost = 10;

// An array up to 2.41, a comma-separated text since.
std::vector<std::string> words(const Json& object, const char* name) {
  std::vector<std::string> all = texts_in(member_of(object, name));
  const std::string text = text_of(object, name);
  for (const std::string_view word : split(text, ',')) {
    if (!word.empty()) all.emplace_back(word);
  }
  return all;
}

RegisteredClient read_client(const Json& one) {
  const bool legacy = one.contains("cid");
  RegisteredClient client{text_of(one, "id"),
                          text_of(one, one.contains("displayName") ? "displayName" : "name"),
                          text_of(one, legacy ? "cid" : "clientId"),
                          words(one, "clientAuthenticationMethods"),
                          words(one, legacy ? "grantTypes" : "authorizationGrantTypes"),
                          words(one, "redirectUris"),
                          words(one, "scopes")};
  if (legacy) {
    client.auth_methods = {"client_secret_basic"};
    client.scopes = {"ALL"};
  }
  return client;
}

// A UUID of version 4: 36 characters, as 2.41 demands.
std::string new_secret() {
  std::string hex = to_hex(random_bytes(16));
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

void check(const ClientWish& wish, bool legacy) {
  const auto sound = [](const std::string& part) {
    return !part.empty() && part.size() <= 200 && part.find_first_of(", \"") == std::string::npos;
  };
  if (!sound(wish.client_id)) {
    throw Error(ErrorKind::bad_input, "A client id has no spaces, commas or quotes.",
                "Give another --client-id.");
  }
  for (const std::string& uri : wish.redirect_uris) {
    if (!sound(uri) || uri.find("://") == std::string::npos || uri.find('#') != std::string::npos) {
      throw Error(ErrorKind::bad_input, "'" + uri + "' is no redirect URI.",
                  "Give a whole address without '#', such as http://127.0.0.1/callback.");
    }
  }
  if (legacy && wish.public_client) {
    throw Error(ErrorKind::unsupported_version, "Up to DHIS2 2.41 each client has a secret.",
                "Leave --public out.");
  }
}

}  // namespace

std::vector<RegisteredClient> registered_clients(SignedClient& client, const Patience& patience) {
  const Json answer = client.get(
      kPath,
      Query::parse("fields=id,name,displayName,clientId,cid,clientAuthenticationMethods,"
                   "authorizationGrantTypes,grantTypes,redirectUris,scopes&paging=false"),
      patience);
  std::vector<RegisteredClient> clients;
  for (const Json& one : list_of(answer, "oAuth2Clients")) {
    if (one.is_object()) clients.push_back(read_client(one));
  }
  return clients;
}

RegisteredClient registered_client(SignedClient& client, const std::string& which,
                                   const Patience& patience) {
  std::vector<RegisteredClient> all = registered_clients(client, patience);
  std::erase_if(all, [&](const RegisteredClient& one) {
    return one.uid != which && one.client_id != which && one.name != which;
  });
  if (all.empty()) {
    throw Error(ErrorKind::not_found, "There is no OAuth2 client '" + which + "'.",
                "See them: dhis2-mcp oauth2-client list.");
  }
  return all.front();
}

std::string bcrypt_hash(const Secret& secret) {
  const std::string salt = random_bytes(16);
  const auto memory = std::make_unique<crypt_data>();
  char setting[CRYPT_GENSALT_OUTPUT_SIZE] = {};
  const char* hash = nullptr;
  if (crypt_gensalt_rn("$2a$", kBcryptCost, salt.data(), static_cast<int>(salt.size()), setting,
                       sizeof setting) != nullptr) {
    hash = crypt_r(std::string(secret.reveal()).c_str(), setting, memory.get());
  }
  std::string made = hash == nullptr ? "" : hash;
  if (!made.starts_with("$2a$") || made.size() != 60) {
    throw Error(ErrorKind::internal, "This system cannot hash with bcrypt.",
                "Hash the secret elsewhere and make the client in DHIS2's own pages.");
  }
  return made;
}

std::string usual_redirect_uri(const Version& version, int redirect_port) {
  if (holds(Fact::oauth2_server, version) && redirect_port == 0) return "http://127.0.0.1/callback";
  return "http://127.0.0.1:" +
         std::to_string(redirect_port == 0 ? kUsualRedirectPort : redirect_port) + "/callback";
}

Json client_body(const ClientWish& wish, const Version& version, const Secret& secret,
                 const std::string& hashed) {
  const std::string name = wish.name.empty() ? wish.client_id : wish.name;
  if (!holds(Fact::oauth2_server, version)) {
    return {{"name", name},
            {"cid", wish.client_id},
            {"secret", secret.reveal()},
            {"grantTypes", Json::array({"authorization_code", "refresh_token"})},
            {"redirectUris", wish.redirect_uris}};
  }
  const bool by_email = needed_scope(version) == "openid email";
  Json body = {{"clientId", wish.client_id}, {"name", name}};
  if (!wish.public_client) body["clientSecret"] = hashed;
  body["clientAuthenticationMethods"] =
      wish.public_client ? "none" : "client_secret_basic,client_secret_post";
  body["authorizationGrantTypes"] = "authorization_code,refresh_token";
  body["redirectUris"] = joined(wish.redirect_uris, ",");
  body["scopes"] = by_email ? "openid,profile,email" : "openid,profile,username";
  // DHIS2 hands these to Spring as they are: the classes' names are part of the format.
  body["clientSettings"] = R"({"@class":"java.util.Collections$UnmodifiableMap",)"
                           R"("settings.client.require-proof-key":true,)"
                           R"("settings.client.require-authorization-consent":true})";
  return body;
}

NewClient create_client(SignedClient& client, const ClientWish& wish, const Patience& patience) {
  const Version version = client.whoami(patience).version;
  const bool legacy = !holds(Fact::oauth2_server, version);
  check(wish, legacy);
  const Profile& profile = client.profile();
  Client stranger(BaseUrl::parse(profile.url), WireOptions{profile.ca_file, {}});
  legacy ? legacy_server(stranger, patience) : discover(stranger, patience);
  NewClient made;
  if (!wish.public_client) made.secret = Secret(new_secret());
  Request request;
  request.method = Method::post;
  request.path = kPath;
  request.content_type = "application/json";
  request.body = to_text(client_body(wish, version, made.secret,
                                     legacy || wish.public_client ? "" : bcrypt_hash(made.secret)));
  const Json answer = parse_json(client.send(request, patience).body);
  made.uid = text_of(member_of(answer, "response"), "uid");
  return made;
}

std::string client_needs(const std::string& base_url, const Version& version, int redirect_port) {
  const std::string uri = usual_redirect_uri(version, redirect_port);
  if (!holds(Fact::oauth2_server, version)) {
    return "Redirect URI: " + uri +
           " (up to 2.41 the port counts)\n"
           "Grant types: authorization_code, refresh_token; password only where it must be\n"
           "dhis.conf:\n  oauth2.authorization.server.enabled = on\n";
  }
  const std::string scopes = needed_scope(version);
  return "Redirect URI: " + uri + (redirect_port == 0 ? " (stands for every port)" : "") +
         "\nScopes: " + scopes + "\nGrant types: authorization_code, refresh_token\ndhis.conf:\n" +
         dhis_conf_lines(base_url, version);
}

}  // namespace dhis2mcp
