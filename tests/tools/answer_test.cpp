// SPDX-License-Identifier: BSD-3-Clause
// An object of any size comes whole: as itself, or as rows that can be read on.
#include "tools/answer.h"

#include <gtest/gtest.h>

#include "tests/tools/instance.h"

namespace dhis2mcp {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs leaves_of(const char* json) {
  Pairs found;
  leaves(Json::parse(json), [&](const Row& row) {
    found.emplace_back(row[0].str(), row[1].to_json());
    return true;
  });
  return found;
}

TEST(Leaves, AreNamedByTheirPath) {
  EXPECT_EQ(
      leaves_of(R"({"id":"x","sets":[{"element":{"id":"a"}},{"element":{"id":"b"}}],"n":null})"),
      (Pairs{{"id", "\"x\""}, {"sets[0].element.id", "\"a\""}, {"sets[1].element.id", "\"b\""}}));
  EXPECT_EQ(leaves_of(R"({"a.b":1,"":2,"c d":{"e":true}})"),
            (Pairs{{"[\"a.b\"]", "1"}, {"[\"\"]", "2"}, {"[\"c d\"].e", "true"}}));
  EXPECT_EQ(leaves_of(R"({"a":[],"b":{},"c":[null,1.0]})"),
            (Pairs{{"a", "[]"}, {"b", "{}"}, {"c[0]", "null"}, {"c[1]", "1"}}));
}

TEST(Leaves, OfLongTextsComeInParts) {
  std::string html;
  while (html.size() < 30'000) html += "<b>H\xC3\xB4pital</b>";
  std::string joined;
  int parts = 0;
  leaves(Json{{"html", html}}, [&](const Row& row) {
    EXPECT_EQ(row[0].str(), "html (part " + std::to_string(++parts) + ")");
    EXPECT_LE(row[1].str().size(), 8U * 1024);
    joined += row[1].str();
    return true;
  });

  EXPECT_EQ(parts, 4);
  EXPECT_EQ(joined, html);
}

TEST(Fit, TurnsALargeObjectIntoRowsThatCanBeReadOn) {
  test::Instance instance;
  Json object = {{"id", "OQ1SyVNtlwq"}, {"elements", Json::array()}};
  for (int i = 0; i < 2'000; ++i) {
    object["elements"].push_back(
        {{"id", "id" + std::to_string(i)}, {"name", "Element " + std::to_string(i)}});
  }
  instance.server.get("/api/dataSets/OQ1SyVNtlwq", object.dump());
  Json answer = instance.answer("dhis2_query", R"({"path":"dataSets/OQ1SyVNtlwq"})");

  ASSERT_TRUE(answer.contains("rows")) << answer;
  EXPECT_FALSE(answer.contains("object"));
  EXPECT_EQ(answer["columns"], Json({"Property", "Value"}));
  EXPECT_EQ(answer["total"], 4'001);
  Json rows = answer["rows"];
  while (answer.value("truncated", false)) {
    EXPECT_LE(answer.dump().size(), kDefaultAnswerBytes + 1'000);
    answer = instance.answer("result_page",
                             Json{{"result", answer["result"]}, {"from_row", rows.size()}}.dump());
    ASSERT_FALSE(answer["rows"].empty()) << answer;
    for (const Json& row : answer["rows"]) rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), 4'001U);
  EXPECT_EQ(rows[4'000], Json({"elements[1999].name", "Element 1999"}));
}

TEST(Fit, LeavesASmallObjectAsItIs) {
  test::Instance instance;
  instance.server.get("/api/dataSets/OQ1SyVNtlwq", R"({"id":"OQ1SyVNtlwq","name":"Monthly"})");
  const Json answer = instance.answer("dhis2_query", R"({"path":"dataSets/OQ1SyVNtlwq"})");

  EXPECT_EQ(answer["object"].dump(), R"({"id":"OQ1SyVNtlwq","name":"Monthly"})");
  EXPECT_EQ(answer["source"], "demo: admin at " + instance.server.url() + " (2.42.1)");
}

}  // namespace
}  // namespace dhis2mcp
