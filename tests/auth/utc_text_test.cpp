// SPDX-License-Identifier: BSD-3-Clause
// Dates of expiry, as people write them.
#include "auth/utc_text.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

TEST(EndOfDay, ReadsDatesThatAre) {
  const auto end = end_of_day("2027-01-31");
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, std::chrono::system_clock::from_time_t(1'801'439'999));
  for (const char* none : {"", "2027-1-31", "2027-02-31", "31.01.2027", "2027-01-31T00:00:00",
                           "9999-12-31", "tomorrow"}) {
    EXPECT_FALSE(end_of_day(none)) << none;
  }
}

}  // namespace
}  // namespace dhis2mcp
