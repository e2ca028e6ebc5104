// SPDX-License-Identifier: BSD-3-Clause
// Indicators, rules and outliers of the practice country: what the tools work out is what the
// practice DHIS2, which shares no code with them, says by itself.
#include <gtest/gtest.h>

#include <set>

#include "tests/tools/practice_profile.h"

namespace dhis2mcp::test {
namespace {

bool says(const Json& lines, const std::string& text) {
  return lines.dump().find(text) != std::string::npos;
}

std::size_t place(const Json& answer, const std::string& column) {
  const Json columns = answer.value("columns", Json::array());
  std::size_t at = 0;
  while (at < columns.size() && columns[at] != column) ++at;
  return at;
}

// How many figures of all indicators were recomputed; each was that of the server.
std::size_t recomputed_figures(PracticeProfile& dhis2, std::size_t indicators) {
  const Json all = dhis2.client().get("/api/indicators",
                                      Query().add("fields", "id,name").add("paging", "false"), {});
  EXPECT_EQ(all["indicators"].size(), indicators);
  std::size_t figures = 0;
  for (const Json& indicator : all["indicators"]) {
    const std::string name = indicator["name"].get<std::string>();
    const Json answer =
        dhis2.answer("indicator_explain", Json{{"indicator", indicator["id"]},
                                               {"periods", {"202608", "202609", "2026Q3", "2025"}},
                                               {"org_units", {"LEVEL-1", "LEVEL-2", "LEVEL-3"}}}
                                              .dump());
    EXPECT_TRUE(says(answer, "every figure is DHIS2's own")) << name << answer.dump();
    const std::size_t ours = place(answer, "Recomputed"), theirs = place(answer, "DHIS2");
    for (const Json& row : answer.value("rows", Json::array())) {
      if (ours >= row.size()) break;
      EXPECT_EQ(row[ours].is_null(), row[theirs].is_null()) << name << row.dump();
      if (row[ours].is_number()) ++figures;
    }
    for (const Json& line : answer.value("read_as", Json::array())) {
      EXPECT_EQ(line.get<std::string>().find("#{"), std::string::npos) << line;
    }
  }
  return figures;
}

TEST(PracticeIndicators, AreAllRecomputedToTheServersFigure) {
  PracticeProfile dhis2("2.40");
  EXPECT_GT(recomputed_figures(dhis2, 20), 500u);
}

TEST(PracticeIndicators, OverAllThatAFormulaCanHoldAreToo) {
  PracticeProfile dhis2("2.42", "admin", {"--variant", "formulas"});
  EXPECT_GT(recomputed_figures(dhis2, 27), 700u);

  const Json answer =
      dhis2.answer("indicator_explain", R"({"indicator":"Visits lost, by another indicator"})");
  for (const char* line :
       {"numerator (numerator) = [Visits lost] * 2 + [Incidence du paludisme pour 1 000]",
        "[Visits lost] = ([Couverture CPN 1] - [CPN 4e visite (%)]) / (1)",
        "[Confirmed aged 1 to 4] = ([Paludisme - cas confirm"}) {
    EXPECT_TRUE(says(answer["read_as"], line)) << line << answer["read_as"].dump(1);
  }
}

TEST(PracticeIndicators, AreExplainedByNameWithoutPeriods) {
  PracticeProfile dhis2;

  const Json answer =
      dhis2.answer("indicator_explain", R"({"indicator":"Incidence du paludisme pour 1 000"})");

  EXPECT_TRUE(says(answer["read_as"], "x 1000 x 365 / days of the period (Pour 1 000)"))
      << answer.dump();
  EXPECT_TRUE(says(answer["read_as"], "= [Paludisme - cas confirm")) << answer["read_as"];
  EXPECT_TRUE(says(answer["read_as"], "periods = LAST_3_MONTHS")) << answer["read_as"];
  EXPECT_TRUE(says(answer["notes"], "the denominator has no value in 3.")) << answer["notes"];
  EXPECT_EQ(answer["rows"].size(), 3u) << answer.dump();
}

// DHIS2's own analysis, which the tool does not ask for: it is a POST.
Json analysis(PracticeProfile& dhis2, const Json& question) {
  Request request;
  request.method = Method::post;
  request.path = "/api/dataAnalysis/validationRules";
  request.body = question.dump();
  request.content_type = "application/json";
  return Json::parse(dhis2.client().send(request, {}).body);
}

TEST(PracticeValidation, FindsTheViolationsOfTheServersOwnAnalysis) {
  PracticeProfile dhis2("2.42");
  const Json theirs = analysis(dhis2, {{"startDate", "2026-08-01"},
                                       {"endDate", "2026-08-31"},
                                       {"ou", "UvePRDui19N"},
                                       {"persist", false}});
  ASSERT_EQ(theirs.size(), 187u);
  std::multiset<std::string> expected;
  for (const Json& row : theirs) {
    expected.insert(row["leftSideValue"].dump() + row["operator"].dump() +
                    row["rightSideValue"].dump());
  }

  Json answer =
      dhis2.answer("validation_check", R"({"periods":["Aug 2026"],"org_units":["UvePRDui19N"]})");

  ASSERT_TRUE(answer.contains("rows")) << answer.dump();
  EXPECT_EQ(answer["total"], 187) << answer["notes"];
  Json rows = answer["rows"];
  while (answer.value("truncated", false)) {
    answer = dhis2.answer("result_page",
                          Json{{"result", answer["result"]}, {"from_row", rows.size()}}.dump());
    ASSERT_FALSE(answer["rows"].empty()) << answer.dump();
    for (const Json& row : answer["rows"]) rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), 187u);
  std::multiset<std::string> found;
  for (const Json& row : rows) {
    found.insert(Json(row[4].get<double>()).dump() + row[5].dump() +
                 Json(row[6].get<double>()).dump());
  }
  EXPECT_EQ(found, expected);
}

TEST(PracticeValidation, ChecksOneGroupOrDataSetInNames) {
  PracticeProfile dhis2("2.41");
  const Json group = dhis2.answer("validation_check", R"({"periods":["202609"],
      "org_units":["UvePRDui19N"],"rule_group":"ERB9pvUMNj4"})");
  EXPECT_EQ(group["total"], 118) << group["notes"];
  EXPECT_TRUE(says(group["read_as"], "ERB9pvUMNj4")) << group["read_as"];

