// SPDX-License-Identifier: BSD-3-Clause
// The one place where a protocol error becomes an answer.
#include "server/dispatcher.h"

#include <vector>

#include "server/json_text.h"
#include "server/log.h"
#include "server/random_text.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestBatch = 50;

// Waits for the answers to the parts of a batch and sends them as one array.
class BatchOutlet {
 public:
  BatchOutlet(std::shared_ptr<Outlet> whole, std::size_t parts)
      : whole_(std::move(whole)), open_(parts) {}

  void take(const Reply& reply) {
    const std::lock_guard lock(mutex_);
    if (!reply.text.empty()) answers_.append(answers_.empty() ? "[" : ",").append(reply.text);
    if (--open_ > 0) return;
    const bool silent = answers_.empty();
    whole_->send({silent ? std::string() : answers_ + "]", silent ? 202 : 200, {}});
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<Outlet> whole_;
  std::size_t open_;
  std::string answers_;
};

class PartOutlet final : public Outlet {
 public:
  explicit PartOutlet(std::shared_ptr<BatchOutlet> batch) : batch_(std::move(batch)) {}
  void send(Reply reply) override { batch_->take(reply); }

 private:
  std::shared_ptr<BatchOutlet> batch_;
};

// What the client is known to speak before a message of its was read; the oldest where nothing is
// known, for it demands most of an error.
Revision known_revision(const Arrival& arrival) {
  if (arrival.line) return arrival.line->revision.value_or(Revision::r2024_11_05);
  const bool named = arrival.head != nullptr && arrival.head->protocol_version;
  return (named ? revision(*arrival.head->protocol_version) : std::nullopt)
      .value_or(Revision::r2024_11_05);
}

// Runs the work and answers with what it returns or throws. What is inside of us stays in the log,
// under a number that the answer names.
template <typename Work>
void answer_with(Exchange& exchange, Work work) {
  try {
    work();
  } catch (const RpcError& error) {
    exchange.error(error);
  } catch (const std::exception& bug) {
    const std::string number = random_hex(4);
    log_event(LogLevel::error, "bug", {{"number", number}, {"what", bug.what()}});
    exchange.error(
        {kInternalError,
         "Something went wrong inside dhis2-mcp; its log says more under " + number + ".",
         500,
         {}});
  }
}

}  // namespace

void Dispatcher::handle(std::string text, const Arrival& arrival, std::shared_ptr<Outlet> outlet) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (const std::optional<JsonFault> fault = check_json(text)) {
    refuse_unreadable("Not JSON: " + fault->reason + " at byte " + std::to_string(fault->at) + ".",
                      arrival, *outlet);
    return;
  }
  if (type_of(without_space(text)) == JsonType::array) {
    handle_batch(text, arrival, outlet);
  } else {
    handle_one(std::move(text), arrival, std::move(outlet));
  }
}

void Dispatcher::refuse_unreadable(const std::string& why, const Arrival& arrival, Outlet& outlet) {
  log_event(LogLevel::warn, "unreadable", {{"why", why}});
  outlet.send(
      {error_message({}, {kParseError, why, 400, {}}, may_omit_error_id(known_revision(arrival))),
       400,
       {}});
}

void Dispatcher::handle_batch(const std::string& text, const Arrival& arrival,
                              const std::shared_ptr<Outlet>& outlet) {
  std::vector<std::string> parts;
  std::string refusal;
  each_element(without_space(text), [&](std::string_view part) {
    parts.emplace_back(part);
    try {
      const Message message = read_message(parts.back());
      if (message.claim.present()) refusal = "A batch is older than 2026-07-28.";
      if (message.method == "initialize") refusal = "initialize stands alone, not in a batch.";
    } catch (const BadMessage&) {
      // Answered in its place in the batch.
    }
  });
  SessionPointer session = arrival.line;
  if (arrival.head != nullptr && arrival.head->session) {
    session = sessions_.find(*arrival.head->session, std::chrono::steady_clock::now());
  }
  if (refusal.empty() && (!session || !session->revision || !allows_batches(*session->revision))) {
    refusal = "Batches are for sessions of 2025-03-26 only; send one message at a time.";
  }
  if (parts.empty()) refusal = "An empty batch.";
  if (parts.size() > kLongestBatch) refusal = "A batch has at most 50 messages.";
  if (!refusal.empty()) {
    outlet->send({error_message({}, {kInvalidRequest, refusal, 400, {}},
                                may_omit_error_id(known_revision(arrival))),
                  400,
                  {}});
    return;
  }
  const auto batch = std::make_shared<BatchOutlet>(outlet, parts.size());
  for (std::string& part : parts) {
    handle_one(std::move(part), arrival, std::make_shared<PartOutlet>(batch));
  }
}

