// SPDX-License-Identifier: BSD-3-Clause
// The names of the kinds of failure.
#include "dhis2/error.h"

#include <utility>

namespace dhis2mcp {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::bad_input:
      return "bad_input";
    case ErrorKind::ambiguous:
      return "ambiguous";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::sign_in_required:
      return "sign_in_required";
    case ErrorKind::forbidden:
      return "forbidden";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::unsupported_version:
      return "unsupported_version";
    case ErrorKind::rate_limited:
      return "rate_limited";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind why, const std::string& message, std::string next_step)
    : std::runtime_error(message), kind(why), hint(std::move(next_step)) {}

bool is_local(const Error& error) {
  return error.kind == ErrorKind::forbidden || error.kind == ErrorKind::not_found ||
         error.kind == ErrorKind::bad_input || error.kind == ErrorKind::conflict;
}

}  // namespace dhis2mcp
