// SPDX-License-Identifier: BSD-3-Clause
// Making, listing, changing and revoking personal access tokens, and the switch of the lock-out.
#include <arpa/inet.h>

#include <algorithm>

#include "tests/sandbox/identity.h"
#include "tests/sandbox/own_objects.h"

namespace sandbox {
namespace {

constexpr const char* kKlass = "org.hisp.dhis.security.apikey.ApiToken";
const std::vector<std::string> kPatched = {"attributes", "expire", "code", "type", "version"};

bool good_ip(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

// Hosts must end in a public suffix: app.example.org does, app.example does not.
bool good_referrer(const std::string& text) {
  const size_t start = text.find("://");
  if (!text.starts_with("http") || start == std::string::npos) return false;
  const std::string host = text.substr(start + 3, text.find_first_of(":/", start + 3) - start - 3);
  const size_t dot = host.rfind('.');
  if (dot == std::string::npos || host.find(' ') != std::string::npos) return false;
  const std::string last = host.substr(dot + 1);
  return last.size() >= 2 && last != "example" && last != "test" && last != "local";
}

bool good_method(const std::string& text) {
  static const std::vector<std::string> kMethods = {"HEAD",  "GET", "POST",
                                                    "PATCH", "PUT", "DELETE"};
  return std::find(kMethods.begin(), kMethods.end(), text) != kMethods.end();
}

// Why the attributes of a new token are refused; empty when they are good.
std::string fault_of(const Json& attributes) {
  struct Rule {
    const char* name;
    const char* what;
    bool (*good)(const std::string&);
  };
  constexpr Rule kRules[] = {{"allowedMethods", "http method", good_method},
                             {"allowedIps", "ip address", good_ip},
                             {"allowedReferrers", "referrer url", good_referrer}};
  for (const Json& attribute : attributes) {
    for (const Rule& rule : kRules) {
      for (const Json& value : attribute.value(rule.name, Json::array())) {
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        if (!rule.good(text)) return std::string("Not a valid ") + rule.what + ", value=" + text;
      }
    }
  }
  return "";
}

int column_of(const Request& request, const std::string& text) {
  return static_cast<int>(request.body.find(text)) + 1;
}

// Epoch milliseconds as a number or as the text of one. Empty: neither.
std::optional<long long> moment_of(const Json& value) {
  if (value.is_number_integer()) return value.get<long long>();
  if (!value.is_string()) return std::nullopt;
  const std::string text = value.get<std::string>();
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return std::stoll(text);
}

// What Jackson cannot read into a token; empty when it can read everything.
std::string unreadable(const Request& request, const Json& body, int major) {
  const std::string chain = " (through reference chain: " + std::string(kKlass);
  const std::string type = body.value("type", "");
  if (major <= 40 && !type.empty() && type != "PERSONAL_ACCESS_TOKEN") {
    return "Cannot deserialize value of type `org.hisp.dhis.security.apikey.ApiTokenType` from "
           "String \"" +
           type + "\": not one of the values accepted for Enum class: [PERSONAL_ACCESS_TOKEN]" +
           reading_place(major, 1, column_of(request, "\"" + type + "\"")) + chain + "[\"type\"])";
  }
  for (const Json& attribute : body.value("attributes", Json::array())) {
    const std::string kind = attribute.value("type", "");
    if (kind == "IpAllowedList" || kind == "MethodAllowedList" || kind == "RefererAllowedList") {
      continue;
    }
    const std::string list = chain + "[\"attributes\"]->java.util.ArrayList[0])";
    if (kind.empty()) {
      return "Could not resolve subtype of [simple type, class "
             "org.hisp.dhis.security.apikey.ApiTokenAttribute]: missing type id property 'type' "
             "(for POJO property 'attributes')" +
             reading_place(major, 1, column_of(request, "}")) + list;
    }
    return "Could not resolve type id '" + kind +
           "' as a subtype of `org.hisp.dhis.security.apikey.ApiTokenAttribute`: known type ids = "
           "[IpAllowedList, MethodAllowedList, RefererAllowedList] (for POJO property "
           "'attributes')" +
           reading_place(major, 1, column_of(request, "\"" + kind + "\"")) + list;
  }
  const Json expire = body.value("expire", Json());
  if (expire.is_null() || moment_of(expire)) return "";
  return "Cannot deserialize value of type `java.lang.Long` from String " + expire.dump() +
         ": not a valid `java.lang.Long` value" +
         reading_place(major, 1, column_of(request, expire.dump())) + chain + "[\"expire\"])";
}

}  // namespace

std::optional<Reply> Identity::answer(const Request& request) {
  if (request.path.starts_with("/systemSettings/keyLockMultipleFailedLogins")) {
    return setting(request);
  }
  if (request.path.starts_with("/maintenance") && request.method == "POST" &&
      (request.param("cacheClear") == "true" || request.path == "/maintenance/cacheClear")) {
    const std::lock_guard lock(mutex_);
    cached_.clear();
    return bare(204);
  }
  for (const std::string root : {"/apiToken", "/apiTokens"}) {
    if (root == "/apiTokens" && major_ < 41) continue;
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
    return told(major_, 403, "Access is denied, requires one Authority from [F_SYSTEM_SETTING]");
  }
  accounts_.lock_out(request.method == "POST" && request.param("value") == "true");
  if (request.method == "DELETE") return bare(204);
  return web_message(200, "System setting 'keyLockMultipleFailedLogins' set to value '" +
                              request.param("value").value_or("") + "'.");
}

std::optional<Reply> Identity::bad_token(const Json& body) const {
  const std::string fault = fault_of(body.value("attributes", Json::array()));
  if (fault.empty()) return std::nullopt;
  if (major_ <= 40) return told(major_, 400, fault);
  return told(major_, 409, "Failed to validate the token's attributes, message: " + fault, "E1004");
}

Reply Identity::create_token(const Request& request) {
  if (auto refusal = unusable_body(request, major_)) return *refusal;
  const Json body = Json::parse(request.body);
  if (const std::string why = unreadable(request, body, major_); !why.empty()) {
    return told(major_, major_ >= 43 ? 409 : 500, why);
  }
  if (auto refusal = bad_token(body)) return *refusal;
  const std::lock_guard lock(mutex_);
  Pat pat;
  pat.owner = request.user->username;
  pat.code = body.value("code", "");
  pat.attributes = body.value("attributes", Json::array());
  pat.created = pat.updated = server_time(country_.settings());
  pat.expire = moment_of(body.value("expire", Json()))
                   .value_or(milliseconds_of(country_.settings().clock) + 30LL * 86400000);
  std::string text;
  for (int part = 0; part < 4; ++part) {
    text += uid_of(pat.owner + "/" + std::to_string(made_) + "/" + std::to_string(part));
  }
  pat.key = major_ >= 41 ? v2_token(text) : v1_token(text.substr(0, 32), major_);
  pat.uid = uid_of("token/" + std::to_string(made_++));
  const auto twin = std::find_if(pats_.begin(), pats_.end(), [&](const Pat& known) {
    return !pat.code.empty() && known.code == pat.code;
  });
  if (twin != pats_.end()) {
    return conflict_report(
        kKlass, pat.uid,
        Json::array({taken_property(major_, kKlass, "code", pat.code,
                                    "[" + pat.uid + "] (ApiToken)", twin->uid)}));
  }
  pats_.push_back(pat);
  Reply reply = object_report(201, kKlass, pat.uid, pat.key,
                              major_ >= 42 ? "ObjectReport" : "ApiTokenCreationResponse");
  reply.headers.emplace_back("Location", request.base_url + "/api/apiToken/" + pat.uid);
  return reply;
}

Json Identity::shown(const Pat& pat, const Request& request) const {
  const bool v2 = pat.key.starts_with("d2p_");
  Json own = {{"version", v2 ? 2 : 1}};
  own["type"] = major_ <= 40 ? "PERSONAL_ACCESS_TOKEN"
                : v2         ? "PERSONAL_ACCESS_TOKEN_V2"
                             : "PERSONAL_ACCESS_TOKEN_V1";
  own["expire"] = pat.expire;
  own["attributes"] = pat.attributes;
  return whole(country_, request, "/apiToken",
               {pat.uid, pat.code, "", pat.owner, pat.created, pat.updated}, own);
}

Reply Identity::list_tokens(const Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return told(
        major_, 405,
        "Request method '" + request.method + "' " + (major_ >= 42 ? "is " : "") + "not supported");
  }
  const std::lock_guard lock(mutex_);
  std::vector<const Pat*> seen;
  for (const Pat& pat : pats_) {
    if (pat.owner == request.user->username || request.user->has("ALL")) seen.push_back(&pat);
  }
  std::sort(seen.begin(), seen.end(), [](const Pat* a, const Pat* b) { return a->uid < b->uid; });
  std::vector<Json> objects;
  for (const Pat* pat : seen) objects.push_back(shown(*pat, request));
  return list(request, "apiToken", std::move(objects), "id");
}

Reply Identity::one_token(const Request& request, const std::string& uid) {
  const std::lock_guard lock(mutex_);
  const auto pat = std::find_if(pats_.begin(), pats_.end(), [&](const Pat& known) {
    return known.uid == uid && (known.owner == request.user->username || request.user->has("ALL"));
  });
  if (pat == pats_.end()) {
    return told(major_, 404, "ApiToken with id " + uid + " could not be found.", "E1005");
  }
  if (request.method == "GET" || request.method == "HEAD")
    return one(request, shown(*pat, request));
  if (request.method == "PUT") return put_token(*pat, request);
  if (request.method == "PATCH") return patch_token(*pat, request);
  if (request.method != "DELETE") return not_played(request.method + " /api/apiToken/{id}");
  // Up to 2.40 a token in use outlives its deletion: the cache keeps it.
  if (major_ > 40) cached_.erase(pat->key);
  pats_.erase(pat);
  return object_report(200, kKlass, uid);
}

Reply Identity::put_token(Pat& pat, const Request& request) {
  if (auto refusal = unusable_body(request, major_)) return *refusal;
  const Json body = Json::parse(request.body);
  if (const std::string why = unreadable(request, body, major_); !why.empty()) {
    return told(major_, major_ >= 43 ? 409 : 500, why);
  }
  Json complaints = Json::array();
  const auto need = [&](const char* name, const char* type) {
    if (!body.contains(name)) {
      complaints.push_back(missing_property(major_, kKlass, name, type));
    }
  };
  need("type", "org.hisp.dhis.security.apikey.ApiTokenType");
  need("version", "java.lang.Integer");
  need("expire", "java.lang.Long");
  if (!complaints.empty()) return conflict_report(kKlass, pat.uid, complaints);
  if (auto refusal = bad_token(body)) return *refusal;
  pat.code = body.value("code", "");
  pat.attributes = body.value("attributes", Json::array());
  pat.expire = moment_of(body["expire"]).value_or(pat.expire);
  pat.updated = server_time(country_.settings());
  return object_report(200, kKlass, pat.uid);
}

Reply Identity::patch_token(Pat& pat, const Request& request) {
  const Json operations = Json::parse(request.body, nullptr, false);
  if (!operations.is_array()) return told(major_, 400, "Invalid JSON patch");
  Json object = {{"attributes", pat.attributes}, {"expire", pat.expire}, {"code", pat.code}};
  if (const std::string unknown = patch(object, operations, kPatched); !unknown.empty()) {
    return told(major_, 400, "Property " + unknown + " does not exist on Schema");
  }
  if (auto refusal = bad_token(object)) return *refusal;
  pat.attributes = object.value("attributes", Json::array());
  pat.expire = moment_of(object.value("expire", Json())).value_or(pat.expire);
  pat.code = object.value("code", "");
  pat.updated = server_time(country_.settings());
  return object_report(200, kKlass, pat.uid);
}

}  // namespace sandbox
