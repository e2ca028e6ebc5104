// SPDX-License-Identifier: BSD-3-Clause
// A call finds its signed client on first need, so that a tool without network needs no profile.
#include "tools/call.h"

namespace dhis2mcp {

Call::Call(const Tool& called, Arguments given, const Registry& all, Connections& clients,
           Results& kept, const CallContext& caller)
    : tool(called),
      arguments(std::move(given)),
      registry(all),
      connections(clients),
      results(kept),
      context(caller) {}

SignedClient& Call::client() {
  if (!client_) client_ = connections.client(arguments.text("profile"));
  return *client_;
}

Patience Call::patience() const {
  Patience patience;
  patience.stop = context.stop;
  return patience;
}

Answer Call::answer() {
  Answer answer;
  answer.source = client().source(patience());
  return answer;
}

ResultOwner Call::owner() {
  return {client().profile().name, client().whoami(patience()).username};
}

}  // namespace dhis2mcp
