// SPDX-License-Identifier: BSD-3-Clause
// Answers in the words of recorded servers.
#include "tests/support/practice_oauth2.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace dhis2mcp::test {
namespace {

std::string decoded(std::string text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      plain += text[at] == '+' ? ' ' : text[at];
    }
  }
  return plain;
}

constexpr const char* kDiscovery = "/.well-known/openid-configuration";

Reply error(int status, const std::string& code, const std::string& words = "") {
  return {status, R"({"error":")" + code + "\"" +
                      (words.empty() ? "" : R"(,"error_description":")" + words + "\"") + "}"};
}

Reply refused_bearer(const std::string& why) {
  return {
      401,
      R"({"httpStatusCode":401,"status":"ERROR","message":"invalid_token","devMessage":")" + why +
          "\"}",
      "application/json",
      {{"WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"" + why + "\""}}};
}

std::string challenge(const std::string& verifier) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  std::string letters = base64_of(digest);
  for (char& letter : letters) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
  while (!letters.empty() && letters.back() == '=') letters.pop_back();
  return letters;
}

}  // namespace

std::map<std::string, std::string> form_of(const std::string& text) {
  std::map<std::string, std::string> form;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('&', from), text.size());
    const std::string pair = text.substr(from, end - from);
    const std::size_t mark = std::min(pair.find('='), pair.size());
    form[decoded(pair.substr(0, mark))] = mark < pair.size() ? decoded(pair.substr(mark + 1)) : "";
    from = end + 1;
  }
  return form;
}

std::string base64_of(const std::string& bytes) {
  std::string letters(4 * (bytes.size() / 3 + 2), '\0');
  letters.resize(static_cast<std::size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(letters.data()),
      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()))));
  return letters;
}

PracticeOAuth2::PracticeOAuth2(std::string version) : version_(std::move(version)) {
  legacy_ = version_ < "2.42";
  http.on("GET", "/api/loginConfig", [this](const Seen&) {
    return version_ < "2.41"
               ? Reply{302, "", "", {{"Location", "/dhis-web-commons/security/login.action"}}}
               : Reply{200, R"({"apiVersion":")" + version_ + R"("})"};
  });
  http.on("GET", "/api/ping", Reply{200, ""});
  http.on("GET", "/dhis-web-commons/security/login.action",
          Reply{200, "<html>DHIS 2</html>", "text/html", {{"Login-Page", "true"}}});
  http.on("GET", "/api/me", [this](const Seen& seen) { return me(seen); });
  http.on("GET", "/api/system/info", [this](const Seen& seen) {
    const Reply reply = me(seen);
    return reply.status == 200
               ? Reply{200, R"({"version":")" + version_ + R"(","calendar":"iso8601"})"}
               : reply;
  });
  http.on("POST", token_path(), [this](const Seen& seen) { return token(seen); });
  if (legacy_) {
    http.on("GET", token_path(),
            Reply{401,
                  "<html>401</html>",
                  "text/html",
                  {{"WWW-Authenticate", "Basic realm=\"oauth2/client\""}}});
    http.on("GET", kDiscovery, login_page());
  } else {
    http.on("GET", kDiscovery, [this](const Seen&) { return discovery(); });
    http.on("POST", "/oauth2/revoke", [this](const Seen& seen) { return revoke(seen); });
  }
}

std::string PracticeOAuth2::approve(const std::string& authorize_url, const std::string& user) {
  const auto asked = form_of(authorize_url.substr(authorize_url.find('?') + 1));
  const std::lock_guard lock(mutex_);
  const std::string code = "code-" + std::to_string(++count_);
  codes_[code] = {user, asked.at("redirect_uri"),
                  asked.count("code_challenge") == 1 ? asked.at("code_challenge") : "",
                  asked.count("scope") == 1 ? asked.at("scope") : ""};
  std::string target = asked.at("redirect_uri") + "?code=" + code + "&state=" + asked.at("state");
  if (misbehaviour == Misbehaviour::wrong_iss) target += "&iss=https%3A%2F%2Fevil.example.org";
  return target;
}

std::string PracticeOAuth2::deny(const std::string& authorize_url) {
  const auto asked = form_of(authorize_url.substr(authorize_url.find('?') + 1));
  return asked.at("redirect_uri") + "?error=access_denied&state=" + asked.at("state");
}

void PracticeOAuth2::restart() {
  const std::lock_guard lock(mutex_);
  access_.clear();
  restarted_ = true;
}

