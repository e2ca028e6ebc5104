// SPDX-License-Identifier: BSD-3-Clause
// Texts are made once for all older sessions, and for each listener with its subscription id.
#include "server/listeners.h"

#include <algorithm>

#include "server/json_text.h"

namespace dhis2mcp {
namespace {

std::string_view method_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::tools:
      return "notifications/tools/list_changed";
    case Change::Kind::prompts:
      return "notifications/prompts/list_changed";
    case Change::Kind::resources:
      return "notifications/resources/list_changed";
    default:
      return "notifications/resources/updated";
  }
}

// `members` is what params hold, without braces.
std::string notification(std::string_view method, const std::string& members) {
  std::string text = R"({"jsonrpc":"2.0","method":")" + std::string(method) + "\"";
  if (!members.empty()) text.append(R"(,"params":{)").append(members).append("}");
  return text + "}";
}

std::string uri_member(const Change& change) {
  return change.kind == Change::Kind::resource ? R"("uri":)" + json_quoted(change.uri) : "";
}

std::string tag(const Exchange& exchange) {
  return R"("_meta":{"io.modelcontextprotocol/subscriptionId":)" + std::string(exchange.message.id);
}

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + "," + b;
}

std::string acknowledgement(const Exchange& exchange, const Filter& filter) {
  std::string granted;
  if (filter.tools) granted = joined(granted, R"("toolsListChanged":true)");
  if (filter.prompts) granted = joined(granted, R"("promptsListChanged":true)");
  if (filter.resources) granted = joined(granted, R"("resourcesListChanged":true)");
  if (!filter.uris.empty()) {
    std::string uris;
    for (const std::string& uri : filter.uris) uris = joined(uris, json_quoted(uri));
    granted = joined(granted, R"("resourceSubscriptions":[)" + uris + "]");
  }
  return notification("notifications/subscriptions/acknowledged",
                      R"("notifications":{)" + granted + "}," + tag(exchange) + "}");
}

}  // namespace

Listeners::Listeners(const Toolbox& toolbox) : toolbox_(toolbox) {
  number_ = toolbox.changes().add([this](const Change& change) { tell(change); });
}

Listeners::~Listeners() { toolbox_.changes().remove(number_); }

void Listeners::listen(const std::shared_ptr<Exchange>& exchange, Filter filter) {
  const std::lock_guard lock(mutex_);
  forget_the_gone();
  if (listeners_.size() >= kMostListeners) {
    throw RpcError{kInternalError, "Too many subscriptions are open; close one.", 429, {}};
  }
  exchange->notify(acknowledgement(*exchange, filter));
  listeners_.push_back({exchange, std::move(filter)});
}

void Listeners::remember(const std::shared_ptr<Session>& session) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& each) {
    const auto known = each.lock();
    return !known || known == session;
  });
  sessions_.push_back(session);
}

void Listeners::tell(const Change& change) {
  if (!announces(toolbox_, change.kind)) return;
  const std::string_view method = method_of(change.kind);
  const std::string text = notification(method, uri_member(change));
  const std::lock_guard lock(mutex_);
  forget_the_gone();
  for (const Listener& listener : listeners_) {
    if (!listener.filter.lets(change)) continue;
    listener.exchange->notify(
        notification(method, joined(uri_member(change), tag(*listener.exchange) + "}")));
  }
  for (const auto& each : sessions_) {
    const std::shared_ptr<Session> session = each.lock();
    const bool wanted = change.kind != Change::Kind::resource ||
                        (session && session->subscriptions.contains(change.uri));
    if (session && wanted) session->push(text);
  }
}

void Listeners::close() {
  const std::lock_guard lock(mutex_);
  for (const Listener& listener : listeners_) {
    listener.exchange->result(R"({"resultType":"complete",)" + tag(*listener.exchange) +
                              R"(,"io.modelcontextprotocol/serverInfo":)" +
                              server_info(listener.exchange->revision) + "}}");
  }
  listeners_.clear();
}

void Listeners::forget_the_gone() {
  std::erase_if(listeners_, [](const Listener& listener) {
    return listener.exchange->settled() || listener.exchange->stop().stop_requested();
  });
}

}  // namespace dhis2mcp
