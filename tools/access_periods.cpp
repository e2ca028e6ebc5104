// SPDX-License-Identifier: BSD-3-Clause
// Which periods of a data set are open on a day. The locks that DHIS2 keeps are by period, so the
// question is whether any is open; each bound is told with the period it falls on.
#include <algorithm>
#include <chrono>
#include <optional>

#include "dhis2/json_members.h"
#include "tools/access.h"
#include "tools/day_span.h"
#include "tools/period_type.h"

namespace dhis2mcp {
namespace {

using std::chrono::days;

// Lock exceptions and periods that are told one by one.
constexpr std::size_t kToldExceptions = 5;

// How far back it is looked for a period that is still open.
constexpr int kMostSteps = 400;

double number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string plain(double number) {
  const auto whole = static_cast<long long>(number);
  return static_cast<double>(whole) == number ? std::to_string(whole) : std::to_string(number);
}

struct Reach {
  const Json& data_set;
  const Almanac& almanac;
  std::optional<Period> latest;

  // The last day of a period.
  std::chrono::sys_days end(const std::string& id) const { return day_span({id}, almanac).last; }
};

// openFuturePeriods 0 leaves the running period closed: DHIS2 counts from the one before it.
AccessCheck open_periods(Reach& reach) {
  AccessCheck check{"Open periods", {Right::enter_data}, Verdict::unknown, {}};
  const std::string name = text_of(reach.data_set, "periodType");
  const PeriodType* const type = PeriodType::named(name);
  const Calendar* const calendar = Calendar::named(reach.almanac.calendar);
  std::optional<Period> running;
  if (type != nullptr && calendar != nullptr) {
    running = PeriodCount(*calendar).containing(*type, reach.almanac.today);
  }
  if (!running) {
    check.evidence = "the periods of " + name + " in the instance's calendar are not counted here";
    return check;
  }
  const auto ahead = static_cast<int>(number_of(reach.data_set, "openFuturePeriods"));
  reach.latest = PeriodCount(*calendar).moved(*running, std::clamp(ahead, 0, kMostSteps) - 1);
  check.verdict = Verdict::yes;
  check.evidence = "openFuturePeriods is " + std::to_string(ahead) + ": up to " +
                   reach.latest->id() + (ahead == 0 ? " (a period opens when it has ended)" : "");
  return check;
}

// By their names, which tell data set, unit and period; 2.43 shows the period without its id.
std::string exceptions_text(const Json& exceptions) {
  std::string out;
  std::size_t count = 0;
  for (const Json& one : exceptions) {
    if (++count > kToldExceptions) break;
    out += (out.empty() ? "\"" : ", \"") + text_of(one, "name") + "\"";
  }
  if (exceptions.size() > kToldExceptions) {
    out += " and " + std::to_string(exceptions.size() - kToldExceptions) + " more";
  }
  return out;
}

AccessCheck expiry(const Reach& reach, const AccessUser& user, const Json& exceptions) {
  AccessCheck check{"Expiry days", {Right::enter_data}, Verdict::not_needed, {}};
  const double after = number_of(reach.data_set, "expiryDays");
  if (after <= 0) {
    check.evidence = "its periods never expire";
    return check;
  }
  const std::string rule = "a period closes " + plain(after) + " days after its end";
  if (user.super() || user.authorities.count("F_EDIT_EXPIRED") > 0) {
    check.verdict = Verdict::yes;
    check.evidence = rule + ", but not for who has " + (user.super() ? "ALL" : "F_EDIT_EXPIRED");
    return check;
  }
  if (!reach.latest) {
    check.verdict = Verdict::unknown;
    check.evidence = rule + "; which are open is not known";
    return check;
  }
  const auto open = [&](const Period& period) {
    return reach.end(period.id()) + days(static_cast<int>(after)) >= reach.almanac.today;
  };
  const PeriodCount count(*Calendar::named(reach.almanac.calendar));
  if (open(*reach.latest)) {
    Period first = *reach.latest;
    for (int i = 0; i < kMostSteps && open(count.moved(first, -1)); ++i) {
      first = count.moved(first, -1);
    }
    check.verdict = Verdict::yes;
    check.evidence = rule + ": open from " + first.id() + " on";
    return check;
  }
  const std::string closed = rule + ": " + reach.latest->id() + " closed after " +
                             iso_day(reach.end(reach.latest->id()) + days(static_cast<int>(after)));
  check.verdict = exceptions.is_null() ? Verdict::unknown
                  : exceptions.empty() ? Verdict::no
                                       : Verdict::yes;
  check.evidence = closed;
  if (exceptions.is_null()) check.evidence += ", but for lock exceptions, which are not known";
  if (check.verdict == Verdict::yes) check.evidence += "; open by lock exceptions alone";
  return check;
}

AccessCheck lock_exceptions(const Reach& reach, const Json& exceptions) {
  AccessCheck check{"Lock exceptions", {Right::enter_data}, Verdict::not_needed, {}};
  if (number_of(reach.data_set, "expiryDays") <= 0) {
    check.evidence = "nothing is locked by date";
  } else if (exceptions.is_null()) {
    check.verdict = Verdict::unknown;
    check.evidence = "this account may not list them";
  } else if (exceptions.empty()) {
    check.evidence = "there are none for this data set";
  } else {
    check.verdict = Verdict::yes;
    check.evidence = exceptions_text(exceptions);
  }
  return check;
}

// Days between which single periods are open, where the data set has such.
AccessCheck input_periods(const Reach& reach) {
  AccessCheck check{"Input periods", {Right::enter_data}, Verdict::not_needed, {}};
  const Json periods = list_of(reach.data_set, "dataInputPeriods");
  if (periods.empty()) {
    check.evidence = "the data set has none";
    return check;
  }
  const std::string today = iso_day(reach.almanac.today);
  std::string open;
  for (const Json& one : periods) {
    const std::string from = text_of(one, "openingDate").substr(0, 10);
    const std::string until = text_of(one, "closingDate").substr(0, 10);
    const bool now = (from.empty() || from <= today) && (until.empty() || today <= until);
    if (!now || !one.contains("period") || !one["period"].is_object()) continue;
    open += (open.empty() ? "" : ", ") + text_of(one["period"], "id");
  }
  check.verdict = open.empty() ? Verdict::no : Verdict::yes;
  check.evidence = open.empty() ? "none of its " + std::to_string(periods.size()) +
                                      " input periods is open on " + today
                                : "open on " + today + ": " + open;
  return check;
}

}  // namespace

std::vector<AccessCheck> period_checks(const Json& data_set, const AccessUser& user,
                                       const Json& exceptions, const Almanac& almanac,
                                       std::string& latest) {
  Reach reach{data_set, almanac, {}};
  std::vector<AccessCheck> checks;
  AccessCheck open = open_periods(reach);
  if (reach.latest) latest = reach.latest->id();
  checks.push_back(lock_exceptions(reach, exceptions));
  checks.push_back(expiry(reach, user, exceptions));
  checks.push_back(std::move(open));
  checks.push_back(input_periods(reach));
  return checks;
}

}  // namespace dhis2mcp
