// SPDX-License-Identifier: BSD-3-Clause
// What answers at a URL, found out once and without credentials.
#pragma once

#include <optional>
#include <string>

#include "dhis2/client.h"
#include "dhis2/version.h"

namespace dhis2mcp {

struct Probe {
  BaseUrl base;  // where DHIS2 was found; may differ from what was asked (http moved
                 // to https, or the context path of the redirect)
  std::optional<Version> version;  // known before sign-in from 2.41 on
  std::string title;               // the application's title, where it says so
};

// Asks /api/loginConfig, then /api/ping. Throws Error with a cause and a next step: not DHIS2,
// wrong context path (names the one the server redirects to), http that moved to https, dead host,
// name that does not resolve, certificate trouble.
Probe probe(const BaseUrl& url, const WireOptions& options, const Patience& patience);

}  // namespace dhis2mcp
