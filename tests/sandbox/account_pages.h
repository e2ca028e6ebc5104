// SPDX-License-Identifier: BSD-3-Clause
// What someone who is signed in does about accounts: second factor, password, sessions, and an
// administrator's hold on other people's.
#pragma once

#include <optional>
#include <string>

#include "tests/sandbox/accounts.h"
#include "tests/sandbox/sessions.h"

namespace sandbox {

class AccountPages {
 public:
  AccountPages(const Country& country, Accounts& accounts, Sessions& sessions);

  // Below /api/2fa, /api/me, /api/users, /api/sessions and /api/auth; empty for what is not of
  // this kind.
  std::optional<Reply> answer(const Request& request);

  // Puts the caller's second factor into an answer of /api/me (2.42 and later).
  void add_second_factor(const Request& request, Reply& reply);

 private:
  std::optional<Reply> second_factor(const Request& request);
  Reply older_second_factor(const Request& request, const std::string& call);
  Reply enable(const Request& request);
  Reply disable(const Request& request);
  std::optional<Reply> own_password(const Request& request);
  std::optional<Reply> other_user(const Request& request);
  std::optional<Reply> second_factors(const Request& request);
  std::optional<Reply> impersonate(const Request& request);
  Reply list_sessions(const Request& request);
  std::string complaint(const std::string& password) const;
  Reply done(const std::string& message) const;

  const Country& country_;
  Accounts& accounts_;
  Sessions& sessions_;
  int major_;
};

}  // namespace sandbox
