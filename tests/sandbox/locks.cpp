// SPDX-License-Identifier: BSD-3-Clause
// Kept in memory by workflow or data set, period and unit.
#include "tests/sandbox/locks.h"

#include <algorithm>

#include "tests/sandbox/pages.h"
#include "tests/sandbox/period.h"

namespace sandbox {
namespace {

constexpr const char* kApprovals = "dataApprovals";
constexpr const char* kExceptions = "lockExceptions";

constexpr int kWordsUntil = 42;  // the last release that names the period of an exception in words

std::string key_of(const std::string& what, const std::string& period, const std::string& unit) {
  return what + "/" + period + "/" + unit;
}

// The levels of units on which a workflow approves, the lowest first.
std::vector<int> levels_of(const Country& country, const Json& workflow) {
  std::vector<int> levels;
  for (const Json& reference : workflow.value("dataApprovalLevels", Json::array())) {
    const Json* level = country.find("dataApprovalLevels", reference["id"].get<std::string>());
    if (level != nullptr) levels.push_back(level->value("orgUnitLevel", 0));
  }
  std::sort(levels.rbegin(), levels.rend());
  return levels;
}

struct Approvals {
  const Country& country;
  const Json& workflow;
  const std::string period;
  const std::vector<int> levels;

  std::optional<Json> at(const std::string& unit) const {
    return country.memory().recall(kApprovals,
                                   key_of(workflow["id"].get<std::string>(), period, unit));
  }

  // Whether every unit of the next lower level of the workflow below this one is approved.
  bool ready(const OrgUnit& unit) const {
    const auto place = std::find(levels.begin(), levels.end(), unit.level);
    if (place == levels.begin()) return true;
    const int below = *(place - 1);
    return std::all_of(country.units().begin(), country.units().end(), [&](const OrgUnit& one) {
      const bool inside = one.level == below && one.path.starts_with(unit.path + "/");
      return !inside || at(one.uid);
    });
  }

  bool approved_above(const OrgUnit& unit) const {
    for (const OrgUnit* one = country.unit(unit.parent); one; one = country.unit(one->parent)) {
      if (at(one->uid)) return true;
    }
    return false;
  }

