// SPDX-License-Identifier: BSD-3-Clause
// When a request may be sent again, and how long to wait before.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

#include "dhis2/exchange.h"

namespace dhis2mcp {

inline constexpr int kTries = 3;
inline constexpr std::chrono::milliseconds kLongestRetryAfter{60'000};

// GET and HEAD alone: whether a write arrived cannot be known when its answer is lost.
bool may_be_sent_again(Method method);

// 429, 502, 503 and 504.
bool asks_for_patience(int status);

// Full jitter: a moment between nothing and 0.5 s, 1 s, 2 s, ... at most 8 s. `chance` is in [0,1).
std::chrono::milliseconds backoff(int tries_so_far, double chance);

// Seconds or an HTTP date (RFC 9110 section 10.2.3); a date that is past is 0. Nothing when the
// value is neither.
std::optional<std::chrono::milliseconds> read_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

// Sleeps, but wakes at once on a stop.
void pause_for(std::chrono::milliseconds duration, const std::stop_token& stop);

}  // namespace dhis2mcp
