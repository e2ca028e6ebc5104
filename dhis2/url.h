// SPDX-License-Identifier: BSD-3-Clause
// The address of a DHIS2 instance, normalised, and the comparison of origins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dhis2mcp {

// "https://play.dhis2.org/40": scheme, host, port and context path, without a trailing slash.
// Equal instances have equal text(): host in lower case, default port left out, a pasted ".../api",
// ".../api/me" or ".../dhis-web-..." cut off.
class BaseUrl {
 public:
  // Throws bad_input: no scheme (the hint offers https), user info, query, fragment, a scheme that
  // is not http or https, a control character, a host that is no host.
  static BaseUrl parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::string& scheme() const { return scheme_; }
  const std::string& host() const { return host_; }  // IPv6 without brackets
  std::uint16_t port() const { return port_; }
  const std::string& context() const { return context_; }  // "" or "/dhis"
  std::string origin() const;                              // "https://h:8443"
  bool https() const { return scheme_ == "https"; }
  bool loopback() const;  // 127.0.0.0/8, ::1 or "localhost"

  bool operator==(const BaseUrl&) const = default;

 private:
  std::string text_, scheme_, host_, context_;
  std::uint16_t port_ = 0;
};

// The target below this instance that a redirect's Location points to ("/dhis/api/me?x=y"), or
// nothing when it leaves the origin. A relative Location is resolved against `current_target`.
std::optional<std::string> same_origin_target(const BaseUrl& base, std::string_view current_target,
                                              std::string_view location);

}  // namespace dhis2mcp
