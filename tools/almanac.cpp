// SPDX-License-Identifier: BSD-3-Clause
// One request at most, and only for financial years.
#include "tools/almanac.h"

#include <array>
#include <utility>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

constexpr const char* kFinancialYear = "analyticsFinancialYearStart";

// Ids that are told one by one; more are told by the first and the last.
constexpr std::size_t kToldIds = 6;

// 0 where the instance does not tell.
int fiscal_month(SignedClient& client, const Patience& patience) {
  constexpr std::array<std::pair<std::string_view, int>, 7> kMonths = {{{"FEBRUARY", 2},
                                                                        {"APRIL", 4},
                                                                        {"JULY", 7},
                                                                        {"AUGUST", 8},
                                                                        {"SEPTEMBER", 9},
                                                                        {"OCTOBER", 10},
                                                                        {"NOVEMBER", 11}}};
  Json settings;
  try {
    settings = client.get("/api/systemSettings", Query().add("key", kFinancialYear), patience);
  } catch (const Error& error) {
    if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::unavailable) throw;
    return 0;
  }
  if (!settings.is_object() || !settings.contains(kFinancialYear)) return 0;
  const Json& value = settings[kFinancialYear];
  const std::string text = value.is_string() ? value.get<std::string>() : std::string();
  for (const auto& [name, month] : kMonths) {
    if (text.ends_with(name)) return month;
  }
  return 0;
}

}  // namespace

Almanac almanac_of(SignedClient& client, const Patience& patience) {
  const Whoami& whoami = client.whoami(patience);
  Almanac almanac;
  almanac.today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  almanac.calendar = whoami.calendar;
  almanac.major = whoami.version.major;
  almanac.fiscal = [&client, patience] { return fiscal_month(client, patience); };
  return almanac;
}

std::string period_read_as(const std::string& written, const std::vector<std::string>& ids,
                           const Almanac& almanac) {
  std::string said;
  if (ids.size() > kToldIds) {
    said = ids.front() + " to " + ids.back() + " (" + std::to_string(ids.size()) + " periods)";
  } else {
    for (const std::string& id : ids) said += (said.empty() ? "" : ", ") + id;
  }
  if (ids.size() == 1) {
    const std::string bounds = period_bounds(ids.front(), almanac);
    if (!bounds.empty()) said += " (" + bounds + ")";
  }
  if (said == written) return {};
  return said.starts_with(written + " (") ? said : written + " = " + said;
}

}  // namespace dhis2mcp
