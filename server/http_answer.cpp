// SPDX-License-Identifier: BSD-3-Clause
// Status lines and the few headers that every answer carries.
#include "server/http_answer.h"

#include <cstdio>

#include "server/jsonrpc.h"

namespace dhis2mcp {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 406:
      return "Not Acceptable";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

std::string http_answer_head(int status, std::size_t length, std::string_view further,
                             bool keep_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " ";
  text.append(reason(status)).append("\r\n");
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
