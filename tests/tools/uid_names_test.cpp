// SPDX-License-Identifier: BSD-3-Clause
// Names for UIDs: what is asked, and how those of one name are told apart.
#include "tools/uid_names.h"

#include <gtest/gtest.h>

#include "tests/tools/stored_data.h"

namespace dhis2mcp::test {
namespace {

struct Learned {
  StoredData dhis2;
  std::shared_ptr<SignedClient> client = dhis2.instance.connections.client("demo");
  UidNames names{*client, Patience()};

  std::size_t requests() {
    std::size_t count = 0;
    for (const Seen& seen : dhis2.instance.server.seen()) {
      count += seen.path == "/api/organisationUnits" ? 1 : 0;
    }
    return count;
  }
};

TEST(UidNames, TellsApartThoseLearnedTogether) {
  Learned one;
  one.names.learn({{"organisationUnits", {kUpper, kLower, kTwin}}});

  EXPECT_EQ(one.names.of(kUpper), "Clinic (North)");
  EXPECT_EQ(one.names.of(kTwin), "Clinic (South)");
  EXPECT_EQ(one.names.of(kLower), "Lower clinic");
  EXPECT_EQ(one.names.of("Unknownnnn1"), "Unknownnnn1");
}

// As pages of rows come: what was shown once is not renamed.
TEST(UidNames, TellsApartThoseLearnedLater) {
  Learned one;
  one.names.learn({{"organisationUnits", {kUpper}}});
  one.names.learn({{"organisationUnits", {kUpper, kTwin}}});

  EXPECT_EQ(one.names.of(kUpper), "Clinic");
  EXPECT_EQ(one.names.of(kTwin), "Clinic (South)");
}

TEST(UidNames, AsksForEachOnceInAProcess) {
  Learned one;
  one.names.learn({{"organisationUnits", {kUpper, kLower}}});
  UidNames others(*one.client, Patience());
  others.learn({{"organisationUnits", {kUpper, kLower}}});

  EXPECT_EQ(others.of(kLower), "Lower clinic");
  EXPECT_EQ(one.requests(), 1u);
}

TEST(UidNames, SaysWhichCouldNotBeRead) {
  Learned one;
  one.dhis2.instance.server.on("GET", "/api/organisationUnits", {403, "{}"});
  one.names.learn({{"organisationUnits", {"Forbiddenn1"}}, {"dataElements", {kCases}}});

  EXPECT_FALSE(one.names.complete());
  EXPECT_EQ(one.names.of("Forbiddenn1"), "Forbiddenn1");
  EXPECT_EQ(one.names.of(kCases), "Malaria cases");
}

}  // namespace
}  // namespace dhis2mcp::test
