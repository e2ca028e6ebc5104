// SPDX-License-Identifier: BSD-3-Clause
// Who may read what through the proxy, decided from the head of a request alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/token_store.h"
#include "dhis2/exchange.h"
#include "dhis2/readable.h"
#include "server/http_door.h"
#include "server/http_head.h"

namespace dhis2mcp {

// A request that may be answered. Owns its texts: it outlives the reader's buffer.
struct ProxyCall {
  bool preflight = false;        // answered by us, never sent on; what follows `cors` is empty
  bool private_network = false;  // the preflight asks for that too (Chrome's older rule)
  std::size_t origin = 0;        // its place in the list
  std::string cors;              // header lines for the page; empty for who is no page
  std::string profile;
  Method method = Method::get;
  ReadPath read;
  std::string accept, language, if_none_match, if_modified_since;  // of the client; may be empty
  bool gzip = false;                                               // it takes a gzip body
};

// Checks in this order: Host, Origin, method, token, path. Nothing of a request that fails is sent
// anywhere, and its body is not read. Not thread-safe.
//
// An Origin has to be listed, byte for byte; each has a token of its own, and one page's token is
// of no use to another. Who sends no Origin is no page (or an image or a script tag, which can send
// no token): curl with the token of any origin is served. Cookies mean nothing here. The path has
// to be /PROFILE/api/... and to pass dhis2/readable.h; what would run as a script, JSONP, is
// refused.
class ProxyGate {
 public:
  using Time = BadTokens::Time;

  // `bind` and `port` are where the proxy listens. With `only_profile` all others are unknown.
  ProxyGate(std::string_view bind, std::uint16_t port, std::vector<ProxyToken> origins,
            std::string only_profile);

  // Throws HttpRefusal; a listed origin may read it.
  ProxyCall pass(const HttpHead& head, Time now);

 private:
  void admit(const HttpHead& head, ProxyCall& call, Time now);
  void check_token(const HttpHead& head, ProxyCall& call, Time now);
  void read_target(std::string_view target, ProxyCall& call) const;

  const std::vector<std::string> hosts_;
  const std::vector<ProxyToken> origins_;
  const std::string only_profile_;
  std::vector<BadTokens> bad_tokens_;  // of each origin; the last of those who send none
};

// The header lines with which a page of this origin may read an answer (Fetch, 3.3 HTTP-CORS).
std::string cors_lines(std::string_view origin);

}  // namespace dhis2mcp
