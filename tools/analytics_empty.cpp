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

bool is_narrowed(const AnalyticsAsked& asked) {
  return !asked.by.empty() || !asked.filters.empty() || asked.min || asked.max;
}

bool is_month_or_year(const std::string& id) {
  return (id.size() == 4 || id.size() == 6) &&
         id.find_first_not_of("0123456789") == std::string::npos;
}

// One of `periods` where any has a figure. Else a month where there is one, else a year; ids of one
// length sort as time does.
std::string last_with_data(Call& call, const AnalyticsAsked& asked,
                           const std::vector<std::string>& periods) {
  Query query;
  std::string data, units, probed;
  for (std::size_t i = 0; i < std::min(kMostData, asked.data.size()); ++i) {
    data += (i == 0 ? "" : ";") + asked.data[i].item;
  }
  for (std::size_t i = 0; i < std::min(kMostUnits, asked.units.size()); ++i) {
    units += (i == 0 ? "" : ";") + asked.units[i].item;
  }
  for (const char* period : kProbed) probed += std::string(probed.empty() ? "" : ";") + period;
  if (is_narrowed(asked)) {
    for (const std::string& period : period_ids(asked)) probed += ";" + period;
  }
  query.add("dimension", "dx:" + data).add("dimension", "pe:" + probed);
  query.add("filter", "ou:" + units).add("skipMeta", "true");
  const Json answer = call.client().get("/api/analytics", query, call.patience());
  std::size_t column = 0;
  const Json headers = answer.value("headers", Json::array());
  while (column < headers.size() && headers[column].value("name", "") != "pe") ++column;
  std::string month, year, of_question;
  for (const Json& row : answer.value("rows", Json::array())) {
    const auto id = row.at(column).get<std::string>();
    if (std::ranges::find(periods, id) != periods.end()) of_question = std::max(of_question, id);
    if (!is_month_or_year(id)) continue;
    std::string& last = id.size() == 4 ? year : month;
    last = std::max(last, id);
  }
  if (is_narrowed(asked) && !of_question.empty()) return of_question;
  if (month.empty() && year.empty()) return "none";
  return month.empty() ? year : month;
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

std::vector<std::string> why_empty(Call& call, const AnalyticsAsked& asked,
                                   const std::vector<std::string>& periods) {
  const std::vector<std::function<std::string()>> questions = {
      [&] { return last_analytics_build(call); },
      [&] { return unless_refused([&] { return last_with_data(call, asked, periods); }); }};
  const std::vector<std::string> told =
      ask_each(questions, [](const auto& question) { return question(); });
  const bool bounded = asked.min || asked.max;
  std::string line = std::string(bounded ? "No figure is within the bounds" : "No data came") +
                     ", which is not zero. The analytics tables were last built: " + told[0] +
                     "; values entered later are not in them.";
  std::vector<std::string> notes = {std::move(line)};
  const std::string all = asked.data.size() > 1 ? "any of these data" : "these data";
  const std::string where = asked.units.size() > kMostUnits
                                ? "the first " + std::to_string(kMostUnits) + " of these org units"
                                : "these org units";
  if (told[1] == "none") {
    notes.push_back("There is no figure of " + all + " for " + where +
                    " in the last ten years: see whether they are collected "
                    "there, or read raw values with data_values_get.");
  } else if (!told[1].empty() && is_narrowed(asked) &&
             std::ranges::find(periods, told[1]) != periods.end()) {
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
