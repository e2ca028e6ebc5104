// SPDX-License-Identifier: BSD-3-Clause
// Reads every way in which DHIS2 and what stands before it say no, into one Error.
#pragma once

#include <optional>
#include <string>

#include "dhis2/error.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

// What the reader of an error wants to know about the call that failed.
struct Asked {
  std::string where;         // "demo: https://h/40"
  std::string what;          // "GET /api/dataElements"
  std::string sign_in_hint;  // what to do when DHIS2 wants a sign-in; empty for the usual words
};

// The Error in an answer, or nothing when it is a success. Covers WebMessage envelopes and import
// reports (conflicts grouped, the first ten named), OAuth errors (RFC 6749 section 5.2), XML web
// messages, Tomcat and proxy HTML, a redirect to the login page, a login page with status 200 where
// JSON was asked, 200 with status ERROR, an empty 401 (PAT on 2.40).
std::optional<Error> failure(const Asked& asked, const Request& request, const Response& response);

}  // namespace dhis2mcp
