// SPDX-License-Identifier: BSD-3-Clause
// Reads HTTPS_PROXY, http_proxy and NO_PROXY as curl does.
#include "dhis2/proxy_choice.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/query.h"

namespace dhis2mcp {
namespace {

std::string first_of(const VariableOf& variable_of, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = variable_of(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

bool excludes(std::string_view item, const BaseUrl& base) {
  if (item == "*") return true;
  const auto colon = item.rfind(':');
  if (colon != std::string_view::npos && item.find(':') == colon) {
    if (item.substr(colon + 1) != std::to_string(base.port())) return false;
    item = item.substr(0, colon);
  }
  if (item.starts_with("*.")) item.remove_prefix(1);
  if (item.starts_with('.')) item.remove_prefix(1);
  if (item.empty()) return false;
  const std::string suffix = lower_ascii(item);
  return base.host() == suffix || base.host().ends_with("." + suffix);
}

bool is_excluded(std::string_view list, const BaseUrl& base) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(", "), list.size());
    if (excludes(list.substr(0, end), base)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

Proxy read_proxy(std::string text) {
  Proxy proxy;
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  const auto begin = text.find("://") + 3;
  if (const auto at = text.find('@', begin); at != std::string::npos) {
    const std::string user_info = text.substr(begin, at - begin);
    const auto colon = std::min(user_info.find(':'), user_info.size());
    proxy.user = percent_decode(user_info.substr(0, colon));
    proxy.password = percent_decode(user_info.substr(std::min(colon + 1, user_info.size())));
    text.erase(begin, at + 1 - begin);
  }
  const BaseUrl url = BaseUrl::parse(text);
  if (url.https()) throw Error(ErrorKind::bad_input, "the proxy is reached by TLS");
  proxy.host = url.host();
  proxy.port = url.port();
  return proxy;
}

}  // namespace

std::optional<Proxy> choose_proxy(const BaseUrl& base, const VariableOf& variable_of) {
  std::string text = base.https() ? first_of(variable_of, {"https_proxy", "HTTPS_PROXY"})
                                  : first_of(variable_of, {"http_proxy"});
  if (text.empty() || base.loopback()) return std::nullopt;
  if (is_excluded(first_of(variable_of, {"no_proxy", "NO_PROXY"}), base)) return std::nullopt;

  try {
    return read_proxy(std::move(text));
  } catch (const Error& error) {
    throw ConfigurationError(
        ErrorKind::bad_input,
        std::string("the proxy of the environment cannot be used: ") + error.what(),
        "Set HTTPS_PROXY to http://host:port, or add the server to NO_PROXY.");
  }
}

}  // namespace dhis2mcp