void PracticeOAuth2::forget_refresh_tokens() {
  const std::lock_guard lock(mutex_);
  refresh_.clear();
}

std::pair<std::string, std::string> PracticeOAuth2::sign_in(const std::string& user) {
  const std::lock_guard lock(mutex_);
  const std::string access = new_access(user, "openid username");
  const std::string refresh = "refresh-" + std::to_string(++count_);
  refresh_[refresh] = {user, "openid username"};
  return {access, refresh};
}

bool PracticeOAuth2::revoked(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return revoked_.count(token) == 1;
}

std::set<std::string> PracticeOAuth2::secrets() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

Reply PracticeOAuth2::login_page() const {
  return {302, "", "", {{"Location", legacy_ ? "/dhis-web-login" : "/login/"}}};
}

Reply PracticeOAuth2::discovery() const {
  if (switched_off) return login_page();
  if (misbehaviour == Misbehaviour::html_discovery) {
    return {200, "<html><title>Portal</title></html>", "text/html"};
  }
  const std::string base = url();
  const std::string issuer =
      misbehaviour == Misbehaviour::wrong_issuer ? "https://evil.example.org" : base + "/";
  const std::string token = misbehaviour == Misbehaviour::token_elsewhere
                                ? "http://169.254.169.254/latest"
                                : base + "/oauth2/token";
  return {200, R"({"issuer":")" + issuer + R"(","authorization_endpoint":")" + base +
                   R"(/oauth2/authorize","token_endpoint":")" + token +
                   R"(","revocation_endpoint":")" + base +
                   R"(/oauth2/revoke","registration_endpoint":")" + base +
                   R"(/connect/register","code_challenge_methods_supported":[")" +
                   (misbehaviour == Misbehaviour::no_pkce ? "plain" : "S256") + "\"]" +
                   (misbehaviour == Misbehaviour::missing_iss
                        ? R"(,"authorization_response_iss_parameter_supported":true})"
                        : "}")};
}

std::string PracticeOAuth2::new_access(const std::string& user, const std::string& scope) {
  std::string access = "access-" + std::to_string(++count_) + "-of-" + user;
  access_[access] = {user, scope};
  made_.insert(access);
  return access;
}

Reply PracticeOAuth2::me(const Seen& seen) const {
  const std::string header = seen.header("Authorization");
  const std::lock_guard lock(mutex_);
  const auto found =
      header.rfind("Bearer ", 0) == 0 ? access_.find(header.substr(7)) : access_.end();
  if (found == access_.end() || switched_off) {
    if (header.empty() || switched_off) {
      return {401, R"({"httpStatusCode":401,"status":"ERROR","message":"Unauthorized"})"};
    }
    if (legacy_) {
      return {401,
              R"({"error":"invalid_token","error_description":"Invalid access token"})",
              "application/json",
              {{"WWW-Authenticate",
                "Bearer realm=\"oauth\", error=\"invalid_token\", "
                "error_description=\"Invalid access token\""}}};
    }
    return refused_bearer(restarted_ ? "Signed JWT rejected: Another algorithm expected, or no "
                                       "matching key(s) found"
                                     : "Jwt expired at 2026-11-21T09:47:12Z");
  }
  const bool by_email = version_ >= "2.42" && version_ < "2.42.5";
  const std::string claim = by_email ? "email" : "username";
  if (!legacy_ && found->second.scope.find(claim) == std::string::npos) {
    return refused_bearer("Found no matching DHIS2 user for the mapping claim: '" + claim +
                          "' with the value: 'null'");
  }
  return {200, R"({"id":"Z2oGuwR1M07","username":")" + found->second.user +
                   R"(","displayName":"A","authorities":["F_X"]})"};
}

bool PracticeOAuth2::proven(const Seen& seen, const Form& form) const {
  const auto field = [&](const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  };
  const auto encoded = [&](const std::string& text) {
    std::string all;
    for (const char letter : text) {
      all += letter == '&' ? "%26" : letter == '+' ? "%2B" : std::string(1, letter);
    }
    return legacy_ ? text : all;
  };
  if (client_auth == "basic") {
    return seen.header("Authorization") ==
           "Basic " + base64_of(encoded(client_id) + ":" + encoded(client_secret));
  }
  if (field("client_id") != client_id) return false;
  if (client_auth == "post") return field("client_secret") == client_secret;
  if (client_auth == "private-key-jwt") return !field("client_assertion").empty();
  return client_auth == "none" && seen.header("Authorization").empty();
}

