// SPDX-License-Identifier: BSD-3-Clause
// Keeps clients as strings, the way DHIS2 does, and reads them when they are used.
#include "tests/sandbox/oauth2_client.h"

#include <algorithm>

namespace sandbox {
namespace {

constexpr const char* kKlass = "org.hisp.dhis.security.oauth2.client.Dhis2OAuth2Client";

const std::vector<std::string> kProperties = {"clientId",
                                              "clientSecret",
                                              "clientAuthenticationMethods",
                                              "authorizationGrantTypes",
                                              "redirectUris",
                                              "postLogoutRedirectUris",
                                              "scopes",
                                              "clientSettings",
                                              "tokenSettings"};

constexpr const char* kClientSettings =
    R"({"@class":"java.util.Collections$UnmodifiableMap","settings.client.require-proof-key":)"
    R"(false,"settings.client.require-authorization-consent":true})";

constexpr const char* kTokenSettings =
    R"({"@class":"java.util.Collections$UnmodifiableMap","settings.token.reuse-refresh-tokens":)"
    R"(true,"settings.token.x509-certificate-bound-access-tokens":false,)"
    R"("settings.token.id-token-signature-algorithm":)"
    R"(["org.springframework.security.oauth2.jose.jws.SignatureAlgorithm","RS256"],)"
    R"("settings.token.access-token-time-to-live":["java.time.Duration",300.000000000],)"
    R"("settings.token.access-token-format":{"@class":"org.springframework.security.oauth2.)"
    R"(server.authorization.settings.OAuth2TokenFormat","value":"self-contained"},)"
    R"("settings.token.refresh-token-time-to-live":["java.time.Duration",3600.000000000],)"
    R"("settings.token.authorization-code-time-to-live":["java.time.Duration",300.000000000],)"
    R"("settings.token.device-code-time-to-live":["java.time.Duration",300.000000000]})";

Json settings_of(const Json& own, const char* name) {
  const std::string text = own.value(name, "");
  if (text.empty()) throw UnusableClient("settings cannot be empty");
  Json settings = Json::parse(text, nullptr, false);
  if (!settings.is_object()) {
    throw UnusableClient("Failed to parse JSON data: Unrecognized token '" + text +
                         "': was expecting (JSON String, Number, Array, Object or token 'null', "
                         "'true' or 'false')");
  }
  return settings;
}

bool flag(const Json& settings, const char* name, bool otherwise) {
  const auto it = settings.find(name);
  return it == settings.end() || !it->is_boolean() ? otherwise : it->get<bool>();
}

// ["java.time.Duration", 300.000000000]
long long seconds(const Json& settings, const char* name, long long otherwise) {
  const auto it = settings.find(name);
  if (it == settings.end() || !it->is_array() || it->size() != 2 || !(*it)[1].is_number()) {
    return otherwise;
  }
  return static_cast<long long>((*it)[1].get<double>());
}

RegisteredClient registered(const OwnObject& object, const Json& own) {
  const Json client = settings_of(own, "clientSettings"), token = settings_of(own, "tokenSettings");
  RegisteredClient made;
  made.uid = object.uid;
  made.client_id = own.value("clientId", "");
  made.secret = own.value("clientSecret", "");
  made.methods = pieces(own.value("clientAuthenticationMethods", ""), ',');
  made.grants = pieces(own.value("authorizationGrantTypes", ""), ',');
  if (made.grants.empty()) throw UnusableClient("authorizationGrantTypes cannot be empty");
  made.redirects = pieces(own.value("redirectUris", ""), ',');
  if (made.redirects.empty()) throw UnusableClient("redirectUris cannot be empty");
  made.scopes = pieces(own.value("scopes", ""), ',');
  made.consent = flag(client, "settings.client.require-authorization-consent", false);
  made.proof_key = flag(client, "settings.client.require-proof-key", false);
  made.jwks = Json::parse(client.value("client.inline.jwks", ""), nullptr, false);
  made.reuse_refresh = flag(token, "settings.token.reuse-refresh-tokens", true);
  made.access_life = seconds(token, "settings.token.access-token-time-to-live", 300);
  made.refresh_life = seconds(token, "settings.token.refresh-token-time-to-live", 3600);
  made.code_life = seconds(token, "settings.token.authorization-code-time-to-live", 300);
  return made;
}

