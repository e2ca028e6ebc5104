// SPDX-License-Identifier: BSD-3-Clause
// One tool call in flight: what a handler is given, and all that it may use.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "auth/connections.h"
#include "tools/answer.h"
#include "tools/arguments.h"
#include "tools/results.h"

namespace dhis2mcp {

struct Tool;
class Catalogue;
class Registry;

// What the server room gives along with a call. Everything is optional.
struct CallContext {
  std::stop_token stop;  // set when the client cancelled or went away
  std::function<void(double done, std::optional<double> of, const std::string& message)> progress;
};

// Lives for one call, on one thread.
class Call {
 public:
  Call(const Tool& tool, Arguments arguments, const Registry& registry, Connections& connections,
       Results& results, const CallContext& context);

  const Tool& tool;
  const Arguments arguments;
  const Registry& registry;
  Connections& connections;
  Results& results;
  const CallContext& context;

  // The signed client of the profile that the arguments, or else the precedence list, choose.
  SignedClient& client();
  Patience patience() const;

  // An answer with its source filled in, and the owner under which its rows are kept.
  Answer answer();
  ResultOwner owner();

 private:
  std::shared_ptr<SignedClient> client_;
};

using Handler = Answer (*)(Call&);

}  // namespace dhis2mcp
