// SPDX-License-Identifier: BSD-3-Clause
// Analytics counts reports too, but only up to its last run and without saying whose are missing.
#include "tools/unreported.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/rows.h"
#include "tools/data_refusal.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kPeriodsPerRequest = 100, kUnitsPerRequest = 200;
constexpr const char* kPath = "/api/completeDataSetRegistrations";

// The periods that each unit completed.
using Completed = std::unordered_map<std::string, std::unordered_set<std::string>>;

void note(const Json& registration, Completed& completed) {
  // A registration may have been taken back without being removed.
  const auto flag = registration.find("completed");
  if (flag != registration.end() && flag->is_boolean() && !flag->get<bool>()) return;
  completed[text_of(registration, "organisationUnit")].insert(text_of(registration, "period"));
}

void read_registrations(Call& call, const Query& query, Completed& completed) {
  Request request;
  request.path = kPath;
  request.query = query;
  RowReader reader(
      [&completed](Json&& row) {
        note(row, completed);
        return true;
      },
      "completeDataSetRegistrations");
  try {
    call.client().send(request, call.patience(),
                       [&](std::string_view piece) { return reader.feed(piece); });
  } catch (const Error& error) {
    throw_data_refusal(error);
  }
  reader.finish();
}

Completed read_completed(Call& call, const DataSetAsked& set,
                         const std::vector<std::string>& periods,
                         const std::vector<std::string>& roots) {
  Completed completed;
  for (const auto& some_periods : in_parts(periods, kPeriodsPerRequest)) {
    for (const auto& some_roots : in_parts(roots, kUnitsPerRequest)) {
      Query query;
      query.add("dataSet", set.uid);
      for (const std::string& period : some_periods) query.add("period", period);
      for (const std::string& root : some_roots) query.add("orgUnit", root);
      query.add("children", "true");
      read_registrations(call, query, completed);
    }
  }
  return completed;
}

bool lies_below(const std::string& path, const std::unordered_set<std::string>& roots) {
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto cut = rest.find('/');
    if (roots.contains(std::string(rest.substr(0, cut)))) return true;
    rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
  }
  return false;
}

std::string parent_in(const std::string& path) {
  const auto last = path.rfind('/');
  if (last == std::string::npos || last == 0) return {};
  const auto before = path.rfind('/', last - 1);
  return path.substr(before + 1, last - before - 1);
}

// Days of ISO 8601 compare as texts. What is not known keeps nobody out.
bool was_open(const Json& unit, const DaysOfPeriod& days) {
  if (days.first.empty()) return true;
  const std::string opened = text_of(unit, "openingDate").substr(0, 10);
  const std::string closed = text_of(unit, "closedDate").substr(0, 10);
  return (opened.empty() || opened <= days.last) && (closed.empty() || closed >= days.first);
}

}  // namespace

Unreported find_unreported(Call& call, const DataSetAsked& set,
                           const std::vector<std::string>& periods,
                           const std::vector<std::string>& roots, const Almanac& almanac) {
  const Completed completed = read_completed(call, set, periods, roots);
  const std::unordered_set<std::string> wanted(roots.begin(), roots.end());
  std::vector<DaysOfPeriod> days;
  for (const std::string& period : periods) days.push_back(days_of(period, almanac));

  Unreported out;
  for (const Json& unit : set.units) {
    const std::string path = text_of(unit, "path");
    if (!lies_below(path, wanted)) continue;
    ++out.assigned;
    ExpectedUnit expected{text_of(unit, "id"), line_of(unit, "displayName"), parent_in(path), {}};
    const auto reported = completed.find(expected.uid);
    for (std::size_t i = 0; i < periods.size(); ++i) {
      if (!was_open(unit, days[i])) continue;
      Reports& reports = out.by_period[periods[i]];
      ++reports.expected;
      if (reported != completed.end() && reported->second.contains(periods[i])) {
        ++reports.came;
      } else {
        expected.missing.push_back(periods[i]);
      }
    }
    if (!expected.missing.empty()) out.units.push_back(std::move(expected));
  }
  return out;
}

}  // namespace dhis2mcp
