// SPDX-License-Identifier: BSD-3-Clause
// What both OAuth servers of DHIS2 look like to the rest of the practice server: the one below
// /uaa (up to 2.41) and the one below /oauth2 (2.42 and later).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/sandbox/faults.h"
#include "tests/sandbox/login.h"

namespace sandbox {

// Safe from several threads.
class AuthorizationServer {
 public:
  virtual ~AuthorizationServer() = default;

  // Its own addresses, before anyone is signed in. Empty for addresses that are not its own.
  virtual std::optional<Reply> answer(const Request& request, const Target& target) = 0;

  // Below /api, for someone signed in: clients, authorizations, enrolment.
  virtual std::optional<Reply> api(const Request& request) = 0;

  struct Bearer {
    const User* user = nullptr;  // null: refused
    Reply refusal;
  };
  // Who a Bearer header (or parameter) stands for. Empty: there is none, or it is not looked at.
  virtual std::optional<Bearer> check(const Request& request) = 0;

  // What a restart of the server does to it: what only memory kept is gone.
  virtual void restart() = 0;
};

// The one of the played version. `base_url` is the server's own idea of its address.
std::unique_ptr<AuthorizationServer> authorization_server(const Country& country,
                                                          Accounts& accounts, Sessions& sessions,
                                                          Login& login, const Fault& fault,
                                                          const std::string& base_url);

}  // namespace sandbox
