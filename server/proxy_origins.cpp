// SPDX-License-Identifier: BSD-3-Clause
// Origins by the rules of base URLs, stricter; tokens by the store.
#include "server/proxy_origins.h"

#include <algorithm>

#include "dhis2/error.h"
#include "dhis2/url.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kMostOrigins = 32;

[[noreturn]] void no_origin(std::string_view text, const std::string& instead) {
  throw Error(ErrorKind::bad_input,
              "\"" + std::string(text) + "\" is not the origin of a web page.",
              instead.empty() ? "Write scheme, host and port as the browser's console shows them: "
                                "https://app.example.org"
                              : "Write it as browsers do: " + instead);
}

bool among(const std::vector<std::string>& origins, const std::string& origin) {
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

}  // namespace

std::string web_origin(std::string_view text) {
  std::string right;
  try {
    right = BaseUrl::parse(text).origin();
  } catch (const Error&) {
    no_origin(text, {});
  }
  if (right != text) no_origin(text, right);
  return right;
}

OriginTokens origin_tokens(TokenStore& store, const std::vector<std::string>& origins,
                           const std::vector<std::string>& renewed) {
  if (origins.size() > kMostOrigins) {
    throw Error(ErrorKind::bad_input, "A proxy serves at most 32 origins.",
                "Start another one on another --port.");
  }
  std::vector<std::string> listed;
  for (const std::string& each : origins) {
    const std::string origin = web_origin(each);
    if (!among(listed, origin)) listed.push_back(origin);
  }
  for (const std::string& each : renewed) {
    if (!among(listed, web_origin(each))) {
      throw Error(ErrorKind::bad_input, "--new-token " + each + " names no listed origin.",
                  "Give it as --origin " + each + " too.");
    }
  }
  OriginTokens tokens;
  const std::vector<ProxyToken> kept = store.proxy_tokens();
  for (const std::string& origin : listed) {
    const bool known = std::any_of(kept.begin(), kept.end(),
                                   [&](const ProxyToken& token) { return token.origin == origin; });
    if (!known || among(renewed, origin)) {
      tokens.made.emplace_back(origin, store.new_proxy_token(origin));
    }
  }
  const std::vector<ProxyToken> now = store.proxy_tokens();
  for (const std::string& origin : listed) {
    tokens.all.push_back(*std::find_if(
        now.begin(), now.end(), [&](const ProxyToken& token) { return token.origin == origin; }));
  }
  return tokens;
}

}  // namespace dhis2mcp
