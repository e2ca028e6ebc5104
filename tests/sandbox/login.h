// SPDX-License-Identifier: BSD-3-Clause
// Signing in and out as a person does: the login page, its form, the JSON login, the way back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/sandbox/accounts.h"
#include "tests/sandbox/sessions.h"
#include "tests/sandbox/target.h"

namespace sandbox {

class Login {
 public:
  Login(const Country& country, Accounts& accounts, Sessions& sessions);

  // What needs no sign-in: /api/auth/login (2.41+) and its kin, the form of the older servers,
  // signing out, the login page. Empty for everything else.
  std::optional<Reply> answer(const Request& request, const Target& target);

  // Any other page outside /api: a word of welcome for someone signed in, else the way to the
  // login page.
  Reply page(const Request& request, const Target& target);

  // 302 to the login page. Where the played version remembers the address, a session is opened
  // that brings the person back after signing in.
  Reply turn_away(const Request& request, const Target& target);

  // Where the login page of the played version is, e.g. "/login/".
  std::string_view login_page() const;

 private:
  Reply json_login(const Request& request);
  Reply form_login(const Request& request);
  std::optional<Reply> recovery(const Request& request);
  std::optional<Reply> older_account(const Request& request);
  std::optional<Reply> login_pages(const Request& request, const Target& target);
  Reply log_out(const Request& request);
  bool remembers(const Request& request, const Target& target) const;
  bool opens_session(const Request& request, const Target& target) const;

  const Country& country_;
  Accounts& accounts_;
  Sessions& sessions_;
  int major_;
};

}  // namespace sandbox
