// SPDX-License-Identifier: BSD-3-Clause
// /api/apiToken, the same path from 2.37 on.
#include "auth/owned_tokens.h"

#include <algorithm>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_guard.h"
#include "dhis2/json_members.h"

namespace dhis2mcp {
namespace {

constexpr const char* kMethods[] = {"HEAD", "GET", "POST", "PATCH", "PUT", "DELETE"};

// As late as a clock in nanoseconds can tell: the year 2262.
WallTime wall(const Json& given) {
  using std::chrono::milliseconds;
  constexpr auto kLatest = std::chrono::floor<std::chrono::milliseconds>(WallTime::max());
  if (!given.is_number_integer()) return {};
  const std::int64_t latest = kLatest.time_since_epoch().count();
  return WallTime(milliseconds(std::clamp<std::int64_t>(given.get<std::int64_t>(), 0, latest)));
}

void read_limits(const Json& attributes, OwnedToken& token) {
  if (!attributes.is_array()) return;
  for (const Json& one : attributes) {
    if (!one.is_object()) continue;
    if (one.contains("allowedMethods")) token.methods = texts_in(one["allowedMethods"]);
    if (one.contains("allowedIps")) token.ips = texts_in(one["allowedIps"]);
    if (one.contains("allowedReferrers")) token.referrers = texts_in(one["allowedReferrers"]);
  }
}

void limit(Json& attributes, const char* type, const char* member,
           const std::vector<std::string>& values) {
  if (!values.empty()) attributes.push_back({{"type", type}, {member, values}});
}

void check(const TokenWish& wish, WallTime now) {
  if (wish.expires <= now) {
    throw Error(ErrorKind::bad_input, "The token would have expired already.",
                "Give a later date; DHIS2 takes a past one and makes a dead token.");
  }
  for (const std::string& method : wish.methods) {
    if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods)) {
      throw Error(ErrorKind::bad_input, "'" + method + "' is no method of DHIS2's tokens.",
                  "Use HEAD, GET, POST, PATCH, PUT or DELETE.");
    }
  }
}

// A defect of one patch release, not of what was asked for.
[[noreturn]] void told_of_defect(const Error& error, const std::string& version) {
  if (error.http != 500 || !version.starts_with("2.42.5")) throw Error(error);
  Error told(
      error.kind, error.what(),
      "DHIS2 2.42.5.0 cannot make tokens; an administrator updates it to 2.42.5.1 or newer.");
  told.http = error.http;
  throw Error(told);
}

}  // namespace

std::vector<OwnedToken> owned_tokens(SignedClient& client, const Patience& patience) {
  const Json answer = client.get(
      "/api/apiToken", Query::parse("fields=id,code,expire,attributes&paging=false"), patience);
  std::vector<OwnedToken> tokens;
  for (const Json& one : list_of(answer, "apiToken")) {
    if (!one.is_object()) continue;
    OwnedToken token;
    token.uid = text_of(one, "id");
    token.code = text_of(one, "code");
    token.expires = wall(member_of(one, "expire"));
    read_limits(member_of(one, "attributes"), token);
    tokens.push_back(std::move(token));
  }
  std::stable_sort(tokens.begin(), tokens.end(),
                   [](const OwnedToken& a, const OwnedToken& b) { return a.expires < b.expires; });
  return tokens;
}

NewToken create_token(SignedClient& client, const TokenWish& wish, WallTime now,
                      const Patience& patience) {
  check(wish, now);
  Json attributes = Json::array();
  limit(attributes, "MethodAllowedList", "allowedMethods", wish.methods);
  limit(attributes, "IpAllowedList", "allowedIps", wish.ips);
  limit(attributes, "RefererAllowedList", "allowedReferrers", wish.referrers);
  Json body = {{"expire", std::chrono::duration_cast<std::chrono::milliseconds>(
                              wish.expires.time_since_epoch())
                              .count()},
               {"attributes", attributes}};
  if (!wish.code.empty()) body["code"] = wish.code;
  Request request;
  request.method = Method::post;
  request.path = "/api/apiToken";
  request.content_type = "application/json";
  request.body = to_text(body);
  Json answer;
  try {
    answer = parse_json(client.send(request, patience).body);
  } catch (const Error& error) {
    told_of_defect(error, error.http == 500 ? client.whoami(patience).version_text : "");
  }
  const Json& made = member_of(answer, "response");
  NewToken token{text_of(made, "uid"), Secret(text_of(made, "key"))};
  if (token.key.empty()) {
    throw Error(ErrorKind::unavailable, "DHIS2 made a token and did not show it.",
                "Look for it with dhis2-mcp pat list, revoke it and try again.");
  }
  return token;
}

std::string revoke_token(SignedClient& client, const std::string& uid, const Patience& patience) {
  const bool sound =
      !uid.empty() && uid.size() <= 20 && std::ranges::all_of(uid, is_letter_or_digit);
  if (!sound) {
    throw Error(ErrorKind::bad_input, "'" + uid + "' is no id of a token.",
                "See them: dhis2-mcp pat list.");
  }
  Request request;
  request.method = Method::del;
  request.path = "/api/apiToken/" + uid;
  client.send(request, patience);
  if (client.whoami(patience).version.major > 40) return {};
  return "Up to DHIS2 2.40 a token that was used lately goes on working until an administrator "
         "clears the server's caches (Data administration, Maintenance, Clear application cache).";
}

}  // namespace dhis2mcp
