// SPDX-License-Identifier: BSD-3-Clause
// The pages of the older server: consent below /uaa/oauth/authorize, clients below /api.
#include <algorithm>

#include "tests/sandbox/jose.h"
#include "tests/sandbox/oauth_faults.h"
#include "tests/sandbox/uaa.h"

namespace sandbox {
namespace {

constexpr const char* kKlass = "org.hisp.dhis.security.oauth2.OAuth2Client";
constexpr size_t kSecretLength = 36;

Reply page(int status, const std::string& title, const std::string& content) {
  Reply reply;
  reply.status = status;
  reply.content_type = "text/html;charset=UTF-8";
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.body = "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n  <title>" + title +
               "</title>\n</head>\n<body>\n" + content + "</body>\n</html>\n";
  return reply;
}

Reply error_page(int status, const std::string& error, const std::string& description) {
  return page(status, "OAuth2 Error",
              "<h4>Error: 'error=&quot;" + error + "&quot;, error_description=&quot;" +
                  html_text(description) + "&quot;'</h4>\n");
}

Reply confirm_page(const std::string& cid) {
  return page(200, "OAuth2 Confirm Access",
              "<h4>Do you authorize '" + html_text(cid) +
                  "' to access your protected resources?</h4>\n"
                  "<form id=\"authorizeForm\" action=\"authorize\" method=\"POST\">\n"
                  "<input name=\"user_oauth_approval\" value=\"true\" type=\"hidden\"/>\n"
                  "<button type=\"submit\">Authorize</button>\n</form>\n"
                  "<form id=\"denyForm\" action=\"authorize\" method=\"POST\">\n"
                  "<input name=\"user_oauth_approval\" value=\"false\" type=\"hidden\"/>\n"
                  "<button type=\"submit\">Deny</button>\n</form>\n");
}

std::vector<std::string> texts_of(const Json& body, const char* name) {
  std::vector<std::string> texts;
  for (const Json& item : body.value(name, Json::array())) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::string code_of_six() {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string code;
  for (const unsigned char byte : random_bytes(6)) code += kLetters[byte % kLetters.size()];
  return code;
}

std::string state_part(const std::string& state) {
  return state.empty() ? "" : "&state=" + uri_encoded(state);
}

}  // namespace

Reply Uaa::authorize(const Request& request, const Target& target) {
  const std::string user = sessions_.user_of(request);
  if (user.empty()) return login_.turn_away(request, target);
  if (request.method == "POST") return decided(request);
  const std::lock_guard lock(mutex_);
  Asked asked;
  asked.cid = request.param("client_id").value_or("");
  asked.type = request.param("response_type").value_or("");
  asked.state = request.param("state").value_or("");
  asked.redirect = request.param("redirect_uri").value_or("");
  asked.redirect_sent = !asked.redirect.empty();
  if (asked.type != "code" && asked.type != "token") {
    return error_page(400, "unsupported_response_type",
                      "Unsupported response types: [" + asked.type + "]");
  }
  const Client* client = client_of(asked.cid);
  if (!client) return error_page(401, "invalid_client", "Bad client credentials");
  const std::vector<std::string>& known = client->redirects;
  if (asked.redirect_sent) {
    if (std::find(known.begin(), known.end(), asked.redirect) == known.end()) {
      return error_page(400, "invalid_grant",
                        "Invalid redirect uri does not match one of the registered values.");
    }
  } else if (known.size() != 1) {
    return error_page(400, "invalid_grant",
                      "A redirect_uri can only be used by implicit or "
                      "authorization_code grant types.");
  } else {
    asked.redirect = known.front();
  }
  const std::string scope = request.param("scope").value_or("ALL");
  if (scope != "ALL" && !scope.empty()) {
    return redirect(asked.redirect + "#error=invalid_scope&error_description=Invalid%20scope" +
                        state_part(asked.state) + "&scope=ALL",
                    303);
  }
  asked_[cookie_of(request, "JSESSIONID")] = asked;
  return confirm_page(asked.cid);
}

Reply Uaa::decided(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto open = asked_.find(cookie_of(request, "JSESSIONID"));
  if (open == asked_.end()) {
    return error_page(400, "invalid_request",
                      "Cannot approve uninitialized authorization request.");
  }
  const Asked asked = open->second;
  asked_.erase(open);
  const char joint = asked.redirect.find('?') == std::string::npos ? '?' : '&';
  if (field(form_of(request), "user_oauth_approval") != "true") {
    return redirect(asked.redirect + joint +
                        "error=access_denied&error_description=User%20denied%20access" +
                        state_part(asked.state),
                    303);
  }
  const std::string user = sessions_.user_of(request);
  if (asked.type == "token") return with_token(asked, user);
  const std::string code = code_of_six();
  codes_[code] = {asked, user};
  Reply reply = redirect(asked.redirect + joint + "code=" + code + state_part(asked.state), 303);
  bend(fault_, Endpoint::kRedirect, reply);
  return reply;
}

Reply Uaa::with_token(const Asked& asked, const std::string& user) {
  const Json pair = Json::parse(pair_of(*client_of(asked.cid), user).body);
  return redirect(asked.redirect + "#access_token=" + pair.value("access_token", "") +
                      "&token_type=bearer" + state_part(asked.state) +
                      "&expires_in=" + pair["expires_in"].dump() + "&scope=ALL",
                  303);
}

std::optional<Reply> Uaa::api(const Request& request) {
  const std::string root = "/oAuth2Clients";
  if (request.path != root && !request.path.starts_with(root + "/")) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (request.path != root) return one_client(request, request.path.substr(root.size() + 1));
  if (request.method == "POST") return create(request);
  if (request.method != "GET" && request.method != "HEAD") {
    return told(major_, 405, "Request method '" + request.method + "' not supported");
  }
  std::vector<Json> objects;
  for (const Client& client : clients_) objects.push_back(whole_client(request, client));
  std::sort(objects.begin(), objects.end(),
            [](const Json& a, const Json& b) { return a["name"] < b["name"]; });
  return list(request, "oAuth2Clients", std::move(objects), "displayName,id");
}

std::optional<Reply> Uaa::unreadable(const Request& request, const Json& body) const {
  for (const char* name : {"grantTypes", "redirectUris"}) {
    if (!body.contains(name) || body[name].is_array()) continue;
    const std::string text = body[name].is_string() ? body[name].get<std::string>() : "";
    return told(
        major_, 500,
        "Cannot construct instance of `java.util.ArrayList` (although at least one Creator "
        "exists): no String-argument constructor/factory method to deserialize from String "
        "value ('" +
            text + "')" +
            reading_place(major_, 1, static_cast<int>(request.body.find("\"" + text + "\"")) + 1) +
            " (through reference chain: " + kKlass + "[\"" + name + "\"])");
  }
  return std::nullopt;
}

Json Uaa::complaints_of(const Client& client, bool has_secret) const {
  Json complaints = Json::array();
  const std::string label = client.object.name + " [" + client.object.uid + "] (OAuth2Client)";
  if (client.object.name.empty()) complaints.push_back(missing_property(major_, kKlass, "name"));
  if (client.cid.empty()) complaints.push_back(missing_property(major_, kKlass, "cid"));
  if (has_secret && client.secret.size() != kSecretLength) {
    complaints.push_back(complaint(
        major_, kKlass, "E4002",
        "Allowed length range for property `secret` is [36 to 36], but given length was " +
            std::to_string(client.secret.size()),
        "java.lang.String",
        Json::array({"secret", 36.0, 36.0, static_cast<int>(client.secret.size())})));
  }
  for (const Client& other : clients_) {
    if (other.object.uid == client.object.uid) continue;
    if (!client.cid.empty() && other.cid == client.cid) {
      complaints.push_back(
          taken_property(major_, kKlass, "cid", client.cid, label, other.object.uid));
    }
    if (!client.object.name.empty() && other.object.name == client.object.name) {
      complaints.push_back(
          taken_property(major_, kKlass, "name", client.object.name, label, other.object.uid));
    }
  }
  return complaints;
}

Reply Uaa::create(const Request& request) {
  if (!request.user->has("F_OAUTH2_CLIENT_MANAGE")) {
    return told(major_, 403, "You don't have the proper permissions to create this object.",
                "E1006");
  }
  if (auto refusal = unusable_body(request, major_)) return *refusal;
  const Json body = Json::parse(request.body);
  if (auto refusal = unreadable(request, body)) return *refusal;
  Client client;
  client.object.uid = uid_of("uaaclient/" + std::to_string(made_++));
  client.object.name = body.value("name", "");
  client.object.owner = request.user->username;
  client.object.created = client.object.updated = server_time(country_.settings());
  client.cid = body.value("cid", "");
  client.secret = body.value("secret", uuid());
  client.grants = texts_of(body, "grantTypes");
  client.redirects = texts_of(body, "redirectUris");
  const Json complaints = complaints_of(client, body.contains("secret"));
  if (!complaints.empty()) return conflict_report(kKlass, client.object.uid, complaints);
  clients_.push_back(client);
  Reply reply = object_report(201, kKlass, client.object.uid);
  reply.headers.emplace_back("Location",
                             request.base_url + "/api/oAuth2Clients/" + client.object.uid);
  return reply;
}

Json Uaa::whole_client(const Request& request, const Client& client) const {
  Json own = {{"cid", client.cid}, {"secret", client.secret}};
  own["redirectUris"] = client.redirects;
  own["grantTypes"] = client.grants;
  return whole(country_, request, "/oAuth2Clients", client.object, own);
}

Reply Uaa::one_client(const Request& request, const std::string& uid) {
  const auto client = std::find_if(clients_.begin(), clients_.end(),
                                   [&](const Client& one) { return one.object.uid == uid; });
  if (client == clients_.end()) {
    return told(major_, 404, "OAuth2Client with id " + uid + " could not be found.", "E1005");
  }
  if (request.method == "GET" || request.method == "HEAD") {
    return one(request, whole_client(request, *client));
  }
  if (!request.user->has("F_OAUTH2_CLIENT_MANAGE")) {
    return told(major_, 403, "You don't have the proper permissions to update this object.",
                "E1006");
  }
  if (request.method != "DELETE") return not_played(request.method + " /api/oAuth2Clients/{id}");
  // The tokens of a client go with it.
  pairs_.erase(std::remove_if(pairs_.begin(), pairs_.end(),
                              [&](const Pair& pair) { return pair.cid == client->cid; }),
               pairs_.end());
  clients_.erase(client);
  return object_report(200, kKlass, uid);
}

Uaa::Client* Uaa::client_of(const std::string& cid) {
  for (Client& client : clients_) {
    if (client.cid == cid) return &client;
  }
  return nullptr;
}

}  // namespace sandbox
