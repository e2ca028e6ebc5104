// SPDX-License-Identifier: BSD-3-Clause
// Look, decide, lock, look again, post, commit, use.
#include "auth/renewing_provider.h"

#include <algorithm>

#include "auth/refresh_lock.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::seconds kBeforeEnd{60};
constexpr std::chrono::seconds kClockLeeway{60};
// Between renewals that do not help: a server that refuses each new token, or gives none.
constexpr std::chrono::seconds kRest{30};

bool within(const std::optional<WallTime>& then, WallTime now, std::chrono::seconds span) {
  return then && now >= *then - span && now <= *then + span;
}

}  // namespace

bool due(const Tokens& tokens, WallTime now) {
  const auto life = tokens.expires - tokens.issued;
  const auto age = std::max(life / 2, std::min(life * 4 / 5, life - kBeforeEnd));
  return now >= tokens.issued + age || now + kClockLeeway < tokens.issued;
}

std::string log_in_hint(const std::string& profile) {
  return "Call the tool profile_login with {\"profile\":\"" + profile +
         "\"}, or run dhis2-mcp profile login " + profile + " in a terminal.";
}

RenewingProvider::RenewingProvider(Profile profile, TokenStore& store)
    : profile_(std::move(profile)),
      key_{profile_.url, profile_.client_id, profile_.user},
      store_(store) {}

// A login, a logout or a renewal of another process shows in the store's stamp.
void RenewingProvider::look() {
  std::string stamp = store_.stamp();
  if (stamp == stamp_ && tokens_) return;
  tokens_ = profile_.user.empty() ? std::nullopt : store_.tokens(key_);
  stamp_ = std::move(stamp);
}

bool RenewingProvider::usable(WallTime now) const {
  return tokens_ && tokens_->ended.empty() && now < tokens_->expires;
}

Signature RenewingProvider::headers(WallTime now) {
  const Held held(turn_, Countdown({}));
  look();
  const auto fail = [&](const std::string& why) -> Error {
    return {ErrorKind::sign_in_required, why, log_in_hint(profile_.name)};
  };
  if (!tokens_) throw fail("Nobody has signed in with profile '" + profile_.name + "' yet.");
  if (!tokens_->ended.empty()) {
    throw fail("The sign-in of profile '" + profile_.name + "' has ended: " + tokens_->ended);
  }
  if (tokens_->refresh.empty() && now >= tokens_->expires) {
    throw fail("The sign-in of profile '" + profile_.name +
               "' has ended: its client gets no refresh token, so that each login lasts for one "
               "access token only.");
  }
  return {{{"Authorization", "Bearer " + std::string(tokens_->access.reveal())}},
          tokens_->generation};
}

bool RenewingProvider::refresh_if_needed(WallTime now, std::optional<std::uint64_t> rejected,
                                         const Patience& patience) {
  const Countdown countdown(patience);
  const Held held(turn_, countdown);
  look();
  if (!tokens_ || !tokens_->ended.empty()) return false;
  if (rejected) {
    if (tokens_->generation != *rejected) return true;
    if (within(renewed_for_rejection_, now, kRest)) return false;
    renewed_for_rejection_ = now;
    return renew_once(now, true, countdown);
  }
  if (!due(*tokens_, now)) return true;
  const bool resting = within(failed_, now, kRest);
  if ((resting || answer_lost()) && usable(now)) return true;
  if (resting) throw Error(*failure_);
  return renew_once(now, false, countdown);
}

// A strict server ends the whole sign-in when it sees a token twice; that must not cost the access
// token that is still good.
bool RenewingProvider::answer_lost() const {
  return lost_ && tokens_ && *lost_ == tokens_->generation;
}

bool RenewingProvider::renew_once(WallTime now, bool rejected, const Countdown& countdown) {
  const std::uint64_t had = tokens_->generation;
  const RefreshLock lock = RefreshLock::take(store_.lock_file(key_), countdown);
  const auto moved = [&] {
    tokens_ = store_.tokens(key_);
    return !tokens_ || tokens_->generation != had;
  };
  // What another process got while we waited is used, unless its time has come as well.
  if (moved() && (!tokens_ || !tokens_->ended.empty() || !due(*tokens_, now))) {
    return tokens_ && tokens_->ended.empty();
  }
  if (tokens_->refresh.empty()) return !rejected && usable(now);
  try {
    take(renew(tokens_->refresh, now, countdown.left()), now);
    return true;
  } catch (const ConfigurationError&) {
    throw;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
    if (error.code == "invalid_grant") {
      const std::string lost =
          answer_lost() ? " The answer to the renewal before this one was lost on the way." : "";
      if (!moved()) end(error.what() + lost);
      return tokens_ && tokens_->ended.empty();
    }
    failed_ = now;
    failure_ = error;
    // With a status the server said that it did nothing.
    if (tokens_->rotates && error.http == 0) lost_ = had;
    if (!rejected && usable(now)) return true;
    throw;
  }
}

void RenewingProvider::take(const Grant& grant, WallTime now) {
  Tokens fresh = *tokens_;
  fresh.access = grant.access;
  if (!grant.refresh.empty()) {
    fresh.rotates = fresh.rotates || !(grant.refresh == fresh.refresh);
    fresh.refresh = grant.refresh;
  }
  if (!grant.scope.empty()) fresh.scope = grant.scope;
  fresh.issued = now;
  fresh.expires = now + grant.life;
  store_.put_tokens(key_, fresh);
  tokens_ = std::move(fresh);
  failed_.reset();
  failure_.reset();
}

// The row stays: it says why, to every process, until the next login writes over it.
void RenewingProvider::end(const std::string& why) {
  tokens_->ended = why;
  store_.put_tokens(key_, *tokens_);
}

}  // namespace dhis2mcp
