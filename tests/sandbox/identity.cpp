// SPDX-License-Identifier: BSD-3-Clause
// Sign-in as DHIS2 2.37 to 2.43 answer it.
#include "tests/sandbox/identity.h"

#include <algorithm>

namespace sandbox {
namespace {

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

// Also "Basic" alone, and with nothing behind it.
bool is_basic(const std::string& authorization) {
  return same_letters(std::string_view(authorization).substr(0, 6), "basic ") ||
         authorization == "Basic";
}

}  // namespace

Identity::Identity(const Country& country, Accounts& accounts, Sessions& sessions, Login& login)
    : country_(country),
      accounts_(accounts),
      sessions_(sessions),
      login_(login),
      major_(country.settings().major),
      pats_(practice_pats(country.settings())) {}

Identity::Verdict Identity::check(const Request& request, const Target& target,
                                  AuthorizationServer& oauth) {
  const std::string authorization = request.header("Authorization");
  if (is_basic(authorization)) return check_basic(request);
  if (const auto token = token_of(authorization);
      token && country_.settings().on("enable.api_token.authentication", major_ > 37)) {
    return check_token(request, *token);
  }
  if (const auto bearer = oauth.check(request)) {
    if (bearer->user) return welcome(request, *bearer->user);
    Verdict verdict;
    verdict.refusal = bearer->refusal;
    return verdict;
  }
  Verdict verdict;
  verdict.user = country_.user(sessions_.user_of(request));
  if (verdict.user) return verdict;
  if (request.header("X-Requested-With") == "XMLHttpRequest") {
    return refuse(request, "Unauthorized");
  }
  verdict.refusal = login_.turn_away(request, target);
  return verdict;
}

Identity::Verdict Identity::check_basic(const Request& request) {
  std::string name, password;
  basic_of(request, name, password);
  switch (accounts_.check(name, password, std::nullopt)) {
    case Outcome::kGood:
      return welcome(request, *country_.user(name));
    case Outcome::kLocked:
      return refuse(request, "Account locked");
    case Outcome::kDisabled:
      return refuse(request, major_ >= 38 ? "Account disabled" : "Unauthorized");
    default:
      return refuse(request, "Unauthorized");
  }
}

Identity::Verdict Identity::check_token(const Request& request, const std::string& token) {
  Verdict verdict;
  const auto refused = [&](int status, std::string_view message) {
    const bool empty = major_ <= 40 || request.header("Accept") == "application/xml";
    verdict.refusal = empty ? bare(401) : told(major_, status, message);
    verdict.refusal.headers.emplace_back("WWW-Authenticate", "ApiToken");
    return verdict;
  };
  if (token.empty()) {
    if (major_ > 40) return refused(400, "Api token is malformed");
    verdict.refusal = html_error(500);
    return verdict;
  }
  if (!good_checksum(token, major_)) return refused(400, "Checksum validation failed");
  const std::lock_guard lock(mutex_);
  const auto pat = std::find_if(pats_.begin(), pats_.end(),
                                [&](const Pat& known) { return known.key == token; });
  auto used = cached_.find(token);
  if (pat == pats_.end() && (used == cached_.end() || major_ > 40)) {
    return refused(401, "The API token does not exists");
  }
  const Pat& rules = used == cached_.end() ? *pat : used->second;
  if (rules.expire <= milliseconds_of(country_.settings().clock)) {
    return refused(401, "Failed to authenticate API token, token has expired.");
  }
  const User* owner = country_.user(rules.owner);
  if ((used == cached_.end() || major_ > 40) && !accounts_.fit(*owner)) {
    return refused(401, "The API token is disabled, locked or 2FA is enabled.");
  }
  if (used == cached_.end()) used = cached_.emplace(token, *pat).first;
  if (const std::string why = refusal_of(used->second, request); !why.empty()) {
    return refused(401, why);
  }
  return welcome(request, *owner);
}

void Identity::restart() {
  const std::lock_guard lock(mutex_);
  cached_.clear();
}

Identity::Verdict Identity::refuse(const Request& request, std::string_view message) const {
  Verdict verdict;
  const bool basic = is_basic(request.header("Authorization"));
  const bool xml = request.header("Accept").find("application/xml") != std::string::npos;
  verdict.refusal =
      xml && (basic || major_ <= 41) ? xml_refusal(message) : web_message(401, message);
  return verdict;
}

Identity::Verdict Identity::welcome(const Request& request, const User& user) {
  Verdict verdict;
  verdict.user = &user;
  if (sessions_.user_of(request).empty()) verdict.new_session = sessions_.open(user.username);
  return verdict;
}

}  // namespace sandbox
