// SPDX-License-Identifier: BSD-3-Clause
// Writes pages and refusals, reads forms, cookies and credentials.
#include "tests/sandbox/pages.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "tests/sandbox/jose.h"
#include "tests/sandbox/target.h"

namespace sandbox {
namespace {

struct Phrase {
  int status;
  const char* reason;
  const char* description;
};

// clang-format off
constexpr Phrase kPhrases[] = {
    {400, "Bad Request", "The server cannot or will not process the request due to something that is perceived to be a client error (e.g., malformed request syntax, invalid request message framing, or deceptive request routing)."},
    {401, "Unauthorized", "The request has not been applied to the target resource because it lacks valid authentication credentials for that resource."},
    {403, "Forbidden", "The server understood the request but refuses to authorize it."},
    {404, "Not Found", "The origin server did not find a current representation for the target resource or is not willing to disclose that one exists."},
    {406, "Not Acceptable", "The target resource does not have a current representation that would be acceptable to the user agent, according to the proactive negotiation header fields received in the request, and the server is unwilling to supply a default representation."},
    {500, "Internal Server Error", "The server encountered an unexpected condition that prevented it from fulfilling the request."},
};
// clang-format on

std::string style() {
  return "body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b "
         "{color:white;background-color:#525D76;} h1 {font-size:22px;} h2 {font-size:16px;} h3 "
         "{font-size:14px;} p {font-size:12px;} a {color:black;} .line "
         "{height:1px;background-color:#525D76;border:none;}";
}

}  // namespace

Reply tomcat_page(int status, std::string_view message, std::string_view exception) {
  const auto phrase = std::find_if(std::begin(kPhrases), std::end(kPhrases),
                                   [&](const Phrase& one) { return one.status == status; });
  if (phrase == std::end(kPhrases)) return html_error(status, message);
  // The dash of the title is U+2013, as Tomcat writes it.
  const std::string title =
      "HTTP Status " + std::to_string(status) + " \xe2\x80\x93 " + phrase->reason;
  Reply reply;
  reply.status = status;
  reply.content_type = "text/html;charset=utf-8";
  reply.headers.emplace_back("Content-Language", "en");
  reply.body = "<!doctype html><html lang=\"en\"><head><title>" + title +
               "</title><style type=\"text/css\">" + style() + "</style></head><body><h1>" + title +
               "</h1><hr class=\"line\" /><p><b>Type</b> " +
               (exception.empty() ? "Status Report" : "Exception Report") + "</p>";
  if (!message.empty()) reply.body += "<p><b>Message</b> " + html_text(message) + "</p>";
  reply.body += std::string("<p><b>Description</b> ") + phrase->description + "</p>";
  if (!exception.empty()) {
    reply.body += "<p><b>Exception</b></p><pre>" + std::string(exception) + ": " +
                  html_text(message) +
                  "\n</pre><p><b>Note</b> The full stack trace of the root cause is available in "
                  "the server logs.</p>";
  }
  reply.body += "<hr class=\"line\" /><h3>Apache Tomcat</h3></body></html>";
  return reply;
}

Reply told(int major, int status, std::string_view message, std::string_view code) {
  Reply reply = web_message(status, message, code);
  if (major >= 42 && status >= 400) reply.content_type = "application/json";
  return reply;
}

Reply redirect(std::string location, int status) {
  Reply reply = bare(status);
  reply.headers.emplace_back("Location", std::move(location));
  return reply;
}

Reply bare(int status) {
  Reply reply;
  reply.status = status;
  reply.content_type.clear();
  return reply;
}

Reply oauth_error(int status, std::string_view error, std::string_view description,
                  std::string_view uri) {
  Json body = Json::object();
  if (!uri.empty()) body["error_description"] = description;
  body["error"] = error;
  if (uri.empty() && !description.empty()) body["error_description"] = description;
  if (!uri.empty()) body["error_uri"] = uri;
  return json_reply(body, status);
}

Form form_of(const Request& request) {
  Form form;
  if (!request.header("Content-Type").starts_with("application/x-www-form-urlencoded")) return form;
  for (const std::string& pair : pieces(request.body, '&')) {
    const size_t equals = pair.find('=');
    form.emplace_back(percent_decoded(std::string_view(pair).substr(0, equals), true),
                      equals == std::string::npos
                          ? ""
                          : percent_decoded(std::string_view(pair).substr(equals + 1), true));
  }
  return form;
}

Form parameters_of(const Request& request) {
  Form all = request.params;
  for (auto& pair : form_of(request)) all.push_back(std::move(pair));
  return all;
}

std::string field(const Form& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return "";
}

bool has_field(const Form& form, std::string_view name) {
  return std::any_of(form.begin(), form.end(),
                     [&](const auto& pair) { return pair.first == name; });
}

std::string cookie_of(const Request& request, std::string_view name) {
  for (const auto& [header, value] : request.headers) {
    if (!same_letters(header, "Cookie")) continue;
    for (std::string pair : pieces(value, ';')) {
      pair.erase(0, pair.find_first_not_of(' '));
      if (pair.starts_with(std::string(name) + "=")) return pair.substr(name.size() + 1);
    }
  }
  return "";
}

bool basic_of(const Request& request, std::string& name, std::string& secret) {
  const std::string header = request.header("Authorization");
  if (!same_letters(std::string_view(header).substr(0, 6), "basic ")) return false;
  const std::string pair = from_base64(std::string_view(header).substr(6));
  const size_t colon = pair.find(':');
  name = pair.substr(0, colon);
  secret = colon == std::string::npos ? "" : pair.substr(colon + 1);
  return true;
}

std::string uri_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", byte);
    encoded += hex;
  }
  return encoded;
}

std::string html_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      case '/':
        safe += "&#47;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::vector<std::string> pieces(std::string_view text, char between) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = text.find(between);
    std::string part(text.substr(0, end));
    part.erase(0, part.find_first_not_of(' '));
    if (!part.empty()) parts.push_back(std::move(part));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::vector<std::string> split(std::string_view text, char between) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == between) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace sandbox
