// SPDX-License-Identifier: BSD-3-Clause
// Learns what each server made and takes the steps that a recording leaves out.
#include "tests/sandbox/comparison/sign_in.h"

#include <algorithm>
#include <ctime>
#include <regex>

#include "tests/sandbox/country_build.h"
#include "tests/sandbox/pages.h"
#include "tests/sandbox/pat.h"
#include "tests/sandbox/target.h"

namespace comparison {
namespace {

constexpr const char* kSecret = "practice-secret-0123456789";
constexpr const char* kOlderSecret = "1e6db50c-0fee-11e5-98d0-3c15c2c6caf6";
constexpr const char* kCallback = "http://127.0.0.1/callback";
constexpr const char* kForm = "application/x-www-form-urlencoded";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
  return text;
}

// The value of a parameter of a query or a form, still encoded.
std::string part_of(const std::string& text, const std::string& name) {
  std::smatch found;
  const std::regex pattern("(?:^|[?&#])" + name + "=([^&#]*)");
  return std::regex_search(text, found, pattern) ? found[1].str() : "";
}

std::string plain(const std::string& encoded) { return sandbox::percent_decoded(encoded, true); }

std::string session_in(const Message& message, const char* header) {
  for (const auto& [name, value] : message.headers) {
    const size_t at = name == header ? value.find("JSESSIONID=") : std::string::npos;
    if (at == std::string::npos) continue;
    const std::string id = value.substr(at + 11, value.find(';', at) - at - 11);
    if (!id.empty()) return id;
  }
  return "";
}

// Which token of the recording a creation with this title makes.
const std::vector<std::pair<std::string, std::string>>& made_pats() {
  static const std::vector<std::pair<std::string, std::string>> kMade = {
      {"create: empty body", "valid"},
      {"method list GET", "GET only"},
      {"ip list other", "other ip"},
      {"referrer list", "referrer a.example"},
      {"expires in 2 s", "expired"},
      {"expired already", "created expired"},
      {"expire 0", "expire 0"},
      {"by a limited user", "of analyste"},
      {"all attributes", "valid, all limits"},
      {"who will be disabled", "owner disabled"},
      {"expires in 4 s", "expired after use"},
      {"never cached before", "deleted without use"},
      {"then cache clear", "deleted after use"},
      {"then its owner is disabled", "owner disabled after use"},
      {"inside the 2FA session", "of a 2FA user"},
  };
  return kMade;
}

std::string unsigned_token(const std::string& algorithm, const std::string& issuer) {
  return sandbox::base64url("{\"alg\":\"" + algorithm + "\"}") + "." +
         sandbox::base64url("{\"iss\":\"" + issuer + "\",\"sub\":\"admin\"}") + ".";
}

Json claims_of(const Json& body, const char* name) {
  const auto token = sandbox::parse_token(body.is_object() ? body.value(name, "") : "");
  return token ? token->claims : Json::object();
}

}  // namespace

SignIn::SignIn(const Practice& practice, int major, std::string area)
    : practice_(practice), major_(major), area_(std::move(area)) {}

std::vector<std::string> SignIn::arguments(const std::string& area) {
  if (area != "config_variants") return {};
  return {"--conf", "oauth2.server.enabled=off", "--conf", "http.security.csrf.enabled=on"};
}

Message SignIn::ask(const std::string& method, const std::string& target, const Headers& headers,
                    const std::string& body) const {
  Message request;
  request.method = method;
  request.target = target;
  request.headers = headers;
  request.body = body;
  return practice_.ask(request);
}

void SignIn::prepare() {
  if (!area_.starts_with("auth_")) return;
  ask("POST", "/api/users/ygGhLMHHyrC/twoFA/disabled", admin());
  if (area_ == "auth_pat") forget_tokens();
  // Failures that were counted while another file was recorded.
  if (area_ == "auth_lockout" && major_ <= 41) {
    lock(4);
    ask("DELETE", "/api/systemSettings/keyLockMultipleFailedLogins", admin());
  }
}

// From 2.41 on the recorded servers had one token by then, made while auth_2fa was recorded.
void SignIn::forget_tokens() {
  sandbox::Settings settings;
  settings.major = major_;
  for (const sandbox::Pat& pat : sandbox::practice_pats(settings)) {
    const bool stays = pat.owner == "deuxfa" && pat.key.starts_with("d2p_");
    if (!stays) ask("DELETE", "/api/apiToken/" + pat.uid, admin());
  }
}

Headers SignIn::admin() const {
  return {{"Authorization", "Basic " + base64_encoded("admin:district")},
          {"Content-Type", "application/json"}};
}

