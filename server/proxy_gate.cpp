// SPDX-License-Identifier: BSD-3-Clause
// Pure decisions over an HttpHead; no sockets here.
#include "server/proxy_gate.h"

#include <algorithm>

#include "auth/profile.h"
#include "auth/text_codes.h"
#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "server/http_gate.h"

namespace dhis2mcp {
namespace {

[[noreturn]] void unknown_path() {
  throw HttpRefusal{404, "Nothing is here; DHIS2 is at /PROFILE/api/...", {}};
}

// What a script tag could run.
bool is_jsonp(const ReadPath& read) {
  const std::string& path = read.path;
  return path.ends_with(".jsonp") || path.ends_with(".js") || read.query.find("callback") ||
         read.query.find("jsonp");
}

std::string text_of(const std::optional<std::string_view>& header) {
  return std::string(header.value_or(""));
}

}  // namespace

std::string cors_lines(std::string_view origin) {
  return "Access-Control-Allow-Origin: " + std::string(origin) +
         "\r\nAccess-Control-Expose-Headers: ETag, Last-Modified, Location, Retry-After\r\n";
}

ProxyGate::ProxyGate(std::string_view bind, std::uint16_t port, std::vector<ProxyToken> origins,
                     std::string only_profile)
    : hosts_(served_hosts(bind, port)),
      origins_(std::move(origins)),
      only_profile_(std::move(only_profile)),
      bad_tokens_(origins_.size() + 1) {}

ProxyCall ProxyGate::pass(const HttpHead& head, Time now) {
  check_host(head, hosts_);
  ProxyCall call;
  if (head.origin) {
    const auto listed = std::find_if(origins_.begin(), origins_.end(), [&](const ProxyToken& each) {
      return each.origin == *head.origin;
    });
    if (listed == origins_.end()) {
      throw HttpRefusal{
          403, "Pages of this Origin may not use this proxy; see dhis2-mcp proxy --origin.", {}};
    }
    call.origin = static_cast<std::size_t>(listed - origins_.begin());
    call.cors = cors_lines(listed->origin);
  }
  try {
    admit(head, call, now);
  } catch (HttpRefusal& refusal) {
    refusal.headers.append(call.cors);
    throw;
  }
  return call;
}

void ProxyGate::admit(const HttpHead& head, ProxyCall& call, Time now) {
  if (head.method == "OPTIONS" && head.origin && head.wanted_method) {
    call.preflight = true;
    call.private_network = head.private_network == "true";
    return;
  }
  if (head.method != "GET" && head.method != "HEAD") {
    throw HttpRefusal{405, "This proxy reads only: GET and HEAD.", "Allow: GET, HEAD, OPTIONS\r\n"};
  }
  call.method = head.method == "HEAD" ? Method::head : Method::get;
  check_token(head, call, now);
  read_target(head.target, call);
  call.accept = text_of(head.accept);
  call.language = text_of(head.accept_language);
  call.if_none_match = text_of(head.if_none_match);
  call.if_modified_since = text_of(head.if_modified_since);
  call.gzip = head.accept_encoding && accepts(*head.accept_encoding, "gzip") &&
              lower_ascii(*head.accept_encoding).find("gzip") != std::string::npos;
}

// All hashes are compared, so that the time tells nothing of which one was close.
void ProxyGate::check_token(const HttpHead& head, ProxyCall& call, Time now) {
  const std::string_view given = bearer_of(head);
  bool good = false;
  if (!given.empty()) {
    const Secret hash(sha256(given));
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      const bool fits = Secret(std::string(origins_[i].hash)) == hash;
      if (fits && (!head.origin || call.origin == i)) {
        good = true;
        call.origin = i;
      }
    }
  }
  if (good) return;
  bad_tokens_[head.origin ? call.origin : origins_.size()].count(now);
  throw HttpRefusal{
      401,
      "Send Authorization: Bearer TOKEN with the token that dhis2-mcp proxy showed for this "
      "origin; dhis2-mcp proxy --new-token makes another.",
      "WWW-Authenticate: Bearer realm=\"dhis2-mcp proxy\"\r\n"};
}

void ProxyGate::read_target(std::string_view target, ProxyCall& call) const {
  const std::string_view path = target.substr(0, target.find('?'));
  if (!path.starts_with('/')) unknown_path();
  const std::size_t end = path.find('/', 1);
  if (end == std::string_view::npos || !is_profile_name(path.substr(1, end - 1)) ||
      !path.substr(end).starts_with("/api/")) {
    unknown_path();
  }
  call.profile = path.substr(1, end - 1);
  if (!only_profile_.empty() && call.profile != only_profile_) {
    throw HttpRefusal{404, "This proxy serves the profile " + only_profile_ + " alone.", {}};
  }
  try {
    call.read = readable(target.substr(end));
  } catch (const Error& error) {
    const int status = error.kind == ErrorKind::refused ? 403 : 400;
    throw HttpRefusal{status, std::string(error.what()) + " " + error.hint, {}};
  }
  if (is_jsonp(call.read)) {
    throw HttpRefusal{403, "JSONP is not passed on; ask for JSON with fetch.", {}};
  }
}

}  // namespace dhis2mcp
