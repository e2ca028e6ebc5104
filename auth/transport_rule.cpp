// SPDX-License-Identifier: BSD-3-Clause
// Plain http shows what is sent to everyone on the way; a password is good elsewhere too.
#include "auth/transport_rule.h"

#include "dhis2/url.h"

namespace dhis2mcp {

std::optional<Error> transport_refusal(const Profile& profile) {
  const BaseUrl url = BaseUrl::parse(profile.url);
  if (url.https() || url.loopback()) {
    return std::nullopt;
  }
  const bool password = profile.method == AuthMethod::basic || profile.password_grant;
  if (!password && profile.insecure_http) {
    return std::nullopt;
  }
  const std::string secret = password ? "A password" : "A token";
  return Error(
      ErrorKind::refused,
      secret + " is not sent to " + profile.url + ", for plain http can be read on the way.",
      password ? "Use the https address of this server, or a personal access token."
               : "Use the https address of this server, or allow it for this profile with "
                 "--insecure-http.");
}

}  // namespace dhis2mcp
