// SPDX-License-Identifier: BSD-3-Clause
// One row for each text option and its variable.
#include "server/options.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

struct OptionRow {
  const char* variable;
  std::string Options::*member;
};

constexpr std::array<OptionRow, 5> kRows = {{
    {"DHIS2_MCP_TOOLSETS", &Options::toolsets},
    {"DHIS2_MCP_TOOLS", &Options::tools},
    {"DHIS2_MCP_LOG_LEVEL", &Options::log_level},
    {"DHIS2_MCP_LOG_FORMAT", &Options::log_format},
    {"DHIS2_MCP_LOG_FILE", &Options::log_file},
}};

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> kLevels = {{
    {"trace", LogLevel::trace},
    {"debug", LogLevel::debug},
    {"info", LogLevel::info},
    {"warn", LogLevel::warn},
    {"error", LogLevel::error},
    {"off", LogLevel::off},
}};

std::optional<LogLevel> level_of(std::string_view text) {
  for (const auto& [name, level] : kLevels) {
    if (name == text) return level;
  }
  return std::nullopt;
}

bool truth(const std::string& variable, const std::string& value) {
  if (value == "1" || value == "true" || value == "yes" || value == "on") return true;
  if (value == "0" || value == "false" || value == "no" || value == "off") return false;
  throw Error(ErrorKind::bad_input, variable + " is neither true nor false.",
              "Set " + variable + " to true or to false.");
}

}  // namespace

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Options options_from(const Environment& environment) {
  Options options;
  for (const OptionRow& row : kRows) {
    if (std::optional<std::string> value = environment(row.variable)) {
      options.*row.member = std::move(*value);
    }
  }
  if (const std::optional<std::string> value = environment("DHIS2_MCP_READ_ONLY")) {
    options.read_only = truth("DHIS2_MCP_READ_ONLY", *value);
  }
  return options;
}

void check(const Options& options) {
  if (!options.log_level.empty() && !level_of(options.log_level)) {
    throw Error(ErrorKind::bad_input, "There is no log level " + options.log_level + ".",
                "Use trace, debug, info, warn, error or off.");
  }
  if (options.log_format != "text" && options.log_format != "json") {
    throw Error(ErrorKind::bad_input, "There is no log format " + options.log_format + ".",
                "Use text or json.");
  }
}

Exposure exposure(const Options& options) {
  return {options.toolsets, options.tools, options.read_only};
}

LogOptions log_options(const Options& options, LogLevel usual) {
  return {level_of(options.log_level).value_or(usual), options.log_format == "json",
          options.log_file};
}

}  // namespace dhis2mcp