void SignIn::lock(int failures) {
  ask("POST", "/api/systemSettings/keyLockMultipleFailedLogins?value=true", admin());
  for (int i = 0; i < failures; ++i) {
    ask("GET", "/api/me", {{"Authorization", "Basic " + base64_encoded("verrou:x")}});
  }
}

void SignIn::enable_second_factor() {
  const Headers headers = {
      {"Cookie", "JSESSIONID=" + session_of("deuxfa")},
      {"Content-Type", "application/json"},
      {"Accept", major_ >= 42 ? "application/json" : "application/octet-stream"}};
  std::string page;
  if (major_ >= 42) ask("POST", "/api/2fa/enrollTOTP2FA", headers);
  page = ask("GET", major_ >= 42 ? "/api/2fa/qrCodeJson" : "/api/2fa/qrCode", headers).body;
  const std::string mark = major_ >= 42 ? "\"base32Secret\":\"" : "?secret=";
  const size_t at = page.find(mark);
  if (at == std::string::npos) return;
  secret_ = page.substr(at + mark.size(), 32);
  const Json body = {{"code", sandbox::one_time_code(secret_, std::time(nullptr))}};
  ask("POST", major_ >= 42 ? "/api/2fa/enable" : "/api/2fa/enabled",
      {headers.begin(), headers.begin() + 2}, body.dump());
}

void SignIn::stage(const Exchange& recorded) {
  const std::string& title = recorded.title;
  const std::string mask = recorded.request.header("Authorization");
  if (locking_) ask("DELETE", "/api/systemSettings/keyLockMultipleFailedLogins", admin());
  locking_ = title == "login of a locked user";
  if (locking_) lock(4);
  if (title.starts_with("2FA login") && secret_.empty()) enable_second_factor();
  if (title == "create: all attributes" && recorded.answer.status == 409) {
    ask("POST", "/api/apiToken", admin(), R"({"code":"AGENT_1"})");
  }
  if (mask == "Basic <client agent-pw>" && area_ == "auth_2fa") {
    const Json body = {{"name", "PwOnly"},
                       {"cid", "agent-pw"},
                       {"secret", kOlderSecret},
                       {"grantTypes", Json::array({"password"})}};
    ask("POST", "/api/oAuth2Clients", admin(), body.dump());
  }
  if (mask == "Bearer <initial access token>" && !has(title, "again") && !has(title, "garbage")) {
    const Message enrolled =
        ask("GET", "/api/auth/enrollDevice?redirectUri=dhis2oauth://oauth&state=s",
            {{"Cookie", "JSESSIONID=" + session_of("analyste")}});
    initial_ = part_of(enrolled.header("Location"), "iat");
  }
}

// Registers a key that this program has, and signs with it where the recorded client signed.
void SignIn::put_back_registration(const Exchange& recorded, Message& request) {
  const bool registers = has(request.target, "/connect/register");
  const std::string assertion = part_of(recorded.request.body, "client_assertion");
  if (!registers && assertion.empty()) return;
  if (!device_) device_ = std::make_unique<sandbox::SigningKey>();
  if (registers) {
    Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("jwks")) return;
    body["jwks"]["keys"][0]["n"] = device_->jwks()["keys"][0]["n"];
    request.body = body.dump();
    return;
  }
  const auto token = sandbox::parse_token(assertion);
  if (!token) return;
  Json claims = token->claims;
  const auto own = texts_.find(claims.value("sub", ""));
  if (own != texts_.end()) claims["iss"] = claims["sub"] = own->second;
  claims["aud"] = here(claims.value("aud", ""));
  claims["exp"] = std::time(nullptr) + 60;
  request.body = replaced(request.body, "client_assertion=" + assertion,
                          "client_assertion=" + device_->sign(claims));
}

// An address of the recorded server as one of the practice server.
std::string SignIn::here(const std::string& address) const {
  static const std::regex kRecorded(R"(http://127\.0\.0\.1:80\d\d)");
  return std::regex_replace(address, kRecorded, practice_.base_url());
}

