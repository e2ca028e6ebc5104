// SPDX-License-Identifier: BSD-3-Clause
// The sessions of the container: a JSESSIONID each, of nobody yet or of one user.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/sandbox/pages.h"

namespace sandbox {

// Safe from several threads.
class Sessions {
 public:
  explicit Sessions(const Settings& settings) : settings_(settings) {}

  // A new session; answers its id. Those of a login by JSON are listed below /api/sessions.
  std::string open(const std::string& user, bool listed = false);
  bool known(const std::string& id);
  // The name of who is signed in; empty for nobody.
  std::string user_of(const Request& request);
  void close(const std::string& id);
  void close_all();
  std::map<std::string, std::string> listed();  // id -> user name

  // The address that was asked for before signing in, as a path with its query.
  void remember(const std::string& id, const std::string& address);
  std::string remembered(const std::string& id);

  // The Set-Cookie line of an id.
  std::string cookie(const std::string& id) const;
  // "SESSION_EXPIRE=...", which 2.43 sends with every answer to someone signed in.
  std::string expiry_cookie() const;

 private:
  struct Session {
    std::string user, address;
    bool listed = false;
  };
  const Settings& settings_;
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;
};

}  // namespace sandbox
