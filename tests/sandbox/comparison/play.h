// SPDX-License-Identifier: BSD-3-Clause
// Plays a recorded file to a fresh practice DHIS2 and counts what agrees.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/sandbox/comparison/compare.h"

namespace comparison {

enum class Outcome {
  kAgreed,
  kDiffers,
  kNotPlayed,  // answered 501, or differs after a write that the practice server did not take
};

struct Line {
  std::string id;
  bool read = false;  // GET, HEAD or OPTIONS
  Outcome outcome = Outcome::kAgreed;
  Difference difference;  // empty when agreed
};

struct Played {
  int major = 0;
  std::string area;
  std::vector<Line> lines;

  size_t count(Outcome outcome) const;
  size_t agreed() const { return count(Outcome::kAgreed); }
  size_t reads() const;
  size_t agreed_reads() const;
};

// Starts `program` as a server of this major at the time of the first line, sends the lines in
// order, writes included, and compares each answer. `twins` is a copy: what one file pairs means
// nothing to another. Throws std::runtime_error when the program or the file cannot be used.
Played play(const std::filesystem::path& program, const std::filesystem::path& folder, int major,
            const std::string& area, Twins twins);

// "Sat, 21 Nov 2026 10:03:10 GMT" as "2026-11-21T10:03:10"; empty for anything else.
std::string clock_of(const std::string& http_date);

}  // namespace comparison
