// SPDX-License-Identifier: BSD-3-Clause
// From the text of a message to its reply, for both transports.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "server/calls.h"
#include "server/era.h"
#include "server/exchange.h"
#include "server/listeners.h"
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

// handle() and what follows it are called from one thread at a time, the one that reads; the outlet
// may be called from that thread before they return, or later from another. A call that cannot wait
// is answered at once, for a hop to another thread costs more than the work.
class Dispatcher {
 public:
  // `patience` is how long a question to a client waits for its answer.
  Dispatcher(const Mcp& mcp, Pool& pool,
             std::chrono::milliseconds patience = std::chrono::minutes(10))
      : mcp_(mcp), listeners_(mcp.toolbox()), calls_(std::make_shared<Calls>(pool, patience)) {}

  // Takes one message, or the batch that 2025-03-26 allows, of at most 4 MiB. The outlet is called
  // once, and before that for what the call has to say.
  void handle(std::string text, const Arrival& arrival, std::shared_ptr<Outlet> outlet);

  // Answers what could not be read as a message at all.
  static void refuse_unreadable(const std::string& why, const Arrival& arrival, Outlet& outlet);

  // GET of a session over HTTP: the stream that belongs to no request, or with Last-Event-ID the
  // rest of one that broke.
  void open_stream(const HttpHead& head, const std::shared_ptr<Outlet>& outlet);

  // DELETE of a session over HTTP. False when it is unknown.
  bool end_session(std::string_view id);

  // The process ends: subscriptions are completed, streams that belong to no request are let go,
  // and nobody is waited for any more. `line` is the session of stdio.
  void end_streams(const Session* line = nullptr);

  // Stops the calls of sessions, whose connections need not be there; they still answer.
  void stop_calls();

 private:
  using SessionPointer = std::shared_ptr<Session>;
  void handle_one(std::string text, const Arrival& arrival, std::shared_ptr<Outlet> outlet);
  void handle_batch(const std::string& text, const Arrival& arrival,
                    const std::shared_ptr<Outlet>& outlet);
  SessionPointer session_of(const Message& message, const Arrival& arrival);
  void notice(const Message& message, const SessionPointer& session) const;
  void serve(const std::shared_ptr<Exchange>& exchange, const Arrival& arrival,
             const SessionPointer& session, const std::shared_ptr<Outlet>& outlet);
  void remember(const MethodAnswer& answer, Exchange& exchange, const Arrival& arrival,
                const std::shared_ptr<Outlet>& outlet);
  void open_session(Exchange& exchange, const Arrival& arrival, const Opened& opened,
                    const std::shared_ptr<Outlet>& outlet);

  const Mcp& mcp_;
  Sessions sessions_;
  Listeners listeners_;
  std::shared_ptr<Calls> calls_;
};

}  // namespace dhis2mcp
