// SPDX-License-Identifier: BSD-3-Clause
// Checks passwords and codes, counts failures.
#include "tests/sandbox/accounts.h"

#include <algorithm>
#include <ctime>

#include "tests/sandbox/jose.h"

namespace sandbox {
namespace {

constexpr int kFailuresBeforeLock = 4;
constexpr std::chrono::minutes kLock(15);

}  // namespace

Accounts::Accounts(const Country& country) : country_(country) {
  for (const User& user : country.users()) {
    if (user.two_factor) accounts_[user.username] = {{}, {}, 0, {}, Factor::kOn, kPracticeSecret};
  }
}

Outcome Accounts::check(const std::string& name, const std::string& password,
                        const std::optional<std::string>& code) {
  const std::lock_guard lock(mutex_);
  Account& account = accounts_[name];
  if (locked(account)) return Outcome::kLocked;
  const User* user = country_.user(name);
  if (!user) {
    failed(account);
    return Outcome::kBad;
  }
  if (account.disabled.value_or(user->disabled)) return Outcome::kDisabled;
  if (user->expired) return Outcome::kExpired;
  if (!password_fits(*user, password)) {
    failed(account);
    return Outcome::kBad;
  }
  if (account.factor != Factor::kNone && (!code || !code_fits(account, *code))) {
    return Outcome::kNoCode;
  }
  if (lock_out_) account.failures = 0;
  return Outcome::kGood;
}

bool Accounts::fit(const User& user) {
  const std::lock_guard lock(mutex_);
  const Account& account = accounts_[user.username];
  return !account.disabled.value_or(user.disabled) && !user.expired && !locked(account) &&
         account.factor == Factor::kNone;
}

bool Accounts::disabled(const User& user) {
  const std::lock_guard lock(mutex_);
  return accounts_[user.username].disabled.value_or(user.disabled);
}

void Accounts::disable(const std::string& name, bool yes) {
  const std::lock_guard lock(mutex_);
  accounts_[name].disabled = yes;
}

bool Accounts::has_password(const std::string& name, const std::string& password) {
  const std::lock_guard lock(mutex_);
  const User* user = country_.user(name);
  return user && password_fits(*user, password);
}

void Accounts::set_password(const std::string& name, const std::string& password) {
  const std::lock_guard lock(mutex_);
  accounts_[name].password = password;
}

void Accounts::lock_out(bool on) {
  const std::lock_guard lock(mutex_);
  lock_out_ = on;
}

Accounts::Factor Accounts::factor(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return accounts_[name].factor;
}

std::string Accounts::enrol(const std::string& name) {
  const std::string secret = new_base32_secret();
  const std::lock_guard lock(mutex_);
  accounts_[name].factor = Factor::kEnrolling;
  return accounts_[name].secret = secret;
}

std::string Accounts::secret(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return accounts_[name].secret;
}

bool Accounts::right_code(const std::string& name, const std::string& code) {
  const std::lock_guard lock(mutex_);
  return code_fits(accounts_[name], code);
}

void Accounts::set_factor(const std::string& name, Factor factor) {
  const std::lock_guard lock(mutex_);
  accounts_[name].factor = factor;
}

bool Accounts::locked(const Account& account) const {
  const bool felt = lock_out_ || country_.settings().major >= 42;
  return felt && account.failures >= kFailuresBeforeLock &&
         std::chrono::steady_clock::now() - account.last_failure < kLock;
}

bool Accounts::password_fits(const User& user, const std::string& password) {
  return accounts_[user.username].password.value_or(user.password) == password;
}

void Accounts::failed(Account& account) {
  if (!lock_out_) return;
  ++account.failures;
  account.last_failure = std::chrono::steady_clock::now();
}

bool Accounts::code_fits(const Account& account, const std::string& code) const {
  std::string digits = code;
  digits.erase(std::remove(digits.begin(), digits.end(), ' '), digits.end());
  // The code of half a minute ago is still good, that of 90 s ago is not (2.40).
  const long long now = std::time(nullptr);
  return !digits.empty() && (one_time_code(account.secret, now) == digits ||
                             one_time_code(account.secret, now - 30) == digits);
}

}  // namespace sandbox
