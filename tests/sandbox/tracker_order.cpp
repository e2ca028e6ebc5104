// SPDX-License-Identifier: BSD-3-Clause
// Reads the `order` parameter of tracker lists.
#include <algorithm>

#include "tests/sandbox/filter.h"
#include "tests/sandbox/pages.h"
#include "tests/sandbox/tracker_query.h"

namespace sandbox {
namespace {

constexpr const char* kEntityFields =
    "createdAt, createdAtClient, enrolledAt, inactive, trackedEntity, updatedAt, updatedAtClient";
constexpr const char* kEnrollmentFields =
    "completedAt, createdAt, createdAtClient, enrolledAt, updatedAt, updatedAtClient";
constexpr const char* kEventFields =
    "assignedUser, assignedUserDisplayName, attributeOptionCombo, completedAt, completedBy, "
    "createdAt, createdAtClient, createdBy, deleted, enrolledAt, enrollment, enrollmentStatus, "
    "event, followUp, occurredAt, orgUnit, program, programStage, scheduledAt, status, storedBy, "
    "trackedEntity, updatedAt, updatedAtClient, updatedBy";
constexpr const char* kEventFields40 =
    "storedBy, attributeCategoryOptions, dueDate, assignedUserUsername, createdAtClient, program, "
    "lastUpdated, href, event, assignedUser, programStage, programType, occurredAt, created, "
    "orgUnit, completedDate, enrollment, trackedEntityInstance, followup, deleted, "
    "enrollmentStatus, attributeOptionCombo, assignedUserFirstName, assignedUserDisplayName, "
    "completedBy, assignedUserSurname, lastUpdatedAtClient, orgUnitName, eventDate, status, "
    "enrolledAt";

bool has_word(const std::string& list, const std::string& word) {
  const std::vector<std::string> words = pieces(list, ',');
  return std::any_of(words.begin(), words.end(), [&](const std::string& one) {
    return one.substr(one.find_first_not_of(' ')) == word;
  });
}

bool known_value(const Country& country, const std::string& uid) {
  return country.find("trackedEntityAttributes", uid) != nullptr ||
         country.find("dataElements", uid) != nullptr;
}

std::string event_fields(int major) {
  std::string fields = kEventFields;
  if (major == 41) fields.insert(fields.find("occurredAt"), "followup, ");
  return fields;
}

[[noreturn]] void refuse_field(const std::string& name, TrackedKind kind, int major) {
  if (kind == TrackedKind::kEvents && major <= 40) {
    throw TrackerRefusal(
        400,
        "Order by property `" + name + "` is not supported. Supported are `" + kEventFields40 + "`",
        "E1003");
  }
  std::string known;
  if (kind == TrackedKind::kEntities) {
    known = "Supported are attribute UIDs and fields '" + std::string(kEntityFields);
  } else if (kind == TrackedKind::kEnrollments) {
    known = "Supported fields are '" + std::string(kEnrollmentFields);
  } else {
    known = std::string("Supported are data element ") + (major >= 43 ? "" : "and attribute ") +
            "UIDs and fields '" + event_fields(major);
  }
  throw TrackerRefusal(400,
                       "order parameter is invalid. Cannot order by '" + name + "'. " + known +
                           "'. All of which can at most be specified once.",
                       "E1003");
}

// Orders that a release knows and cannot do.
void check_working(const std::string& name, TrackedKind kind, int major) {
  if (kind == TrackedKind::kEntities && name == "trackedEntity" && major >= 43) {
    throw TrackerRefusal(409, "Query failed because of a syntax error (SqlState: 42702)", "E7145",
                         "ERROR: column reference \"uid\" is ambiguous\n  Position: 28");
  }
  const bool stamp = name == "createdAt" || name == "updatedAt";
  if (kind == TrackedKind::kEnrollments && stamp && (major == 41 || major == 42)) {
    const std::string column = name == "createdAt" ? "created" : "lastupdated";
    throw TrackerRefusal(409,
                         "ERROR: column reference \"" + column +
                             "\" is ambiguous\n  Position: " + (major == 41 ? "1370" : "1409"));
  }
}

OrderItem read_item(const std::string& text, int major) {
  const size_t colon = text.find(':');
  OrderItem item{text.substr(0, colon), false};
  if (colon == std::string::npos) return item;
  const std::string word = text.substr(colon + 1), direction = lowered(word);
  const bool old = major <= 40 && (direction == "iasc" || direction == "idesc");
  if (direction != "asc" && direction != "desc" && !old) {
    throw TrackerRefusal(400, "Value '" + text + "' is not valid for parameter order. '" + word +
                                  "' is not a valid sort direction. Valid values are: [" +
                                  (major <= 40 ? "ASC, DESC, IASC, IDESC" : "ASC, DESC") + "].");
  }
  item.descending = direction.ends_with("desc");
  return item;
}

}  // namespace

std::vector<OrderItem> read_tracker_order(const Country& country, const Request& request,
                                          TrackedKind kind) {
  const int major = country.settings().major;
  const std::string fields = kind == TrackedKind::kEntities      ? kEntityFields
                             : kind == TrackedKind::kEnrollments ? kEnrollmentFields
                                                                 : event_fields(major);
  std::vector<OrderItem> order;
  for (const std::string& text : request.all("order")) {
    for (const std::string& one : pieces(text, ',')) {
      OrderItem item = read_item(one, major);
      const bool value = kind != TrackedKind::kEnrollments && known_value(country, item.name);
      const bool old =
          kind == TrackedKind::kEvents && major <= 40 && has_word(kEventFields40, item.name);
      if (!has_word(fields, item.name) && !value && !old) refuse_field(item.name, kind, major);
      check_working(item.name, kind, major);
      order.push_back(std::move(item));
    }
  }
  return order;
}

}  // namespace sandbox
