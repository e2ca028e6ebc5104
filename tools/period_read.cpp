// SPDX-License-Identifier: BSD-3-Clause
// One phrase, a span between two, a list. What a part leaves out ("Jan" of "Jan-Mar
// 2025") is taken from its neighbour; what can be read in two ways is refused.
#include <cstdlib>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "tools/period.h"
#include "tools/period_phrase.h"
#include "tools/period_type.h"
#include "tools/period_words.h"

namespace dhis2mcp {
namespace {

class Grammar {
 public:
  Grammar(std::string_view written, const Almanac& almanac, const Calendar& calendar)
      : written_(written),
        almanac_(almanac),
        calendar_(calendar),
        phrases_(written, almanac, calendar) {}

  std::vector<std::string> read() const {
    const std::string text = folded_words(written_);
    std::vector<std::string> ids;
    if (const auto id = phrases_.count().parse(trimmed_id(written_))) {
      ids = ids_of({{*id}, ""});
    } else if (auto relative = keyword(written_); !relative.empty()) {
      ids = {std::move(relative)};
    } else {
      ids = ids_of(read_text(text));
    }
    if (ids.empty()) refuse_period(written_);
    return ids;
  }

 private:
  static std::string_view trimmed_id(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  }

  // "last_12_months" is as good as LAST_12_MONTHS; words with spaces are read as words.
  static std::string keyword(std::string_view text) {
    std::string out = upper_ascii(trimmed_id(text));
    return is_relative_period(out) ? out : std::string();
  }

  std::vector<std::string> ids_of(const PeriodReading& reading) const {
    if (!reading.relative.empty()) return {reading.relative};
    std::vector<std::string> ids;
    for (const Period& period : reading.periods) {
      demand_version(period);
      demand_likely_year(period);
      ids.push_back(period.id());
    }
    return ids;
  }

  void demand_version(const Period& period) const {
    if (almanac_.major == 0 || period.type->since <= almanac_.major) return;
    throw Error(ErrorKind::unsupported_version,
                "Periods like " + period.id() + " (" + std::string(period.type->name) +
                    ") came with DHIS2 2." + std::to_string(period.type->since) +
                    "; this instance runs 2." + std::to_string(almanac_.major) + ".",
                "Ask for months or another period type.");
  }

  // A year that is nearer to today's in the Gregorian calendar than to today's in the instance's is
  // one of the wrong calendar: the server would answer with nothing, without a word.
  void demand_likely_year(const Period& period) const {
    const auto today = calendar_.from(almanac_.today);
    if (calendar_.is_iso() || !today) return;
    const int gregorian = static_cast<int>(std::chrono::year_month_day(almanac_.today).year());
    if (std::abs(period.year - gregorian) >= std::abs(period.year - today->year)) return;
    refuse_period(written_, "counts in Gregorian years.",
                  "This instance counts in the " + std::string(calendar_.words()) +
                      " calendar, where today is " +
                      phrases_.count().first(*phrases_.count().containing(
                          *PeriodType::named("Daily"), almanac_.today)) +
                      ": write the period as it is called there.");
  }

  // In the order in which a reader would try: one period, a span, a list.
  PeriodReading read_text(const std::string& text) const {
    if (PeriodReading one = phrases_.one(text); !one.empty()) return one;
    if (PeriodReading span = read_span(text); !span.empty()) return span;
    return read_list(text);
  }

  PeriodReading read_span(const std::string& text) const {
    if (PeriodReading since = read_since(text); !since.empty()) return since;
    for (const std::string_view mark : {"..", " to ", " through ", " thru ", " until ", " till ",
                                        " - ", " au ", " a ", " al ", " ate ", " hasta ", "-"}) {
      for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const std::string from = text.substr(0, at), to = text.substr(at + mark.size());
        if (PeriodReading span = span_of(from, to); !span.empty()) return span;
      }
    }
    return {};
  }

