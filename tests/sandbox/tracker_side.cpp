// SPDX-License-Identifier: BSD-3-Clause
// The small endpoints around tracker.
#include "tests/sandbox/tracker_side.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/sandbox/pages.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

constexpr int kLastOld = 41;  // the last release with the older endpoints

// "2026-11-21T10:00:00.000" so many days later.
std::string later(const Settings& settings, int days) {
  const Day day = *day_of(settings.today()) + std::chrono::days(days);
  return iso_day(day) + settings.clock.substr(10) + ".000";
}

// The next value of a pattern such as "ANC-"+SEQUENTIAL(#####).
Json next_value(const Country& country, const Json& attribute, int days) {
  const std::string uid = attribute.value("id", "");
  std::string key;
  for (const char c : attribute.value("pattern", "")) {
    if (c != '"' && c != '+') key += c;
  }
  const Json last = country.memory().recall("sequence", uid).value_or(0);
  const int number = last.get<int>() + 1;
  country.memory().keep("sequence", uid, number);
  const size_t start = key.find("SEQUENTIAL(");
  const size_t end = key.find(')', start);
  std::string value = key;
  if (start != std::string::npos && end != std::string::npos) {
    const int width =
        static_cast<int>(std::count(key.begin() + static_cast<std::ptrdiff_t>(start),
                                    key.begin() + static_cast<std::ptrdiff_t>(end), '#'));
    char digits[24];
    std::snprintf(digits, sizeof digits, "%0*d", width, number);
    value = key.substr(0, start) + digits + key.substr(end + 1);
  }
  return {{"ownerObject", "TRACKEDENTITYATTRIBUTE"},
          {"ownerUid", uid},
          {"key", key},
          {"value", value},
          {"created", later(country.settings(), 0)},
          {"expiryDate", later(country.settings(), days)}};
}

std::optional<Reply> generated(const Country& country, const Request& request) {
  const std::vector<std::string> words = pieces(request.path, '/');
  if (words.size() != 3 || request.method != "GET") return std::nullopt;
  const std::string& what = words[2];
  if (what != "generate" && what != "generateAndReserve" && what != "requiredValues") {
    return std::nullopt;
  }
  const int major = country.settings().major;
  const Json* attribute = country.find("trackedEntityAttributes", words[1]);
  if (attribute == nullptr) {
    return told(major, 404, "TrackedEntityAttribute with id " + words[1] + " could not be found.",
                "E1005");
  }
  if (!attribute->value("generated", false)) {
    return told(major, 400, "Attribute does not contain pattern.");
  }
  if (what == "requiredValues") {
    return json_reply({{"REQUIRED", Json::array()}, {"OPTIONAL", {"SEQUENTIAL"}}});
  }
  constexpr int kDraft = 3, kReserved = 60;  // days
  if (what == "generate") return json_reply(next_value(country, *attribute, kDraft));
  Json values = Json::array();
  const int count = std::max(1, std::atoi(request.param("numberToReserve").value_or("1").c_str()));
  for (int i = 0; i < std::min(count, 1000); ++i) {
    values.push_back(next_value(country, *attribute, kReserved));
  }
  return json_reply(values);
}

// A list that has nothing in it, in the shape that the release gives its pages.
Reply nothing(int major, const char* plural, bool counted) {
  Json pager = {{"page", 1}, {"pageSize", 50}};
  if (counted && major <= 41) pager["total"] = pager["pageCount"] = 0;
  Json body = Json::object();
  if (major == 41) body = pager;
  body["pager"] = pager;
  body[plural] = Json::array();
  if (major >= 41) return json_reply(body);
  if (!counted) return json_reply({{"pageSize", 50}, {plural, Json::array()}});
  return json_reply({{"page", 0}, {"total", 0}, {"pageSize", 50}, {"instances", Json::array()}});
}

std::optional<Reply> older(const Country& country, const Request& request) {
  const int major = country.settings().major;
  const std::string first = request.path.substr(0, request.path.find('/', 1));
  const bool known = first == "/trackedEntityInstances" || first == "/enrollments" ||
                     first == "/events" || first == "/relationships";
  if (!known) return std::nullopt;
  if (major > kLastOld) return html_error(404, "No static resource api" + request.path + ".");
  const bool plain = request.method == "GET" && first == request.path;
  if (plain && first == "/relationships" && request.params.empty()) {
    return told(major, 400, "Missing required parameter 'tei', 'enrollment' or 'event'.");
  }
  const bool placed = request.param("ou") || request.param("ouMode");
  if (plain && !placed && (first == "/trackedEntityInstances" || first == "/enrollments")) {
    return told(major, 409, "At least one organisation unit must be specified");
  }
  return not_played(request.method + " /api" + request.path);
}

}  // namespace

std::optional<Reply> tracker_side(const Country& country, const Request& request) {
  const int major = country.settings().major;
  if (request.path.starts_with("/trackedEntityAttributes/")) return generated(country, request);
  if (request.method == "GET" && request.path == "/potentialDuplicates") {
    return nothing(major, "potentialDuplicates", false);
  }
  if (request.method == "GET" && request.path == "/programNotificationInstances") {
    return nothing(major, "programNotificationInstances", true);
  }
  if (request.method == "GET" && request.path == "/messages") {
    if (major >= 41) return json_reply(Json::array());
    return told(major, 409, "ProgramInstance or ProgramStageInstance must be specified.");
  }
  return older(country, request);
}

}  // namespace sandbox
