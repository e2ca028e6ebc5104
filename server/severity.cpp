// SPDX-License-Identifier: BSD-3-Clause
// RFC 5424's eight, in the order of the enumeration.
#include "server/severity.h"

#include <array>

namespace dhis2mcp {
namespace {

constexpr std::array<std::string_view, 8> kNames = {"debug", "info",     "notice", "warning",
                                                    "error", "critical", "alert",  "emergency"};

}  // namespace

std::string_view to_string(LogSeverity severity) {
  return kNames[static_cast<std::size_t>(severity)];
}

std::optional<LogSeverity> severity(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return std::nullopt;
  const std::string_view name = raw.substr(1, raw.size() - 2);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<LogSeverity>(i);
  }
  return std::nullopt;
}

std::string severities() {
  std::string text;
  for (const std::string_view name : kNames) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

}  // namespace dhis2mcp
