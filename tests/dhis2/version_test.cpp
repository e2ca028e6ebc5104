// SPDX-License-Identifier: BSD-3-Clause
// Versions, and each fact on both sides of its change.
#include "dhis2/version.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

struct Spelling {
  const char* text;
  const char* normal;  // nullptr: no version
};

TEST(Version, IsReadFromAllItsSpellings) {
  const Spelling rows[] = {
      {"2.41.3.1", "2.41.3.1"},
      {"2.41.3", "2.41.3"},
      {"2.41", "2.41"},
      {"43", "2.43"},
      {"43.1", "2.43.1"},
      {"2.43-SNAPSHOT", "2.43"},
      {"2.40.2.2", "2.40.2.2"},
      {"2.42.5-rc1", "2.42.5"},
      {"2.40.0.1.7", "2.40.0.1"},
      {"42.5.2", "2.42.5.2"},
      {"", nullptr},
      {"2.", nullptr},
      {"x", nullptr},
      {"2.x", nullptr},
      {"2.41x", nullptr},
      {"-1", nullptr},
      {"2.0", nullptr},
      {"99999999999", nullptr},
      {"v41", nullptr},
  };
  for (const Spelling& row : rows) {
    const auto version = Version::parse(row.text);
    EXPECT_EQ(version ? to_string(*version) : "none", row.normal == nullptr ? "none" : row.normal)
        << row.text;
  }
}

TEST(Version, ComparesByNumberNotByText) {
  const auto version = [](const char* text) { return *Version::parse(text); };
  EXPECT_LT(version("2.9"), version("2.40"));
  EXPECT_LT(version("2.40.9"), version("2.40.10"));
  EXPECT_LT(version("2.40.9"), version("2.41"));
  EXPECT_EQ(version("2.41"), version("41.0"));
}

struct Row {
  Fact fact;
  int from;
  int until;
};

// Written down once more, from the release notes, so that a slip in the table shows.
TEST(Facts, HoldFromTheirMajorUntilTheNext) {
  const Row rows[] = {
      {Fact::pat_default_on, 38, 99},
      {Fact::legacy_oauth2, 36, 42},
      {Fact::oauth2_server, 42, 99},
      {Fact::tracker_plural_params, 41, 99},
      {Fact::tracker_null_filter, 42, 99},
      {Fact::tracker_escapes, 40, 99},
      {Fact::enrollment_status, 42, 99},
      {Fact::event_option_eq, 41, 99},
      {Fact::entity_children_mode, 36, 42},
      {Fact::enrollment_counts, 39, 99},
      {Fact::openapi, 40, 99},
  };
  for (const Row& row : rows) {
    for (int major = 36; major <= 45; ++major) {
      EXPECT_EQ(holds(row.fact, {major, 3, 1}), major >= row.from && major < row.until)
          << static_cast<int>(row.fact) << " at " << major;
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
