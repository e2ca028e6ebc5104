// SPDX-License-Identifier: BSD-3-Clause
// Who is asking: Basic, personal access tokens, sessions and the lock-out.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/pat.h"
#include "tests/sandbox/wire.h"

namespace sandbox {

// What the server remembers between requests. Safe from several threads.
class Identity {
 public:
  explicit Identity(const Country& country);

  struct Verdict {
    const User* user = nullptr;  // null: refused
    Reply refusal;               // read only when there is no user
    std::string new_session;     // the JSESSIONID to set; empty: none
  };

  // Refuses as the played version does: 401 as JSON where the caller sent X-Requested-With or
  // Basic, else 302 to that version's login page; tokens have texts of their own.
  Verdict check(const Request& request);

  // Below /api/apiToken and the one setting that switches the lock-out on; empty for all else.
  std::optional<Reply> answer(const Request& request);

  // Where the login page of the played version is, e.g. "/login/".
  std::string_view login_page() const;

 private:
  Verdict check_basic(const Request& request, std::string_view encoded);
  Verdict check_token(const Request& request, const std::string& token);
  Verdict refuse(const Request& request, std::string_view message, bool basic) const;
  Verdict welcome(const Request& request, const User& user);
  const User* user_of_session(const Request& request);

  Reply create_token(const Request& request);
  Reply list_tokens(const Request& request);
  Reply one_token(const Request& request, const std::string& uid);
  Json shown(const Pat& pat) const;
  std::optional<Reply> setting(const Request& request);

  const Country& country_;
  std::mutex mutex_;
  std::vector<Pat> pats_;
  std::map<std::string, std::string> sessions_;  // id -> username
  std::map<std::string, int> failures_;          // by username, while the lock-out is on
  bool lock_out_ = false;
  int made_ = 0;
};

}  // namespace sandbox