Reply refused(int major, const std::string& what) {
  return told(major, 409, "Missing required property `" + what + "`", "E1004");
}

// Grants and redirect addresses are judged before anything else.
std::optional<Reply> bad_values(int major, const Json& own,
                                const std::vector<std::string>& schemes) {
  for (const std::string& grant : pieces(own.value("authorizationGrantTypes", ""), ',')) {
    if (grant != "authorization_code" && grant != "refresh_token") {
      return refused(major, "Invalid authorization grant type: " + grant +
                                ". Only authorization_code and refresh_token are allowed.");
    }
  }
  for (const std::string& uri : pieces(own.value("redirectUris", ""), ',')) {
    const size_t colon = uri.find(':');
    if (colon == std::string::npos || uri.find(' ') != std::string::npos) {
      return refused(major, "Invalid redirect URI: " + uri);
    }
    const std::string scheme = uri.substr(0, colon);
    if (scheme != "http" && scheme != "https" &&
        std::find(schemes.begin(), schemes.end(), uri) == schemes.end()) {
      return refused(major, "Redirect URI not in deviceEnrollmentRedirectAllowlist: " + uri);
    }
  }
  return std::nullopt;
}

// What is no string is lost without a word.
Json strings_of(const Json& body) {
  Json own = Json::object();
  for (const std::string& name : kProperties) {
    const auto it = body.find(name);
    if (it != body.end() && it->is_string() && *it != "") own[name] = *it;
  }
  return own;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// scheme://host, port and the rest of a loopback address; empty when it is none.
std::string without_port(const std::string& uri) {
  for (const std::string host : {"://127.0.0.1", "://[::1]"}) {
    const size_t at = uri.find(host);
    if (at == std::string::npos || at > 5) continue;
    const size_t end = at + host.size();
    if (end < uri.size() && uri[end] == ':') {
      const size_t after = uri.find_first_not_of("0123456789", end + 1);
      return uri.substr(0, end) + (after == std::string::npos ? "" : uri.substr(after));
    }
    if (end == uri.size() || uri[end] == '/' || uri[end] == '?') return uri;
  }
  return "";
}

}  // namespace

