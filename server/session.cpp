// SPDX-License-Identifier: BSD-3-Clause
// A list in the order of use, and an index into it.
#include "server/session.h"

#include "server/random_text.h"

namespace dhis2mcp {
namespace {

constexpr std::chrono::hours kLongestIdle{24};

}  // namespace

std::shared_ptr<Session> Sessions::open(Revision revision, std::string client, Time now) {
  while (!order_.empty() &&
         (order_.size() >= kMostSessions || now - order_.front().used > kLongestIdle)) {
    drop(order_.begin());
  }
  auto session = std::make_shared<Session>();
  session->id = random_hex(16);
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

bool Sessions::end(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return false;
  drop(found->second);
  return true;
}

void Sessions::drop(Order::iterator kept) {
  kept->session->in_flight.stop_all();
  by_id_.erase(kept->session->id);
  order_.erase(kept);
}

}  // namespace dhis2mcp
