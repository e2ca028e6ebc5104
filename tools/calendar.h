// SPDX-License-Identifier: BSD-3-Clause
// The calendars in which a DHIS2 instance may count its periods (system setting keyCalendar).
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dhis2mcp {

// A day as a calendar writes it. Ethiopian and Coptic years have a month 13 of five or six days.
struct CalendarDay {
  int year = 0;
  int month = 0;
  int day = 0;
  bool operator==(const CalendarDay&) const = default;
};

// One calendar. All are kept in this one table instead of a library: ICU has no Nepali one, and
// the others are a line of arithmetic each. Immutable; references live as long as the process.
//
// Sources: Reingold and Dershowitz, Calendrical Calculations, for Coptic, Ethiopian and the
// arithmetic ("civil") Islamic calendar with leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29
// of each 30; the 33-year rule for the Persian one, which agrees with the official years 1178 to
// 1633; the published month lengths of Bikram Sambat 2000 to 2100. DHIS2's own Nepali table is a
// day off in some months of 2062 and 2081 to 2083.
class Calendar {
 public:
  // By the value of keyCalendar: iso8601, gregorian, ethiopian, coptic, islamic, persian, thai,
  // nepali; an empty one means iso8601. nullptr for every other ("julian").
  static const Calendar* named(std::string_view key);

  std::string_view words() const { return words_; }  // "Ethiopian"

  // Whether its months and years are those of ISO 8601, so that weeks are counted as there.
  bool is_iso() const { return iso_; }

  // Whether its years begin and end with those of ISO 8601, though they may be numbered otherwise.
  bool has_gregorian_months() const { return gregorian_months_; }

  // Empty outside of the years that the calendar's table holds (Nepali: 2000 to 2100).
  std::optional<CalendarDay> from(std::chrono::sys_days day) const;
  std::optional<std::chrono::sys_days> to_gregorian(const CalendarDay& day) const;

  // 0 for a month that the year does not have.
  int month_length(int year, int month) const;

  // "Meskerem"; the first of the spellings that are understood.
  std::string_view month_name(int month) const;

  // Every spelling that is understood.
  std::vector<std::string_view> month_names(int month) const;

  // 1 to 13; a lower-case ASCII name, or at least three letters of its beginning where no other
  // month begins so. 0 when it is none. English names for calendars with Gregorian months.
  int month_named(std::string_view lower) const;

 private:
  using Start = std::optional<long> (*)(int year);
  using Length = int (*)(int year, int month);
  constexpr Calendar(std::string_view key, std::string_view words, int year_offset, Start start,
                     Length length, std::array<std::string_view, 13> months, bool iso,
                     bool gregorian_months)
      : key_(key),
        words_(words),
        year_offset_(year_offset),
        start_(start),
        length_(length),
        months_(months),
        iso_(iso),
        gregorian_months_(gregorian_months) {}

  static const std::array<Calendar, 8>& all();

  std::string_view key_, words_;
  int year_offset_;  // about how much its years are ahead of Gregorian ones
  Start start_;      // days from 1970-01-01 to the first day of a year
  Length length_;
  std::array<std::string_view, 13> months_;  // spellings of one month between bars
  bool iso_, gregorian_months_;
};

}  // namespace dhis2mcp
