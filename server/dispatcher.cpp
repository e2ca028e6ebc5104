// SPDX-License-Identifier: BSD-3-Clause
// The one place where a protocol error becomes an answer.
#include "server/dispatcher.h"

#include <vector>

#include "server/http_gate.h"
#include "server/json_text.h"
#include "server/log.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestBatch = 50;

// Waits for the answers to the parts of a batch and sends them as one array.
class BatchOutlet {
 public:
  BatchOutlet(std::shared_ptr<Outlet> whole, std::size_t parts)
      : whole_(std::move(whole)), open_(parts) {}

  Outlet& whole() { return *whole_; }

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
  bool speaks() const override { return batch_->whole().speaks(); }
  void say(Event event) override { batch_->whole().say(std::move(event)); }
  bool open() const override { return batch_->whole().open(); }
  void send(Reply reply) override { batch_->take(reply); }

 private:
  std::shared_ptr<BatchOutlet> batch_;
};

// What the client is known to speak before a message of its was read: over stdio what it spoke
// last; the oldest where nothing is known, for it demands most of an error.
Revision known_revision(const Arrival& arrival) {
  if (arrival.line) return arrival.line->spoken.value_or(Revision::r2024_11_05);
  const bool named = arrival.head != nullptr && arrival.head->protocol_version;
  return (named ? revision(*arrival.head->protocol_version) : std::nullopt)
      .value_or(Revision::r2024_11_05);
}

// What is called or read, for the log.
std::string subject_of(const Message& message) {
  if (message.params.empty()) return {};
  std::string_view raw;
  if (message.method == "tools/call" || message.method == "prompts/get") {
    raw = member(message.params, "name");
  } else if (message.method == "resources/read") {
    raw = member(message.params, "uri");
  }
  return raw.empty() ? std::string() : unquoted(raw).substr(0, 80);
}

void log_call(const Exchange& exchange, const Arrival& arrival, std::string_view client) {
  if (!log_enabled(LogLevel::info)) return;
  log_event(LogLevel::info, "call",
            {{"method", exchange.message.method},
             {"tool", exchange.subject},
             {"id", exchange.message.id},
             {"revision", to_string(exchange.revision)},
             {"over", std::string_view(arrival.head == nullptr ? "stdio" : "http")},
             {"client", client}});
}

