// SPDX-License-Identifier: BSD-3-Clause
// Counts of agreement in their written forms.
#include "tests/sandbox/comparison/table.h"

#include <fstream>
#include <iomanip>
#include <set>
#include <sstream>
#include <stdexcept>

namespace comparison {
namespace {

constexpr const char* kBegin = "<!-- agreement: begin -->\n";
constexpr const char* kEnd = "<!-- agreement: end -->";

size_t share(size_t part, size_t whole) { return whole == 0 ? 0 : part * 100 / whole; }

const char* word_of(Outcome outcome) {
  return outcome == Outcome::kNotPlayed ? "not played" : "differs";
}

}  // namespace

Floors read_floors(const std::filesystem::path& file) {
  Floors floors;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string version, area;
    Floor floor;
    if (fields >> version >> area >> floor.lines >> floor.agreed) floors[{version, area}] = floor;
  }
  return floors;
}

void write_floors(const std::filesystem::path& file, const Floors& floors) {
  std::ofstream out(file);
  for (const auto& [key, floor] : floors) {
    out << key.first << '\t' << key.second << '\t' << floor.lines << '\t' << floor.agreed << '\n';
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string version_name(int major) { return "2." + std::to_string(major); }

std::string fall(const Floors& floors, const Played& played) {
  const auto floor = floors.find({version_name(played.major), played.area});
  if (floor == floors.end() || floor->second.lines != played.lines.size()) return "";
  if (played.agreed() >= floor->second.agreed) return "";
  return version_name(played.major) + " " + played.area + " fell from " +
         std::to_string(floor->second.agreed) + " to " + std::to_string(played.agreed()) +
         " agreeing lines; --why tells which";
}

std::string told(const Played& played) {
  const size_t lines = played.lines.size();
  const size_t unplayed = played.count(Outcome::kNotPlayed);
  std::ostringstream out;
  out << std::left << std::setw(6) << version_name(played.major) << std::setw(20) << played.area
      << std::right << std::setw(4) << played.agreed() << " agreed / " << std::setw(4)
      << lines - unplayed << " comparable / " << std::setw(4) << unplayed << " not played of "
      << std::setw(4) << lines << " (" << share(played.agreed(), lines) << " %)";
  if (played.reads() != lines) {
    out << "; reads " << played.agreed_reads() << " of " << played.reads() << " ("
        << share(played.agreed_reads(), played.reads()) << " %)";
  }
  return out.str();
}

std::string markdown(const Floors& floors) {
  std::set<std::string> versions, areas;
  for (const auto& [key, floor] : floors) {
    versions.insert(key.first);
    areas.insert(key.second);
  }
  std::ostringstream out;
  out << "| area |";
  for (const std::string& version : versions) out << " " << version << " |";
  out << "\n| --- |";
  for (size_t i = 0; i < versions.size(); ++i) out << " --- |";
  out << "\n";
  for (const std::string& area : areas) {
    out << "| `" << area << "` |";
    for (const std::string& version : versions) {
      const auto floor = floors.find({version, area});
      if (floor == floors.end()) {
        out << " |";
        continue;
      }
      out << " " << floor->second.agreed << " of " << floor->second.lines << " ("
          << share(floor->second.agreed, floor->second.lines) << " %) |";
    }
    out << "\n";
  }
  return out.str();
}

std::string with_table(const std::string& readme, const std::string& table) {
  const size_t begin = readme.find(kBegin), end = readme.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos) {
    throw std::runtime_error("the README has no marks for the table of agreement");
  }
  const size_t start = begin + std::string(kBegin).size();
  return readme.substr(0, start) + table + readme.substr(end);
}

std::string reasons(const Played& played) {
  std::map<std::pair<std::string, std::string>, std::vector<const Line*>> kinds;
  for (const Line& line : played.lines) {
    if (line.outcome == Outcome::kAgreed) continue;
    kinds[{word_of(line.outcome), line.difference.kind}].push_back(&line);
  }
  std::ostringstream out;
  for (const auto& [kind, lines] : kinds) {
    out << "  " << kind.first << ", " << lines.size() << " x " << kind.second << "\n    "
        << lines.front()->id << ": " << lines.front()->difference.detail << "\n";
    if (lines.size() > 1) out << "    also";
    for (size_t i = 1; i < lines.size(); ++i) out << " " << lines[i]->id;
    if (lines.size() > 1) out << "\n";
  }
  return out.str();
}

}  // namespace comparison
