// SPDX-License-Identifier: BSD-3-Clause
// From the text of a message to its reply, for both transports.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "server/era.h"
#include "server/exchange.h"
#include "server/mcp.h"
#include "server/pool.h"
#include "server/session.h"

namespace dhis2mcp {

// How a message came in.
struct Arrival {
  const HttpHead* head = nullptr;  // over HTTP; valid during handle() alone
  std::shared_ptr<Session> line;   // over stdio: the one session of the line
  std::stop_token gone;            // set by the transport when the client went away
};

// handle() is called from one thread at a time, the one that reads; the outlet may be called from
// that thread before handle() returns, or later from another. A call that cannot wait is answered
// at once, for a hop to another thread costs more than the work.
class Dispatcher {
 public:
  Dispatcher(const Mcp& mcp, Pool& pool) : mcp_(mcp), pool_(pool) {}

  // Takes one message, or the batch that 2025-03-26 allows, of at most 4 MiB. The outlet is called
  // once.
  void handle(std::string text, const Arrival& arrival, std::shared_ptr<Outlet> outlet);

  // Answers what could not be read as a message at all.
  static void refuse_unreadable(const std::string& why, const Arrival& arrival, Outlet& outlet);

  // DELETE of a session over HTTP. False when it is unknown.
  bool end_session(std::string_view id) { return sessions_.end(id); }

 private:
  using SessionPointer = std::shared_ptr<Session>;
  void handle_one(std::string text, const Arrival& arrival, std::shared_ptr<Outlet> outlet);
  void handle_batch(const std::string& text, const Arrival& arrival,
                    const std::shared_ptr<Outlet>& outlet);
  SessionPointer session_of(const Message& message, const Arrival& arrival);
  void notice(const Message& message, const SessionPointer& session) const;
  void serve(const std::shared_ptr<Exchange>& exchange, const Arrival& arrival,
             const SessionPointer& session);
  void open_session(Exchange& exchange, const Arrival& arrival, const Opened& opened);
  void run_later(const std::shared_ptr<Exchange>& exchange, const SessionPointer& session,
                 std::function<std::string()> work);

  const Mcp& mcp_;
  Pool& pool_;
  Sessions sessions_;
};

}  // namespace dhis2mcp
