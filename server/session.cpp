// SPDX-License-Identifier: BSD-3-Clause
// A list in the order of use, and an index into it.
#include "server/session.h"

#include "auth/text_codes.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::hours kLongestIdle{24};
constexpr std::size_t kMostSubscriptions = 1000;

}  // namespace

bool Subscriptions::add(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  if (uris_.size() >= kMostSubscriptions && uris_.count(uri) == 0) return false;
  uris_.insert(uri);
  return true;
}

void Subscriptions::remove(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  uris_.erase(uri);
}

bool Subscriptions::contains(const std::string& uri) const {
  const std::lock_guard lock(mutex_);
  return uris_.count(uri) > 0;
}

void Subscriptions::clear() {
  const std::lock_guard lock(mutex_);
  uris_.clear();
}

void Session::push(const std::string& text) {
  if (line) {
    line->say({text, {}, 0});
  } else {
    streams.push(text);
  }
}

std::shared_ptr<Session> Sessions::open(Revision revision, std::string client, Time now) {
  while (!order_.empty() &&
         (order_.size() >= kMostSessions || now - order_.front().used > kLongestIdle)) {
    drop(order_.begin());
  }
  auto session = std::make_shared<Session>();
  session->id = to_hex(random_bytes(16));
  session->revision = revision;
  session->client = std::move(client);
  by_id_.emplace(session->id, order_.insert(order_.end(), {session, now}));
  return session;
}

std::shared_ptr<Session> Sessions::find(std::string_view id, Time now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  if (now - found->second->used > kLongestIdle) {
    drop(found->second);
    return nullptr;
  }
  found->second->used = now;
  order_.splice(order_.end(), order_, found->second);
  return found->second->session;
}

std::shared_ptr<Session> Sessions::end(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  std::shared_ptr<Session> session = found->second->session;
  drop(found->second);
  return session;
}

void Sessions::for_each(const std::function<void(Session&)>& visit) const {
  for (const Kept& kept : order_) visit(*kept.session);
}

void Sessions::drop(Order::iterator kept) {
  kept->session->in_flight.stop_all();
  kept->session->streams.close();
  by_id_.erase(kept->session->id);
  order_.erase(kept);
}

}  // namespace dhis2mcp
