// SPDX-License-Identifier: BSD-3-Clause
// A small instance with an OAuth2 server: of 2.42 and newer, or /uaa of 2.37 to 2.41. It answers as
// recorded servers do, misbehaves on demand, and plays the person with the browser.
#pragma once

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "tests/support/fake_http.h"

namespace dhis2mcp::test {

enum class Misbehaviour {
  none,
  wrong_issuer,       // the document names another server as issuer
  token_elsewhere,    // its token endpoint lies on another host
  no_pkce,            // it offers "plain" only
  html_discovery,     // a page with status 200
  wrong_iss,          // the redirect carries another server's iss
  missing_iss,        // it promises iss and leaves it out
  html_token,         // a page with status 200 instead of tokens
  no_expires_in,      // allowed: a life of 5 minutes is assumed
  past_expires_in,    // expires_in: 0
  text_expires_in,    // allowed: "300" as a text
  mac_token,          // token_type: mac
  no_access_token,    //
  newline_token,      // a line break within the access token
  huge_token,         // 200 KB of it
  not_json,           // {"access_token": and the end
  redirecting_token,  // the token endpoint redirects to another host
  slow_token,         // no answer while this instance lives
  unavailable_token   // 503
};

inline std::string decoded(std::string text) {
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

inline std::map<std::string, std::string> form_of(const std::string& text) {
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

inline std::string base64_of(const std::string& bytes) {
  std::string letters(4 * (bytes.size() / 3 + 2), '\0');
  letters.resize(static_cast<std::size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(letters.data()),
      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()))));
  return letters;
}

// Safe to use from several threads; what may be set is set before it is asked.
class PracticeOAuth2 {
 public:
  explicit PracticeOAuth2(std::string version = "2.43.1") : version_(std::move(version)) {
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
      http.on("GET", discovery_path(), login_page());
    } else {
      http.on("GET", discovery_path(), [this](const Seen&) { return discovery(); });
      http.on("POST", "/oauth2/revoke", [this](const Seen& seen) { return revoke(seen); });
    }
  }

  ~PracticeOAuth2() {
    over_ = true;
    over_.notify_all();
  }
  PracticeOAuth2(const PracticeOAuth2&) = delete;
  PracticeOAuth2& operator=(const PracticeOAuth2&) = delete;

  // The client that is registered.
  std::string client_id = "agent", client_secret = "s3cret&of+client", client_auth = "basic";
  Misbehaviour misbehaviour = Misbehaviour::none;
  std::atomic<bool> rotates = false;       // each refresh gives another refresh token
  std::atomic<bool> switched_off = false;  // no OAuth2 server at all
  std::atomic<bool> gives_refresh = true;  // not so for public clients
  std::atomic<int> life = 300;             // of access tokens, in seconds, as said
  std::string password = "district";

  std::string url() const { return http.url(); }
  std::string token_path() const { return legacy_ ? "/uaa/oauth/token" : "/oauth2/token"; }
  int token_posts() const { return static_cast<int>(http.count(token_path())); }

  // What the browser of that person is redirected to after signing in and consenting.
  std::string approve(const std::string& authorize_url, const std::string& user = "analyste") {
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
  static std::string deny(const std::string& authorize_url) {
    const auto asked = form_of(authorize_url.substr(authorize_url.find('?') + 1));
    return asked.at("redirect_uri") + "?error=access_denied&state=" + asked.at("state");
  }

  // Makes every access token useless, as a restart without a keystore does.
  void restart() {
    const std::lock_guard lock(mutex_);
    access_.clear();
    restarted_ = true;
  }
  void forget_refresh_tokens() {
    const std::lock_guard lock(mutex_);
    refresh_.clear();
  }
  // A pair as a login would have given it.
  std::pair<std::string, std::string> sign_in(const std::string& user = "analyste") {
    const std::lock_guard lock(mutex_);
    const std::string access = new_access(user, "openid username");
    const std::string refresh = "refresh-" + std::to_string(++count_);
    refresh_[refresh] = {user, "openid username"};
    return {access, refresh};
  }
  bool revoked(const std::string& token) const {
    const std::lock_guard lock(mutex_);
    return revoked_.count(token) == 1;
  }
  std::set<std::string> secrets() const {
    const std::lock_guard lock(mutex_);
    return made_;
  }

 private:
  struct Code {
    std::string user, redirect_uri, challenge, scope;
  };
  struct Owner {
    std::string user, scope;
  };

  static std::string discovery_path() { return "/.well-known/openid-configuration"; }
  Reply login_page() const {
    return {302, "", "", {{"Location", legacy_ ? "/dhis-web-login" : "/login/"}}};
  }
  static Reply error(int status, const std::string& code, const std::string& words = "") {
    return {status, R"({"error":")" + code + "\"" +
                        (words.empty() ? "" : R"(,"error_description":")" + words + "\"") + "}"};
  }

  Reply discovery() const {
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

  std::string new_access(const std::string& user, const std::string& scope) {
    const std::string access = "access-" + std::to_string(++count_) + "-of-" + user;
    access_[access] = {user, scope};
    made_.insert(access);
    return access;
  }

  Reply me(const Seen& seen) const {
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
  static Reply refused_bearer(const std::string& why) {
    return {401,
            R"({"httpStatusCode":401,"status":"ERROR","message":"invalid_token","devMessage":")" +
                why + "\"}",
            "application/json",
            {{"WWW-Authenticate",
              "Bearer error=\"invalid_token\", error_description=\"" + why + "\""}}};
  }

  bool proven(const Seen& seen, const std::map<std::string, std::string>& form) const {
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

  Reply token(const Seen& seen) {
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

  Reply by_code(const std::map<std::string, std::string>& form) {
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

  Reply by_refresh(const std::map<std::string, std::string>& form) {
    const auto found = refresh_.find(form.at("refresh_token"));
    if (found == refresh_.end()) return error(400, "invalid_grant");
    const std::string token = found->first;
    const Owner owner = found->second;
    if (rotates) refresh_.erase(found);
    if (legacy_) access_.clear();
    return given(owner, rotates ? "" : token);
  }

  Reply given(const Owner& owner, std::string refresh) {
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

  Reply revoke(const Seen& seen) {
    const auto form = form_of(seen.body);
    const std::lock_guard lock(mutex_);
    if (!proven(seen, form)) return error(401, "invalid_client");
    revoked_.insert(form.at("token"));
    refresh_.erase(form.at("token"));
    return {200, ""};
  }

  static std::string challenge(const std::string& verifier) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    std::string letters = base64_of(digest);
    for (char& letter : letters) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
    while (!letters.empty() && letters.back() == '=') letters.pop_back();
    return letters;
  }

  const std::string version_;
  bool legacy_ = false;
  std::atomic<bool> over_ = false;
  mutable std::mutex mutex_;  // guards all below
  int count_ = 0;
  bool restarted_ = false;
  std::map<std::string, Code> codes_;
  std::map<std::string, Owner> access_, refresh_;
  std::set<std::string> revoked_, made_;

 public:
  // Last: a request may still be in hand when the test ends.
  FakeHttp http;
};

}  // namespace dhis2mcp::test
