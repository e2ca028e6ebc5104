// SPDX-License-Identifier: BSD-3-Clause
// The table of agreement, as a person and the README see it, and the floors below which no count
// may fall.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/sandbox/comparison/play.h"

namespace comparison {

struct Floor {
  size_t lines = 0, agreed = 0;
};

// By version ("2.43") and area. Lines of floors.tsv: version, area, lines, agreed.
using Floors = std::map<std::pair<std::string, std::string>, Floor>;

Floors read_floors(const std::filesystem::path& file);
void write_floors(const std::filesystem::path& file, const Floors& floors);

// Why a file falls below its floor; empty when it does not. A floor binds only for as many lines
// as it was taken from: other recordings of the same server are counted, not judged.
std::string fall(const Floors& floors, const Played& played);

// "2.43"
std::string version_name(int major);

// One file in one line for the terminal.
std::string told(const Played& played);

// The README's table: areas down, versions across, "agreed / lines (share)".
std::string markdown(const Floors& floors);

// The README with the table put between its two marks. Throws std::runtime_error without them.
std::string with_table(const std::string& readme, const std::string& table);

// The first difference of each kind, with how many there are of it.
std::string reasons(const Played& played);

}  // namespace comparison