bool RegisteredClient::allows(const std::vector<std::string>& list, std::string_view name) const {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool RegisteredClient::redirects_to(const std::string& uri) const {
  const std::string loopback = without_port(uri);
  return std::any_of(redirects.begin(), redirects.end(), [&](const std::string& known) {
    return known == uri || (!loopback.empty() && without_port(known) == loopback);
  });
}

std::optional<Reply> Oauth2Clients::answer(const Request& request,
                                           const std::vector<std::string>& schemes) {
  const std::string root = "/oAuth2Clients";
  if (request.path != root && !request.path.starts_with(root + "/")) return std::nullopt;
  const int major = country_.settings().major;
  if (!request.user->has("F_OAUTH2_CLIENT_MANAGE")) {
    return told(major, 403,
                "Access is denied, requires one Authority from [F_OAUTH2_CLIENT_MANAGE]");
  }
  const std::lock_guard lock(mutex_);
  if (request.path == root) {
    if (request.method == "POST") return create(request, schemes);
    if (request.method == "GET" || request.method == "HEAD") return all(request);
    return told(major, 405, "Request method '" + request.method + "' is not supported");
  }
  const std::string uid = request.path.substr(root.size() + 1);
  Client* client = find(uid);
  if (!client) {
    return told(major, 404, "Dhis2OAuth2Client with id " + uid + " could not be found.", "E1005");
  }
  if (request.method == "DELETE") {
    clients_.erase(clients_.begin() + (client - clients_.data()));
    return object_report(200, kKlass, uid);
  }
  if (request.method == "GET" || request.method == "HEAD") {
    return one(request, whole(country_, request, root, client->object, client->own));
  }
  return change(*client, request, schemes);
}

Reply Oauth2Clients::create(const Request& request, const std::vector<std::string>& schemes) {
  const int major = country_.settings().major;
  if (auto refusal = unusable_body(request, major)) return *refusal;
  const Json body = Json::parse(request.body);
  Client client;
  client.own = strings_of(body);
  if (auto refusal = bad_values(major, client.own, schemes)) return *refusal;
  const std::string id = client.own.value("clientId", "");
  client.object.uid = uid_of("oauth2client/" + std::to_string(made_++));
  client.object.name = body.contains("name") ? body.value("name", "") : id;
  client.object.owner = request.user->username;
  client.object.created = client.object.updated = server_time(country_.settings());
  Json complaints = Json::array();
  if (id.empty()) complaints.push_back(missing_property(major, kKlass, "clientId"));
  if (client.object.name.empty()) complaints.push_back(missing_property(major, kKlass, "name"));
  for (const Client& other : clients_) {
    if (id.empty() || other.own.value("clientId", "") != id) continue;
    complaints.push_back(taken_property(
        major, kKlass, "clientId", id,
        client.object.name + " [" + client.object.uid + "] (Dhis2OAuth2Client)", other.object.uid));
  }
  if (!complaints.empty()) return conflict_report(kKlass, client.object.uid, complaints);
  if (!client.own.contains("clientSettings")) client.own["clientSettings"] = kClientSettings;
  if (!client.own.contains("tokenSettings")) client.own["tokenSettings"] = kTokenSettings;
  clients_.push_back(client);
  Reply reply = object_report(201, kKlass, client.object.uid);
  reply.headers.emplace_back("Location",
                             request.base_url + "/api/oAuth2Clients/" + client.object.uid);
  return reply;
}

// A PUT takes away what it does not name, the settings too: such a client cannot be used.
Reply Oauth2Clients::change(Client& client, const Request& request,
                            const std::vector<std::string>& schemes) {
  const int major = country_.settings().major;
  Json body = Json::parse(request.body, nullptr, false);
  if (request.method == "PATCH" && body.is_array()) {
    Json object = client.own;
    object["name"] = client.object.name;
    std::vector<std::string> known = kProperties;
    known.push_back("name");
    if (const std::string unknown = patch(object, body, known); !unknown.empty()) {
      return told(major, 400, "Property " + unknown + " does not exist on Schema");
    }
    body = object;
  } else if (request.method != "PUT") {
    return told(major, 405, "Request method '" + request.method + "' is not supported");
  } else if (auto refusal = unusable_body(request, major)) {
    return *refusal;
  }
  const Json own = strings_of(body);
  if (auto refusal = bad_values(major, own, schemes)) return *refusal;
  if (!own.contains("clientId")) {
    return conflict_report(kKlass, client.object.uid,
                           Json::array({missing_property(major, kKlass, "clientId")}));
  }
  client.own = own;
  client.object.name = body.value("name", "");
  client.object.updated = server_time(country_.settings());
  return object_report(200, kKlass, client.object.uid);
}

Reply Oauth2Clients::all(const Request& request) {
  std::vector<Json> objects;
  for (const Client& client : clients_) {
    objects.push_back(whole(country_, request, "/oAuth2Clients", client.object, client.own));
  }
  std::stable_sort(objects.begin(), objects.end(), [](const Json& a, const Json& b) {
    return lower(a.value("displayName", "")) < lower(b.value("displayName", ""));
  });
  return list(request, "oAuth2Clients", std::move(objects), "displayName,id");
}

Oauth2Clients::Client* Oauth2Clients::find(const std::string& uid) {
  for (Client& client : clients_) {
    if (client.object.uid == uid) return &client;
  }
  return nullptr;
}

std::optional<RegisteredClient> Oauth2Clients::by_client_id(const std::string& client_id) {
  const std::lock_guard lock(mutex_);
  for (const Client& client : clients_) {
    if (client.own.value("clientId", "") == client_id) {
      return registered(client.object, client.own);
    }
  }
  return std::nullopt;
}

std::optional<RegisteredClient> Oauth2Clients::by_uid(const std::string& uid) {
  const std::lock_guard lock(mutex_);
  const Client* client = find(uid);
  return client ? std::optional(registered(client->object, client->own)) : std::nullopt;
}

std::string Oauth2Clients::add(const std::string& name, const std::string& owner, const Json& own) {
  const std::lock_guard lock(mutex_);
  Client client;
  client.object.uid = uid_of("oauth2client/" + std::to_string(made_++));
  client.object.name = name;
  client.object.owner = owner;
  client.object.created = client.object.updated = server_time(country_.settings());
  client.own = own;
  if (!client.own.contains("tokenSettings")) client.own["tokenSettings"] = kTokenSettings;
  clients_.push_back(client);
  return client.object.uid;
}

}  // namespace sandbox