void Dispatcher::handle_one(std::string text, const Arrival& arrival,
                            std::shared_ptr<Outlet> outlet) {
  const auto exchange = std::make_shared<Exchange>(std::move(text), outlet, arrival.gone);
  exchange->revision = known_revision(arrival);
  try {
    exchange->message = read_message(exchange->text);
  } catch (const BadMessage& bad) {
    exchange->message.id = bad.id;
    if (bad.notification && arrival.head == nullptr) {
      exchange->acknowledge();
    } else {
      exchange->error(bad.error);
    }
    return;
  }
  answer_with(*exchange, [&] {
    const SessionPointer session = session_of(exchange->message, arrival);
    exchange->revision =
        revision_of(exchange->message, {arrival.head, session ? session->revision : std::nullopt});
    if (exchange->message.kind == MessageKind::request) {
      serve(exchange, arrival, session);
    } else {
      notice(exchange->message, session);
      exchange->acknowledge();
    }
  });
}

Dispatcher::SessionPointer Dispatcher::session_of(const Message& message, const Arrival& arrival) {
  if (arrival.head == nullptr) return arrival.line;
  if (message.claim.present() || !arrival.head->session) return nullptr;
  SessionPointer session = sessions_.find(*arrival.head->session, std::chrono::steady_clock::now());
  if (!session) {
    throw RpcError{
        kInvalidRequest, "This session has ended; start again with initialize.", 404, {}};
  }
  if (message.method == "initialize") {
    throw RpcError{kInvalidRequest, "This session is initialised already.", 400, {}};
  }
  return session;
}

void Dispatcher::notice(const Message& message, const SessionPointer& session) const {
  if (message.method != "notifications/cancelled" || !session || message.params.empty()) return;
  session->in_flight.cancel(member(message.params, "requestId"));
}

void Dispatcher::serve(const std::shared_ptr<Exchange>& exchange, const Arrival& arrival,
                       const SessionPointer& session) {
  const Message& message = exchange->message;
  if (session && session->in_flight.contains(message.id)) {
    throw RpcError{kInvalidRequest, "A request with this id is still being answered.", 400, {}};
  }
  if (arrival.head != nullptr && is_modern(exchange->revision) &&
      mcp_.knows(message.method, exchange->revision)) {
    check_name_header(message, *arrival.head);
  }
  if (message.method == "tools/call" && !message.params.empty()) {
    exchange->subject = unquoted(member(message.params, "name")).substr(0, 80);
  }
  log_event(LogLevel::info, "call",
            {{"method", message.method},
             {"tool", exchange->subject},
             {"id", message.id},
             {"revision", to_string(exchange->revision)},
             {"over", std::string_view(arrival.head == nullptr ? "stdio" : "http")},
             {"client", session ? std::string_view(session->client) : std::string_view()}});
  MethodAnswer answer = mcp_.answer({message, exchange->revision, exchange->stop()});
  if (answer.later) {
    run_later(exchange, session, std::move(answer.later));
    return;
  }
  if (answer.opened) open_session(*exchange, arrival, *answer.opened);
  exchange->result(answer.result);
}

void Dispatcher::open_session(Exchange& exchange, const Arrival& arrival, const Opened& opened) {
  exchange.revision = opened.revision;
  if (arrival.line) {
    arrival.line->revision = opened.revision;
    arrival.line->client = opened.client;
  } else {
    exchange.opened_session =
        sessions_.open(opened.revision, opened.client, std::chrono::steady_clock::now())->id;
  }
}

void Dispatcher::run_later(const std::shared_ptr<Exchange>& exchange, const SessionPointer& session,
                           std::function<std::string()> work) {
  if (session) session->in_flight.add(exchange);
  const std::size_t bytes = exchange->text.size();
  pool_.post(
      [exchange, session, work = std::move(work)] {
        if (!exchange->settled()) {
          answer_with(*exchange, [&] { exchange->result(work()); });
        }
        if (session) session->in_flight.remove(*exchange);
      },
      bytes);
}

}  // namespace dhis2mcp
