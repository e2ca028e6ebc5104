// SPDX-License-Identifier: BSD-3-Clause
// Dimensions, data items and shapes.
#include "tests/sandbox/dimensions.h"

#include <gtest/gtest.h>

#include "tests/sandbox/fixture_test.h"

namespace sandbox {
namespace {

TEST(Dimensions, AreListedByTypeWithoutTheDefault) {
  const Json answer = answer_of(dimensions, "/dimensions");

  EXPECT_EQ(answer["pager"]["total"], 7);
  EXPECT_EQ(answer["dimensions"][0]["displayName"], "Sexe");
  EXPECT_EQ(answer["dimensions"][6]["id"], "ZaVUzlRC4qQ");
  const Json units =
      answer_of(dimensions, "/dimensions?filter=dimensionType:eq:ORGANISATION_UNIT_GROUP_SET");
  EXPECT_EQ(units["pager"]["total"], 2);
}

TEST(Dimensions, ShowTheirItemsInPagesSince42) {
  const Json items = answer_of(dimensions, "/dimensions/myGSgttg0gB/items?fields=id,name");
  EXPECT_EQ(items["items"].size(), 4u);
  EXPECT_EQ(items["pager"]["total"], 4);
  EXPECT_FALSE(answer_of(dimensions, "/dimensions/myGSgttg0gB/items", 41).contains("pager"));
  EXPECT_EQ(answer_of(dimensions, "/dimensions/abcdefghijk/items")["items"], Json::array());
}

TEST(Dimensions, AreRefusedInTheWordsOfTheVersion) {
  EXPECT_EQ(reply_of(dimensions, "/dimensions/abcdefghijk", 40).status, 409);
  EXPECT_EQ(reply_of(dimensions, "/dimensions/abcdefghijk", 41).status, 404);
  EXPECT_EQ(reply_of(dimensions, "/dimensions/dx", 43).status, 405);
  EXPECT_EQ(reply_of(dimensions, "/dimensions/recommendations").status, 400);
}

TEST(Dimensions, AreRecommendedForADataElement) {
  const Json answer = answer_of(dimensions, "/dimensions/recommendations?dimension=dx:b8JTFpL3cxe");
  ASSERT_EQ(answer["dimensions"].size(), 3u);
  EXPECT_EQ(answer["dimensions"][1]["id"], "myGSgttg0gB");
}

TEST(DataItems, HoldEveryTypeAndFilterByIt) {
  const std::pair<const char*, size_t> cases[] = {
      {"filter=dimensionItemType:eq:PROGRAM_INDICATOR", 3},
      {"filter=dimensionItemType:in:[INDICATOR]", 20},
      {"filter=dimensionItemType:eq:DATA_SET", 7},
      {"filter=displayName:ilike:cpn", 7},
      {"filter=id:eq:y7qh476Nmd3", 1},
      {"filter=programId:eq:Svw72tiR0Da", 8},
  };
  for (const auto& [query, expected] : cases) {
    const Json answer = answer_of(data_items, "/dataItems?" + std::string(query));
    EXPECT_EQ(answer["pager"]["total"], expected) << query;
  }
}

TEST(DataItems, RefuseUnknownFiltersAndOrders) {
  const std::pair<const char*, const char*> cases[] = {
      {"filter=nope:eq:x", "E2034"},
      {"filter=dimensionItemType:in:[NOPE]", "E2016"},
      {"order=nope:asc", "E2037"},
  };
  for (const auto& [query, code] : cases) {
    const Reply reply = reply_of(data_items, "/dataItems?" + std::string(query));
    EXPECT_EQ(reply.status, 409) << query;
    EXPECT_EQ(Json::parse(reply.body)["errorCode"], code);
  }
}

TEST(GeoFeatures, ShowUnitsThatHaveAShape) {
  const Json districts = answer_of(geo_features, "/geoFeatures?ou=ou:LEVEL-3");
  ASSERT_EQ(districts.size(), 14u);
  EXPECT_EQ(districts[0]["ty"], 2);
  EXPECT_EQ(districts[0]["le"], 3);
  EXPECT_EQ(answer_of(geo_features, "/geoFeatures?ou=ou:LEVEL-2"), Json::array());
  EXPECT_EQ(reply_of(geo_features, "/geoFeatures").status, 400);
  EXPECT_EQ(reply_of(geo_features, "/geoFeatures?ou=ou:LEVEL-9").status, 409);
}

}  // namespace
}  // namespace sandbox
