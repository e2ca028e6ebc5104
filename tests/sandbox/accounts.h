// SPDX-License-Identifier: BSD-3-Clause
// What changes about the people who sign in: failures, locks, passwords, second factors.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "tests/sandbox/country.h"

namespace sandbox {

// How a name and a password were found. Spring's order: lock, disabled and expired are told before
// the password is looked at, the second factor after it.
enum class Outcome { kGood, kLocked, kDisabled, kExpired, kBad, kNoCode };

// Safe from several threads. Locks and codes follow the clock of the machine, not that of --clock.
class Accounts {
 public:
  explicit Accounts(const Country& country);

  // `code` is empty for a sign-in that cannot carry one (Basic, the password grant).
  Outcome check(const std::string& name, const std::string& password,
                const std::optional<std::string>& code);

  // Whether a token of this user is taken: enabled, not expired, not locked, no second factor.
  bool fit(const User& user);
  bool disabled(const User& user);
  void disable(const std::string& name, bool yes);
  bool has_password(const std::string& name, const std::string& password);
  void set_password(const std::string& name, const std::string& password);

  // keyLockMultipleFailedLogins. Four failures lock an account for 15 minutes. Up to 2.41 a lock
  // is felt only while the setting is on; from 2.42 on it stays.
  void lock_out(bool on);

  // The second factor: none, begun (a secret was made), on.
  enum class Factor { kNone, kEnrolling, kOn };
  Factor factor(const std::string& name);
  std::string enrol(const std::string& name);  // answers the new secret, in base 32
  std::string secret(const std::string& name);
  bool right_code(const std::string& name, const std::string& code);
  void set_factor(const std::string& name, Factor factor);

 private:
  struct Account {
    std::optional<std::string> password;
    std::optional<bool> disabled;
    int failures = 0;
    std::chrono::steady_clock::time_point last_failure;
    Factor factor = Factor::kNone;
    std::string secret;
  };

  bool locked(const Account& account) const;
  bool password_fits(const User& user, const std::string& password);
  void failed(Account& account);
  bool code_fits(const Account& account, const std::string& code) const;

  const Country& country_;
  std::mutex mutex_;
  std::map<std::string, Account> accounts_;
  bool lock_out_ = false;
};

// The secret of the practice user deuxfa, as an authenticator takes it.
inline constexpr const char* kPracticeSecret = "PRACTICEDEUXFA2222222222PRACTICE";

}  // namespace sandbox
