// SPDX-License-Identifier: BSD-3-Clause
// DHIS2 versions and what differs between them, as data: one row per fact.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace dhis2mcp {

// "2.41.3.1", "2.43-SNAPSHOT" and "43" compare by major (40..43), minor and patch.
struct Version {
  int major = 0;  // 41 for 2.41
  int minor = 0;
  int patch = 0;

  static std::optional<Version> parse(std::string_view text);
  auto operator<=>(const Version&) const = default;
};

// "2.41" or "2.41.3".
std::string to_string(const Version& version);

// A fact that holds from a major (inclusive) until another (exclusive; 0 = still).
enum class Fact {
  pat_default_on,         // personal access tokens work unless switched off (2.38)
  legacy_oauth2,          // /uaa/oauth/* (2.37..2.41)
  oauth2_server,          // /oauth2/* (2.42)
  tracker_plural_params,  // orgUnits and orgUnitMode for orgUnit=a;b and ouMode (2.41)
  tracker_null_filter,    // the null and !null operators of tracker filters (2.42)
  tracker_escapes,        // a leading / escapes , : and / in tracker filters (2.40)
  enrollment_status,      // enrollmentStatus for programStatus (2.42)
  event_option_eq,        // eq finds data elements with options; before, in does (2.41)
  entity_children_mode,   // orgUnitMode=CHILDREN works on trackedEntities (until 2.42)
  enrollment_counts,      // /api/analytics/enrollments/aggregate (2.39)
  openapi,                // /api/openapi (2.40)
};

bool holds(Fact fact, const Version& version);

// The oldest and newest major that this program was tested against.
inline constexpr int kOldestMajor = 37;
inline constexpr int kNewestMajor = 43;

}  // namespace dhis2mcp
