// SPDX-License-Identifier: BSD-3-Clause
// What the tracker is asked, in the words of each DHIS2 version.
#pragma once

#include <string>
#include <vector>

#include "dhis2/query.h"
#include "tools/call.h"
#include "tools/condition.h"
#include "tools/day_span.h"

namespace dhis2mcp {

// Which units are looked at. Modes are DHIS2's: DESCENDANTS, CHILDREN, SELECTED, CAPTURE,
// ACCESSIBLE, ALL; the last three go without units.
struct TrackerPlaces {
  std::vector<std::string> units;
  std::string mode;
};

// "Bo" is Bo and all below it, "only Bo" itself, "children of Bo" the next level too, "my org
// units" those that the account enters data for, "all org units" those that it may search; levels
// and groups ("clinics in Bo") are listed. Throws bad_input where texts need different modes.
TrackerPlaces read_tracker_places(Call& call, const std::vector<std::string>& texts,
                                  Answer& answer);

// Those of the units that lie in no other of them.
std::vector<std::string> outermost(Call& call, const std::vector<std::string>& units);

// Builds the query of one list. Names of parameters are chosen by the version of the server.
class TrackerRequest {
 public:
  // Which list: both take other words for the same things.
  enum class List { entities, events };

  TrackerRequest(Call& call, List list);

  // "all units" is the default of entities; events take what is in reach by themselves.
  void places(TrackerPlaces places);

  // Limits to days, of `field` as time_field() names it. Throws bad_input for a date that this list
  // cannot be asked by.
  void days(const std::string& field, const DaySpan& span);
  void from_day(const std::string& field, std::chrono::sys_days day);
  void to_day(const std::string& field, std::chrono::sys_days day);

  void enrollment_status(const std::string& status);
  void event_status(const std::string& status);

  // A comparison of an attribute or a data element, its values stored ones. Throws
  // unsupported_version for what this server cannot be asked.
  void item(const ProgramItem& item, const std::vector<Test>& tests);

  // Other words that a filter may begin with: "status = active", "enrolled since 2024-01-01",
  // "follow up". False when it begins with none.
  bool words(const std::string& text, const Almanac& almanac);

  // The words that words() knows, for a message.
  static std::string known_words(List list);

  // "2026-11-01", "3d", "24 hours", "last week": since when something was changed.
  void updated_since(const std::string& text, const Almanac& almanac);

  // Puts in what DHIS2 wants beside what was said: an event's status and both days go together.
  void complete();

  Query query;

  // Further queries, for units that this list takes only one by one; without paging.
  std::vector<std::string> further_units;

 private:
  bool plural() const;
  std::string span_parameter(const std::string& field) const;
  void status_words(const std::string& rest, bool of_event, const std::string& whole);
  void day_words(const std::string& field, const std::string& rest, const std::string& whole,
                 const Almanac& almanac);

  Call& call_;
  List list_;
  Version version_;
};

}  // namespace dhis2mcp
