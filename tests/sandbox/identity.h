// SPDX-License-Identifier: BSD-3-Clause
// Who is asking: Basic, personal access tokens, OAuth tokens, sessions.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/authorization_server.h"
#include "tests/sandbox/pat.h"

namespace sandbox {

// What the server remembers between requests. Safe from several threads.
class Identity {
 public:
  Identity(const Country& country, Accounts& accounts, Sessions& sessions, Login& login);

  struct Verdict {
    const User* user = nullptr;  // null: refused
    Reply refusal;               // read only when there is no user
    std::string new_session;     // the JSESSIONID to set; empty: none
  };

  // Refuses as the played version does: 401 as JSON where the caller sent X-Requested-With or
  // Basic, else 302 to that version's login page; tokens have texts of their own. Bearer tokens
  // are for `oauth` to judge.
  Verdict check(const Request& request, const Target& target, AuthorizationServer& oauth);

  // Below /api/apiToken, the setting that switches the lock-out on, and the clearing of caches;
  // empty for all else.
  std::optional<Reply> answer(const Request& request);

  // Forgets which tokens were in use.
  void restart();

 private:
  Verdict check_basic(const Request& request);
  Verdict check_token(const Request& request, const std::string& token);
  Verdict refuse(const Request& request, std::string_view message) const;
  Verdict welcome(const Request& request, const User& user);

  Reply create_token(const Request& request);
  Reply list_tokens(const Request& request);
  Reply one_token(const Request& request, const std::string& uid);
  Reply put_token(Pat& pat, const Request& request);
  Reply patch_token(Pat& pat, const Request& request);
  std::optional<Reply> bad_token(const Json& body) const;
  Json shown(const Pat& pat, const Request& request) const;
  std::optional<Reply> setting(const Request& request);

  const Country& country_;
  Accounts& accounts_;
  Sessions& sessions_;
  Login& login_;
  int major_;
  std::mutex mutex_;
  std::vector<Pat> pats_;
  // Tokens in use, by key, with the rules that they had at their first use. Up to 2.40 such a
  // token works on when it is deleted or its owner is disabled.
  std::map<std::string, Pat> cached_;
  int made_ = 0;
};

}  // namespace sandbox
