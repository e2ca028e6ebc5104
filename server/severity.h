// SPDX-License-Identifier: BSD-3-Clause
// The names of log levels on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/offer.h"

namespace dhis2mcp {

std::string_view to_string(LogSeverity severity);

// From a raw JSON string; nothing for any other value.
std::optional<LogSeverity> severity(std::string_view raw);

// All of them, for an error message.
std::string severities();

}  // namespace dhis2mcp