void SignIn::put_back(const Exchange& recorded, Message& request) {
  stage(recorded);
  for (auto& [name, value] : request.headers) {
    if (name == "Origin") value = here(value);
    if (name != "Authorization") continue;
    const std::string masked = recorded.request.header("Authorization");
    std::string own = masked;
    put_back_authorization(recorded, own);
    if (own != masked) value = own;
  }
  const std::string theirs = session_in(recorded.request, "Cookie");
  if (!theirs.empty() && !sessions_.count(theirs) && !theirs.starts_with("0123456789")) {
    sessions_[theirs] = session_of(area_ == "auth_2fa" ? "deuxfa" : "analyste");
    signed_in_.clear();
  }
  for (auto& [name, value] : request.headers) {
    if (name == "Cookie" && sessions_.count(theirs)) {
      value = replaced(recorded.request.header("Cookie"), theirs, sessions_[theirs]);
    }
  }
  for (const auto& [from, to] : texts_) {
    request.target = replaced(request.target, from, to);
    request.body = replaced(request.body, from, to);
  }
  put_back_registration(recorded, request);
  put_back_code(recorded, request);
  put_back_consent(request);
  put_back_digits(recorded, request);
}

void SignIn::put_back_authorization(const Exchange& recorded, std::string& value) {
  const size_t open = value.find('<');
  if (open == std::string::npos || !value.ends_with(">")) return;
  const std::string scheme = value.substr(0, open);
  const std::string mask = value.substr(open + 1, value.size() - open - 2);
  if (mask.starts_with("client ")) {
    const size_t comma = mask.find(',');
    const std::string secret = comma != std::string::npos ? "wrong"
                               : major_ <= 41             ? kOlderSecret
                                                          : kSecret;
    value = scheme + base64_encoded(mask.substr(7, comma - 7) + ":" + secret);
  } else if (mask == "unknown client") {
    value = scheme + base64_encoded("nobody:" + std::string(kOlderSecret));
  } else if (scheme == "Bearer " || scheme == "bearer ") {
    value = mask == "Bearer without token" ? "Bearer" : scheme + bearer(recorded, mask);
  } else if (scheme == "ApiToken " || scheme == "apitoken ") {
    const std::string token = pat(recorded, mask);
    if (token != mask) value = scheme + token;
  }
}

std::string SignIn::bearer(const Exchange& recorded, const std::string& mask) const {
  const std::string scope = "access, scope ";
  if (mask.starts_with(scope)) {
    const auto token = by_scope_.find(mask.substr(scope.size()));
    return token == by_scope_.end() ? mask : token->second;
  }
  if (mask == "refresh token") return refresh_;
  if (mask == "id token") return id_;
  if (mask == "empty") return "";
  if (mask == "a.b.c" || mask == "garbage" || mask == "unknown") return mask;
  if (mask == "other issuer") return unsigned_token("RS256", "https://other.example/");
  if (mask == "alg none") return unsigned_token("none", practice_.base_url() + "/");
  if (mask == "a valid PAT") return std::string("d2p_") + std::string(50, 'a');
  if (mask == "initial access token") return has(recorded.title, "garbage") ? "garbage" : initial_;
  if (mask == "unnamed" && has(recorded.title, "illegal")) return "a b\"c";
  if (mask == "unnamed" && has(recorded.title, "configuration")) return registration_;
  std::string token = has(recorded.title, "old access") ? older_access_ : access_;
  if (mask == "altered signature") {
    const size_t at = token.rfind('.') + 10;
    if (at < token.size()) token[at] = token[at] == 'A' ? 'B' : 'A';
  } else if (mask == "altered payload") {
    const size_t dot = token.find('.');
    Json claims = claims_of(Json{{"token", token}}, "token");
    claims["sub"] = "admin";
    token = token.substr(0, dot + 1) + sandbox::base64url(claims.dump()) +
            token.substr(std::min(token.size(), token.rfind('.')));
  }
  return token;
}

std::string SignIn::pat(const Exchange& recorded, const std::string& mask) const {
  if (mask == "illegal characters") return "a b$c";
  if (mask == "empty") return "";
  if (mask == "unnamed" && has(recorded.title, "all limits")) return "a b$c";
  if (mask == "unknown v1, good checksum") {
    return sandbox::v1_token(std::string(32, 'q'), major_);
  }
  if (mask == "unknown v2, good checksum") return sandbox::v2_token(std::string(44, 'q'));
  // That one had two seconds to live, and the recording waited; this one was made dead.
  const auto dead = pats_.find("created expired");
  if (recorded.title == "use: expired" && dead != pats_.end()) return dead->second;
  const bool of_valid = mask == "unnamed" || mask == "revoked" || has(mask, "changed") ||
                        mask.starts_with("too ") || has(mask, "prefix");
  const auto known = pats_.find(of_valid ? "valid" : mask);
  if (known == pats_.end()) return mask;
  std::string token = known->second;
  if (mask == "middle changed") token[20] = token[20] == 'x' ? 'y' : 'x';
  if (mask == "last character changed") token.back() = token.back() == '1' ? '2' : '1';
  if (mask == "too short") token.pop_back();
  if (mask == "too long") token += "0";
  if (mask == "no prefix") token.erase(0, token.find('_') + 1);
  if (mask.starts_with("prefix d2pat_")) token = "d2pat_" + token.substr(token.find('_') + 1);
  return token;
}

