// SPDX-License-Identifier: BSD-3-Clause
// Compares the practice DHIS2 with recordings of real servers. Ends `N passed, N failed`, a test
// being that one recorded file does not fall below its floor.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/sandbox/comparison/table.h"

namespace {

using namespace comparison;  // this program's own

constexpr const char* kUsage =
    "usage: agreement [--version 2.43] [--why] [--write] [--sandbox PROGRAM] [--home FOLDER]\n"
    "                 [AREA...]\n"
    "DHIS2_RECORDINGS names the folder of recordings. --write keeps the counts as floors.\n";

// The files that are compared when none is named.
constexpr const char* kAreas[] = {"metadata_read",
                                  "analytics",
                                  "me",
                                  "system",
                                  "gist",
                                  "dimensions",
                                  "dataValueSets",
                                  "completeness",
                                  "outliers",
                                  "validation",
                                  "errors",
                                  "tracker_read",
                                  "analytics_event",
                                  "auth_2fa",
                                  "auth_basic",
                                  "auth_cors",
                                  "auth_dcr",
                                  "auth_lockout",
                                  "auth_login",
                                  "auth_oauth2",
                                  "auth_oauth2_legacy",
                                  "auth_pat"};
constexpr int kMajors[] = {43, 42, 41, 40};
constexpr unsigned kAtOnce = 2;

struct Options {
  std::vector<std::string> areas;
  std::vector<int> majors;
  bool why = false, write = false;
  std::filesystem::path sandbox, home = "tests/sandbox", recordings;
};

Options parse(int argc, char** argv) {
  Options options;
  options.sandbox = std::filesystem::absolute(argv[0]).parent_path() / "dhis2-sandbox";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == argc) throw std::invalid_argument(argument + " needs a value");
      return argv[++i];
    };
    if (argument == "--why") {
      options.why = true;
    } else if (argument == "--write") {
      options.write = true;
    } else if (argument == "--version") {
      const std::string version = value();
      options.majors.push_back(std::atoi(version.c_str() + (version.starts_with("2.") ? 2 : 0)));
    } else if (argument == "--sandbox") {
      options.sandbox = value();
    } else if (argument == "--home") {
      options.home = value();
    } else if (argument.starts_with("-")) {
      throw std::invalid_argument("unknown option " + argument);
    } else {
      options.areas.push_back(argument);
    }
  }
  if (options.majors.empty()) options.majors.assign(std::begin(kMajors), std::end(kMajors));
  if (options.areas.empty()) options.areas.assign(std::begin(kAreas), std::end(kAreas));
  const char* folder = std::getenv("DHIS2_RECORDINGS");
  options.recordings = folder == nullptr ? "" : folder;
  return options;
}

std::filesystem::path folder_of(const Options& options, int major) {
  return options.recordings / ("own_2" + std::to_string(major));
}

Twins twins_of(const Options& options, int major) {
  sandbox::Settings settings;
  settings.major = major;
  return {sandbox::Country(settings), folder_of(options, major) / "metadata_export_all.json.gz"};
}

// Every file of the wish, two at a time, in the order of the wish.
std::vector<Played> play_all(const Options& options) {
  std::map<int, Twins> twins;
  for (const int major : options.majors) twins.emplace(major, twins_of(options, major));
  std::vector<std::pair<int, std::string>> wish;
  for (const std::string& area : options.areas) {
    for (const int major : options.majors) wish.emplace_back(major, area);
  }
  std::vector<Played> results(wish.size());
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::string problem;
  const auto work = [&] {
    for (size_t i = next++; i < wish.size(); i = next++) {
      const auto& [major, area] = wish[i];
      try {
        results[i] = play(options.sandbox, folder_of(options, major), major, area, twins.at(major));
      } catch (const std::exception& error) {
        const std::lock_guard lock(mutex);
        problem = area + " of " + version_name(major) + ": " + error.what();
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kAtOnce; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  if (!problem.empty()) throw std::runtime_error(problem);
  std::erase_if(results, [](const Played& played) { return played.lines.empty(); });
  return results;
}

void keep(const Options& options, const std::vector<Played>& results) {
  const std::filesystem::path file = options.home / "comparison" / "floors.tsv";
  Floors floors = read_floors(file);
  for (const Played& played : results) {
    floors[{version_name(played.major), played.area}] = {played.lines.size(), played.agreed()};
  }
  write_floors(file, floors);
  const std::filesystem::path readme = options.home / "README.md";
  const std::string text = with_table(read_text(readme), markdown(floors));
  std::ofstream(readme) << text;
}

int compare(const Options& options) {
  const std::vector<Played> results = play_all(options);
  const Floors floors = read_floors(options.home / "comparison" / "floors.tsv");
  int failed = 0;
  for (const Played& played : results) {
    std::cout << told(played) << "\n";
    if (options.why) std::cout << reasons(played);
    const std::string fallen = fall(floors, played);
    if (fallen.empty() || options.write) continue;
    std::cout << "!! " << fallen << "\n";
    ++failed;
  }
  if (options.write) keep(options, results);
  if (results.empty()) {
    std::cout << "!! no recorded file of that name below " << options.recordings << "\n";
    failed = 1;
  }
  const size_t passed = results.empty() ? 0 : results.size() - static_cast<size_t>(failed);
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  const Options options = parse(argc, argv);
  if (!std::filesystem::is_directory(options.recordings)) {
    std::cout << "-- skipped: DHIS2_RECORDINGS names no folder of recordings, nothing was "
                 "compared with a real server\n0 passed, 0 failed\n";
    return 0;
  }
  return compare(options);
} catch (const std::invalid_argument& error) {
  std::cerr << "agreement: " << error.what() << "\n" << kUsage;
  return 2;
} catch (const std::exception& error) {
  std::cerr << "agreement: " << error.what() << "\n0 passed, 1 failed\n";
  return 1;
}
