// SPDX-License-Identifier: BSD-3-Clause
// The part of an HTTP request that we read, before its body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dhis2mcp {

// A request that is answered with a status and a sentence instead of being served.
struct HttpRefusal {
  int status = 400;
  std::string message;
  std::string headers;  // further header lines, each ending in CRLF
};

using HeaderViews = std::vector<std::pair<std::string_view, std::string_view>>;

// Views into the reader's buffer: valid until the body has been handed over.
struct HttpHead {
  std::string_view method, target;
  std::optional<std::string_view> host, origin, authorization, content_type, content_length,
      transfer_encoding, accept, expect;
  std::optional<std::string_view> session;  // Mcp-Session-Id
  std::optional<std::string_view> protocol_version, mcp_method, mcp_name;
  std::optional<std::string_view> last_event_id;
  // For the proxy. The last two are of a preflight: Access-Control-Request-Method and -Private-
  // Network.
  std::optional<std::string_view> accept_encoding, accept_language, if_none_match,
      if_modified_since, wanted_method, private_network;
  HeaderViews mcp_params;  // Mcp-Param-NAME: by NAME, as it was written
};

// Sorts the headers. Throws HttpRefusal (400) for what the parser below lets through: one of ours
// twice, a control character in a value (that of an Mcp-* header is left to header_text), a
// Transfer-Encoding other than exactly `chunked`.
HttpHead read_head(std::string_view method, std::string_view target, const HeaderViews& headers);

// Throws HttpRefusal (400) for a folded header line or a bare line feed in the raw head.
void check_raw_head(std::string_view raw);

// The value of an Mcp-* header: `=?base64?...?=` decoded (RFC 4648, strictly, valid UTF-8).
// Nothing when it is malformed or has characters other than visible ASCII, blanks and tabs.
std::optional<std::string> header_text(std::string_view value);

}  // namespace dhis2mcp