void SignIn::put_back_code(const Exchange& recorded, Message& request) {
  const std::string theirs = part_of(recorded.request.body, "code");
  if (theirs.empty() || !has(recorded.request.target, "oauth") ||
      part_of(recorded.request.body, "grant_type") != "authorization_code") {
    return;
  }
  if (!codes_.count(theirs) && theirs != "nope") {
    const bool good = recorded.answer.status == 200;
    const std::string mask = recorded.request.header("Authorization");
    std::string client = part_of(recorded.request.body, "client_id");
    if (has(mask, "<client ")) client = mask.substr(mask.find("<client ") + 8);
    client.resize(std::min(client.size(), client.find_first_of(",>")));
    if (has(recorded.title, "another client")) client = "agent-noconsent";
    std::string redirect = plain(part_of(recorded.request.body, "redirect_uri"));
    if (!good || redirect.empty()) redirect = kCallback;
    const bool no_mail = has(recorded.title, "no e-mail");
    std::string scope = recorded.body.is_object() ? recorded.body.value("scope", "") : "";
    if (scope.empty()) scope = no_mail ? "openid email" : "openid profile username";
    std::string user = claims_of(recorded.body, "access_token").value("sub", "analyste");
    if (no_mail) user = "sansmail";
    std::string verifier = part_of(recorded.request.body, "code_verifier");
    if (has(recorded.title, "not begun")) verifier.clear();
    if (verifier.empty() && !good && !has(recorded.title, "not begun")) verifier = "other";
    const std::string nonce = claims_of(recorded.body, "id_token").value("nonce", "");
    std::string query = "?response_type=code&client_id=" + client +
                        "&redirect_uri=" + sandbox::uri_encoded(redirect) + "&state=s";
    if (major_ <= 41) {
      codes_[theirs] = older_code_of("analyste", query);
    } else {
      query += "&scope=" + sandbox::uri_encoded(scope) + (nonce.empty() ? "" : "&nonce=" + nonce);
      if (!verifier.empty()) {
        query += "&code_challenge_method=S256&code_challenge=" +
                 sandbox::base64url(sandbox::sha256(verifier));
      }
      codes_[theirs] = code_of(user, query);
    }
  }
  if (codes_.count(theirs)) {
    request.body = replaced(request.body, "code=" + theirs, "code=" + codes_[theirs]);
  }
}

// The state of a consent page that the file does not show.
void SignIn::put_back_consent(Message& request) {
  if (request.method != "POST" || request.target != "/oauth2/authorize" ||
      has(request.body, "response_type")) {
    return;
  }
  const auto asked = authorized_.find(part_of(request.body, "client_id"));
  if (asked == authorized_.end()) return;
  const Message page =
      ask("GET", asked->second, {{"Cookie", request.header("Cookie")}, {"Accept", "text/html"}});
  std::smatch state;
  if (std::regex_search(page.body, state, std::regex("name=\"state\" value=\"([^\"]*)\""))) {
    request.body = replaced(request.body, part_of(request.body, "state"),
                            sandbox::uri_encoded(state[1].str()));
  }
}

// Six digits that the recorded server took, and others that were good at another moment.
void SignIn::put_back_digits(const Exchange& recorded, Message& request) {
  if (secret_.empty() || has(recorded.title, "90 s ago")) return;
  static const std::regex kDigits(
      "(\"code\":\\s*\"|\"twoFactorCode\":\\s*\"|2fa_code=)(\\d{3})(%20)?(\\d{3})");
  std::smatch found;
  if (!std::regex_search(request.body, found, kDigits)) return;
  const std::string digits = found[2].str() + found[4].str();
  for (const char* wrong : {"000000", "111111", "123456"}) {
    if (digits == wrong) return;
  }
  const long long age = has(recorded.title, "30 s ago") ? 30 : 0;
  const std::string code = sandbox::one_time_code(secret_, std::time(nullptr) - age);
  request.body = std::string(found.prefix()) + found[1].str() + code.substr(0, 3) + found[3].str() +
                 code.substr(3) + std::string(found.suffix());
}

