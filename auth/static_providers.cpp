// SPDX-License-Identifier: BSD-3-Clause
// Basic and personal access tokens: credentials that never change by themselves.
#include <openssl/crypto.h>

#include <algorithm>
#include <atomic>

#include "auth/provider.h"
#include "dhis2/ascii.h"
#include "dhis2/base64.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

// To anything else DHIS2 2.40 answers a page of its own failure (500).
bool of_a_token(char letter) {
  return is_letter_or_digit(letter) ||
         std::string_view("-._~+/=").find(letter) != std::string_view::npos;
}

class StaticProvider : public AuthProvider {
 public:
  // `kind` is what a person calls the secret, `option` how profile add takes it, `variables` those
  // of the environment that hold it.
  StaticProvider(std::string profile, std::string kind, std::string option, std::string variables,
                 Secret secret)
      : profile_(std::move(profile)),
        kind_(std::move(kind)),
        option_(std::move(option)),
        variables_(std::move(variables)),
        secret_(std::move(secret)) {}

  Signature headers(WallTime) final {
    if (secret_.empty()) {
      fail("No " + kind_ + " is stored for profile '" + profile_ + "'.");
    }
    if (rejected_) {
      fail("DHIS2 refused the " + kind_ + " of profile '" + profile_ +
           "', so it is not sent again: DHIS2 locks accounts after four failures.");
    }
    return {signed_with(secret_), kOnly};
  }

  bool refresh_if_needed(WallTime, std::optional<std::uint64_t> rejected, const Patience&) final {
    if (!rejected) {
      return !rejected_ && !secret_.empty();
    }
    rejected_ = rejected_ || *rejected == kOnly;
    return false;
  }

 protected:
  virtual Headers signed_with(const Secret& secret) const = 0;

  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorKind::sign_in_required, message,
                profile_ == "env"
                    ? "Set the right " + variables_ + " in the environment and restart."
                    : "Store the right one with dhis2-mcp profile add " + profile_ + " --url URL " +
                          option_ + "; dhis2-mcp profile verify " + profile_ + " says more.");
  }

  const std::string& profile() const { return profile_; }

 private:
  // There is one generation: a changed secret comes with a new provider.
  static constexpr std::uint64_t kOnly = 1;

  const std::string profile_, kind_, option_, variables_;
  const Secret secret_;
  std::atomic<bool> rejected_ = false;
};

class BasicProvider : public StaticProvider {
 public:
  BasicProvider(std::string profile, std::string user, Secret password)
      : StaticProvider(std::move(profile), "password", "--basic " + user,
                       "DHIS2_USERNAME and DHIS2_PASSWORD", std::move(password)),
        user_(std::move(user)) {}

 private:
  Headers signed_with(const Secret& password) const override {
    if (user_.empty() || user_.find(':') != std::string::npos || has_control(user_)) {
      fail("The user name of profile '" + profile() +
           "' cannot be used: it is empty or holds a "
           "colon or a control character.");
    }
    std::string pair = user_ + ":";
    pair.reserve(pair.size() + password.reveal().size());
    pair += password.reveal();
    Headers headers = {{"Authorization", "Basic " + to_base64(pair)}};
    OPENSSL_cleanse(pair.data(), pair.size());
    return headers;
  }

  const std::string user_;
};

class PatProvider : public StaticProvider {
 public:
  PatProvider(std::string profile, Secret token, std::string referer)
      : StaticProvider(std::move(profile), "personal access token", "--pat", "DHIS2_PAT",
                       std::move(token)),
        referer_(std::move(referer)) {}

 private:
  Headers signed_with(const Secret& token) const override {
    if (!std::all_of(token.reveal().begin(), token.reveal().end(), of_a_token)) {
      fail("The personal access token of profile '" + profile() +
           "' holds a space, a line break or another character that no token has.");
    }
    Headers headers = {{"Authorization", "ApiToken " + std::string(token.reveal())}};
    if (!referer_.empty()) {
      headers.emplace_back("Referer", referer_);
    }
    return headers;
  }

  const std::string referer_;
};

class OneBearer : public AuthProvider {
 public:
  explicit OneBearer(const Secret& token) : token_(token) {}
  Signature headers(WallTime) override {
    return {{{"Authorization", "Bearer " + std::string(token_.reveal())}}, 1};
  }
  bool refresh_if_needed(WallTime, std::optional<std::uint64_t> rejected,
                         const Patience&) override {
    return !rejected;
  }

 private:
  const Secret token_;
};

}  // namespace

std::unique_ptr<AuthProvider> basic_provider(std::string profile, std::string user,
                                             Secret password) {
  return std::make_unique<BasicProvider>(std::move(profile), std::move(user), std::move(password));
}

std::unique_ptr<AuthProvider> pat_provider(std::string profile, Secret token, std::string referer) {
  return std::make_unique<PatProvider>(std::move(profile), std::move(token), std::move(referer));
}

std::unique_ptr<AuthProvider> bearer_provider(const Secret& token) {
  return std::make_unique<OneBearer>(token);
}

}  // namespace dhis2mcp
