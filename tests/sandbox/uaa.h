// SPDX-License-Identifier: BSD-3-Clause
// The authorization server of 2.37 to 2.41, below /uaa: Spring's older one, with opaque tokens.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/authorization_server.h"
#include "tests/sandbox/own_objects.h"

namespace sandbox {

class Uaa : public AuthorizationServer {
 public:
  Uaa(const Country& country, Accounts& accounts, Sessions& sessions, Login& login,
      const Fault& fault);

  std::optional<Reply> answer(const Request& request, const Target& target) override;
  std::optional<Reply> api(const Request& request) override;
  std::optional<Bearer> check(const Request& request) override;
  // Its tokens lie in the database: a restart takes nothing away.
  void restart() override {}

 private:
  struct Client {
    OwnObject object;
    std::string cid, secret;
    std::vector<std::string> grants, redirects;
    bool may(const std::string& grant) const;
  };
  // One pair for each client and user: asked for again, it is the same until it ends.
  struct Pair {
    std::string cid, user, access, refresh;
    long long access_end = 0, refresh_end = 0;
  };
  struct Asked {
    std::string cid, redirect, state, type;
    bool redirect_sent = false;
  };
  struct Code {
    Asked asked;
    std::string user;
  };

  Reply token(const Request& request);
  std::optional<Reply> bad_client(const Request& request, Client& client);
  Reply granted(const Form& form, const Client& client);
  Reply by_password(const Form& form, const Client& client);
  Reply by_code(const Form& form, const Client& client);
  Reply by_refresh(const Form& form, const Client& client);
  Reply pair_of(const Client& client, const std::string& user);
  Reply shown(const Pair& pair) const;

  Reply authorize(const Request& request, const Target& target);
  Reply decided(const Request& request);
  Reply with_token(const Asked& asked, const std::string& user);

  Reply create(const Request& request);
  std::optional<Reply> unreadable(const Request& request, const Json& body) const;
  Json complaints_of(const Client& client, bool has_secret) const;
  Reply one_client(const Request& request, const std::string& uid);
  Json whole_client(const Request& request, const Client& client) const;
  Client* client_of(const std::string& cid);

  const Country& country_;
  Accounts& accounts_;
  Sessions& sessions_;
  Login& login_;
  const Fault& fault_;
  int major_;
  bool on_;
  std::mutex mutex_;
  std::vector<Client> clients_;
  std::vector<Pair> pairs_;
  std::map<std::string, Code> codes_;
  std::map<std::string, Asked> asked_;  // by session
  int made_ = 0;
};

}  // namespace sandbox
