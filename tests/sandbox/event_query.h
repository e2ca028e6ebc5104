// SPDX-License-Identifier: BSD-3-Clause
// One request of event, enrollment or tracked entity analytics, read and checked.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sandbox/analytics_query.h"
#include "tests/sandbox/tracker_records.h"

namespace sandbox {

enum class EventKind { kEvents, kEnrollments, kEntities };

// A data element, attribute or program indicator that makes a column, with its conditions.
struct EventItem {
  enum class What { kElement, kAttribute, kIndicator, kStatus, kDate };
  What what = What::kElement;
  std::string name;            // of the column: "stage.element", "element", "stage[-1].element"
  std::string key;             // below metaData.dimensions: the name without its offset
  std::string program, stage;  // empty: any
  std::string uid;
  const Json* object = nullptr;  // null for pseudo dimensions such as stage.EVENT_STATUS
  std::optional<int> offset;     // 0: the latest event of the stage, -1: the one before
  std::string legend_set;
  std::vector<std::pair<std::string, std::string>> conditions;  // {"GT", "5"}
  std::vector<Period> periods;                                  // of stage.EVENT_DATE
  bool filter = false;
  bool implied = false;  // shown although the request did not name it

  std::string option_set() const;  // uid; empty when its values are free
};

// Periods that another date of the objects has to lie in: eventDate=LAST_6_MONTHS.
struct DatePeriods {
  std::string parameter;  // "eventDate", "lastUpdated", ...
  std::string program;    // of tracked entities: the program whose enrollments are meant
  std::vector<Period> periods;
};

struct EventQuery {
  EventKind kind = EventKind::kEvents;
  bool aggregate = false;
  const Json* program = nullptr;
  std::string stage, type;
  AnalyticsQuery places;  // ou and pe, their words, and the options that all analytics know
  std::string mode;       // of units: "", DESCENDANTS, CHILDREN, SELECTED
  std::vector<EventItem> items;
  std::vector<DatePeriods> dates;
  std::string time_field;
  std::set<std::string> event_statuses, program_statuses;
  bool named_status = false;                        // programStatus was sent, not enrollmentStatus
  std::vector<std::pair<std::string, bool>> order;  // column, descending
  std::vector<std::string> headers;                 // asked for; empty: all
  bool coordinates_only = false, unit_coordinates = false, no_pages = false, count_all = true;
  size_t page = 1, page_size = 50, limit = 0;
  std::string value, output_type, sort;  // of aggregates
  bool collapse = false;
};

// `target` is the uid in the path. Throws AnalyticsRefusal in the words of the release.
EventQuery read_event_query(const Country& country, const Request& request, EventKind kind,
                            bool aggregate, const std::string& target);

// The part that turns "stage.element:GT:5" into an item; it lives in event_items.cpp.
EventItem read_event_item(const Country& country, const EventQuery& query, const std::string& text);

}  // namespace sandbox
