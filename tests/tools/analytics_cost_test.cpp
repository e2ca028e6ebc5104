// SPDX-License-Identifier: BSD-3-Clause
// What a question to analytics asks for, and when that is too much.
#include "tools/analytics_cost.h"

#include <gtest/gtest.h>

#include "tests/tools/filtered_list.h"
#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

TEST(AnalyticsCost, CountsUnitsOnlyWhereItMatters) {
  Instance instance;
  serve(instance.server, "organisationUnits",
        R"([{"id":"aaaaaaaaaa0","level":2},{"id":"aaaaaaaaaa1","level":3},
            {"id":"aaaaaaaaaa2","level":3},{"id":"aaaaaaaaaa3","level":3}])");
  Almanac almanac;
  almanac.today = std::chrono::sys_days{std::chrono::year(2026) / 11 / 21};
  AnalyticsAsked asked;
  asked.data.resize(10);
  asked.periods = {{"x", {"LAST_12_MONTHS"}}, {"y", {"202610", "202611"}}};
  asked.units = {{"", "", "", "LEVEL-3"}};
  const auto client = instance.connections.client("");
  instance.server.forget();

  const Cost small = cost_of(*client, asked, almanac, Patience{});
  EXPECT_EQ(small.periods, 13u) << "October is in both";
  EXPECT_TRUE(instance.server.seen().empty());

  asked.data.resize(20);
  const Cost large = cost_of(*client, asked, almanac, Patience{});
  EXPECT_EQ(large.units, 3u);
  EXPECT_EQ(large.figures(), 20u * 13u * 3u);
}

TEST(AnalyticsCost, RefusesWhatWouldNotBeRead) {
  EXPECT_NO_THROW(demand_affordable({10, 12, 1'000}));
  EXPECT_NO_THROW(demand_affordable({100, 24, 1'500, false})) << "that may be far fewer";
  try {
    demand_affordable({100, 24, 1'500});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what())
                  .find("100 data items x 24 periods x 1,500 org units = "
                        "3,600,000 figures"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace dhis2mcp::test
