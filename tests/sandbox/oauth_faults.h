// SPDX-License-Identifier: BSD-3-Clause
// Authorization servers that misbehave: `--fault oauth:KIND`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/faults.h"

namespace sandbox {

// Where an answer of the authorization server comes from.
enum class Endpoint { kDiscovery, kRedirect, kToken };

struct OauthFault {
  std::string_view name;
  long long number;  // when none is given: milliseconds, a status, megabytes
  std::string_view told;
};

// Every kind with what the client meets; the README lists them.
const std::vector<OauthFault>& oauth_faults();

// Bends a good answer as the fault wants it; leaves it alone when the fault is of another endpoint
// or there is none. kToken is every good token answer.
void bend(const Fault& fault, Endpoint endpoint, Reply& reply);

// Faults that the server itself has to play: "expired", "no-rotation", "invalid-grant".
bool is_oauth_fault(const Fault& fault, std::string_view name);

}  // namespace sandbox
