// SPDX-License-Identifier: BSD-3-Clause
// One tool call in flight: what a handler is given, and all that it may use.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "auth/connections.h"
#include "tools/answer.h"
#include "tools/arguments.h"
#include "tools/offer.h"
#include "tools/results.h"

namespace dhis2mcp {

struct Tool;
class Catalogue;
class Registry;

// What the server room gives along with a call. Everything is optional; the functions may be empty,
// may be called from any thread until the call returns, and never block for long. Progress that
// comes too often, does not increase, or was not asked for is dropped; so are logs below the level
// that the client wants.
struct CallContext {
  std::stop_token stop;  // set when the client cancelled or went away
  std::function<void(double done, std::optional<double> of, const std::string& message)> progress;
  std::function<void(LogSeverity severity, const std::string& message)> log;

  // What can be asked, and what was answered so far, by key. The answers hold for `bound_to` alone:
  // a profile's name, or empty where the answering call had none.
  Askable askable;
  std::map<std::string, InputAnswer> answers;
  std::string bound_to;

  // Says that the page behind a URL question did what it was for, by the question's id.
  std::function<void(const std::string& elicitation_id)> elicitation_done;

  // 2025-11-25 over HTTP: ends the stream of the answer, which the client comes back for.
  std::function<void()> let_client_poll;
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

  // The answer to a question, or NeedInput: the call then ends, and starts again with the answer.
  // An answer that was not asked for, or does not fit the form, is asked again.
  // Nothing may have been changed before the last question. Ask only what `can_ask`: a client that
  // cannot be asked is told what to do by the tool's result. After a URL the answer says only that
  // the page was opened; look whether what it is for has happened.
  bool can_ask(Question::Kind kind) const { return context.askable.can(kind); }
  const InputAnswer& need_input(Question question);

  // The profile that the call is about; empty where none is chosen.
  std::string bound_to();

 private:
  std::shared_ptr<SignedClient> client_;

 public:
  // What goes with the answer beside its text: pictures. Of a call that fails it is dropped.
  std::vector<Content> content;
};

using Handler = Answer (*)(Call&);

}  // namespace dhis2mcp
