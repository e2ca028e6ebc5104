// SPDX-License-Identifier: BSD-3-Clause
// Plays the recorded sign-ins again: puts the practice server's own sessions, codes and tokens
// where the recording has those of its server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sandbox/comparison/practice.h"
#include "tests/sandbox/jose.h"

namespace comparison {

// One for each file. Steps that a file leaves out (the sign-in behind a session, the consent behind
// a code) are taken on the practice server just before they are needed.
class SignIn {
 public:
  SignIn(const Practice& practice, int major, std::string area);

  // What the server of this area was started with, beyond its version.
  static std::vector<std::string> arguments(const std::string& area);

  // Undoes what the practice server has from birth and a recorded one not yet: the second factor,
  // personal access tokens.
  void prepare();
  void put_back(const Exchange& recorded, Message& request);
  void learn(const Exchange& recorded, const Message& answer);

 private:
  // Steps that come before this line in another file.
  void stage(const Exchange& recorded);
  void lock(int failures);
  void forget_tokens();
  void enable_second_factor();
  void put_back_registration(const Exchange& recorded, Message& request);
  Headers admin() const;
  std::string here(const std::string& address) const;
  void put_back_authorization(const Exchange& recorded, std::string& value);
  std::string bearer(const Exchange& recorded, const std::string& mask) const;
  std::string pat(const Exchange& recorded, const std::string& mask) const;
  void put_back_code(const Exchange& recorded, Message& request);
  void put_back_consent(Message& request);
  void put_back_digits(const Exchange& recorded, Message& request);
  void learn_tokens(const Exchange& recorded, const Json& answer);
  std::string session_of(const std::string& user);
  std::string code_of(const std::string& user, const std::string& query);
  std::string older_code_of(const std::string& user, const std::string& query);
  Message ask(const std::string& method, const std::string& target, const Headers& headers,
              const std::string& body = "") const;

  const Practice& practice_;
  int major_;
  std::string area_;
  bool locking_ = false;
  std::map<std::string, std::string> texts_;       // recorded -> the practice server's
  std::map<std::string, std::string> codes_;       // recorded -> the practice server's
  std::map<std::string, std::string> sessions_;    // recorded -> the practice server's
  std::map<std::string, std::string> signed_in_;   // user -> session of the practice server
  std::map<std::string, std::string> authorized_;  // client id -> its last authorization request
  std::map<std::string, std::string> by_scope_;    // scopes -> access token
  std::map<std::string, std::string> pats_;        // mask -> key
  std::unique_ptr<sandbox::SigningKey> device_;    // of the client that registers itself
  std::string access_, older_access_, refresh_, id_, registration_, initial_, secret_;
};

}  // namespace comparison
