// SPDX-License-Identifier: BSD-3-Clause
// Sign-in as DHIS2 2.37 to 2.43 answer it.
#include "tests/sandbox/identity.h"

#include <algorithm>
#include <cctype>

namespace sandbox {
namespace {

// The failure that is told as a lock comes after this many (2.40-2.43).
constexpr int kFailuresBeforeLock = 4;

std::string base64_decoded(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return bytes;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() > word.size() && text[word.size()] == ' ' &&
         std::equal(word.begin(), word.end(), text.begin(), [](unsigned char a, unsigned char b) {
           return std::tolower(a) == std::tolower(b);
         });
}

std::string cookie(const Request& request, std::string_view name) {
  const std::string all = request.header("Cookie");
  size_t at = all.find(std::string(name) + "=");
  if (at == std::string::npos) return "";
  at += name.size() + 1;
  return all.substr(at, all.find(';', at) - at);
}

Reply xml_refusal(std::string_view message) {
  Reply reply;
  reply.status = 401;
  reply.content_type = "application/xml;charset=UTF-8";
  reply.body =
      "<webMessage xmlns=\"http://dhis2.org/schema/dxf/2.0\" httpStatus=\"Unauthorized\" "
      "httpStatusCode=\"401\" status=\"ERROR\"><message>" +
      std::string(message) + "</message></webMessage>";
  return reply;
}

}  // namespace

Identity::Identity(const Country& country)
    : country_(country), pats_(practice_pats(country.settings())) {}

std::string_view Identity::login_page() const {
  const int major = country_.settings().major;
  if (major <= 40) return "/dhis-web-commons/security/login.action";
  if (major == 41) return "/dhis-web-login";
  return major == 42 ? "/dhis-web-login/" : "/login/";
}

Identity::Verdict Identity::check(const Request& request) {
  const std::string authorization = request.header("Authorization");
  if (starts_with_word(authorization, "Basic") || authorization == "Basic") {
    return check_basic(request, std::string_view(authorization).substr(5));
  }
  // Off by default in 2.37: the header is not looked at.
  if (const auto token = token_of(authorization); token && country_.settings().major > 37) {
    return check_token(request, *token);
  }
  if (const User* user = user_of_session(request)) {
    Verdict verdict;
    verdict.user = user;
    return verdict;
  }
  return refuse(request, "Unauthorized", false);
}

Identity::Verdict Identity::check_basic(const Request& request, std::string_view encoded) {
  while (encoded.starts_with(' ')) encoded.remove_prefix(1);
  const std::string pair = base64_decoded(encoded);
  const size_t colon = pair.find(':');
  const std::string name = pair.substr(0, colon);
  const std::string password = colon == std::string::npos ? "" : pair.substr(colon + 1);
  const std::lock_guard lock(mutex_);
  if (lock_out_ && failures_[name] >= kFailuresBeforeLock) {
    return refuse(request, "Account locked", true);
  }
  const User* user = country_.user(name);
  if (!user || user->password != password) {
    if (lock_out_) ++failures_[name];
    return refuse(request, "Unauthorized", true);
  }
  if (user->disabled) {
    return refuse(request, country_.settings().major >= 38 ? "Account disabled" : "Unauthorized",
                  true);
  }
  // The code of the second factor cannot be sent with Basic, so the password alone never does.
  if (user->expired || user->two_factor) return refuse(request, "Unauthorized", true);
  failures_.erase(name);
  return welcome(request, *user);
}

Identity::Verdict Identity::check_token(const Request& request, const std::string& token) {
  const int major = country_.settings().major;
  Verdict verdict;
  const auto refused = [&](int status, std::string_view message) {
    const bool empty = major <= 40 || request.header("Accept") == "application/xml";
    verdict.refusal = web_message(empty ? 401 : status, message);
    if (empty) verdict.refusal.body.clear();
    if (empty) verdict.refusal.content_type.clear();
    verdict.refusal.headers.emplace_back("WWW-Authenticate", "ApiToken");
    return verdict;
  };
  if (token.empty()) {
    if (major > 40) return refused(400, "Api token is malformed");
    verdict.refusal = html_error(500);
    return verdict;
  }
  if (!good_checksum(token, major)) return refused(400, "Checksum validation failed");
  const std::lock_guard lock(mutex_);
  const auto pat = std::find_if(pats_.begin(), pats_.end(),
                                [&](const Pat& known) { return known.key == token; });
  if (pat == pats_.end()) return refused(401, "The API token does not exists");
  if (const std::string why = refusal_of(*pat, request); !why.empty()) return refused(401, why);
  if (pat->expire <= milliseconds_of(country_.settings().clock)) {
    return refused(401, "Failed to authenticate API token, token has expired.");
  }
  const User* owner = country_.user(pat->owner);
  if (owner->disabled || owner->expired || owner->two_factor) {
    return refused(401, "The API token is disabled, locked or 2FA is enabled.");
  }
  return welcome(request, *owner);
}

Identity::Verdict Identity::refuse(const Request& request, std::string_view message,
                                   bool basic) const {
  Verdict verdict;
  const int major = country_.settings().major;
  const bool script = request.header("X-Requested-With") == "XMLHttpRequest";
  if (basic || script) {
    const bool xml = request.header("Accept").find("application/xml") != std::string::npos;
    verdict.refusal =
        xml && (basic || major <= 41) ? xml_refusal(message) : web_message(401, message);
    return verdict;
  }
  verdict.refusal.status = 302;
  verdict.refusal.content_type.clear();
  verdict.refusal.headers.emplace_back("Location", request.base_url + std::string(login_page()));
  return verdict;
}

Identity::Verdict Identity::welcome(const Request& request, const User& user) {
  Verdict verdict;
  verdict.user = &user;
  const auto known = sessions_.find(cookie(request, "JSESSIONID"));
  if (known != sessions_.end()) return verdict;
  const std::string number = std::to_string(++made_);
  verdict.new_session = uid_of("session/" + number) + uid_of(user.uid) + uid_of(number);
  std::transform(verdict.new_session.begin(), verdict.new_session.end(),
                 verdict.new_session.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  sessions_[verdict.new_session] = user.username;
  return verdict;
}

const User* Identity::user_of_session(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(cookie(request, "JSESSIONID"));
  return it == sessions_.end() ? nullptr : country_.user(it->second);
}

}  // namespace sandbox
