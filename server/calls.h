// SPDX-License-Identifier: BSD-3-Clause
// Runs the work of calls: on the pool, and again for each answer to what it asks.
#pragma once

#include <chrono>
#include <memory>

#include "server/asking.h"
#include "server/mcp.h"
#include "server/pool.h"
#include "server/rounds.h"

namespace dhis2mcp {

// Questions become an InputRequiredResult for clients of 2026-07-28, and requests on the way of the
// call for the older ones. Owned jointly with the calls that run; safe to use from several threads.
class Calls : public std::enable_shared_from_this<Calls> {
 public:
  // How long a question to a client of an older revision waits for its answer.
  Calls(Pool& pool, std::chrono::milliseconds patience) : pool_(pool), asking_(patience) {}

  // What the work of this request is given at first. Throws RpcError for a bad requestState.
  CallContext context_of(const std::shared_ptr<Exchange>& exchange, const Toolbox& toolbox);

  // Goes on where Mcp::answer stopped. `line` keeps the call among those in flight; may be null.
  void run(std::shared_ptr<Exchange> exchange, std::shared_ptr<Session> line, MethodAnswer answer,
           CallContext context);

  // A response to a question of ours. False when nobody waits for it.
  bool answer(const Session& session, const Message& response) {
    return asking_.answer(session, response);
  }

  // The session has ended; what it was asked is not waited for.
  void forget(const Session& session) { asking_.forget(session); }

 private:
  struct Running;
  void post(std::shared_ptr<Running> call);
  void enter(const std::shared_ptr<Running>& call);
  void pause(const std::shared_ptr<Running>& call, MethodOutcome outcome);
  void ask_later(const std::shared_ptr<Running>& call, const MethodOutcome& outcome);

  Pool& pool_;
  Rounds rounds_;
  Asking asking_;
};

}  // namespace dhis2mcp
