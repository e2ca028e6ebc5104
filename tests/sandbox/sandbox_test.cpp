// SPDX-License-Identifier: BSD-3-Clause
// The practice country and its server, seen from outside.
#include <gtest/gtest.h>
#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/sandbox/country.h"

namespace sandbox {
namespace {

int count(const Country& country, const std::string& sql) {
  SQLite::Database database = country.database();
  return database.execAndGet(sql).getInt();
}

TEST(Country, HoldsThePayloadAndWhatAServerIsBornWith) {
  const Country country(Settings{});

  EXPECT_EQ(country.units().size(), 138u);
  EXPECT_EQ(country.list("dataElements").size(), 66u);
  EXPECT_EQ(country.list("categoryCombos").size(), 6u);
  EXPECT_EQ(country.list("categoryOptionCombos").size(), 20u);
  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM data_value"), 83519);
  EXPECT_EQ(count(country, "SELECT COUNT(*) FROM completeness"), 3627);
  ASSERT_NE(country.user("admin"), nullptr);
  EXPECT_TRUE(country.user("admin")->has("F_ANYTHING"));
}

}  // namespace
}  // namespace sandbox
