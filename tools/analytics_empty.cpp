// SPDX-License-Identifier: BSD-3-Clause
// Empty is not zero, and mostly has one of three reasons: tables that were not built since, a
// period without reports, or a filter that leaves nothing.
#include "tools/analytics_empty.h"

#include <algorithm>
#include <functional>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "tools/parallel.h"

namespace dhis2mcp {
namespace {

// One data item is as good as ten to tell when reports ended, and costs less.
constexpr std::size_t kMostData = 10;

// So that the question fits a URL.
constexpr std::size_t kMostUnits = 250;

constexpr const char* kProbed[] = {"LAST_10_YEARS", "THIS_YEAR", "MONTHS_LAST_YEAR",
                                   "MONTHS_THIS_YEAR", "LAST_12_MONTHS"};

// What `ask` says, or nothing where the server refuses to.
template <typename Ask>
std::string unless_refused(const Ask& ask) {
  try {
    return ask();
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled) throw;
  } catch (const Json::exception&) {
    // Not the answer that was asked for.
  }
  return {};
}

// A month where there is one, else a year; ids of one length sort as time does.
std::string last_with_data(Call& call, const AnalyticsAsked& asked) {
  Query query;
  std::string data, units, periods;
  for (std::size_t i = 0; i < std::min(kMostData, asked.data.size()); ++i) {
    data += (i == 0 ? "" : ";") + asked.data[i].item;
  }
  for (std::size_t i = 0; i < std::min(kMostUnits, asked.units.size()); ++i) {
    units += (i == 0 ? "" : ";") + asked.units[i].item;
  }
  for (const char* period : kProbed) periods += std::string(periods.empty() ? "" : ";") + period;
  query.add("dimension", "dx:" + data).add("dimension", "pe:" + periods);
  query.add("filter", "ou:" + units).add("skipMeta", "true");
  const Json answer = call.client().get("/api/analytics", query, call.patience());
  std::size_t column = 0;
  const Json headers = answer.value("headers", Json::array());
  while (column < headers.size() && headers[column].value("name", "") != "pe") ++column;
  std::string month, year;
  for (const Json& row : answer.value("rows", Json::array())) {
    const auto id = row.at(column).get<std::string>();
    std::string& last = id.size() == 4 ? year : month;
    last = std::max(last, id);
  }
  if (month.empty() && year.empty()) return "none";
  return month.empty() ? year : month;
}

bool was_asked(const AnalyticsAsked& asked, const std::string& period) {
  const std::vector<std::string> ids = period_ids(asked);
  return std::ranges::find(ids, period) != ids.end();
}

}  // namespace

std::string last_analytics_build(Call& call) {
  const std::string built = unless_refused([&call]() -> std::string {
    const Json about = call.client().get(
        "/api/system/info", Query().add("fields", "lastAnalyticsTableSuccess"), call.patience());
    const std::string when = text_of(about, "lastAnalyticsTableSuccess");
    return when.empty() ? "never" : when;
  });
  return built.empty() ? "unknown" : built;
}

std::vector<std::string> why_empty(Call& call, const AnalyticsAsked& asked) {
  const std::vector<std::function<std::string()>> questions = {
      [&] { return last_analytics_build(call); },
      [&] { return unless_refused([&] { return last_with_data(call, asked); }); }};
  const std::vector<std::string> told =
      ask_each(questions, [](const auto& question) { return question(); });
  std::string line =
      "No data came, which is not zero. The analytics tables were last built: " + told[0] +
      "; values entered later are not in them.";
  std::vector<std::string> notes = {std::move(line)};
  const bool narrowed = !asked.by.empty() || !asked.filters.empty() || asked.min || asked.max;
  const std::string all = asked.data.size() > 1 ? "any of these data" : "these data";
  const std::string where = asked.units.size() > kMostUnits
                                ? "the first " + std::to_string(kMostUnits) + " of these org units"
                                : "these org units";
  if (told[1] == "none") {
    notes.push_back("There is no figure of " + all + " for " + where +
                    " in the last ten years: see whether they are collected "
                    "there, or read raw values with data_values_get.");
  } else if (!told[1].empty() && narrowed && was_asked(asked, told[1])) {
    notes.push_back("There are figures for " + told[1] +
                    " without `by`, `filter`, `min` and `max`: they leave none.");
  } else if (!told[1].empty()) {
    notes.push_back("The last period with figures of " + all + " for " + where + " is " + told[1] +
                    ".");
  } else {
    notes.emplace_back("Try earlier periods or a higher level of org units.");
  }
  return notes;
}

}  // namespace dhis2mcp
