// SPDX-License-Identifier: BSD-3-Clause
// Words of browsers and of DHIS2's pages that people bring along.
#include <algorithm>
#include <cctype>

#include "auth/diagnosis.h"

namespace dhis2mcp {
namespace {

struct Known {
  std::string_view words;  // in lower case
  std::string_view meaning;
};

constexpr std::string_view kCors =
    "That is a web browser's own rule (CORS), not a fault of DHIS2 or of this program: a page of "
    "one site asked another site, and DHIS2 does not list the page's site. It never applies here, "
    "for this program is no browser. For the page: an administrator adds its origin to the CORS "
    "allow list (System settings, Access; POST /api/configuration/corsWhitelist), or the page asks "
    "through dhis2-mcp proxy --origin ORIGIN. DHIS2 2.42 and newer answer an origin that is not "
    "listed with an empty 200 and run nothing.";

constexpr Known kKnown[] = {
    {"access-control-allow-origin", kCors},
    {"cors", kCors},
    {"cross-origin", kCors},
    {"blocked by client", kCors},
    {"invalid redirect_uri",
     "The client is not registered with the address that the login ends at. It has to be "
     "http://127.0.0.1/callback (any port; up to 2.41 with the exact port)."},
    {"unable to find token for seed",
     "The login page was open for too long. Start the login again."},
    {"too many redirects",
     "The server sends the browser in a circle, mostly for a wrong server.base.url or a proxy that "
     "does not tell DHIS2 that it speaks https (X-Forwarded-Proto)."},
};

}  // namespace

std::string explain_pasted(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  const auto* known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& one) {
    return lower.find(one.words) != std::string::npos;
  });
  return known == std::end(kKnown) ? std::string() : std::string(known->meaning);
}

}  // namespace dhis2mcp
