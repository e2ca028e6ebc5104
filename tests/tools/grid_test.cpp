// SPDX-License-Identifier: BSD-3-Clause
// Names stand where DHIS2 sends ids, and never one name for two items.
#include "tools/grid.h"

#include <gtest/gtest.h>

namespace dhis2mcp {
namespace {

const Json kHeaders = Json::parse(R"([
  {"name":"dx","column":"Data","valueType":"TEXT","meta":true},
  {"name":"pe","column":"Period","valueType":"TEXT","meta":true},
  {"name":"ou","column":"Organisation unit","valueType":"TEXT","meta":true},
  {"name":"value","column":"Value","valueType":"NUMBER","meta":false}])");

const Json kMetadata = Json::parse(R"({
  "items":{"ou":{"name":"Organisation unit"},"202608":{"name":"August 2026"},
           "y7qh476Nmd3":{"name":"CPN 1re visite","code":"DE_ANC1"},
           "aaaaaaaaaaa":{"name":"CSPS Centre"},"bbbbbbbbbbb":{"name":"CSPS Centre"},
           "USER_ORGUNIT":{"organisationUnits":["aaaaaaaaaaa"]},"dx":{"name":"Data"}},
  "dimensions":{"dx":["y7qh476Nmd3"],"pe":["202608"],"ou":["aaaaaaaaaaa","bbbbbbbbbbb"]}})");

std::string line(const Row& row) {
  std::string out;
  for (const Cell& cell : row) out += cell.to_json() + "|";
  return out;
}

TEST(Grid, ShowsNamesAndKeepsPeriodsAndDigits) {
  Grid grid(kHeaders, kMetadata);

  EXPECT_EQ(line(grid.row(Json::parse(R"(["y7qh476Nmd3","202608","aaaaaaaaaaa","12.50"])"))),
            R"x("CPN 1re visite"|"202608"|"CSPS Centre (aaaaaaaaaaa)"|12.50|)x");
  EXPECT_EQ(line(grid.row(Json::parse(R"(["unknown","202608","bbbbbbbbbbb",""])"))),
            R"x("unknown"|"202608"|"CSPS Centre (bbbbbbbbbbb)"|null|)x");
}

TEST(Grid, TellsEachItemOnceThoseOfTheRowsFirst) {
  Grid grid(kHeaders, kMetadata);
  grid.row(Json::parse(R"(["y7qh476Nmd3","202608","bbbbbbbbbbb","1"])"));

  EXPECT_EQ(grid.read_as(),
            (std::vector<std::string>{"CPN 1re visite = y7qh476Nmd3, code DE_ANC1",
                                      "CSPS Centre (bbbbbbbbbbb) = bbbbbbbbbbb",
                                      "CSPS Centre (aaaaaaaaaaa) = aaaaaaaaaaa",
                                      R"(USER_ORGUNIT {"organisationUnits":["aaaaaaaaaaa"]})"}));
}

TEST(Grid, MakesTitlesUniqueAndReadsOldHeaders) {
  const Grid grid(Json::parse(R"([{"name":"a","column":"Name"},{"name":"b","column":"Name"},
                                  {"name":"n","type":"java.lang.Double"}])"),
                  Json());

  EXPECT_EQ(grid.titles(), (std::vector<std::string>{"Name", "Name (b)", "n"}));
  EXPECT_TRUE(grid.columns()[2].number);
}

TEST(Grid, TakesRowsThatAreShorterOrHoldOtherThanText) {
  Grid grid(kHeaders, Json());
  EXPECT_EQ(line(grid.row(Json::parse(R"(["x",null])"))), R"("x"|null|null|null|)");
  EXPECT_EQ(line(grid.row(Json::parse(R"([1,true,{"a":2},3.5])"))), R"(1|true|{"a":2}|3.5|)");
}

TEST(Grid, TellsNoNameThatIsTheId) {
  const Grid grid(kHeaders, Json::parse(R"({"items":{"2026":{"name":"2026","code":"2026",
      "endDate":"2026-12-31"}},"dimensions":{"pe":["2026"]}})"));

  ASSERT_EQ(grid.read_as().size(), 1u);
  EXPECT_TRUE(grid.read_as()[0].starts_with("2026 {")) << grid.read_as()[0];
}

}  // namespace
}  // namespace dhis2mcp
