// SPDX-License-Identifier: BSD-3-Clause
// What is remembered between messages: nothing for 2026-07-28, a session for the older revisions.
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/exchange.h"
#include "server/revision.h"
#include "server/streams.h"
#include "tools/offer.h"

namespace dhis2mcp {

// The resources whose updates a client wants to hear of. Safe to use from several threads.
class Subscriptions {
 public:
  // False when there are a thousand already.
  bool add(const std::string& uri);
  void remove(const std::string& uri);
  bool contains(const std::string& uri) const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::set<std::string> uris_;
};

// One legacy session over HTTP, or the one line of stdio, on which `initialize` may start again.
// What initialize agreed on changes on the thread that reads alone; the rest at any time.
struct Session {
  std::string id;                    // over HTTP only
  std::optional<Revision> revision;  // what initialize agreed on; nothing before
  std::optional<Revision> spoken;    // of the last request, over stdio
  std::string client;                // "name version", for the log
  Askable askable;
  std::atomic<LogSeverity> log_level{LogSeverity::info};
  InFlight in_flight;
  Streams streams;               // over HTTP
  std::shared_ptr<Outlet> line;  // over stdio, once initialised
  Subscriptions subscriptions;

  // Sends what belongs to no request.
  void push(const std::string& text);
};

inline constexpr std::size_t kMostSessions = 1024;

// The sessions of the HTTP front. Used by its event loop alone: not thread-safe.
class Sessions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // An id of 128 random bits. Beyond kMostSessions, and after 24 hours without a message, the one
  // that was idle longest is ended.
  std::shared_ptr<Session> open(Revision revision, std::string client, Time now);

  // Null when unknown or ended: 404, and the client initialises again.
  std::shared_ptr<Session> find(std::string_view id, Time now);

  // Stops what the session has in flight and ends its streams. Null when there is none.
  std::shared_ptr<Session> end(std::string_view id);

  void for_each(const std::function<void(Session&)>& visit) const;

  std::size_t size() const { return by_id_.size(); }

 private:
  struct Kept {
    std::shared_ptr<Session> session;
    Time used;
  };
  using Order = std::list<Kept>;  // longest idle first
  void drop(Order::iterator kept);

  Order order_;
  std::unordered_map<std::string_view, Order::iterator> by_id_;  // views into Session::id
};

}  // namespace dhis2mcp
