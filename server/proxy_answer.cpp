// SPDX-License-Identifier: BSD-3-Clause
// Header lines in, header lines out; no sockets here.
#include "server/proxy_answer.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/url.h"
#include "server/http_answer.h"
#include "server/http_door.h"
#include "server/json_text.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kGoesOn[] = {"Content-Type", "Content-Encoding", "Content-Language",
                                        "ETag",         "Last-Modified",    "Retry-After"};

constexpr std::string_view kAlways =
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: sandbox; default-src 'none'; frame-ancestors 'none'\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n"
    "Vary: Origin\r\n";

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_phrase(status)) + "\r\n";
}

void append_line(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::optional<std::string> length_of(const Headers& upstream) {
  std::optional<std::string> length;
  for (const auto& [name, value] : upstream) {
    if (!same_word(name, "Content-Length")) continue;
    if (length || !all_digits(value) || value.size() >= 19) return std::nullopt;
    length = value;
  }
  return length;
}

bool is_script(const Headers& upstream) {
  const std::string* type = find_header(upstream, "Content-Type");
  if (type == nullptr) return false;
  const std::string media = lower_ascii(trimmed(type->substr(0, type->find(';'))));
  return media.find("javascript") != std::string::npos ||
         media.find("ecmascript") != std::string::npos || media == "application/jsonp" ||
         media == "application/x-jsonp";
}

std::string proxy_head(int status, const Headers& upstream, Framing framing,
                       std::string_view further, bool keep_alive) {
  std::string text = status_line(status);
  for (const std::string_view name : kGoesOn) {
    const std::string* value = find_header(upstream, name);
    const bool sound = value != nullptr && std::ranges::all_of(*value, is_printable);
    if (sound) append_line(text, name, *value);
  }
  if (framing == Framing::length) append_line(text, "Content-Length", *length_of(upstream));
  if (framing == Framing::chunks) append_line(text, "Transfer-Encoding", "chunked");
  text.append(kAlways).append(further);
  if (!keep_alive) append_line(text, "Connection", "close");
  return text.append("\r\n");
}

std::string proxy_message(int status, std::string_view sentence, std::string_view further,
                          bool with_body, bool keep_alive) {
  std::string body = "{\"httpStatus\":" + json_quoted(reason_phrase(status)) +
                     ",\"httpStatusCode\":" + std::to_string(status) +
                     ",\"status\":\"ERROR\",\"message\":";
  append_quoted(body, sentence);
  body += '}';
  const Headers headers = {{"Content-Type", "application/json"},
                           {"Content-Length", std::to_string(body.size())}};
  std::string text = proxy_head(status, headers, Framing::length, further, keep_alive);
  return with_body ? text.append(body) : text;
}

std::string proxy_message(const HttpRefusal& refusal) {
  return proxy_message(refusal.status, refusal.message, refusal.headers, true, false);
}

std::string preflight_answer(const ProxyCall& call, bool keep_alive) {
  std::string further = call.cors;
  further.append(
      "Access-Control-Allow-Methods: GET, HEAD\r\n"
      "Access-Control-Allow-Headers: Authorization, Accept, Accept-Language, Content-Type, "
      "If-None-Match, If-Modified-Since, X-Requested-With\r\nAccess-Control-Max-Age: 60\r\n");
  if (call.private_network) further.append("Access-Control-Allow-Private-Network: true\r\n");
  return proxy_head(204, {}, Framing::none, further, keep_alive);
}

std::optional<std::string> rewritten_location(const Profile& profile, const Response& response) {
  const std::string* location = find_header(response.headers, "Location");
  if (location == nullptr) return std::nullopt;
  const BaseUrl base = BaseUrl::parse(profile.url);
  const auto target = same_origin_target(base, response.target, *location);
  if (!target) return std::nullopt;
  const std::string_view below = std::string_view(*target).substr(base.context().size());
  if (!below.starts_with("/api/")) return std::nullopt;
  try {
    const ReadPath read = readable(below);
    const std::string query = read.query.empty() ? "" : "?" + read.query.text();
    return "/" + profile.name + read.path + query;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace dhis2mcp
