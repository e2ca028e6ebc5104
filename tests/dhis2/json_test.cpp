// SPDX-License-Identifier: BSD-3-Clause
// Whatever the bytes, what is written is JSON.
#include "dhis2/json.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(Json, WritesStringsThatAreAlwaysJson) {
  EXPECT_EQ(json_quoted("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(json_quoted("\xC3\xA9"), "\"\xC3\xA9\"");
  EXPECT_EQ(json_quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      ASSERT_TRUE(Json::accept(json_quoted(text))) << first << " " << second;
    }
  }
}

}  // namespace
}  // namespace dhis2mcp
