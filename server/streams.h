// SPDX-License-Identifier: BSD-3-Clause
// The event streams of one session over HTTP, which outlive the connections that carry them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/outlet.h"

namespace dhis2mcp {

// Keeps what it sends, so that a client whose connection broke comes back with Last-Event-ID and
// gets what followed. Ids are "STREAM-EVENT", both numbers. Safe to use from several threads.
class Stream final : public Outlet {
 public:
  // `primed` streams begin with an id alone (2025-11-25), so that a client can always come back.
  Stream(std::uint64_t number, bool primed) : number_(number), primed_(primed) {}

  bool speaks() const override { return true; }
  void say(Event event) override;
  void send(Reply reply) override;
  void part() override;
  bool open() const override;

  // From here on this connection carries the stream; one that comes back first gets the events
  // after the one that it has `seen`.
  void carry(std::shared_ptr<Outlet> connection, std::optional<std::uint64_t> seen = {});

  bool complete() const;
  std::size_t bytes() const;

 private:
  std::string id_of(std::uint64_t event) const;
  void keep(const std::string& text);

  const std::uint64_t number_;
  const bool primed_;
  mutable std::mutex mutex_;
  std::shared_ptr<Outlet> connection_;
  std::deque<std::pair<std::uint64_t, std::string>> kept_;  // the newest, at most kMostKept bytes
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  bool complete_ = false;
};

inline constexpr std::size_t kMostKept = 256 * 1024;

// Safe to use from several threads.
class Streams {
 public:
  // The stream of one answer, carried by this connection.
  std::shared_ptr<Stream> begin(std::shared_ptr<Outlet> connection, bool primed);

  // The stream for what belongs to no request. False when another connection carries it.
  bool stand(const std::shared_ptr<Outlet>& connection, bool primed);

  // Goes on with the stream of a Last-Event-ID. False when nothing is known of it any more.
  bool resume(std::string_view last_event_id, const std::shared_ptr<Outlet>& connection);

  // Sends on the stream that belongs to no request; dropped when there is none.
  void push(const std::string& text);

  // Lets go of every connection.
  void close();

 private:
  void make_room();

  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Stream>> streams_;
  std::uint64_t standing_ = 0, last_ = 0;
};

}  // namespace dhis2mcp
