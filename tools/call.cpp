// SPDX-License-Identifier: BSD-3-Clause
// A call finds its signed client on first need, so that a tool without network needs no profile.
#include "tools/call.h"

#include "dhis2/error.h"

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

namespace {

bool fits(const InputAnswer& answer, const Question& question) {
  if (!answer.asked) return false;
  if (question.kind != Question::Kind::form || answer.action != InputAnswer::Action::accept) {
    return true;
  }
  try {
    const Arguments checked(question.requested_schema, answer.content);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

const InputAnswer& Call::need_input(Question question) {
  const auto found = context.answers.find(question.key);
  if (found != context.answers.end() && context.bound_to == bound_to() &&
      fits(found->second, question)) {
    return found->second;
  }
  throw NeedInput{{std::move(question)}};
}

std::string Call::bound_to() {
  try {
    return client_ ? client_->profile().name : connections.choose(arguments.text("profile"));
  } catch (const Error&) {
    return {};  // a tool that needs no profile may ask as well
  }
}

ResultOwner Call::owner() {
  return {client().profile().name, client().whoami(patience()).username};
}

bool Askable::can(Question::Kind kind) const {
  switch (kind) {
    case Question::Kind::form:
      return form;
    case Question::Kind::url:
      return url;
    case Question::Kind::sampling:
      return sampling;
    default:
      return roots;
  }
}

}  // namespace dhis2mcp
