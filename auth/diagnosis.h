// SPDX-License-Identifier: BSD-3-Clause
// Why a profile works or does not: each step from DNS to /api/me, what was seen and what to do.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "auth/connections.h"
#include "dhis2/error.h"

namespace dhis2mcp {

struct Step {
  std::string name;  // "name", "address", "server", "method", "sign-in", "account"
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
  std::vector<std::string> remarks;      // what is good to know: two-factor accounts, the key
  std::optional<Error> failure;          // the first step that failed, with its next step

  bool good() const { return !failure; }
};

// How far to look, and into what of this machine.
struct LookInto {
  bool sign_in = true;             // else up to "method": a login may be still to come
  TokenStore* store = nullptr;     // needed for the sign-in of both kinds of OAuth2
  const Places* places = nullptr;  // its files and folders are looked at too
};

// Never throws for what it diagnoses. Sends the secret once at most when DHIS2 refuses it, and not
// at all when the address is not DHIS2's. `now` decides how soon a token expires.
Diagnosis diagnose(const Profile& profile, const Secret& secret, const Patience& patience,
                   WallTime now = std::chrono::system_clock::now(), const LookInto& into = {});

// What an error means that a person saw somewhere else and pasted: a browser's about CORS above
// all. Empty when it is not known.
std::string explain_pasted(std::string_view text);

}  // namespace dhis2mcp