  std::string state(const OrgUnit& unit) const {
    if (levels.empty() || unit.level < levels.back()) return "UNAPPROVABLE";
    if (at(unit.uid)) return approved_above(unit) ? "APPROVED_ABOVE" : "APPROVED_HERE";
    const bool own = std::find(levels.begin(), levels.end(), unit.level) != levels.end();
    if (!own) return approved_above(unit) ? "APPROVED_ABOVE" : "UNAPPROVED_ABOVE";
    return ready(unit) ? "UNAPPROVED_READY" : "UNAPPROVED_WAITING";
  }
};

bool may_approve(const User& user) {
  return user.has("F_APPROVE_DATA") || user.has("F_APPROVE_DATA_LOWER_LEVELS");
}

Json status(const Approvals& approvals, const OrgUnit& unit, const User& user) {
  const std::string state = approvals.state(unit);
  const bool may = may_approve(user);
  Json shown = {{"mayApprove", may && state == "UNAPPROVED_READY"},
                {"mayUnapprove", may && state == "APPROVED_HERE"},
                {"mayAccept", false},
                {"mayUnaccept", false},
                {"mayReadData", true},
                {"state", state}};
  if (const auto made = approvals.at(unit.uid)) shown.update(*made);
  return shown;
}

const Json* workflow_of(const Country& country, const Request& request) {
  if (const auto asked = request.param("wf")) return country.find("dataApprovalWorkflows", *asked);
  const Json* set = country.find("dataSets", request.param("ds").value_or(""));
  if (set == nullptr || !set->contains("workflow")) return nullptr;
  return country.find("dataApprovalWorkflows", (*set)["workflow"]["id"].get<std::string>());
}

Reply change(const Approvals& approvals, const OrgUnit& unit, const Request& request) {
  const int major = approvals.country.settings().major;
  if (!may_approve(*request.user)) {
    return told(major, 403,
                major >= 42 ? "Access is denied, requires one Authority from [F_APPROVE_DATA, "
                              "F_APPROVE_DATA_LOWER_LEVELS]"
                            : "Access is denied");
  }
  const std::string key =
      key_of(approvals.workflow["id"].get<std::string>(), approvals.period, unit.uid);
  if (request.method == "DELETE") {
    approvals.country.memory().forget(kApprovals, key);
  } else {
    const std::string now = approvals.country.settings().clock + ".000";
    approvals.country.memory().keep(
        kApprovals, key,
        {{"approvedBy", request.user->name}, {"approvedAt", now}, {"acceptedAt", now}});
  }
  return bare(204);
}

// "Ancien rapport ferme (Hopital de district Bande, 202601)"; 2.40 writes the month in words.
std::string exception_name(const Country& country, const std::string& set,
                           const std::string& period, const std::string& unit) {
  const auto parsed = parse_period(period, country.settings().major);
  const bool words = country.settings().major <= kWordsUntil && parsed;
  const std::string when = words ? period_name(*parsed) : period;
  return country.find("dataSets", set)->value("name", "") + " (" + country.unit(unit)->name + ", " +
         when + ")";
}

Json shown_exception(const Country& country, const Json& made) {
  const std::string period = made["pe"], unit = made["ou"], set = made["ds"];
  Json shown = Json::object();
  if (country.settings().major >= 41) shown["created"] = country.settings().clock + ".000";
  shown["name"] = exception_name(country, set, period, unit);
  const auto parsed = parse_period(period, country.settings().major);
  if (country.settings().major >= 43 && parsed) {
    shown["period"] = {{"periodType", (*country.find("dataSets", set))["periodType"]},
                       {"endDate", iso_day(parsed->end) + "T00:00:00.000"},
                       {"startDate", iso_day(parsed->start) + "T00:00:00.000"}};
  } else {
    shown["period"] = {{"id", period}};
  }
  shown["organisationUnit"] = {{"id", unit}};
  shown["dataSet"] = {{"id", set}};
  return shown;
}

Reply list_exceptions(const Country& country, const Request& request) {
  const std::string filter = request.param("filter").value_or("");
  const std::string by_set = "dataSet.id:eq:";
  Json list = Json::array();
  for (const auto& [key, made] : country.memory().all(kExceptions)) {
    const bool wanted = !filter.starts_with(by_set) || made["ds"] == filter.substr(by_set.size());
    if (wanted) list.push_back(shown_exception(country, made));
  }
  const size_t total = list.size();
  return json_reply(
      {{"pager",
        {{"page", 1}, {"pageCount", total == 0 ? 0 : 1}, {"total", total}, {"pageSize", 50}}},
       {"lockExceptions", list}});
}

}  // namespace

Reply data_approvals(const Country& country, const Request& request) {
  const int major = country.settings().major;
  if (request.path != "/dataApprovals") {
    return not_played(request.method + " /api" + request.path);
  }
  if (!request.param("wf") && !request.param("ds")) {
    return web_message(409, "Either data set or data approval workflow must be specified");
  }
  const Json* workflow = workflow_of(country, request);
  if (workflow == nullptr) {
    return web_message(
        409, "Data approval workflow does not exist: " + request.param("wf").value_or(""));
  }
  const std::string period = request.param("pe").value_or("");
  const OrgUnit* unit = country.unit(request.param("ou").value_or(""));
  if (unit == nullptr || !parse_period(period, major)) {
    return not_played("a state for no unit or no period");
  }
  const Approvals approvals{country, *workflow, period, levels_of(country, *workflow)};
  if (request.method != "GET" && request.method != "HEAD") return change(approvals, *unit, request);
  return json_reply(status(approvals, *unit, *request.user));
}

Reply lock_exceptions(const Country& country, const Request& request) {
  if (request.path == "/lockExceptions/combinations" && request.method == "GET" &&
      country.memory().all(kExceptions).empty()) {
    return json_reply({{"lockExceptions", Json::array()}});
  }
  if (request.path != "/lockExceptions") {
    return not_played(request.method + " /api" + request.path);
  }
  if (request.method == "GET" || request.method == "HEAD") return list_exceptions(country, request);
  const std::string set = request.param("ds").value_or(""), unit = request.param("ou").value_or(""),
                    period = request.param("pe").value_or("");
  const bool known = country.find("dataSets", set) && country.unit(unit) &&
                     parse_period(period, country.settings().major);
  if (!known) return web_message(409, " DataSet or Period is invalid");
  const std::string key = key_of(set, period, unit);
  if (request.method == "DELETE") {
    country.memory().forget(kExceptions, key);
    return bare(204);
  }
  country.memory().keep(kExceptions, key, {{"ds", set}, {"pe", period}, {"ou", unit}});
  return json_reply({{"httpStatus", "Created"},
                     {"httpStatusCode", 201},
                     {"status", "OK"},
                     {"message", "LockException created successfully."}},
                    201);
}

}  // namespace sandbox