  const Json one = dhis2.answer("validation_check", R"({"periods":["202608"],
      "org_units":["YNIgIQskMZz"],"data_set":"lc4Jz2USVpu"})");
  ASSERT_EQ(one["rows"].size(), 2u) << one.dump();
  EXPECT_EQ(one["rows"][0][1], "HIGH");
  EXPECT_EQ(one["rows"][0][2], "Niangara Health Centre");
  EXPECT_EQ(one["rows"][0][4], 200);
  EXPECT_EQ(one["rows"][0][5], "<=");
  EXPECT_EQ(one["rows"][0][6], 38);
  EXPECT_TRUE(says(one["read_as"], ": [CPN 4e visite] <= [CPN 1re visite]")) << one["read_as"];
  EXPECT_TRUE(says(one["notes"], "2 violations among")) << one["notes"];

  const Json year = dhis2.answer("validation_check", R"({"periods":["2026W30"],
      "org_units":["YNIgIQskMZz"]})");
  EXPECT_TRUE(says(year, "Monthly")) << "a week holds no month: " << year.dump();
}

TEST(PracticeOutliers, AreThePlantedOnes) {
  for (const char* version : {"2.40", "2.42"}) {
    PracticeProfile dhis2(version);
    const Json answer =
        dhis2.answer("outlier_find",
                     R"({"data":["lc4Jz2USVpu"],"periods":["2026"],"org_units":["UvePRDui19N"]})");
    ASSERT_TRUE(answer.contains("rows")) << version << answer.dump();
    ASSERT_GT(answer["rows"].size(), 10u) << answer.dump();
    const std::size_t value = place(answer, "Value"), score = place(answer, "Score");
    std::set<double> values;
    double last = 1e9;
    for (const Json& row : answer["rows"]) {
      values.insert(row[value].get<double>());
      EXPECT_GE(row[score].get<double>(), 3.0);
      EXPECT_LE(row[score].get<double>(), last) << "the most striking first";
      last = row[score].get<double>();
    }
    EXPECT_TRUE(values.contains(900)) << answer.dump();

    const Json month = dhis2.answer("outlier_find", R"({"data":["y7qh476Nmd3"],
        "periods":["202607","202609"],"org_units":["UvePRDui19N"],
        "algorithm":"modified_z_score","threshold":4,"limit":5})");
    ASSERT_FALSE(month["rows"].empty()) << month.dump();
    EXPECT_EQ(month["rows"][0][place(month, "Value")], 900) << month.dump();
    EXPECT_EQ(says(month["notes"], "Before 2.41"), std::string(version) == "2.40");

    const Json bounds = dhis2.answer("outlier_find", R"({"data":["y7qh476Nmd3"],
        "periods":["2026"],"algorithm":"min_max"})");
    EXPECT_EQ(bounds["total"], 0) << bounds.dump();
    EXPECT_TRUE(says(bounds["notes"], "no min-max values were entered")) << bounds["notes"];
  }
}

}  // namespace
}  // namespace dhis2mcp::test
