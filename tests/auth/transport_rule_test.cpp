// SPDX-License-Identifier: BSD-3-Clause
// Which credential may go over plain http, and where to.
#include "auth/transport_rule.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(TransportRule, DecidesByAddressMethodAndPermission) {
  struct Case {
    const char* url;
    AuthMethod method;
    bool password_grant, insecure_http, allowed;
  };
  constexpr auto basic = AuthMethod::basic;
  constexpr auto pat = AuthMethod::pat;
  constexpr auto oauth2 = AuthMethod::oauth2;
  constexpr auto legacy = AuthMethod::legacy_oauth2;
  const Case cases[] = {
      {"https://h.example.org", basic, false, false, true},
      {"https://h.example.org", pat, false, false, true},
      {"http://127.0.0.1:8080", basic, false, false, true},
      {"http://[::1]:8080", basic, false, false, true},
      {"http://localhost:8080", pat, false, false, true},
      {"http://h.example.org", basic, false, false, false},
      {"http://h.example.org", basic, false, true, false},
      {"http://h.example.org", pat, false, false, false},
      {"http://h.example.org", pat, false, true, true},
      {"http://h.example.org", oauth2, false, false, false},
      {"http://h.example.org", oauth2, false, true, true},
      {"http://h.example.org", legacy, true, true, false},
      {"http://h.example.org", legacy, false, true, true},
      {"http://10.0.0.1", basic, false, true, false},
      {"http://localhost.example.org", basic, false, true, false},
      {"http://127.0.0.1.example.org", basic, false, true, false},
  };
  for (const Case& one : cases) {
    Profile profile;
    profile.url = one.url;
    profile.method = one.method;
    profile.password_grant = one.password_grant;
    profile.insecure_http = one.insecure_http;

    const auto refused = transport_refusal(profile);

    EXPECT_EQ(!refused, one.allowed) << one.url << " " << to_string(one.method);
    if (refused) {
      EXPECT_EQ(refused->kind, ErrorKind::refused);
      EXPECT_FALSE(refused->hint.empty());
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