// The older revisions demand that a client takes both forms of an answer.
void check_accept(const Exchange& exchange, const HttpHead& head) {
  const bool session = exchange.session || exchange.message.method == "initialize";
  if (!session || !head.accept) return;
  if (accepts(*head.accept, "application/json") && accepts(*head.accept, kEventStream)) return;
  throw RpcError{
      kInvalidRequest, "Accept must list application/json and text/event-stream.", 406, {}};
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
  Revision known = known_revision(arrival);
  each_element(without_space(text), [&](std::string_view part) {
    parts.emplace_back(part);
    try {
      const Message message = read_message(parts.back());
      if (message.claim.present()) {
        known = Revision::r2026_07_28;
        refusal = "A batch is older than 2026-07-28.";
      }
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
    outlet->send({error_message({}, {kInvalidRequest, refusal, 400, {}}, may_omit_error_id(known)),
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
  const auto exchange = std::make_shared<Exchange>(std::move(text), outlet);
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
  answer_what_is_thrown(*exchange, [&] {
    const SessionPointer session = session_of(exchange->message, arrival);
    // A client that was never asked has nothing to respond to; over stdio nobody is told.
    if (arrival.head != nullptr || exchange->message.kind == MessageKind::request) {
      exchange->revision = revision_of(exchange->message,
                                       {arrival.head, session ? session->revision : std::nullopt});
    }
    if (exchange->message.kind == MessageKind::request) {
      if (arrival.line) arrival.line->spoken = exchange->revision;
      serve(exchange, arrival, session, outlet);
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
  if (!session) return;
  if (message.kind == MessageKind::response) {
    if (!calls_->answer(*session, message)) {
      log_event(LogLevel::info, "answer", {{"id", message.id}, {"why", "not asked, or late"}});
    }
  } else if (message.method == "notifications/cancelled" && !message.params.empty()) {
    session->in_flight.cancel(member(message.params, "requestId"));
  }
}

void Dispatcher::serve(const std::shared_ptr<Exchange>& exchange, const Arrival& arrival,
                       const SessionPointer& session, const std::shared_ptr<Outlet>& outlet) {
  const Message& message = exchange->message;
  const bool modern = is_modern(exchange->revision);
  if (session && session->in_flight.contains(message.id)) {
    throw RpcError{kInvalidRequest, "A request with this id is still being answered.", 400, {}};
  }
  if (!modern && session && session->revision) exchange->session = session;
  // A session outlives its connections; other calls have nobody to answer to without theirs.
  if (arrival.head == nullptr || !exchange->session) exchange->stop_when(arrival.gone);
  const Mcp::Knowledge knowledge = mcp_.knows(message.method, exchange->revision);
  if (arrival.head != nullptr && !modern) check_accept(*exchange, *arrival.head);
  if (arrival.head != nullptr && modern && knowledge != Mcp::Knowledge::unknown) {
    check_name_header(message, *arrival.head);
    check_param_headers(message, *arrival.head, mcp_.toolbox());
  }
  exchange->subject = subject_of(message);
  log_call(*exchange, arrival, session ? session->client : std::string_view());
  CallContext context;
  if (knowledge == Mcp::Knowledge::works) context = calls_->context_of(exchange, mcp_.toolbox());
  MethodAnswer answer = mcp_.answer({message, exchange->revision, context});
  remember(answer, *exchange, arrival, outlet);
  if (answer.listen) {
    if (!exchange->speaks()) {
      throw RpcError{kInvalidRequest, "Accept must list text/event-stream.", 406, {}};
    }
    listeners_.listen(exchange, std::move(*answer.listen));
    if (session) session->in_flight.add(exchange);
  } else if (answer.work) {
    calls_->run(exchange, session, std::move(answer), std::move(context));
  } else {
    exchange->result(answer.outcome.result, answer.outcome.log_word);
  }
}

void Dispatcher::remember(const MethodAnswer& answer, Exchange& exchange, const Arrival& arrival,
                          const std::shared_ptr<Outlet>& outlet) {
  if (answer.opened) open_session(exchange, arrival, *answer.opened, outlet);
  if (!exchange.session) return;
  Session& session = *exchange.session;
  if (answer.log_level) session.log_level = *answer.log_level;
  if (!answer.subscription) return;
  if (!answer.subscription->on) {
    session.subscriptions.remove(answer.subscription->uri);
  } else if (!session.subscriptions.add(answer.subscription->uri)) {
    throw RpcError{
        kInvalidRequest, "A session subscribes to a thousand resources at most.", 200, {}};
  }
}

void Dispatcher::open_session(Exchange& exchange, const Arrival& arrival, const Opened& opened,
                              const std::shared_ptr<Outlet>& outlet) {
  exchange.revision = opened.revision;
  SessionPointer session = arrival.line;
  if (session) {
    session->spoken = opened.revision;
    calls_->forget(*session);
    session->subscriptions.clear();
    session->log_level = LogSeverity::info;
    session->revision = opened.revision;
    session->client = opened.client;
    if (!session->line) session->line = outlet;
  } else {
    session = sessions_.open(opened.revision, opened.client, std::chrono::steady_clock::now());
    exchange.opened_session = session->id;
  }
  session->askable = opened.askable;
  listeners_.remember(session);
}

void Dispatcher::open_stream(const HttpHead& head, const std::shared_ptr<Outlet>& outlet) {
  const auto refuse = [&](int status, const std::string& why) {
    outlet->send({error_message({}, {kInvalidRequest, why, status, {}}, true), status, {}});
  };
  if (!head.session) return refuse(400, "GET opens the stream of a session: send Mcp-Session-Id.");
  const SessionPointer session = sessions_.find(*head.session, std::chrono::steady_clock::now());
  if (!session) return refuse(404, "This session has ended; start again with initialize.");
  const auto named = head.protocol_version ? revision(*head.protocol_version) : session->revision;
  if (!named || is_modern(*named)) {
    return refuse(400, "The header MCP-Protocol-Version names no version that has sessions.");
  }
  if (head.last_event_id && session->streams.resume(*head.last_event_id, outlet)) return;
  if (session->streams.stand(outlet, knows_polling(*session->revision))) return;
  refuse(409, "Another connection has this session's stream.");
}

bool Dispatcher::end_session(std::string_view id) {
  const SessionPointer session = sessions_.end(id);
  if (!session) return false;
  calls_->forget(*session);
  return true;
}

void Dispatcher::stop_calls() {
  sessions_.for_each([](Session& session) { session.in_flight.stop_all(); });
}

void Dispatcher::end_streams(const Session* line) {
  listeners_.close();
  if (line != nullptr) calls_->forget(*line);
  sessions_.for_each([this](Session& session) {
    calls_->forget(session);
    session.streams.close();
  });
}

}  // namespace dhis2mcp
