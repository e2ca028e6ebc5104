// SPDX-License-Identifier: BSD-3-Clause
// The log: events with fields, on stderr or in a file, as text or as one JSON object per line.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace dhis2mcp {

enum class LogLevel { trace, debug, info, warn, error, off };

struct LogOptions {
  LogLevel level = LogLevel::info;
  bool json = false;
  std::string file;  // empty: stderr
};

// One fact about an event. Bodies, arguments and secrets are never one; what a client chose (ids,
// names) is quoted and cut.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::size_t, double> value;
};

// Until this is called nothing is logged. Lines are collected and written by a thread of the log's
// own, started with the first line; when nobody reads stderr at most 1 MiB is kept and what does
// not fit is counted. No caller ever waits. Throws ConfigurationError when the file cannot be
// opened.
void start_log(const LogOptions& options);

// Writes what is left, for at most a fifth of a second, and stops logging.
void stop_log();

bool log_enabled(LogLevel level);

// Empty text fields are left out.
void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace dhis2mcp
