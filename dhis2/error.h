// SPDX-License-Identifier: BSD-3-Clause
// The one error type: what failed, why in DHIS2's words, and what to do next.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

enum class ErrorKind {
  bad_input,            // the caller can mend the arguments
  ambiguous,            // a name fits several objects; nothing was run
  not_found,            // no such object, tool, profile or path
  sign_in_required,     // no credential, or DHIS2 refused the one it got
  forbidden,            // signed in, but not allowed
  conflict,             // DHIS2 answered 409 with a reason
  unsupported_version,  // this server's version has no such thing
  rate_limited,         // too many requests; retry later
  unavailable,          // DNS, TLS, time-out, 5xx: the server was not reached or did not answer
  refused,              // our own policy said no before any connection
  cancelled,            // the caller went away
  internal,             // our bug
};

// The wire name of a kind, as in the `kind` member of a tool error's _meta.
std::string_view to_string(ErrorKind kind);

// One object that a name may have meant.
struct Candidate {
  std::string name, type, uid, parent;
};

// what() is the message: what failed, where, and why in the server's own words. Thrown by every
// room; caught in two places only, where a tool result and where a JSON-RPC error are made.
struct Error : std::runtime_error {
  Error(ErrorKind why, const std::string& message, std::string next_step = {});

  ErrorKind kind;
  std::string hint;    // what to do next; a full sentence
  std::string code;    // DHIS2's "E7108" or OAuth's "invalid_grant"; empty where there is none
  int http = 0;        // upstream status; 0 when none arrived
  bool retry = false;  // true when the same call may succeed later
  std::vector<Candidate> candidates;
};

// DHIS2 said no to one request (it may not be read, is not there, is not understood): others are
// still worth sending.
bool is_local(const Error& error);

// A profile, file, key or option on this machine is wrong: exit code 3 on the command line.
struct ConfigurationError : Error {
  using Error::Error;
};

}  // namespace dhis2mcp
