// SPDX-License-Identifier: BSD-3-Clause
// Answers of the proxy as text: what of DHIS2's head goes on, and what is always added.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/profile.h"
#include "dhis2/exchange.h"
#include "server/http_head.h"
#include "server/proxy_gate.h"

namespace dhis2mcp {

// How the body of an answer is delimited (RFC 9112 section 6).
enum class Framing { none, length, chunks, until_close };

// The head of an answer of DHIS2. Of its headers only the media type, encoding, language, ETag,
// Last-Modified and Retry-After go on, and the length with Framing::length: no cookie, banner,
// challenge or CORS header of the server reaches a page. What might run in a browser runs in a
// sandbox without an origin, and nobody keeps a copy (no-store). `further` is whole header lines.
std::string proxy_head(int status, const Headers& upstream, Framing framing,
                       std::string_view further, bool keep_alive);

// A sentence of ours in DHIS2's own shape of a failure, a web message.
std::string proxy_message(int status, std::string_view sentence, std::string_view further,
                          bool with_body, bool keep_alive);

// For the refusals of the gate and of the reader; closes the connection.
std::string proxy_message(const HttpRefusal& refusal);

// The answer to a preflight: what is allowed, for a minute.
std::string preflight_answer(const ProxyCall& call, bool keep_alive);

// The Location of a redirect as a path of this proxy ("/demo/api/x?y=z"), so that the client asks
// here again and the read policy sees it. Nothing when it leaves the instance, or may not be read.
std::optional<std::string> rewritten_location(const Profile& profile, const Response& response);

// The length that a head promises; nothing when it promises none, or several.
std::optional<std::string> length_of(const Headers& upstream);

// JavaScript in any of its media types: what a script tag would run.
bool is_script(const Headers& upstream);

}  // namespace dhis2mcp
