// SPDX-License-Identifier: BSD-3-Clause
// A request target in the one form under which recordings are looked up.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace replay {

// Two targets that a server reads alike are equal here: percent-encoding, `+` for a space and the
// order of parameters do not count. What changes the meaning of a path stays encoded: %2F, %25,
// %00.
struct Target {
  std::string path;     // "/api/me", no version number
  int api_version = 0;  // 40 for /api/40/me, 0 when none is named
  std::vector<std::pair<std::string, std::string>> query;  // decoded and sorted

  bool operator==(const Target&) const = default;
};

// Takes any bytes; a stray `%` stands for itself. Only /api/25 to /api/59 count as a version:
// others (such as /api/99) are paths that a real server refuses, and stay.
Target read_target(std::string_view text);

// The text under which equal paths and queries meet, the version left out.
std::string key_of(const Target& target);

// How alike two targets are, for the hint after a miss: more is nearer.
int likeness(const Target& one, const Target& other);

}  // namespace replay
