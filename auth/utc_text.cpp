// SPDX-License-Identifier: BSD-3-Clause
// By the C library, whose locale does not matter for digits.
#include "auth/utc_text.h"

#include <array>
#include <ctime>

namespace dhis2mcp {

std::string utc_text(std::chrono::system_clock::time_point time, bool date_only) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&seconds, &parts) == nullptr) return {};
  const auto size = std::strftime(text.data(), text.size(),
                                  date_only ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

std::optional<std::chrono::system_clock::time_point> end_of_day(std::string_view date) {
  const std::string text(date);
  std::tm parts{};
  const char* const end = strptime(text.c_str(), "%Y-%m-%d", &parts);
  if (text.size() != 10 || end == nullptr || *end != '\0') return std::nullopt;
  const std::tm asked = parts;
  const std::time_t seconds = timegm(&parts);
  // timegm makes 3 March of 31 February.
  if (parts.tm_mday != asked.tm_mday || parts.tm_mon != asked.tm_mon) return std::nullopt;
  using std::chrono::system_clock;
  const std::time_t latest = system_clock::to_time_t(system_clock::time_point::max());  // in 2262
  constexpr std::time_t kDay = 24 * 60 * 60;
  if (seconds >= latest - kDay) return std::nullopt;
  return system_clock::from_time_t(seconds + kDay - 1);
}

}  // namespace dhis2mcp
