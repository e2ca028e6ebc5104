// SPDX-License-Identifier: BSD-3-Clause
// The request as a stranger's parser would see it.
#include "dhis2/request_check.h"

#include <algorithm>
#include <string>

#include "dhis2/ascii.h"
#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr std::string_view kOurs[] = {"accept",         "accept-encoding", "connection",
                                      "content-length", "content-type",    "expect",
                                      "host",           "origin",          "transfer-encoding",
                                      "upgrade",        "user-agent",      "x-requested-with"};

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::bad_input, "the request was not sent: " + why,
              "Leave out control characters and write a plain path below /api.");
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view value) { return !has_control(value); }

void check_header(std::string_view name, std::string_view value) {
  if (!is_token(name)) refuse("a header name is no token");
  if (!is_value(value)) {
    refuse("the header " + std::string(name) + " holds a control character");
  }
  if (std::ranges::find(kOurs, lower_ascii(name)) != std::end(kOurs)) {
    refuse("the header " + std::string(name) + " is the client's own");
  }
}

void check_path(std::string_view path) {
  if (!path.starts_with('/')) refuse("its path does not start with '/'");
  if (!std::ranges::all_of(path, is_visible) ||
      path.find_first_of("?#\\;\"<>") != std::string_view::npos) {
    refuse("its path holds a character that no path has");
  }
  const std::string folded = lower_ascii(path);
  for (const std::string_view trick :
       {"//", "%2e", "%2f", "%5c", "%25", "%0", "%1", "%7f", "%3b"}) {
    if (folded.find(trick) != std::string::npos) {
      refuse("its path can be read in two ways (" + std::string(trick) + ")");
    }
  }
  for (const std::string_view segment : {"/../", "/./"}) {
    if ((folded + "/").find(segment) != std::string::npos) refuse("its path has a dot segment");
  }
}

}  // namespace

void check_request(const Request& request) {
  for (const auto& [name, value] : request.headers) check_header(name, value);
  if (!is_value(request.accept) || !is_value(request.content_type)) {
    refuse("its Accept or Content-Type holds a control character");
  }
  check_path(request.path);
}

}  // namespace dhis2mcp
