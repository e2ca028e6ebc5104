// SPDX-License-Identifier: BSD-3-Clause
// A profile of a test's own server.
#pragma once

#include <string>

#include "auth/profile.h"

namespace dhis2mcp::test {

inline Profile profile_at(const std::string& url, AuthMethod method) {
  Profile profile;
  profile.name = "demo";
  profile.url = url;
  profile.method = method;
  profile.user = method == AuthMethod::basic ? "admin" : "";
  return profile;
}

}  // namespace dhis2mcp::test
