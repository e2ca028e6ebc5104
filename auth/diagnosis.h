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
  std::string profile, url, username, version;
  std::chrono::milliseconds latency{0};  // of the /api/me request, connection reused
  std::vector<Step> steps;
  std::vector<std::string> warnings;  // superuser account, http, PAT close to expiry, ...
  std::optional<Error> failure;       // the first step that failed, with its next step

  bool good() const { return !failure; }
};

// Never throws for what it diagnoses.
Diagnosis diagnose(const Profile& profile, const Secret& secret, const Patience& patience);

}  // namespace dhis2mcp
