// SPDX-License-Identifier: BSD-3-Clause
// Reads base URLs strictly: what two parsers could read in two ways is refused.
#include "dhis2/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/text_list.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void refuse(const std::string& why, std::string hint = {}) {
  if (hint.empty()) hint = "Write it like https://play.dhis2.org/demo.";
  throw Error(ErrorKind::bad_input, "the base URL " + why, std::move(hint));
}

bool is_word(char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; }

// Resolvers read 127.1, 0x7f.1 and 2130706433 as addresses; we take dotted quads only.
bool reads_as_number(std::string_view label) {
  return label.starts_with("0x") || std::ranges::all_of(label, is_digit);
}

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  const auto labels = split(host, '.');
  const auto is_label = [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, is_word) &&
           label.front() != '-' && label.back() != '-';
  };
  return std::ranges::all_of(labels, is_label) && !reads_as_number(labels.back());
}

// The usual text of an IPv6 address, so that equal addresses compare equal; empty when it is none.
std::string canonical_ipv6(const std::string& text) {
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return {};
  char out[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &address, out, sizeof out) == nullptr ? std::string() : out;
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

struct Authority {
  std::string host;
  std::uint16_t port = 0;
};

// Takes "h", "h:8443" or "[::1]:8443"; nothing when it is no host and port.
std::optional<Authority> read_authority(std::string_view text, std::uint16_t default_port) {
  Authority out{{}, default_port};
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    out.host = canonical_ipv6(std::string(text.substr(1, end - 1)));
    port = text.substr(end + 1);
    has_port = !port.empty();
    if (has_port && port.front() != ':') return std::nullopt;
    if (has_port) port.remove_prefix(1);
  } else {
    const auto colon = text.find(':');
    out.host = lower_ascii(text.substr(0, colon));
    has_port = colon != std::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
    if (!is_ipv4(out.host) && !is_name(out.host)) return std::nullopt;
  }
  if (out.host.empty()) return std::nullopt;
  if (has_port) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc{} || end != port.data() + port.size() || out.port == 0) {
      return std::nullopt;
    }
  }
  return out;
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

// Cloud machines answer with their secrets at link-local addresses.
bool is_link_local(std::string_view host) {
  return (host.starts_with("169.254.") && is_ipv4(std::string(host))) ||
         (host.size() > 4 && host.find(':') != std::string_view::npos &&
          (host.starts_with("fe8") || host.starts_with("fe9") || host.starts_with("fea") ||
           host.starts_with("feb")));
}

// Cuts what people copy from the browser's address line or from a manual.
std::string read_context(std::string_view path) {
  std::string context;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return context;
  path.remove_prefix(1);
  for (const std::string_view segment : split(path, '/')) {
    if (segment == "api" || segment.starts_with("dhis-web-")) break;
    const bool plain =
        !segment.empty() && segment != "." && segment != ".." &&
        std::ranges::all_of(segment, [](char c) { return is_word(c) || c == '.' || c == '~'; });
    if (!plain) {
      refuse("has a context path with more than letters, digits, '-', '_', '.' and '~' in it");
    }
    context += '/';
    context += segment;
  }
  return context;
}

}  // namespace

BaseUrl BaseUrl::parse(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) refuse("is empty");
  if (!std::ranges::all_of(text, is_visible)) {
    refuse("holds a space, a control character or a letter that is not ASCII",
           "Write an international host name in its xn-- form.");
  }
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) {
    refuse("names no scheme", "Write https://" + std::string(text) + " if the server speaks TLS.");
  }
  BaseUrl url;
  url.scheme_ = lower_ascii(text.substr(0, colon));
  if (url.scheme_ != "http" && url.scheme_ != "https") refuse("is neither http nor https");

  std::string_view rest = text.substr(colon + 3);
  const auto tail = rest.find_first_of("?#");
  if (tail != std::string_view::npos) {
    refuse("carries a query or a fragment",
           "Leave out everything from '" + std::string(1, rest[tail]) + "' on.");
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) {
    refuse("carries a user name", "Credentials are never part of a URL; give them to the profile.");
  }
  const auto place = read_authority(authority, default_port(url.scheme_));
  if (!place) refuse("names no valid host and port");
  if (is_link_local(place->host)) refuse("names a link-local address, where no DHIS2 lives");
  url.host_ = place->host;
  url.port_ = place->port;
  url.context_ = read_context(rest.substr(slash));
  url.text_ = url.origin() + url.context_;
  return url;
}

std::string BaseUrl::origin() const {
  const bool v6 = host_.find(':') != std::string::npos;
  std::string out = scheme_ + "://";
  out += v6 ? "[" : "";
  out += host_;
  out += v6 ? "]" : "";
  if (port_ != default_port(scheme_)) out.append(1, ':').append(std::to_string(port_));
  return out;
}

bool BaseUrl::loopback() const {
  return host_ == "localhost" || host_ == "::1" || (host_.starts_with("127.") && is_ipv4(host_));
}

namespace {

// RFC 3986 section 5.2.4, for a path that starts with '/'.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "..") {
      if (!kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();
    } else if (segments[i] == ".") {
      if (last) kept.emplace_back();
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  return out.empty() ? "/" : out;
}

// Forms that Tomcat reads as a dot segment or a slash after we have looked.
bool hides_a_segment(std::string_view path) {
  const std::string text = lower_ascii(path);
  return text.find_first_of(";\\") != std::string::npos || text.find("%2e") != std::string::npos ||
         text.find("%2f") != std::string::npos || text.find("%5c") != std::string::npos;
}

// Cuts the origin off an absolute or scheme-relative Location; false when it is another one.
bool take_origin(const BaseUrl& base, std::string_view& location) {
  const auto colon = location.find("://");
  const auto path = location.find_first_of("/?");
  if (colon != std::string_view::npos && colon + 1 == path) {
    if (!same_word(location.substr(0, colon), base.scheme())) return false;
    location.remove_prefix(colon + 1);
  }
  if (!location.starts_with("//")) return true;
  const auto end = std::min(location.find_first_of("/?", 2), location.size());
  const auto place = read_authority(location.substr(2, end - 2), default_port(base.scheme()));
  location.remove_prefix(end);
  return place && place->host == base.host() && place->port == base.port();
}

}  // namespace

std::optional<std::string> same_origin_target(const BaseUrl& base, std::string_view current_target,
                                              std::string_view location) {
  if (location.empty() || !std::ranges::all_of(location, is_visible)) return std::nullopt;
  location = location.substr(0, location.find('#'));
  const bool absolute =
      location.find("://") != std::string_view::npos || location.starts_with("//");
  if (!take_origin(base, location)) return std::nullopt;

  const auto query_at = std::min(location.find('?'), location.size());
  std::string path(location.substr(0, query_at));
  const std::string_view query = location.substr(query_at);
  const std::string_view current = current_target.substr(0, current_target.find('?'));
  if (path.empty()) {
    path = absolute ? "/" : std::string(current);
  } else if (path.front() != '/') {
    if (path.substr(0, path.find('/')).find(':') != std::string::npos) return std::nullopt;
    path.insert(0, current.substr(0, current.rfind('/') + 1));
  }
  if (hides_a_segment(path) || !path.starts_with('/')) return std::nullopt;
  path = without_dot_segments(path);
  const bool below = path == base.context() || path.starts_with(base.context() + "/");
  if (!below) return std::nullopt;
  return path + std::string(query);
}

}  // namespace dhis2mcp
