// SPDX-License-Identifier: BSD-3-Clause
// The list of origins and its effect on answers.
#include "tests/sandbox/cors.h"

#include <algorithm>

namespace sandbox {

bool Cors::listed(const Request& request) {
  const std::string origin = request.header("Origin");
  if (origin == request.base_url.substr(0, request.base_url.find('/', 8))) return true;
  const std::lock_guard lock(mutex_);
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::optional<Reply> Cors::before(const Request& request) {
  if (request.header("Origin").empty()) return std::nullopt;
  if (!listed(request)) return major_ >= 42 ? std::optional<Reply>(bare(200)) : std::nullopt;
  const std::string method = request.header("Access-Control-Request-Method");
  if (request.method != "OPTIONS" || method.empty()) return std::nullopt;
  Reply reply = bare(204);
  reply.headers = {
      {"Access-Control-Allow-Credentials", "true"},
      {"Access-Control-Allow-Origin", request.header("Origin")},
      {"Vary", "Origin"},
      {"Access-Control-Allow-Methods", method},
      {"Access-Control-Allow-Headers", request.header("Access-Control-Request-Headers")},
      {"Access-Control-Max-Age", "3600"}};
  return reply;
}

void Cors::after(const Request& request, Reply& reply) {
  const std::string origin = request.header("Origin");
  if (origin.empty() || !listed(request)) return;
  reply.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  reply.headers.emplace_back("Access-Control-Allow-Origin", origin);
  reply.headers.emplace_back("Vary", "Origin");
  reply.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Location");
}

std::optional<Reply> Cors::answer(const Request& request) {
  const bool alias = request.path == "/configuration/corsAllowlist";
  if (request.path != "/configuration/corsWhitelist" && !alias) return std::nullopt;
  if (alias && major_ < 41) return tomcat_page(404, "");
  const std::lock_guard lock(mutex_);
  if (request.method == "GET") return json_reply(Json(origins_));
  if (request.method != "POST") return std::nullopt;
  if (!request.user->has("F_SYSTEM_SETTING")) {
    return told(major_, 403,
                major_ >= 42 ? "Access is denied, requires one Authority from [F_SYSTEM_SETTING]"
                             : "Access is denied");
  }
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_array()) {
    const std::string source = major_ <= 40
                                   ? "(String)\"" + request.body + "\""
                                   : "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` "
                                     "disabled)";
    return told(
        major_, major_ >= 43 ? 409 : 500,
        "Cannot deserialize value of type `java.util.HashSet<java.lang.Object>` from Object "
        "value (token `JsonToken.START_OBJECT`)\n at [Source: " +
            source + "; line: 1, column: 1]");
  }
  origins_.clear();
  for (const Json& origin : body) origins_.push_back(origin.get<std::string>());
  return bare(204);
}

}  // namespace sandbox
