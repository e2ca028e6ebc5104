// SPDX-License-Identifier: BSD-3-Clause
// Words of browsers and of DHIS2's pages that people bring along.
#include <algorithm>

#include "auth/diagnosis.h"
#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

struct Known {
  std::string_view words;  // in lower case
  std::string_view meaning;
};

constexpr std::string_view kCors =
    "That is a web browser's own rule (CORS), not a fault of DHIS2 or of this program: a page of "
    "one site asked another site, and DHIS2 does not list the page's site. It never applies here, "
    "for this program is no browser. What to do for the page: run dhis2-mcp proxy --origin ORIGIN, "
    "and let it fetch http://127.0.0.1:3448/PROFILE/api/... with the header Authorization: Bearer "
    "TOKEN, where TOKEN is what that command shows; the proxy signs in with the profile, and the "
    "page holds no password. Where the page is to reach DHIS2 itself, an administrator adds its "
    "origin to the CORS allow list (System settings, Access; POST "
    "/api/configuration/corsWhitelist). Listed or not, a browser sends DHIS2's sign-in cookie to "
    "no other site's page, and DHIS2 2.42 and newer answer an origin that is not listed with an "
    "empty 200 and run nothing.";

constexpr std::string_view kFilePage =
    " The message names the origin null: the page was opened from a file, and every file on this "
    "computer says null. Serve it from a web server, such as http://localhost:8000, and name that.";

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

// What stands in quotes behind the words, if it can be an origin: "https://app.example.org".
std::string quoted_origin(std::string_view text) {
  for (const std::string_view words : {"from origin '", "from origin \"", "for origin '"}) {
    const std::size_t at = text.find(words);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text.substr(at + words.size());
    const std::string_view origin = rest.substr(0, rest.find_first_of("'\""));
    const bool plain = std::all_of(origin.begin(), origin.end(), [](char letter) {
      return is_letter_or_digit(letter) ||
             std::string_view(":/.-[]").find(letter) != std::string_view::npos;
    });
    if (origin == "null" || (plain && origin.starts_with("http"))) return std::string(origin);
  }
  return {};
}

std::string about_cors(std::string_view text) {
  std::string meaning(kCors);
  const std::string origin = quoted_origin(text);
  if (origin == "null") return meaning.append(kFilePage);
  constexpr std::string_view kPlace = "ORIGIN";
  if (!origin.empty()) meaning.replace(meaning.find(kPlace), kPlace.size(), origin);
  return meaning;
}

}  // namespace

std::string explain_pasted(std::string_view text) {
  const std::string lower = lower_ascii(text);
  const auto* known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& one) {
    return lower.find(one.words) != std::string::npos;
  });
  if (known == std::end(kKnown)) return {};
  return known->meaning == kCors ? about_cors(lower) : std::string(known->meaning);
}

}  // namespace dhis2mcp
