// SPDX-License-Identifier: BSD-3-Clause
// Where an object is used: what is asked, how a use is told, and what could not be looked through.
#include <gtest/gtest.h>

#include "tests/tools/instance.h"

namespace dhis2mcp::test {
namespace {

// Every list of metadata is empty until it is scripted.
struct Empty : Instance {
  Empty() {
    for (const MetadataType& type : registry.catalogue().types()) {
      server.get("/api/" + type.collection, "{\"" + type.collection + "\":[]}");
    }
  }
  void named(const std::string& collection, const std::string& uid, const std::string& name) {
    server.get("/api/identifiableObjects/" + uid, R"({"id":")" + uid + R"(","name":")" + name +
                                                      R"(","href":"http://x/api/)" + collection +
                                                      "/" + uid + "\"}");
  }
};

TEST(MetadataUsage, TellsHowEachObjectUsesIt) {
  Empty instance;
  instance.named("dataElements", "aaaaaaaaaa1", "Cases");
  instance.server.get("/api/dataSets", R"({"dataSets":[{"id":"s","name":"Form"}]})");
  instance.server.get("/api/programStages", R"({"programStages":[{"id":"p","name":"Visit",
      "program":{"name":"ANC"}}]})");
  instance.server.get("/api/indicators", R"({"indicators":[
      {"id":"i","name":"Rate","numerator":"#{aaaaaaaaaa1.x}","denominator":"1"},
      {"id":"j","name":"Share","numerator":"1","denominator":"#{aaaaaaaaaa1}"}]})");
  instance.server.get("/api/validationRules", R"({"validationRules":[{"id":"r","name":"Rule",
      "leftSide":{"expression":"1"},"rightSide":{"expression":"#{aaaaaaaaaa1}"}}]})");
  instance.server.on("GET", "/api/visualizations", [](const Seen& seen) {
    const bool whole =
        Query::parse(seen.query).find("filter")->starts_with("dataDimensionItems.dataElement.id:");
    return Reply{200, whole ? R"({"visualizations":[{"id":"vvvvvvvvvv1","name":"Trend"}]})"
                            : R"({"visualizations":[]})"};
  });
  instance.server.get("/api/dashboards", R"({"dashboards":[{"id":"d","name":"Malaria",
      "dashboardItems":[{"visualization":{"id":"vvvvvvvvvv1"}},{"text":"x"}]}]})");

  const Json answer = instance.answer("metadata_usage", R"({"object":"aaaaaaaaaa1"})");

  EXPECT_EQ(answer["columns"], Json({"Type", "Name", "How"}));
  EXPECT_EQ(answer["rows"], Json::parse(R"x([["data set","Form","holds it"],
      ["indicator","Rate","in numerator"],["indicator","Share","in denominator"],
      ["validation rule","Rule","in rightSide"],["program stage","Visit (ANC)","collects it"],
      ["visualization","Trend","shows it"],["dashboard","Malaria","shows Trend"]])x"));
  EXPECT_EQ(answer["total"], 7);
  EXPECT_EQ(answer["read_as"], Json({"Cases = dataElement aaaaaaaaaa1"}));
  for (const Seen& seen : instance.server.seen()) {
    if (seen.path != "/api/indicators") continue;
    const Query query = Query::parse(seen.query);
    EXPECT_EQ(*query.find("filter"), "numerator:like:aaaaaaaaaa1");
    EXPECT_EQ(*query.find("rootJunction"), "OR");
  }
}

TEST(MetadataUsage, CountsWhatIsCutAndSaysSo) {
  Empty instance;
  instance.named("indicatorTypes", "aaaaaaaaaa1", "Percent");
  instance.server.get("/api/indicators", R"({"pager":{"page":1,"total":250,"pageCount":3},
      "indicators":[{"id":"i","name":"Rate"}]})");

  const Json answer = instance.answer("metadata_usage", R"({"object":"aaaaaaaaaa1"})");

  EXPECT_EQ(answer["total"], 250);
  EXPECT_EQ(answer["truncated"], true);
  EXPECT_NE(answer["notes"].dump().find("The first 1 of 250 of type indicator"), std::string::npos)
      << answer["notes"];
}

TEST(MetadataUsage, TellsWhatCouldNotBeLookedThrough) {
  Empty instance;
  instance.named("constants", "aaaaaaaaaa1", "Pi");
  instance.server.on("GET", "/api/predictors",
                     {403, R"({"status":"ERROR","httpStatusCode":403,"message":"no access"})"});

  const Json answer = instance.answer("metadata_usage", R"({"object":"aaaaaaaaaa1"})");

  EXPECT_EQ(answer["rows"].size(), 0U);
  EXPECT_NE(answer["notes"].dump().find("Not looked through: predictor ("), std::string::npos);
  EXPECT_NE(answer["notes"].dump().find("No use was found."), std::string::npos);
}

TEST(MetadataUsage, FindsTheDashboardsOfAVisualization) {
  Empty instance;
  instance.server.get("/api/visualizations",
                      R"({"visualizations":[{"id":"vvvvvvvvvv1","name":"Trend"}]})");
  instance.server.get("/api/dashboards", R"({"dashboards":[{"id":"d","name":"Malaria",
      "dashboardItems":[{"visualization":{"id":"vvvvvvvvvv1"}}]}]})");

  const Json answer =
      instance.answer("metadata_usage", R"({"object":"Trend","type":"visualization"})");

  EXPECT_EQ(answer["rows"], Json::parse(R"([["dashboard","Malaria","shows Trend"]])"))
      << answer.dump();
}

TEST(MetadataUsage, KeepsTheUsesWhereDashboardsMayNotBeRead) {
  Empty instance;
  instance.named("dataElements", "aaaaaaaaaa1", "Cases");
  instance.server.get("/api/dataSets", R"({"dataSets":[{"id":"s","name":"Form"}]})");
  instance.server.get("/api/visualizations",
                      R"({"visualizations":[{"id":"vvvvvvvvvv1","name":"Trend"}]})");
  instance.server.on("GET", "/api/dashboards",
                     {403, R"({"status":"ERROR","httpStatusCode":403,"message":"no access"})"});

  const Json answer = instance.answer("metadata_usage", R"({"object":"aaaaaaaaaa1"})");

  EXPECT_EQ(answer["rows"][0][1], "Form") << answer.dump();
  EXPECT_NE(answer["notes"].dump().find("Not looked through: dashboard ("), std::string::npos);
}

TEST(MetadataUsage, SaysWhichTypesItDoesNotKnow) {
  Empty instance;
  instance.named("sqlViews", "aaaaaaaaaa1", "View");

  const ToolResult result = instance.call("metadata_usage", R"({"object":"aaaaaaaaaa1"})");

  ASSERT_TRUE(result.is_error);
  EXPECT_NE(result.text.find("dhis2_query"), std::string::npos) << result.text;
}

TEST(MetadataUsage, FindsOrgUnitsAndGroupsByNameToo) {
  for (const char* collection : {"organisationUnits", "indicatorGroups"}) {
    Empty instance;
    instance.server.get(
        "/api/" + std::string(collection),
        R"({")" + std::string(collection) + R"(":[{"id":"aaaaaaaaaa1","name":"Bo"}]})");

    const Json answer = instance.answer("metadata_usage", R"({"object":"Bo"})");

    EXPECT_NE(answer["read_as"].dump().find("aaaaaaaaaa1"), std::string::npos) << answer;
  }
}

}  // namespace
}  // namespace dhis2mcp::test
