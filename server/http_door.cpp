// SPDX-License-Identifier: BSD-3-Clause
// Host, bearer token, and the count of wrong ones.
#include "server/http_door.h"

#include <algorithm>

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

std::string bracketed(std::string_view address) {
  const bool v6 = address.find(':') != std::string_view::npos;
  return v6 ? "[" + std::string(address) + "]" : std::string(address);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> served_hosts(std::string_view bind, std::uint16_t port) {
  std::vector<std::string> hosts;
  const std::string suffix = ":" + std::to_string(port);
  for (const std::string& name : {std::string("127.0.0.1"), std::string("localhost"),
                                  std::string("[::1]"), lower_ascii(bracketed(bind))}) {
    hosts.push_back(name + suffix);
    if (port == 80) hosts.push_back(name);
  }
  return hosts;
}

void check_host(const HttpHead& head, const std::vector<std::string>& hosts) {
  if (!head.host) throw HttpRefusal{400, "The Host header is missing.", {}};
  if (std::find(hosts.begin(), hosts.end(), lower_ascii(*head.host)) == hosts.end()) {
    throw HttpRefusal{403, "This Host is not served here; use " + hosts.front() + ".", {}};
  }
}

std::string_view bearer_of(const HttpHead& head) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view given = head.authorization.value_or("");
  if (given.size() <= kScheme.size() || lower_ascii(given.substr(0, kScheme.size())) != kScheme) {
    return {};
  }
  return trimmed(given.substr(kScheme.size()));
}

void BadTokens::count(Time now) {
  while (!times_.empty() && now - times_.front() >= std::chrono::minutes(1)) times_.pop_front();
  if (times_.size() >= kBadTokens) {
    throw HttpRefusal{429, "Too many wrong tokens; wait a minute.", "Retry-After: 60\r\n"};
  }
  times_.push_back(now);
}

}  // namespace dhis2mcp
