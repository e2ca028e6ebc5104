// SPDX-License-Identifier: BSD-3-Clause
// Which uid of the practice server stands for which uid of the recorded one.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "tests/sandbox/comparison/exchange.h"
#include "tests/sandbox/country.h"

namespace comparison {

// Both servers were loaded with the same objects, so most uids are the same. What a server makes
// itself (option combos, legends, map views, everything created by a recorded write) has uids of
// its own: those of option combos are known by name from the start, the rest as they appear.
class Twins {
 public:
  // `metadata_export` is the recorded server's whole export; nothing is known by name without it.
  Twins(const sandbox::Country& country, const std::filesystem::path& metadata_export);

  // The text with each recorded uid replaced by its twin.
  std::string translated(std::string_view text) const;

  // Whether the two texts say the same once uids are translated. Uids that stand at the same
  // place, and that neither server was loaded with, become twins by this.
  bool agree(std::string_view recorded, std::string_view played);

 private:
  bool known(const std::string& recorded) const;

  std::unordered_map<std::string, std::string> twins_;  // recorded -> played
  std::unordered_set<std::string> taken_;               // played uids that are twins already
  std::unordered_set<std::string> recorded_;            // uids of the recorded export
  std::unordered_set<std::string> played_;              // uids of the practice country
};

}  // namespace comparison
