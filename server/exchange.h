// SPDX-License-Identifier: BSD-3-Clause
// One request and its one reply, and the requests of a client that are still without one.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "server/jsonrpc.h"
#include "server/outlet.h"
#include "server/revision.h"

namespace dhis2mcp {

struct Session;

// Owns the text that its message looks into. The first of the calls that answer counts, any later
// one is ignored; an exchange that is dropped without any answers with an internal error. Safe to
// use from several threads.
class Exchange {
 public:
  Exchange(std::string text, std::shared_ptr<Outlet> outlet);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Set while the message is read, before anybody else knows of the exchange.
  const std::string text;
  Message message;
  Revision revision = kNewestLegacy;
  std::shared_ptr<Session> session;  // of an older revision; null for 2026-07-28 and one-shot calls
  std::string subject;               // what is called or read, for the log
  std::string opened_session;        // goes out with the reply

  // The work is stopped when the client goes away.
  void stop_when(const std::stop_token& gone);
  std::stop_token stop() const { return stop_.get_token(); }
  void request_stop() { stop_.request_stop(); }
  bool settled() const { return settled_.load(std::memory_order_acquire); }

  // Whether notify() gets through to the client.
  bool speaks() const { return speaks_; }

  // A notification or a request on the way of this exchange; nothing once it is settled.
  void notify(std::string text);

  // Ends the stream of a 2025-11-25 client over HTTP; it comes back for the reply.
  void let_client_poll();

  // `outcome` is what the log calls it.
  void result(std::string_view raw, std::string_view outcome = "ok");
  void error(const RpcError& error);

  // For a message that asks for no answer.
  void acknowledge();

  // Stops the work and lets nothing more be sent for this id.
  void abandon();

 private:
  void answer(Reply reply, std::string_view outcome);
  void outlive_connection();

  std::mutex mutex_;  // of the outlet, so that nothing follows the reply
  std::shared_ptr<Outlet> outlet_;
  const bool speaks_;
  bool outlives_ = false;
  std::stop_source stop_;
  std::optional<std::stop_callback<std::function<void()>>> when_gone_;
  std::atomic<bool> settled_{false};
  std::chrono::steady_clock::time_point started_;
};

// Runs the work; what it throws becomes the answer. What is inside of us stays in the log, under a
// number that the answer names.
void answer_what_is_thrown(Exchange& exchange, const std::function<void()>& work);

// The longest message that we send: some clients break on a line over 10 MiB.
inline constexpr std::size_t kLongestMessage = 4 * 1024 * 1024;

// What one client has in flight, by id. Safe to use from several threads.
class InFlight {
 public:
  bool contains(std::string_view id) const;
  void add(const std::shared_ptr<Exchange>& exchange);
  void remove(const Exchange& exchange);

  // notifications/cancelled; an id that is unknown or was answered is ignored.
  void cancel(std::string_view id);

  // Requests a stop of each; they still answer.
  void stop_all();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Exchange>, std::less<>> calls_;
};

}  // namespace dhis2mcp
