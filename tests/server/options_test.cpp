// SPDX-License-Identifier: BSD-3-Clause
// Options from the environment, and what they are refused for.
#include "server/options.h"

#include <gtest/gtest.h>

#include <map>

#include "dhis2/error.h"

namespace dhis2mcp {
namespace {

Options from(const std::map<std::string, std::string>& variables) {
  return options_from([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST(Options, HaveDefaults) {
  const Options options = from({});
  EXPECT_EQ(options.toolsets, "default");
  EXPECT_FALSE(options.read_only);
  EXPECT_EQ(options.log_format, "text");
  EXPECT_NO_THROW(check(options));
}

TEST(Options, AreReadFromTheEnvironment) {
  const Options options = from({{"DHIS2_MCP_TOOLSETS", "compact"},
                                {"DHIS2_MCP_TOOLS", "api_find"},
                                {"DHIS2_MCP_READ_ONLY", "true"},
                                {"DHIS2_MCP_LOG_LEVEL", "debug"},
                                {"DHIS2_MCP_LOG_FORMAT", "json"},
                                {"DHIS2_MCP_LOG_FILE", "/tmp/x"}});
  EXPECT_EQ(exposure(options).toolsets, "compact");
  EXPECT_EQ(exposure(options).tools, "api_find");
  EXPECT_TRUE(exposure(options).read_only);
  const LogOptions log = log_options(options, LogLevel::warn);
  EXPECT_EQ(log.level, LogLevel::debug);
  EXPECT_TRUE(log.json);
  EXPECT_EQ(log.file, "/tmp/x");
}

TEST(Options, KnowWaysToSayTrueAndFalse) {
  for (const char* yes : {"1", "true", "yes", "on"}) {
    EXPECT_TRUE(from({{"DHIS2_MCP_READ_ONLY", yes}}).read_only) << yes;
  }
  for (const char* no : {"0", "false", "no", "off"}) {
    EXPECT_FALSE(from({{"DHIS2_MCP_READ_ONLY", no}}).read_only) << no;
  }
  EXPECT_THROW(from({{"DHIS2_MCP_READ_ONLY", "maybe"}}), Error);
}

TEST(Options, AreRefusedByName) {
  Options options;
  options.log_level = "loud";
  EXPECT_THROW(check(options), Error);
  options.log_level = "off";
  options.log_format = "xml";
  EXPECT_THROW(check(options), Error);
}

TEST(Options, LogAsTheCommandDoesUnlessTold) {
  EXPECT_EQ(log_options({}, LogLevel::warn).level, LogLevel::warn);
}

}  // namespace
}  // namespace dhis2mcp
