// SPDX-License-Identifier: BSD-3-Clause
// Writes tracker CSV.
#include "tests/sandbox/tracker_csv.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace sandbox {
namespace {

// Jackson quotes what is not made of letters, digits and a few signs.
std::string cell(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 || c == '.' || c == '-' || c == '_' || c == ':';
  });
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string instant(const Json& object, const char* name) {
  std::string text = text_in(object, name);
  if (text.ends_with(".000") && text.find("T00:00:00") != std::string::npos) {
    text.resize(text.size() - 4);
  }
  return text.empty() ? "" : text + "Z";
}

void add_line(std::string& csv, const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) csv += (i == 0 ? "" : ",") + cell(cells[i]);
  csv += "\n";
}

// 11.0 as 11.
std::string short_number(const std::string& number) {
  return number.ends_with(".0") ? number.substr(0, number.size() - 2) : number;
}

// "POINT (10.2 4.3)", latitude and longitude.
std::vector<std::string> place_of(const Json& object) {
  const auto geometry = object.find("geometry");
  if (geometry == object.end()) return {"", "", ""};
  const std::string x = (*geometry)["coordinates"][0].dump();
  const std::string y = (*geometry)["coordinates"][1].dump();
  return {"POINT (" + short_number(x) + " " + short_number(y) + ")", y, x};
}

void append(std::vector<std::string>& cells, const std::vector<std::string>& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

std::string username(const Json& object, const char* name) {
  return object.contains(name) ? text_in(object[name], "username") : "";
}

}  // namespace

std::string entities_csv(const Json& entities) {
  std::string csv =
      "trackedEntity,trackedEntityType,createdAt,createdAtClient,updatedAt,updatedAtClient,"
      "orgUnit,inactive,deleted,potentialDuplicate,geometry,latitude,longitude,storedBy,createdBy,"
      "updatedBy,attrCreatedAt,attrUpdatedAt,attribute,displayName,value,valueType\n";
  for (const Json& entity : entities) {
    std::vector<std::string> start = {text_in(entity, "trackedEntity"),
                                      text_in(entity, "trackedEntityType"),
                                      instant(entity, "createdAt"),
                                      "",
                                      instant(entity, "updatedAt"),
                                      "",
                                      text_in(entity, "orgUnit"),
                                      "false",
                                      "false",
                                      "false"};
    append(start, place_of(entity));
    append(start, {text_in(entity, "storedBy"), username(entity, "createdBy"),
                   username(entity, "updatedBy")});
    for (const Json& attribute : entity["attributes"]) {
      std::vector<std::string> line = start;
      append(line, {instant(attribute, "createdAt"), instant(attribute, "updatedAt"),
                    text_in(attribute, "attribute"), text_in(attribute, "displayName"),
                    text_in(attribute, "value"), text_in(attribute, "valueType")});
      add_line(csv, line);
    }
  }
  return csv;
}

std::string events_csv(const Json& events, int major) {
  const bool old = major <= 40;
  std::string csv = std::string("event,status,program,programStage,enrollment,orgUnit,") +
                    (old ? "orgUnitName," : "") +
                    "occurredAt,scheduledAt,geometry,latitude,longitude," +
                    (old ? "followup" : "followUp") +
                    ",deleted,createdAt,createdAtClient,updatedAt,updatedAtClient,completedBy,"
                    "completedAt,updatedBy,attributeOptionCombo,attributeCategoryOptions,"
                    "assignedUser,dataElement,value,storedBy,providedElsewhere,storedByDataValue,"
                    "updatedAtDataValue,createdAtDataValue\n";
  for (const Json& event : events) {
    std::vector<std::string> start;
    for (const char* name : {"event", "status", "program", "programStage"}) {
      start.push_back(text_in(event, name));
    }
    start.push_back(old && !event.contains("trackedEntity") ? "" : text_in(event, "enrollment"));
    start.push_back(text_in(event, "orgUnit"));
    if (old) start.push_back(text_in(event, "orgUnitName"));
    append(start, {instant(event, "occurredAt"), instant(event, "scheduledAt")});
    append(start, place_of(event));
    append(start, {"false", "false", instant(event, "createdAt"), "", instant(event, "updatedAt"),
                   "", text_in(event, "completedBy"), instant(event, "completedAt"),
                   username(event, "updatedBy"), text_in(event, "attributeOptionCombo"),
                   text_in(event, "attributeCategoryOptions"), ""});
    for (const Json& value : event["dataValues"]) {
      std::vector<std::string> line = start;
      append(line, {text_in(value, "dataElement"), text_in(value, "value"), old ? "" : "admin",
                    "false", "", instant(value, "updatedAt"), instant(value, "createdAt")});
      add_line(csv, line);
    }
  }
  return csv;
}

}  // namespace sandbox