void SignIn::learn(const Exchange& recorded, const Message& answer) {
  const std::string theirs = session_in(recorded.answer, "Set-Cookie");
  const std::string own = session_in(answer, "Set-Cookie");
  if (!theirs.empty() && !own.empty()) sessions_[theirs] = own;
  const std::string to = recorded.answer.header("Location"), own_to = answer.header("Location");
  if (!part_of(to, "code").empty() && !part_of(own_to, "code").empty()) {
    codes_[part_of(to, "code")] = part_of(own_to, "code");
  }
  if (!part_of(own_to, "iat").empty()) initial_ = part_of(own_to, "iat");
  const std::string& target = recorded.request.target;
  if (target.starts_with("/oauth2/authorize?")) authorized_[part_of(target, "client_id")] = target;
  const size_t secret = answer.body.find("?secret=");
  if (secret != std::string::npos) secret_ = answer.body.substr(secret + 8, 32);
  const Json body = Json::parse(answer.body, nullptr, false);
  if (body.is_object()) learn_tokens(recorded, body);
}

void SignIn::learn_tokens(const Exchange& recorded, const Json& answer) {
  if (answer.contains("base32Secret")) secret_ = answer.value("base32Secret", "");
  if (answer.contains("response") && answer["response"].contains("key")) {
    for (const auto& [title, mask] : made_pats()) {
      if (has(recorded.title, title)) pats_[mask] = answer["response"].value("key", "");
    }
  }
  if (!recorded.body.is_object()) return;
  for (const char* name : {"access_token", "refresh_token", "id_token", "client_id"}) {
    const std::string theirs = recorded.body.value(name, ""), own = answer.value(name, "");
    if (theirs.size() > 20 && !own.empty()) texts_[theirs] = own;
  }
  if (answer.contains("registration_access_token")) {
    registration_ = answer.value("registration_access_token", "");
  }
  if (!answer.contains("access_token")) return;
  const std::string scope = answer.value("scope", ""), token = answer.value("access_token", "");
  by_scope_[scope] = token;
  if (scope == "ALL" || has(scope, "username")) {
    if (token != access_) older_access_ = access_;
    access_ = token;
  }
  refresh_ = answer.value("refresh_token", refresh_);
  id_ = answer.value("id_token", id_);
}

std::string SignIn::session_of(const std::string& user) {
  std::string& session = signed_in_[user];
  if (!session.empty()) return session;
  const std::string password = sandbox::password_of(user);
  const std::string code =
      secret_.empty() ? "" : sandbox::one_time_code(secret_, std::time(nullptr));
  Message answer;
  if (major_ <= 40) {
    answer = ask("POST", "/dhis-web-commons-security/login.action", {{"Content-Type", kForm}},
                 "j_username=" + user + "&j_password=" + sandbox::uri_encoded(password) +
                     "&2fa_code=" + code);
  } else {
    const Json body = {{"username", user}, {"password", password}, {"twoFactorCode", code}};
    answer = ask("POST", "/api/auth/login", {{"Content-Type", "application/json"}}, body.dump());
  }
  return session = session_in(answer, "Set-Cookie");
}

std::string SignIn::code_of(const std::string& user, const std::string& query) {
  const Headers headers = {{"Cookie", "JSESSIONID=" + session_of(user)}, {"Accept", "text/html"}};
  Message answer = ask("GET", "/oauth2/authorize" + query, headers);
  std::smatch state;
  if (answer.status == 200 &&
      std::regex_search(answer.body, state, std::regex("name=\"state\" value=\"([^\"]*)\""))) {
    std::string body = "client_id=" + part_of(query, "client_id") +
                       "&state=" + sandbox::uri_encoded(state[1].str());
    for (const std::string& scope : sandbox::pieces(plain(part_of(query, "scope")), ' ')) {
      if (scope != "openid") body += "&scope=" + scope;
    }
    Headers with_type = headers;
    with_type.emplace_back("Content-Type", kForm);
    answer = ask("POST", "/oauth2/authorize", with_type, body);
  }
  return part_of(answer.header("Location"), "code");
}

std::string SignIn::older_code_of(const std::string& user, const std::string& query) {
  Headers headers = {{"Cookie", "JSESSIONID=" + session_of(user)}, {"Accept", "text/html"}};
  ask("GET", "/uaa/oauth/authorize" + query, headers);
  headers.emplace_back("Content-Type", kForm);
  const Message answer =
      ask("POST", "/uaa/oauth/authorize", headers, "user_oauth_approval=true&scope.ALL=true");
  return part_of(answer.header("Location"), "code");
}

}  // namespace comparison
