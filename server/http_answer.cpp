// SPDX-License-Identifier: BSD-3-Clause
// Status lines and the few headers that every answer carries.
#include "server/http_answer.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "server/jsonrpc.h"

namespace dhis2mcp {
namespace {

constexpr std::pair<int, std::string_view> kReasons[] = {
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
};

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* known = std::find_if(std::begin(kReasons), std::end(kReasons),
                                   [&](const auto& each) { return each.first == status; });
  if (known != std::end(kReasons)) return known->second;
  return status >= 500 ? "Internal Server Error" : "Unnamed";
}

std::string http_answer_head(int status, std::size_t length, std::string_view further,
                             bool keep_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " ";
  text.append(reason_phrase(status)).append("\r\n");
  if (status != 204) text.append("Content-Length: ").append(std::to_string(length)).append("\r\n");
  if (length > 0) text.append("Content-Type: application/json\r\n");
  text.append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n").append(further);
  if (!keep_alive) text.append("Connection: close\r\n");
  return text.append("\r\n");
}

std::string http_answer(const Reply& reply, bool keep_alive) {
  const std::string session =
      reply.session.empty() ? "" : "Mcp-Session-Id: " + reply.session + "\r\n";
  std::string text = http_answer_head(reply.http, reply.text.size(), session, keep_alive);
  return text.append(reply.text);
}

std::string http_answer(const HttpRefusal& refusal) {
  const std::string body = error_message({}, {kInvalidRequest, refusal.message, 400, {}}, true);
  return http_answer_head(refusal.status, body.size(), refusal.headers, false) + body;
}

std::string http_stream_head(bool chunked, bool keep_alive) {
  std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
      "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n"
      "X-Content-Type-Options: nosniff\r\n";
  if (chunked) text.append("Transfer-Encoding: chunked\r\n");
  if (!keep_alive) text.append("Connection: close\r\n");
  return text.append("\r\n");
}

std::string stream_event(const Event& event) {
  if (event.text.empty() && event.id.empty()) return ": \n\n";
  std::string text;
  text.reserve(event.text.size() + 64);
  if (event.retry_ms > 0) text.append("retry: ").append(std::to_string(event.retry_ms)) += '\n';
  if (!event.id.empty()) text.append("id: ").append(event.id) += '\n';
  std::string_view rest = event.text;
  for (;;) {
    const std::size_t end = rest.find_first_of("\r\n");
    text.append("data: ").append(rest.substr(0, end)) += '\n';
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return text += '\n';
}

std::string http_chunk(std::string_view text) {
  char size[16];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  std::string chunk(size, static_cast<std::size_t>(digits));
  return chunk.append(text).append("\r\n");
}

}  // namespace dhis2mcp
