// SPDX-License-Identifier: BSD-3-Clause
// Parameters, headers and DHIS2's error envelope.
#include "tests/sandbox/wire.h"

#include <algorithm>
#include <cctype>

namespace sandbox {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

const char* reason(int status) {
  switch (status) {
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
    case 406:
      return "Not Acceptable";
    case 409:
      return "Conflict";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Entity";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    default:
      return "OK";
  }
}

}  // namespace

std::optional<std::string> Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string> Request::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : params) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::string Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return "";
}

Reply json_reply(const Json& body, int status) {
  Reply reply;
  reply.status = status;
  reply.body = body.dump();
  return reply;
}

Reply web_message(int status, std::string_view message, std::string_view code) {
  Json body = {{"httpStatus", reason(status)},
               {"httpStatusCode", status},
               {"status", status < 400 ? "OK" : "ERROR"}};
  if (!message.empty()) body["message"] = message;
  if (!code.empty()) body["errorCode"] = code;
  return json_reply(body, status);
}

Reply html_error(int status, std::string_view message) {
  // The dash of the title is U+2013, as Tomcat writes it.
  const std::string title =
      "HTTP Status " + std::to_string(status) + " \xe2\x80\x93 " + reason(status);
  Reply reply;
  reply.status = status;
  reply.content_type = "text/html;charset=utf-8";
  reply.body = "<!doctype html><html lang=\"en\"><head><title>" + title +
               "</title></head><body><h1>" + title + "</h1><hr class=\"line\" />";
  if (!message.empty()) reply.body += "<p><b>Message</b> " + std::string(message) + "</p>";
  reply.body += "<h3>Apache Tomcat</h3></body></html>";
  return reply;
}

Reply not_played(std::string_view what) {
  return web_message(501, "The practice DHIS2 does not play " + std::string(what));
}

}  // namespace sandbox
