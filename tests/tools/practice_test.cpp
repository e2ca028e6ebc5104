// SPDX-License-Identifier: BSD-3-Clause
// Names, periods and places against the practice DHIS2, as a user meets them.
#include <gtest/gtest.h>

#include "tests/tools/practice_profile.h"

namespace dhis2mcp::test {
namespace {

TEST(Practice, IndexesWhatRemoteSearchFinds) {
  PracticeProfile dhis2;
  const std::string question = R"({"query":"CPN","type":["data element","indicator"]})";
  const Json remote = dhis2.answer("metadata_find", question);
  dhis2.indexes.settle();

  const Json indexed = dhis2.answer("metadata_find", question);

  ASSERT_GT(remote["rows"].size(), 0u) << remote.dump();
  EXPECT_EQ(remote["total"], indexed["total"]);
  EXPECT_EQ(remote["rows"].size(), indexed["rows"].size());
  const Json whole = dhis2.answer("metadata_find", R"({"query":"signes DANGER"})");
  EXPECT_EQ(whole["rows"][0][3], "D44ZmHdMjKV") << whole.dump();
}

TEST(Practice, AnswersPeriodsAndPlacesInWords) {
  PracticeProfile dhis2;
  const Json answer = dhis2.answer("analytics_query", R"({"data":["y7qh476Nmd3"],
      "periods":["Jul-Sep 2026"],"org_units":["districts in dol0EV0KIzB"]})");

  ASSERT_TRUE(answer.contains("rows")) << answer.dump();
  EXPECT_EQ(answer["rows"].size(), 3u) << answer.dump();
  EXPECT_EQ(answer["columns"].dump(),
            Json({"Organisation unit", "202607", "202608", "202609"}).dump());
  EXPECT_NE(answer["read_as"].dump().find("Jul-Sep 2026 = 202607, 202608, 202609"),
            std::string::npos)
      << answer["read_as"];
}

TEST(Practice, TakesEveryPeriodTypeThatIsAskedInWords) {
  PracticeProfile dhis2;
  for (const char* text : {"week 30 of 2026", "2026 week 30 (Sunday)", "Q3 2026", "first half 2026",
                           "FY 2025", "financial year 2026 from April", "15 September 2026",
                           "bimonth 4 of 2026", "quarter 3 of 2026 from November",
                           "six-month 1 of 2026 from April", "last 2 months", "12 derniers mois"}) {
    const Json answer =
        dhis2.answer("analytics_query", R"({"data":["y7qh476Nmd3"],"periods":[")" +
                                            std::string(text) + R"("],"org_units":["LEVEL-1"]})");
    EXPECT_TRUE(answer.contains("columns")) << text << ": " << answer.dump();
    EXPECT_EQ(answer.dump().find("did not take"), std::string::npos) << text << answer.dump();
  }
}

// Bytes stand for tokens here; tests/bench counts those.
TEST(Practice, AnswersAnalyticsInAFractionOfTheBytes) {
  PracticeProfile dhis2;
  Json question = {{"data", {"FMudumWY2Mr"}},
                   {"periods", {"Nov 2024 to Oct 2026"}},
                   {"org_units", Json::array()}};
  std::string units;
  const Json districts = dhis2.client().get(
      "/api/organisationUnits",
      Query().add("filter", "level:eq:3").add("fields", "id").add("pageSize", "12"), {});
  for (const Json& unit : districts["organisationUnits"]) {
    question["org_units"].push_back(unit["id"]);
    units += (units.empty() ? "" : ";") + unit["id"].get<std::string>();
  }
  std::string months;
  for (int month = 10; month < 34; ++month) {
    months +=
        (months.empty() ? "" : ";") + std::to_string((2024 + month / 12) * 100 + month % 12 + 1);
  }
  const Json raw = dhis2.client().get("/api/analytics",
                                      Query()
                                          .add("dimension", "dx:FMudumWY2Mr")
                                          .add("dimension", "pe:" + months)
                                          .add("dimension", "ou:" + units),
                                      {});
  const double whole = static_cast<double>(raw.dump().size());

  for (const bool rounded : {false, true}) {
    question["rounded"] = rounded;
    const ToolResult result =
        dhis2.registry.call(*dhis2.registry.find("analytics_query"), question.dump(), {});
    ASSERT_FALSE(result.is_error) << result.text;
    Json structured = Json::parse(result.structured);
    std::size_t figures = 0;
    for (const Json& row : structured["rows"]) {
      for (const Json& cell : row) figures += cell.is_number() ? 1 : 0;
    }
    EXPECT_EQ(figures, raw["rows"].size());
    EXPECT_EQ(structured["rows"].size(), 12u);
    EXPECT_EQ(structured["columns"].size(), 25u);
    EXPECT_LT(static_cast<double>(result.text.size()), whole * (rounded ? 0.12 : 0.18));
    EXPECT_LT(static_cast<double>(result.structured.size()), whole * (rounded ? 0.14 : 0.19));
    structured.erase("rows");
    structured.erase("columns");
    EXPECT_LT(structured.dump().size(), 420u) << structured.dump();
    EXPECT_LT(result.text.find("Organisation unit|"), 420u) << result.text.substr(0, 600);
  }
}

}  // namespace
}  // namespace dhis2mcp::test
