// SPDX-License-Identifier: BSD-3-Clause
// Which proxy the environment names for a server, if any.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "dhis2/url.h"

namespace dhis2mcp {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string user, password;  // empty where the URL names none
};

// The value of an environment variable; nullptr when unset. std::getenv outside of tests.
using VariableOf = std::function<const char*(const char* name)>;

// HTTPS_PROXY or https_proxy for https, http_proxy alone for http (an upper-case HTTP_PROXY may
// come from a request header in a web server's child). NO_PROXY lists hosts, ".suffixes",
// "host:port" or "*"; the loopback never goes through a proxy. Throws ConfigurationError on a value
// that is no http URL.
std::optional<Proxy> choose_proxy(const BaseUrl& base, const VariableOf& variable_of);

}  // namespace dhis2mcp
