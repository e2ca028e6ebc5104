// SPDX-License-Identifier: BSD-3-Clause
// Each calendar is two functions: where a year begins, and how long its months are.
#include "tools/calendar.h"

#include "dhis2/ascii.h"

namespace dhis2mcp {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// What astronomers count as day 0 lies this far before 1970-01-01.
constexpr long kJulianDay = 2'440'588;

std::optional<long> gregorian_start(int year) {
  const sys_days first{std::chrono::year(year) / std::chrono::January / 1};
  return first.time_since_epoch().count();
}

int gregorian_length(int year, int month) {
  if (month < 1 || month > 12) return 0;
  const std::chrono::year_month_day_last last{std::chrono::year(year) /
                                              std::chrono::month(static_cast<unsigned>(month)) /
                                              std::chrono::last};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

constexpr int kBuddhistEra = 543;
std::optional<long> thai_start(int year) { return gregorian_start(year - kBuddhistEra); }
int thai_length(int year, int month) { return gregorian_length(year - kBuddhistEra, month); }

// Twelve months of thirty days, then five days, six in the year before one that four divides.
std::optional<long> coptic_start(int year) {
  return 1'825'030 - kJulianDay + 365L * (year - 1) + year / 4;
}
std::optional<long> ethiopian_start(int year) {
  return 1'724'221 - kJulianDay + 365L * (year - 1) + year / 4;
}
int coptic_length(int year, int month) {
  if (month < 1 || month > 13) return 0;
  if (month < 13) return 30;
  return year % 4 == 3 ? 6 : 5;
}

std::optional<long> islamic_start(int year) {
  return 1'948'440 - kJulianDay + 354L * (year - 1) + (3 + 11L * year) / 30;
}
int islamic_length(int year, int month) {
  if (month < 1 || month > 12) return 0;
  if (month == 12 && (11L * year + 14) % 30 < 11) return 30;
  return month % 2 == 1 ? 30 : 29;
}

std::optional<long> persian_start(int year) {
  return 1'948'320 - kJulianDay + 365L * (year - 1) + (8L * year + 21) / 33;
}
int persian_length(int year, int month) {
  if (month < 1 || month > 12) return 0;
  if (month <= 6) return 31;
  if (month < 12) return 30;
  return *persian_start(year + 1) - *persian_start(year) == 366 ? 30 : 29;
}

// Bikram Sambat follows the sun's course and is published year by year: how much longer than 29
// days each month is.
constexpr int kFirstNepali = 2000;
constexpr std::array<std::string_view, 101> kNepali = {
    "132321110102", "223222101011", "223321101011", "232321110012", "132321110102", "223222101011",
    "223321101011", "232321110012", "222322011002", "223222101011", "223321101011", "232321110012",
    "222322011011", "223222101011", "223321101011", "232321110012", "222322011011", "223222101011",
    "232321101011", "232321110102", "222322101011", "223222101011", "232321110011", "232321110102",
    "222322101011", "223222101011", "232321110012", "132321110102", "223222101011", "223231101011",
    "232321110012", "132321110102", "223222101011", "223321101011", "232321110012", "132322011002",
    "223222101011", "223321101011", "232321110012", "222322011011", "223222101011", "223321101011",
    "232321110012", "222322011011", "223222101011", "232321101011", "232321110012", "222322101011",
    "223222101011", "232321110011", "232321110102", "222322101011", "223222101011", "232321110011",
    "232321110102", "223222101011", "223231101011", "232321110012", "132321110102", "223222101011",
    "223321101011", "232321110012", "222322010102", "223222101011", "223321101011", "232321110012",
    "222322011002", "223222101011", "223321101011", "232321110012", "222322011011", "223222101011",
    "232321101011", "232321110012", "222322101011", "223222101011", "232321110011", "232321110102",
    "222322101011", "223222101011", "232321110011", "232321110102", "223222101011", "223222101011",
    "223221110111", "232312110111", "132321110111", "223222101111", "123312110111", "132321110111",
    "132321110111", "223222110111", "123321110111", "132321110111", "223221110111", "223222101111",
    "123321101011", "232321110111", "223222010102", "223222100111", "232312101011"};

int nepali_length(int year, int month) {
  if (year < kFirstNepali || year >= kFirstNepali + static_cast<int>(kNepali.size())) return 0;
  if (month < 1 || month > 12) return 0;
  return 29 +
         kNepali[static_cast<std::size_t>(year - kFirstNepali)]
                [static_cast<std::size_t>(month - 1)] -
         '0';
}

// 2000-01-01 was 14 April 1943.
std::optional<long> nepali_start(int year) {
  if (nepali_length(year, 1) == 0) return std::nullopt;
  long start = sys_days{std::chrono::year(1943) / 4 / 14}.time_since_epoch().count();
  for (int at = kFirstNepali; at < year; ++at) {
    for (int month = 1; month <= 12; ++month) start += nepali_length(at, month);
  }
  return start;
}

constexpr std::array<std::string_view, 13> kGregorianMonths = {
    "January", "February",  "March",   "April",    "May",      "June", "July",
    "August",  "September", "October", "November", "December", ""};
constexpr std::array<std::string_view, 13> kEthiopianMonths = {
    "Meskerem",       "Tikimt|Tekemt", "Hidar", "Tahsas", "Tir|Ter", "Yekatit",       "Megabit",
    "Miazia|Miyazya", "Genbot|Ginbot", "Sene",  "Hamle",  "Nehase",  "Pagume|Pagumen"};
constexpr std::array<std::string_view, 13> kCopticMonths = {
    "Thout|Tout",      "Paopi|Baba",         "Hathor|Hator",      "Koiak|Kiahk",
    "Tobi|Toba",       "Meshir|Amshir",      "Paremhat|Baramhat", "Parmouti|Baramouda",
    "Pashons|Bashans", "Paoni|Paona|Baouna", "Epip|Abib",         "Mesori|Mesra",
    "Nesi|Nasie"};
constexpr std::array<std::string_view, 13> kIslamicMonths = {"Muharram",
                                                             "Safar",
                                                             "Rabi al-awwal|Rabi i|Rabi 1",
                                                             "Rabi al-thani|Rabi ii|Rabi 2",
                                                             "Jumada al-awwal|Jumada i|Jumada 1",
                                                             "Jumada al-thani|Jumada ii|Jumada 2",
                                                             "Rajab",
                                                             "Shaban",
                                                             "Ramadan|Ramadhan",
                                                             "Shawwal",
                                                             "Dhu al-qadah|Zulqadah",
                                                             "Dhu al-hijjah|Zulhijjah",
                                                             ""};
constexpr std::array<std::string_view, 13> kPersianMonths = {"Farvardin|Hamal",
                                                             "Ordibehesht|Sawr",
                                                             "Khordad|Jawza",
                                                             "Tir|Saratan",
                                                             "Mordad|Asad",
                                                             "Shahrivar|Sunbula",
                                                             "Mehr|Mizan",
                                                             "Aban|Aqrab",
                                                             "Azar|Qaws",
                                                             "Dey|Jadi",
                                                             "Bahman|Dalw",
                                                             "Esfand|Hut",
                                                             ""};
constexpr std::array<std::string_view, 13> kNepaliMonths = {"Baishakh|Baisakh",
                                                            "Jestha|Jeth",
                                                            "Ashadh|Asar",
                                                            "Shrawan|Saun",
                                                            "Bhadra|Bhadau",
                                                            "Ashwin|Asoj",
                                                            "Kartik",
                                                            "Mangsir|Marga",
                                                            "Poush|Paush|Pus",
                                                            "Magh",
                                                            "Falgun|Phalgun",
                                                            "Chaitra|Chait",
                                                            ""};

bool begins_with(std::string_view name, std::string_view beginning) {
  if (beginning.size() > name.size()) return false;
  for (std::size_t i = 0; i < beginning.size(); ++i) {
    if (lower_letter(name[i]) != beginning[i]) return false;
  }
  return true;
}

}  // namespace

const std::array<Calendar, 8>& Calendar::all() {
  static constexpr std::array<Calendar, 8> kAll = {{
      {"iso8601", "Gregorian", 0, gregorian_start, gregorian_length, kGregorianMonths, true, true},
      {"gregorian", "Gregorian", 0, gregorian_start, gregorian_length, kGregorianMonths, true,
       true},
      {"ethiopian", "Ethiopian", -8, ethiopian_start, coptic_length, kEthiopianMonths, false,
       false},
      {"coptic", "Coptic", -284, coptic_start, coptic_length, kCopticMonths, false, false},
      {"islamic", "Islamic (civil)", -580, islamic_start, islamic_length, kIslamicMonths, false,
       false},
      {"persian", "Persian", -622, persian_start, persian_length, kPersianMonths, false, false},
      {"thai", "Thai (Buddhist)", kBuddhistEra, thai_start, thai_length, kGregorianMonths, false,
       true},
      {"nepali", "Nepali", 56, nepali_start, nepali_length, kNepaliMonths, false, false},
  }};
  return kAll;
}

const Calendar* Calendar::named(std::string_view key) {
  if (key.empty()) return &all().front();
  for (const Calendar& calendar : all()) {
    if (calendar.key_ == key) return &calendar;
  }
  return nullptr;
}

std::optional<CalendarDay> Calendar::from(sys_days day) const {
  const long wanted = day.time_since_epoch().count();
  const int gregorian = static_cast<int>(std::chrono::year_month_day(day).year());
  int year = gregorian + year_offset_;
  // The estimate is a few years off at most, but for Islamic years, which are shorter.
  while (start_(year) && *start_(year) > wanted) --year;
  while (start_(year + 1) && *start_(year + 1) <= wanted) ++year;
  const auto start = start_(year);
  if (!start || *start > wanted) return std::nullopt;
  long left = wanted - *start;
  for (int month = 1; length_(year, month) > 0; ++month) {
    if (left < length_(year, month)) return CalendarDay{year, month, static_cast<int>(left) + 1};
    left -= length_(year, month);
  }
  return std::nullopt;
}

std::optional<sys_days> Calendar::to_gregorian(const CalendarDay& day) const {
  if (day.day < 1 || day.day > length_(day.year, day.month)) return std::nullopt;
  const auto start = start_(day.year);
  if (!start) return std::nullopt;
  long count = *start + day.day - 1;
  for (int month = 1; month < day.month; ++month) count += length_(day.year, month);
  return sys_days(days(count));
}

int Calendar::month_length(int year, int month) const { return length_(year, month); }

std::vector<std::string_view> Calendar::month_names(int month) const {
  std::vector<std::string_view> names;
  if (month < 1 || month > 13) return names;
  std::string_view rest = months_[static_cast<std::size_t>(month - 1)];
  while (!rest.empty()) {
    const auto bar = rest.find('|');
    names.push_back(rest.substr(0, bar));
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  }
  return names;
}

std::string_view Calendar::month_name(int month) const {
  const std::vector<std::string_view> names = month_names(month);
  return names.empty() ? std::string_view() : names.front();
}

int Calendar::month_named(std::string_view text) const {
  int begins = 0;
  bool several = false;
  for (int month = 1; month <= 13; ++month) {
    for (const std::string_view name : month_names(month)) {
      if (!begins_with(name, text)) continue;
      if (name.size() == text.size()) return month;
      if (text.size() < 3) continue;
      several = several || (begins != 0 && begins != month);
      begins = month;
    }
  }
  return several ? 0 : begins;
}

}  // namespace dhis2mcp
