// SPDX-License-Identifier: BSD-3-Clause
// The target of a request line taken apart, with the strictness of the container.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sandbox/country.h"

namespace sandbox {

struct Target {
  bool malformed = false;      // raw brackets, bars, ..., "//" or "%00": the container says 400
  bool below_context = false;  // false: another application of the container, if any
  bool api = false;            // below /api
  bool known_version = true;   // false for /api/44/ on 2.43
  std::string whole;           // decoded path below the context: "/api/43/me.json"
  std::string version;         // "43" when the path had one
  std::string path;            // below /api, without version and extension: "/me"
  std::string extension;       // "json"
  std::string query;           // as sent
  std::vector<std::pair<std::string, std::string>> params;  // decoded, in order

  static Target parse(std::string_view target, const Settings& settings);
};

// "%C3%A9" and, in queries, "+" decoded.
std::string percent_decoded(std::string_view text, bool plus_is_space);

// Everything but letters, digits and "-._*" encoded, a blank as "+", as Java's URLEncoder does.
std::string form_encoded(std::string_view text);

}  // namespace sandbox
