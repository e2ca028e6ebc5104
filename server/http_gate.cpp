// SPDX-License-Identifier: BSD-3-Clause
// Pure decisions over an HttpHead; no sockets here.
#include "server/http_gate.h"

#include <algorithm>
#include <charconv>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

// Takes the part before the separator off the front.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// What the SDKs send, so that it need not be taken apart for each call.
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kUsualAccept = "application/json, text/event-stream";

void check_size(const HttpHead& head) {
  if (!head.content_length) return;
  std::uint64_t length = 0;
  const char* const end = head.content_length->data() + head.content_length->size();
  const auto [stop, error] = std::from_chars(head.content_length->data(), end, length);
  if (error != std::errc{} || stop != end || length > kLongestBody) {
    throw HttpRefusal{413, "A message has at most 4 MiB.", {}};
  }
}

}  // namespace

bool is_json_type(std::string_view content_type) {
  return lower_ascii(take_until(content_type, ';')) == kJson;
}

bool accepts(std::string_view accept, std::string_view type) {
  if (accept == kUsualAccept && (type == kJson || type == kEventStream)) return true;
  bool taken = trimmed(accept).empty();
  const std::string group = std::string(type.substr(0, type.find('/'))) + "/*";
  int best = -1;  // how exact the range was that decided: */*, text/*, text/event-stream
  while (!accept.empty()) {
    std::string_view item = take_until(accept, ',');
    const std::string range = lower_ascii(take_until(item, ';'));
    const int exact = range == type ? 2 : range == group ? 1 : range == "*/*" ? 0 : -1;
    bool wanted = true;
    while (!item.empty()) {
      const std::string parameter = lower_ascii(take_until(item, ';'));
      if (parameter.starts_with("q=")) {
        wanted = parameter.find_first_of("123456789") != std::string::npos;
      }
    }
    if (exact > best) {
      best = exact;
      taken = wanted;
    }
  }
  return taken;
}

bool asks_for(std::string_view accept, std::string_view type) {
  if (accept == kUsualAccept) return accepts(accept, type);
  return lower_ascii(accept).find(type) != std::string::npos && accepts(accept, type);
}

HttpGate::HttpGate(std::string_view bind, std::uint16_t port, Secret token, std::string token_file)
    : hosts_(served_hosts(bind, port)),
      token_(std::move(token)),
      token_file_(std::move(token_file)) {
  const std::string suffix = ":" + std::to_string(port);
  origins_ = {"http://127.0.0.1" + suffix, "http://localhost" + suffix};
}

Route HttpGate::pass(const HttpHead& head, Time now) {
  check_host(head, hosts_);
  if (head.origin && !contains(origins_, std::string(*head.origin))) {
    throw HttpRefusal{403, "Pages of this Origin may not use this server.", {}};
  }
  if (head.target == "/health") {
    if (head.method != "GET") throw HttpRefusal{405, "/health takes GET.", "Allow: GET\r\n"};
    return Route::health;
  }
  const bool bare = token_.empty() && head.target == "/";
  if (head.target != "/mcp" && !bare)
    throw HttpRefusal{404, "Nothing is here; MCP is at /mcp.", {}};
  check_token(head, now);
  if (head.method == "DELETE") return Route::end_session;
  if (head.method == "GET") {
    if (head.accept && !accepts(*head.accept, kEventStream)) {
      throw HttpRefusal{406, "GET opens an event stream; Accept must allow it.", {}};
    }
    return Route::stream;
  }
  if (head.method != "POST") {
    throw HttpRefusal{405, "/mcp takes POST, and GET or DELETE of a session.",
                      "Allow: GET, POST, DELETE\r\n"};
  }
  if (!head.content_type || !is_json_type(*head.content_type)) {
    throw HttpRefusal{415, "Send Content-Type: application/json.", {}};
  }
  if (head.accept && !accepts(*head.accept, kJson) && !accepts(*head.accept, kEventStream)) {
    throw HttpRefusal{
        406, "Answers are application/json or text/event-stream; Accept must allow one.", {}};
  }
  check_size(head);
  return Route::message;
}

void HttpGate::check_token(const HttpHead& head, Time now) {
  if (token_.empty()) return;
  const std::string_view given = bearer_of(head);
  if (!given.empty() && Secret(std::string(given)) == token_) return;
  bad_tokens_.count(now);
  throw HttpRefusal{
      401, "Send Authorization: Bearer TOKEN; the token is in the file " + token_file_ + ".",
      "WWW-Authenticate: Bearer realm=\"dhis2-mcp\"\r\n"};
}

}  // namespace dhis2mcp
