// SPDX-License-Identifier: BSD-3-Clause
// Log lines in both forms, levels, and that what a client chose cannot break a line.
#include "server/log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "dhis2/error.h"
#include "dhis2/json.h"
#include "tests/support/temp_home.h"

namespace dhis2mcp {
namespace {

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { stop_log(); }

  void start(bool json, LogLevel level = LogLevel::info) {
    start_log({.level = level, .json = json, .file = file_});
  }

  std::string text() {
    stop_log();
    std::ifstream in(file_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempHome home_;
  std::string file_ = (home_.path() / "log").string();
};

TEST_F(LogTest, IsSilentUntilItIsStarted) {
  EXPECT_FALSE(log_enabled(LogLevel::error));
  log_event(LogLevel::error, "nobody", {});
}

TEST_F(LogTest, WritesJsonThatAnyNameSurvives) {
  start(true);
  log_event(LogLevel::info, "call",
            {{"tool", std::string_view("a\"b\n\xFF{}")}, {"ms", 1.5}, {"bytes", std::size_t{7}}});
  const Json line = Json::parse(text());
  EXPECT_EQ(line["event"], "call");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["tool"], "a\"b\n\xEF\xBF\xBD{}");
  EXPECT_EQ(line["ms"], 1.5);
  EXPECT_EQ(line["bytes"], 7);
}

TEST_F(LogTest, WritesTextOnOneLine) {
  start(false);
  log_event(LogLevel::warn, "call",
            {{"tool", std::string_view("a b\nc")},
             {"id", std::string_view("7")},
             {"none", std::string_view()}});
  const std::string line = text();
  EXPECT_NE(line.find("warn call tool=\"a b\\nc\" id=7\n"), std::string::npos) << line;
}

TEST_F(LogTest, CutsLongValues) {
  start(false);
  const std::string longest(100'000, 'x');
  log_event(LogLevel::info, "call", {{"tool", std::string_view(longest)}});
  EXPECT_LT(text().size(), 400u);
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  start(false, LogLevel::warn);
  EXPECT_FALSE(log_enabled(LogLevel::info));
  log_event(LogLevel::info, "quiet", {});
  log_event(LogLevel::error, "loud", {});
  const std::string lines = text();
  EXPECT_EQ(lines.find("quiet"), std::string::npos);
  EXPECT_NE(lines.find("loud"), std::string::npos);
}

TEST_F(LogTest, IsRefusedAFileItCannotOpen) {
  file_ = (home_.path() / "no/such/folder/log").string();
  EXPECT_THROW(start(false), ConfigurationError);
}

}  // namespace
}  // namespace dhis2mcp
