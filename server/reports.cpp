// SPDX-License-Identifier: BSD-3-Clause
// Notifications on the way of one exchange.
#include "server/reports.h"

#include <cmath>

#include "server/json_text.h"
#include "server/session.h"
#include "server/severity.h"

namespace dhis2mcp {
namespace {

using std::chrono::milliseconds;

constexpr int kMostTokens = 4;
constexpr milliseconds kEach{250};

std::string number_text(double value) {
  constexpr double kExact = 9e15;
  if (std::trunc(value) == value && std::abs(value) < kExact) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  return to_text(Json(value));
}

bool is_token(std::string_view raw) {
  return !raw.empty() && (type_of(raw) == JsonType::string || is_integer(raw));
}

std::string progress_text(const Exchange& exchange, double done, std::optional<double> of,
                          const std::string& message) {
  std::string text = R"({"jsonrpc":"2.0","method":"notifications/progress","params":{)"
                     R"("progressToken":)";
  text.append(exchange.message.claim.progress_token);
  text.append(R"(,"progress":)").append(number_text(done));
  if (of && std::isfinite(*of)) text.append(R"(,"total":)").append(number_text(*of));
  if (!message.empty() && knows_progress_messages(exchange.revision)) {
    text.append(R"(,"message":)");
    append_quoted(text, message);
  }
  return text.append("}}");
}

std::string log_text(LogSeverity severity, const std::string& message) {
  std::string text = R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":")";
  text.append(to_string(severity)).append(R"(","logger":"dhis2-mcp","data":)");
  append_quoted(text, message);
  return text.append("}}");
}

// The least severity that the client wants to see; nothing where it wants none.
std::optional<LogSeverity> wanted(const Exchange& exchange) {
  if (is_modern(exchange.revision)) return severity(exchange.message.claim.log_level);
  if (!exchange.session) return std::nullopt;
  return exchange.session->log_level.load();
}

void add_progress(CallContext& context, const std::shared_ptr<Exchange>& exchange) {
  struct Gate {
    std::mutex mutex;
    ProgressGate gate;
  };
  const auto gate = std::make_shared<Gate>();
  context.progress = [exchange, gate](double done, std::optional<double> of,
                                      const std::string& message) {
    {
      const std::lock_guard lock(gate->mutex);
      if (!gate->gate.pass(done, std::chrono::steady_clock::now())) return;
    }
    exchange->notify(progress_text(*exchange, done, of, message));
  };
}

void add_log(CallContext& context, const std::shared_ptr<Exchange>& exchange) {
  context.log = [exchange](LogSeverity severity, const std::string& message) {
    const std::optional<LogSeverity> least = wanted(*exchange);
    if (least && severity >= *least) exchange->notify(log_text(severity, message));
  };
}

}  // namespace

bool ProgressGate::pass(double done, Time now) {
  if (!std::isfinite(done) || (last_ && done <= *last_)) return false;
  if (!last_) {
    tokens_ = kMostTokens;
    filled_ = now;
  }
  const auto grown = (now - filled_) / kEach;
  if (grown > 0) {
    tokens_ = static_cast<int>(std::min<long>(kMostTokens, tokens_ + static_cast<long>(grown)));
    filled_ += grown * kEach;
  }
  if (tokens_ == 0) return false;
  --tokens_;
  last_ = done;
  return true;
}

void add_reports(CallContext& context, const std::shared_ptr<Exchange>& exchange,
                 const Toolbox& toolbox) {
  if (!exchange->speaks()) return;
  if (is_token(exchange->message.claim.progress_token)) add_progress(context, exchange);
  if (toolbox.logs() && wanted(*exchange)) add_log(context, exchange);
  if (!exchange->session || !knows_url_questions(exchange->revision)) return;
  context.elicitation_done = [exchange](const std::string& id) {
    exchange->notify(R"({"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":)"
                     R"({"elicitationId":)" +
                     json_quoted(id) + "}}");
  };
  if (!exchange->session->id.empty()) {
    context.let_client_poll = [exchange] { exchange->let_client_poll(); };
  }
}

}  // namespace dhis2mcp
