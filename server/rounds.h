// SPDX-License-Identifier: BSD-3-Clause
// A request of 2026-07-28 that needs several rounds: what is asked, and the sealed text in which
// the client keeps for us what was answered so far.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/seal.h"
#include "server/jsonrpc.h"
#include "server/revision.h"
#include "tools/offer.h"

namespace dhis2mcp {

// What is known at the entry of a handler.
struct Round {
  std::map<std::string, InputAnswer> answers;
  std::string bound_to;  // the profile that they are about
};

// Remembers only which states were used. The state of a round is bound to the method, to the params
// but for `_meta`, and to the profile; it lives ten minutes and is taken once. Safe to use from
// several threads.
class Rounds {
 public:
  using Time = Seal::Time;

  // From `inputResponses` and `requestState` of a request. Keys that were not asked for are left
  // out; answers without a state come through as unasked. Throws RpcError (-32602) for a state that
  // is not ours, and for answers of the wrong shape.
  Round enter(const Message& message, Time now);

  // The InputRequiredResult. `answers` are those of all earlier rounds.
  std::string ask(const Message& message, const Round& so_far,
                  const std::vector<Question>& questions, Revision revision, Time now);

 private:
  Seal seal_;
};

}  // namespace dhis2mcp
