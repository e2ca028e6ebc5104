// SPDX-License-Identifier: BSD-3-Clause
// The line in the log about a call's end is written where its reply is decided.
#include "server/exchange.h"

#include "auth/text_codes.h"
#include "server/log.h"
#include "server/session.h"

namespace dhis2mcp {

Exchange::Exchange(std::string given, std::shared_ptr<Outlet> outlet)
    : text(std::move(given)),
      outlet_(std::move(outlet)),
      speaks_(outlet_->speaks()),
      started_(std::chrono::steady_clock::now()) {}

void Exchange::stop_when(const std::stop_token& gone) {
  if (gone.stop_possible()) when_gone_.emplace(gone, [this] { stop_.request_stop(); });
}

Exchange::~Exchange() {
  if (!settled()) error({kInternalError, "The call ended without an answer.", 500, {}});
}

void Exchange::result(std::string_view raw, std::string_view outcome) {
  if (raw.size() > kLongestMessage - 2048) {
    error({kInternalError, "The answer is over 4 MiB; ask for less.", 200, {}});
    return;
  }
  answer({result_message(message.id, raw), 200, opened_session}, outcome);
}

void Exchange::error(const RpcError& error) {
  answer({error_message(message.id, error, may_omit_error_id(revision)), error.http, {}},
         "error " + std::to_string(error.code));
}

void Exchange::acknowledge() {
  const std::lock_guard lock(mutex_);
  if (!settled_.exchange(true, std::memory_order_acq_rel)) outlet_->send({{}, 202, {}});
}

void Exchange::notify(std::string message_text) {
  const std::lock_guard lock(mutex_);
  if (settled() || !speaks_) return;
  outlive_connection();
  outlet_->say({std::move(message_text), {}, 0});
}

void Exchange::let_client_poll() {
  const std::lock_guard lock(mutex_);
  if (settled() || !speaks_) return;
  outlive_connection();
  if (outlives_) outlet_->part();
}

// A session over HTTP can be asked for what a broken connection lost.
void Exchange::outlive_connection() {
  if (outlives_ || !session || session->id.empty()) return;
  outlet_ = session->streams.begin(outlet_, knows_polling(revision));
  outlives_ = true;
}

void Exchange::abandon() {
  answer({{}, 202, {}}, "cancelled");
  stop_.request_stop();
}

void Exchange::answer(Reply reply, std::string_view outcome) {
  const std::lock_guard lock(mutex_);
  if (settled_.exchange(true, std::memory_order_acq_rel)) return;
  if (log_enabled(LogLevel::info)) {
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - started_;
    log_event(LogLevel::info, "done",
              {{"method", message.method},
               {"tool", subject},
               {"id", message.id},
               {"outcome", outcome},
               {"bytes", reply.text.size()},
               {"ms", took.count()}});
  }
  outlet_->send(std::move(reply));
}

void answer_what_is_thrown(Exchange& exchange, const std::function<void()>& work) {
  try {
    work();
  } catch (const RpcError& error) {
    exchange.error(error);
  } catch (const std::exception& bug) {
    const std::string number = to_hex(random_bytes(4));
    log_event(LogLevel::error, "bug", {{"number", number}, {"what", bug.what()}});
    exchange.error(
        {kInternalError,
         "Something went wrong inside dhis2-mcp; its log says more under " + number + ".",
         500,
         {}});
  }
}

bool InFlight::contains(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(id);
  if (found == calls_.end()) return false;
  const std::shared_ptr<Exchange> exchange = found->second.lock();
  return exchange && !exchange->settled();
}

void InFlight::add(const std::shared_ptr<Exchange>& exchange) {
  const std::lock_guard lock(mutex_);
  calls_.insert_or_assign(std::string(exchange->message.id), exchange);
}

void InFlight::remove(const Exchange& exchange) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(exchange.message.id);
  // The id may be in use again by now: it was free from the moment of the reply.
  if (found != calls_.end() && found->second.lock().get() == &exchange) calls_.erase(found);
}

void InFlight::cancel(std::string_view id) {
  std::shared_ptr<Exchange> exchange;
  {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(id);
    if (found == calls_.end()) return;
    exchange = found->second.lock();
    calls_.erase(found);
  }
  if (exchange) exchange->abandon();
}

void InFlight::stop_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, call] : calls_) {
    if (const std::shared_ptr<Exchange> exchange = call.lock()) exchange->request_stop();
  }
}

}  // namespace dhis2mcp
