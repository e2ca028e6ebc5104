// SPDX-License-Identifier: BSD-3-Clause
// A small instance with an OAuth2 server: of 2.42 and newer, or /uaa of 2.37 to 2.41. It answers as
// recorded servers do, misbehaves on demand, and plays the person with the browser.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

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

// The fields of a form or a query, decoded.
std::map<std::string, std::string> form_of(const std::string& text);

std::string base64_of(const std::string& bytes);

// Safe to use from several threads; what may be set is set before it is asked.
class PracticeOAuth2 {
 public:
  explicit PracticeOAuth2(std::string version = "2.43.1");

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
  std::string approve(const std::string& authorize_url, const std::string& user = "analyste");
  // The same of a person who does not consent.
  static std::string deny(const std::string& authorize_url);

  // Makes every access token useless, as a restart without a keystore does.
  void restart();
  void forget_refresh_tokens();

  // A pair as a login would have given it.
  std::pair<std::string, std::string> sign_in(const std::string& user = "analyste");

  bool revoked(const std::string& token) const;

  // Everything that was given out and must not be found anywhere.
  std::set<std::string> secrets() const;

 private:
  struct Code {
    std::string user, redirect_uri, challenge, scope;
  };
  struct Owner {
    std::string user, scope;
  };
  using Form = std::map<std::string, std::string>;

  Reply login_page() const;
  Reply discovery() const;
  Reply me(const Seen& seen) const;
  Reply token(const Seen& seen);
  Reply revoke(const Seen& seen);

  bool proven(const Seen& seen, const Form& form) const;
  Reply by_code(const Form& form);
  Reply by_refresh(const Form& form);
  Reply given(const Owner& owner, std::string refresh);
  std::string new_access(const std::string& user, const std::string& scope);

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
