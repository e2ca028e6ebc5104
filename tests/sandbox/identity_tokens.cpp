// SPDX-License-Identifier: BSD-3-Clause
// Making, listing and revoking personal access tokens, and the switch of the lock-out.
#include <algorithm>

#include "tests/sandbox/identity.h"

namespace sandbox {
namespace {

constexpr const char* kKlass = "org.hisp.dhis.security.apikey.ApiToken";

Reply missing(const std::string& uid) {
  return web_message(404, "ApiToken with id " + uid + " could not be found.", "E1005");
}

Reply object_report(int status, const std::string& uid, const std::string& key,
                    const char* kind = "ObjectReport") {
  Json report = {
      {"uid", uid}, {"klass", kKlass}, {"errorReports", Json::array()}, {"responseType", kind}};
  if (!key.empty()) report["key"] = key;
  Json body = {{"httpStatus", status == 201 ? "Created" : "OK"},
               {"httpStatusCode", status},
               {"status", "OK"},
               {"response", report}};
  return json_reply(body, status);
}

// Why the attributes of a new token are refused; empty when they are good.
std::string fault_of(const Json& attributes) {
  static const std::vector<std::string> kMethods = {"HEAD",  "GET", "POST",
                                                    "PATCH", "PUT", "DELETE"};
  for (const Json& attribute : attributes) {
    for (const Json& method : attribute.value("allowedMethods", Json::array())) {
      if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
        return "Not a valid http method, value=" + method.get<std::string>();
      }
    }
  }
  return "";
}

}  // namespace

std::optional<Reply> Identity::answer(const Request& request) {
  if (request.path.starts_with("/systemSettings/keyLockMultipleFailedLogins")) {
    return setting(request);
  }
  for (const std::string root : {"/apiToken", "/apiTokens"}) {
    if (root == "/apiTokens" && country_.settings().major < 41) continue;
    if (request.path == root) {
      return request.method == "POST" ? create_token(request) : list_tokens(request);
    }
    if (request.path.starts_with(root + "/")) {
      return one_token(request, request.path.substr(root.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<Reply> Identity::setting(const Request& request) {
  if (request.method != "POST" && request.method != "DELETE") return std::nullopt;
  if (!request.user->has("F_SYSTEM_SETTING")) {
    return web_message(403, "Access is denied, requires one Authority from [F_SYSTEM_SETTING]");
  }
  const std::lock_guard lock(mutex_);
  const int major = country_.settings().major;
  lock_out_ = request.method == "POST" && request.param("value") == "true";
  // Up to 2.41 switching off unlocks; from 2.42 on a lock stays.
  if (!lock_out_ && major <= 41) failures_.clear();
  if (request.method == "DELETE") {
    Reply reply;
    reply.status = 204;
    reply.content_type.clear();
    return reply;
  }
  return web_message(200, "System setting 'keyLockMultipleFailedLogins' set to value '" +
                              request.param("value").value_or("") + "'.");
}

Reply Identity::create_token(const Request& request) {
  const int major = country_.settings().major;
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    return web_message(major >= 43 ? 409 : 500, "No content to map due to end-of-input");
  }
  const Json attributes = body.value("attributes", Json::array());
  if (const std::string fault = fault_of(attributes); !fault.empty()) {
    if (major <= 40) return web_message(400, fault);
    return web_message(409, "Failed to validate the token's attributes, message: " + fault);
  }
  const Json expire = body.value("expire", Json());
  if (!expire.is_null() && !expire.is_number_integer()) {
    return web_message(major >= 43 ? 409 : 500,
                       "Cannot deserialize value of type `java.lang.Long`");
  }
  const std::lock_guard lock(mutex_);
  Pat pat;
  pat.owner = request.user->username;
  pat.code = body.value("code", "");
  pat.attributes = attributes;
  pat.expire = expire.is_null() ? milliseconds_of(country_.settings().clock) + 30LL * 86400000
                                : expire.get<long long>();
  std::string text;
  for (int part = 0; part < 4; ++part) {
    text += uid_of(pat.owner + "/" + std::to_string(made_) + "/" + std::to_string(part));
  }
  pat.key = major >= 41 ? v2_token(text) : v1_token(text.substr(0, 32), major);
  pat.uid = uid_of("token/" + std::to_string(made_++));
  pats_.push_back(pat);
  Reply reply = object_report(201, pat.uid, pat.key,
                              major >= 43 ? "ObjectReport" : "ApiTokenCreationResponse");
  reply.headers.emplace_back("Location", request.base_url + "/api/apiToken/" + pat.uid);
  return reply;
}

Json Identity::shown(const Pat& pat) const {
  const int major = country_.settings().major;
  const bool v2 = pat.key.starts_with("d2p_");
  Json object = {{"version", v2 ? 2 : 1},
                 {"type", major <= 40 ? "PERSONAL_ACCESS_TOKEN"
                          : v2        ? "PERSONAL_ACCESS_TOKEN_V2"
                                      : "PERSONAL_ACCESS_TOKEN_V1"},
                 {"expire", pat.expire},
                 {"attributes", pat.attributes},
                 {"id", pat.uid}};
  if (!pat.code.empty()) object["code"] = pat.code;
  return object;
}

Reply Identity::list_tokens(const Request& request) {
  if (request.method != "GET") {
    return web_message(405, "Request method '" + request.method + "' is not supported");
  }
  const std::lock_guard lock(mutex_);
  const bool whole = request.param("fields").has_value();
  Json list = Json::array();
  for (const Pat& pat : pats_) {
    if (pat.owner != request.user->username) continue;
    list.push_back(whole ? shown(pat) : Json{{"id", pat.uid}});
  }
  const size_t total = list.size();
  Json body;
  if (request.param("paging") != "false") {
    body["pager"] = {{"page", 1}, {"total", total}, {"pageSize", 50}, {"pageCount", 1}};
  }
  body["apiToken"] = list;
  return json_reply(body);
}

Reply Identity::one_token(const Request& request, const std::string& uid) {
  const std::lock_guard lock(mutex_);
  const auto pat = std::find_if(pats_.begin(), pats_.end(), [&](const Pat& known) {
    return known.uid == uid && known.owner == request.user->username;
  });
  if (pat == pats_.end()) return missing(uid);
  if (request.method == "GET") return json_reply(shown(*pat));
  if (request.method != "DELETE") return not_played(request.method + " /api/apiToken/{id}");
  pats_.erase(pat);
  return object_report(200, uid, "");
}

}  // namespace sandbox