Reply PracticeOAuth2::token(const Seen& seen) {
  if (switched_off) return {403, "<html>403</html>", "text/html"};
  switch (misbehaviour) {
    case Misbehaviour::redirecting_token:
      return {307, "", "", {{"Location", "http://127.0.0.1:9/steal"}}};
    case Misbehaviour::slow_token:
      over_.wait(false);
      break;
    case Misbehaviour::unavailable_token:
      return {503, "<html>busy</html>", "text/html"};
    default:
      break;
  }
  const auto form = form_of(seen.body);
  const std::lock_guard lock(mutex_);
  for (const auto& [name, value] : form) {
    if (name == "code_verifier" || name == "client_assertion") made_.insert(value);
  }
  if (!proven(seen, form)) {
    return legacy_ ? Reply{401,
                           "<html>401</html>",
                           "text/html",
                           {{"WWW-Authenticate", "Basic realm=\"oauth2/client\""}}}
                   : error(401, "invalid_client");
  }
  const std::string grant = form.count("grant_type") == 1 ? form.at("grant_type") : "";
  if (grant == "authorization_code") return by_code(form);
  if (grant == "refresh_token") return by_refresh(form);
  if (grant == "password" && legacy_) {
    if (form.at("password") != password) return error(400, "invalid_grant", "Bad credentials");
    return given({form.at("username"), "ALL"}, "");
  }
  return error(400, "unsupported_grant_type");
}

Reply PracticeOAuth2::by_code(const Form& form) {
  const auto code = codes_.find(form.at("code"));
  if (code == codes_.end() || form.at("redirect_uri") != code->second.redirect_uri) {
    return error(400, "invalid_grant");
  }
  if (!legacy_ && code->second.challenge != challenge(form.at("code_verifier"))) {
    return error(400, "invalid_grant");
  }
  const Owner owner{code->second.user, code->second.scope};
  made_.insert(code->first);
  codes_.erase(code);
  return given(owner, "");
}

Reply PracticeOAuth2::by_refresh(const Form& form) {
  const auto found = refresh_.find(form.at("refresh_token"));
  if (found == refresh_.end()) return error(400, "invalid_grant");
  const std::string token = found->first;
  const Owner owner = found->second;
  if (rotates) refresh_.erase(found);
  if (legacy_) access_.clear();
  return given(owner, rotates ? "" : token);
}

Reply PracticeOAuth2::given(const Owner& owner, std::string refresh) {
  const std::string access = new_access(owner.user, owner.scope);
  if (refresh.empty() && gives_refresh) {
    refresh = "refresh-" + std::to_string(++count_);
    refresh_[refresh] = owner;
    made_.insert(refresh);
  }
  std::string shown = access, type = "Bearer", expires = std::to_string(life);
  switch (misbehaviour) {
    case Misbehaviour::html_token:
      return {200, "<html>hello</html>", "text/html"};
    case Misbehaviour::not_json:
      return {200, R"({"access_token":)"};
    case Misbehaviour::mac_token:
      type = "mac";
      break;
    case Misbehaviour::newline_token:
      shown = "a\\r\\nX-Evil: 1";
      break;
    case Misbehaviour::huge_token:
      shown = std::string(200'000, 'x');
      break;
    case Misbehaviour::past_expires_in:
      expires = "0";
      break;
    case Misbehaviour::text_expires_in:
      expires = "\"300\"";
      break;
    default:
      break;
  }
  std::string body = R"({"token_type":")" + type + "\"";
  if (misbehaviour != Misbehaviour::no_access_token) {
    body += R"(,"access_token":")" + shown + "\"";
  }
  if (misbehaviour != Misbehaviour::no_expires_in) body += R"(,"expires_in":)" + expires;
  if (!refresh.empty()) body += R"(,"refresh_token":")" + refresh + "\"";
  return {200, body + R"(,"scope":")" + owner.scope + "\"}"};
}

Reply PracticeOAuth2::revoke(const Seen& seen) {
  const auto form = form_of(seen.body);
  const std::lock_guard lock(mutex_);
  if (!proven(seen, form)) return error(401, "invalid_client");
  revoked_.insert(form.at("token"));
  refresh_.erase(form.at("token"));
  return {200, ""};
}

}  // namespace dhis2mcp::test