  PeriodReading span_of(const std::string& from, const std::string& to) const {
    if (from.empty() || to.empty()) return {};
    const PeriodWords left = period_words(from, calendar_);
    const PeriodWords right = period_words(to, calendar_);
    if (right.today && !left.unknown) {
      const PeriodReading first = phrases_.bound(from, nullptr);
      if (first.periods.size() != 1) return {};
      return {phrases_.between(first.periods[0], phrases_.today_in(*first.periods[0].type)), ""};
    }
    const PeriodReading last = phrases_.bound(to, &left);
    if (last.periods.size() != 1) return {};
    const PeriodReading first = phrases_.bound(from, &right);
    if (first.periods.size() != 1) return {};
    return {phrases_.span(first.periods[0], last.periods[0]), ""};
  }

  PeriodReading read_since(const std::string& text) const {
    const PeriodWords words = period_words(text, calendar_);
    if (!words.since) return {};
    const auto space = text.find(' ');
    if (space == std::string::npos) return {};
    const PeriodReading first = phrases_.bound(text.substr(space), nullptr);
    if (first.periods.size() != 1) return {};
    return {phrases_.between(first.periods[0], phrases_.today_in(*first.periods[0].type)), ""};
  }

  // "Jan, Feb and Mar 2025": the last one lends its year.
  PeriodReading read_list(const std::string& text) const {
    std::vector<std::string> parts = {""};
    for (std::size_t at = 0; at < text.size();) {
      const auto mark = list_mark(std::string_view(text).substr(at));
      if (mark == 0) {
        parts.back() += text[at++];
      } else {
        parts.emplace_back();
        at += mark;
      }
    }
    if (parts.size() < 2) return {};
    const PeriodWords lender = period_words(parts.back(), calendar_);
    const PeriodReading last = phrases_.bound(parts.back(), nullptr);
    PeriodReading out;
    for (const std::string& part : parts) {
      if (part.find_first_not_of(' ') == std::string::npos) continue;
      PeriodReading one = phrases_.bound(part, &lender);
      if (one.periods.empty()) return {};
      // "week 2, March 2026" is one thing, which would be read as two.
      const PeriodWords words = period_words(part, calendar_);
      const bool borrows = words.years.empty() && !words.unknown && !last.periods.empty();
      if (borrows && one.periods[0].type != last.periods[0].type) return {};
      out.periods.insert(out.periods.end(), one.periods.begin(), one.periods.end());
    }
    return out;
  }

  static std::size_t list_mark(std::string_view rest) {
    for (const std::string_view mark : {",", ";", "&", "+", " and ", " et ", " y ", " e "}) {
      if (rest.starts_with(mark)) return mark.size();
    }
    return 0;
  }

  std::string_view written_;
  const Almanac& almanac_;
  const Calendar& calendar_;
  PeriodPhrases phrases_;
};

[[noreturn]] void refuse_calendar(std::string_view text, const std::string& name) {
  refuse_period(text,
                "cannot be read: this instance counts in the calendar \"" + name +
                    "\", which is not known here.",
                "Write DHIS2 period ids of that calendar (201608, 2016Q3) or relative periods "
                "(LAST_12_MONTHS).");
}

}  // namespace

std::vector<std::string> read_period(std::string_view text, const Almanac& almanac) {
  if (const Calendar* calendar = Calendar::named(almanac.calendar)) {
    return Grammar(text, almanac, *calendar).read();
  }
  const std::string word(text);
  if (is_period_id(word)) return {word};
  std::vector<std::string> ids;
  try {
    ids = Grammar(text, almanac, *Calendar::named("")).read();
  } catch (const Error&) {
    refuse_calendar(text, almanac.calendar);
  }
  if (ids.size() != 1 || !is_relative_period(ids[0])) refuse_calendar(text, almanac.calendar);
  return ids;
}

}  // namespace dhis2mcp
