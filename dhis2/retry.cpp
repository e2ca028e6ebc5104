// SPDX-License-Identifier: BSD-3-Clause
// The retry policy as functions of what was seen.
#include "dhis2/retry.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <string>

namespace dhis2mcp {

using std::chrono::milliseconds;

// 11 days: as long as nobody waits, and far from where a clock in nanoseconds ends.
constexpr long kLongestSeconds = 1'000'000;

bool may_be_sent_again(Method method) { return method == Method::get || method == Method::head; }

bool asks_for_patience(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

milliseconds backoff(int tries_so_far, double chance) {
  const double longest = std::min(8'000.0, 500.0 * (1 << std::clamp(tries_so_far - 1, 0, 10)));
  return milliseconds(static_cast<long>(longest * chance));
}

std::optional<milliseconds> read_retry_after(std::string_view value,
                                             std::chrono::system_clock::time_point now) {
  long seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc{} && end == value.data() + value.size()) {
    if (seconds < 0) return std::nullopt;
    return milliseconds(std::min(seconds, kLongestSeconds) * 1000);
  }
  std::tm date{};
  const char* const rest = strptime(std::string(value).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (rest == nullptr) return std::nullopt;
  const std::time_t then = timegm(&date), here = std::chrono::system_clock::to_time_t(now);
  if (then - here > kLongestSeconds) return milliseconds(kLongestSeconds * 1000);
  const auto left = std::chrono::system_clock::from_time_t(std::max(then, here)) - now;
  return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(left));
}

void pause_for(milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, duration, [] { return false; });
}

}  // namespace dhis2mcp
