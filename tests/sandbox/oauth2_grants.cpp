// SPDX-License-Identifier: BSD-3-Clause
// Keeps authorizations and consents, and lists them for administrators.
#include "tests/sandbox/oauth2_grants.h"

#include <algorithm>
#include <ctime>

#include "tests/sandbox/jose.h"

namespace sandbox {
namespace {

std::string iso(long long seconds) {
  const std::time_t moment = seconds;
  std::tm parts{};
  gmtime_r(&moment, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000", &parts);
  return text;
}

void dates(Json& own, const std::string& name, const Token& token) {
  if (token.value.empty()) return;
  own[name + "IssuedAt"] = iso(token.issued);
  own[name + "ExpiresAt"] = iso(token.expires);
}

std::string joined(const std::vector<std::string>& words, const std::string& before = "") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + before + word;
  return text;
}

template <typename Match>
Authorization* found(std::vector<Authorization>& all, Match match) {
  const auto it = std::find_if(all.begin(), all.end(), match);
  return it == all.end() ? nullptr : &*it;
}

}  // namespace

long long now_seconds() { return std::time(nullptr); }

Authorization& Oauth2Grants::add(const Country& country, const std::string& user) {
  Authorization made;
  made.object.uid = uid_of("authorization/" + std::to_string(made_++));
  made.object.name = user;
  made.object.created = made.object.updated = server_time(country.settings());
  authorizations_.push_back(made);
  return authorizations_.back();
}

Authorization* Oauth2Grants::by_code(const std::string& code) {
  return found(authorizations_, [&](const Authorization& one) { return one.code.value == code; });
}

Authorization* Oauth2Grants::by_refresh(const std::string& refresh) {
  return found(authorizations_,
               [&](const Authorization& one) { return one.refresh.value == refresh; });
}

Authorization* Oauth2Grants::by_id_token(const std::string& token) {
  return found(authorizations_, [&](const Authorization& one) { return one.id.value == token; });
}

Authorization* Oauth2Grants::by_token(const std::string& token) {
  if (token.empty()) return nullptr;
  return found(authorizations_, [&](const Authorization& one) {
    return one.access.value == token || one.refresh.value == token || one.id.value == token ||
           one.code.value == token;
  });
}

std::string Oauth2Grants::open_consent(const PendingConsent& request) {
  const std::string state = base64url(random_bytes(32)) + "=";
  pending[state] = request;
  return state;
}

Consent* Oauth2Grants::consent(const std::string& client_uid, const std::string& user) {
  for (Consent& one : consents_) {
    if (one.client_uid == client_uid && one.user == user) return &one;
  }
  return nullptr;
}

void Oauth2Grants::remember(const Country& country, const std::string& client_uid,
                            const std::string& user, const std::vector<std::string>& scopes) {
  Consent* known = consent(client_uid, user);
  if (!known) {
    Consent made;
    made.object.uid = uid_of("consent/" + std::to_string(made_++));
    made.object.name = made.object.owner = user;
    made.object.created = made.object.updated = server_time(country.settings());
    made.client_uid = client_uid;
    made.user = user;
    consents_.push_back(made);
    known = &consents_.back();
  }
  for (const std::string& scope : scopes) {
    if (std::find(known->scopes.begin(), known->scopes.end(), scope) == known->scopes.end()) {
      known->scopes.push_back(scope);
    }
  }
}

void Oauth2Grants::forget(const std::string& client_uid, const std::string& user) {
  consents_.erase(std::remove_if(consents_.begin(), consents_.end(),
                                 [&](const Consent& one) {
                                   return one.client_uid == client_uid && one.user == user;
                                 }),
                  consents_.end());
}

Reply Oauth2Grants::authorizations(const Country& country, const Request& request) const {
  std::vector<Json> objects;
  for (auto it = authorizations_.rbegin(); it != authorizations_.rend(); ++it) {
    Json own = {{"registeredClientId", it->client_uid}, {"principalName", it->object.name}};
    own["authorizationGrantType"] = "authorization_code";
    own["authorizedScopes"] = joined(it->scopes);
    dates(own, "authorizationCode", it->code);
    dates(own, "accessToken", it->access);
    if (!it->access.value.empty()) own["accessTokenScopes"] = joined(it->access_scopes);
    dates(own, "refreshToken", it->refresh);
    dates(own, "oidcIdToken", it->id);
    OwnObject object = it->object;
    if (country.settings().major == 42) object.owner = object.name;
    objects.push_back(whole(country, request, "/oAuth2Authorizations", object, own));
  }
  return list(request, "oAuth2Authorizations", std::move(objects), "displayName,id");
}

Reply Oauth2Grants::consents(const Country& country, const Request& request) const {
  std::vector<Json> objects;
  for (const Consent& one : consents_) {
    Json own = {{"registeredClientId", one.client_uid}, {"principalName", one.user}};
    own["authorities"] = joined(one.scopes, "SCOPE_");
    objects.push_back(whole(country, request, "/oAuth2AuthorizationConsents", one.object, own));
  }
  return list(request, "oAuth2AuthorizationConsents", std::move(objects), "displayName,id");
}

}  // namespace sandbox
