// SPDX-License-Identifier: BSD-3-Clause
// Why a profile works or does not: each step from the URL to /api/me, what was seen and what to do.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "auth/connections.h"
#include "dhis2/error.h"

namespace dhis2mcp {

struct Step {
  std::string name;  // "address", "server", "sign-in", "account"
  bool good = false;
  std::string seen;  // what was seen and what it means
};

struct Diagnosis {
  std::string profile, url;
  std::string found_url;          // where DHIS2 answers; differs from `url` where that is not right
  std::string username, version;  // empty before they are known
  std::chrono::milliseconds latency{0};  // of the second /api/me request, connection reused
  std::vector<Step> steps;               // up to and with the first that failed
  std::vector<std::string> warnings;     // superuser account, http, PAT close to expiry, ...
  std::optional<Error> failure;          // the first step that failed, with its next step

  bool good() const { return !failure; }
};

// Never throws for what it diagnoses. Sends the secret once at most when DHIS2 refuses it, and not
// at all when the address is not DHIS2's. `now` decides how soon a token expires.
Diagnosis diagnose(const Profile& profile, const Secret& secret, const Patience& patience,
                   WallTime now = std::chrono::system_clock::now());

}  // namespace dhis2mcp
