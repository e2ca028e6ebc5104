// SPDX-License-Identifier: BSD-3-Clause
// A call that asks holds no thread: it is a small object until its answer comes.
#include "server/calls.h"

#include <algorithm>

#include "server/reports.h"

namespace dhis2mcp {
namespace {

using Clock = std::chrono::steady_clock;

// A handler that asks for ever is a bug; a person would not answer so often.
constexpr int kMostRounds = 16;

void demand_askable(const Exchange& exchange, const Askable& askable,
                    const MethodOutcome& outcome) {
  const bool can = std::all_of(outcome.questions.begin(), outcome.questions.end(),
                               [&](const Question& each) { return askable.can(each.kind); });
  if (can) return;
  if (is_modern(exchange.revision)) {
    throw RpcError{kMissingCapability,
                   "This needs an answer that the client did not say it can give.", 400,
                   R"({"requiredCapabilities":)" + required_capabilities(outcome.questions) + "}"};
  }
  throw RpcError{
      kInvalidRequest,
      "This needs an answer that the client did not say it can give when it initialised.",
      200,
      {}};
}

}  // namespace

// One call, before, between and after its entries.
struct Calls::Running {
  std::shared_ptr<Exchange> exchange;
  std::shared_ptr<Session> line;
  Work work;
  CallContext context;
  int rounds = 0;
};

CallContext Calls::context_of(const std::shared_ptr<Exchange>& exchange, const Toolbox& toolbox) {
  CallContext context;
  context.stop = exchange->stop();
  if (is_modern(exchange->revision)) {
    context.askable = askable_of(exchange->message.claim.client_capabilities, exchange->revision);
    Round round = rounds_.enter(exchange->message, Clock::now());
    context.answers = std::move(round.answers);
    context.bound_to = std::move(round.bound_to);
  } else if (exchange->session && exchange->speaks()) {
    context.askable = exchange->session->askable;
  }
  add_reports(context, exchange, toolbox);
  return context;
}

void Calls::run(std::shared_ptr<Exchange> exchange, std::shared_ptr<Session> line,
                MethodAnswer answer, CallContext context) {
  const auto call = std::make_shared<Running>(
      Running{std::move(exchange), std::move(line), std::move(answer.work), std::move(context)});
  if (call->line) call->line->in_flight.add(call->exchange);
  if (answer.outcome.questions.empty()) {
    post(call);
    return;
  }
  try {
    pause(call, std::move(answer.outcome));
  } catch (const RpcError&) {
    if (call->line) call->line->in_flight.remove(*call->exchange);
    throw;
  }
}

void Calls::post(std::shared_ptr<Running> call) {
  const std::size_t bytes = call->exchange->text.size();
  pool_.post([calls = shared_from_this(), call = std::move(call)] { calls->enter(call); }, bytes);
}

void Calls::enter(const std::shared_ptr<Running>& call) {
  Exchange& exchange = *call->exchange;
  if (!exchange.settled()) {
    answer_what_is_thrown(exchange, [&] {
      MethodOutcome outcome = call->work(call->context);
      if (outcome.questions.empty()) {
        exchange.result(outcome.result, outcome.log_word);
      } else {
        pause(call, std::move(outcome));
      }
    });
  }
  if (call->line && exchange.settled()) call->line->in_flight.remove(exchange);
}

void Calls::pause(const std::shared_ptr<Running>& call, MethodOutcome outcome) {
  Exchange& exchange = *call->exchange;
  demand_askable(exchange, call->context.askable, outcome);
  if (!is_modern(exchange.revision)) {
    ask_later(call, outcome);
    return;
  }
  const Round so_far{std::move(call->context.answers), std::move(outcome.bound_to)};
  exchange.result(
      rounds_.ask(exchange.message, so_far, outcome.questions, exchange.revision, Clock::now()));
  if (call->line) call->line->in_flight.remove(exchange);
}

void Calls::ask_later(const std::shared_ptr<Running>& call, const MethodOutcome& outcome) {
  if (++call->rounds > kMostRounds) {
    throw RpcError{kInternalError, "This asked too often without coming to an end.", 200, {}};
  }
  asking_.ask(call->exchange, outcome.questions,
              [calls = weak_from_this(), call,
               bound_to = outcome.bound_to](const Asking::Answers& answers) {
                for (const auto& [key, answer] : answers) {
                  call->context.answers.insert_or_assign(key, answer);
                }
                call->context.bound_to = bound_to;
                if (const auto alive = calls.lock()) alive->post(call);
              });
}

}  // namespace dhis2mcp
