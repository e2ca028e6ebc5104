// SPDX-License-Identifier: BSD-3-Clause
// A client that registers itself (OpenID Connect dynamic registration, DHIS2 2.42.5 and newer).
#pragma once

#include <string>

#include "auth/profile.h"
#include "auth/redirect_receiver.h"
#include "auth/secret.h"
#include "dhis2/exchange.h"

namespace dhis2mcp {

struct Registered {
  std::string client_id;
  Secret key;  // the private key in PEM with which it proves itself
};

// The address that a person who is signed in to DHIS2 opens to get an initial access token, which
// is good for one registration within a minute. DHIS2 redirects with it only to an address in its
// system setting deviceEnrollmentRedirectAllowlist.
struct Enrolment {
  std::string url, state;
};
Enrolment enrolment(const Profile& profile, const std::string& redirect_uri);

// Waits for the redirect that brings the initial access token.
Secret initial_token(const Profile& profile, const Enrolment& enrolment, RedirectReceiver& receiver,
                     RedirectReceiver::Deadline deadline, const std::stop_token& stop);

// Makes a key and registers a client with it. Throws Error: unsupported_version where the server
// registers nobody, sign_in_required when the initial token is used up or too old.
Registered register_client(const Profile& profile, const Secret& initial_token,
                           const std::string& redirect_uri, const Patience& patience);

}  // namespace dhis2mcp
