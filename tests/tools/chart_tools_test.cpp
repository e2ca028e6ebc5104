// SPDX-License-Identifier: BSD-3-Clause
// chart, as a user meets it: against the practice DHIS2, and against servers that hold little.
#include <gtest/gtest.h>

#include "tests/tools/instance.h"
#include "tests/tools/picture.h"
#include "tests/tools/practice_profile.h"

namespace dhis2mcp::test {
namespace {

constexpr char kByDistrict[] = R"("data":["FMudumWY2Mr"],"org_units":["LEVEL-3"],"periods":)";

ToolResult drawn(PracticeProfile& dhis2, const std::string& arguments) {
  return dhis2.call("chart", arguments);
}

std::string noted(const ToolResult& result) {
  return result.is_error ? result.text
                         : Json::parse(result.structured).value("notes", Json()).dump();
}

TEST(ChartTool, GivesAPictureAndTheTableBesideIt) {
  PracticeProfile dhis2;
  for (const std::string kind : {"line", "bar", "stacked_bar"}) {
    const ToolResult result =
        drawn(dhis2, R"({"kind":")" + kind + "\"," + kByDistrict + R"(["LAST_6_MONTHS"]})");
    ASSERT_FALSE(result.is_error) << result.text;
    ASSERT_EQ(result.content.size(), 1U);
    EXPECT_EQ(result.content[0].kind, Content::Kind::image);
    EXPECT_EQ(result.content[0].mime_type, "image/png");
    EXPECT_EQ(Picture(result.content[0].bytes).width(), 900U);
    const Json structured = Json::parse(result.structured);
    EXPECT_EQ(structured["rows"].size(), 14U);
    EXPECT_EQ(structured["columns"].size(), 7U);
    EXPECT_NE(result.text.find("District de Domb"), std::string::npos) << "a client without images";
    EXPECT_NE(noted(result).find("900 x 560 pixels"), std::string::npos) << noted(result);
  }
}

TEST(ChartTool, AnswersWithTheTableOfAnalyticsQuery) {
  PracticeProfile dhis2;
  const std::string question = std::string(kByDistrict) + R"(["202601","202602"]})";
  const Json chart = dhis2.answer("chart", R"({"kind":"line",)" + question);
  const Json table = dhis2.answer("analytics_query", "{" + question);
  EXPECT_EQ(chart["rows"], table["rows"]);
  EXPECT_EQ(chart["columns"], table["columns"]);
  EXPECT_EQ(chart["read_as"], table["read_as"]);
}

TEST(ChartTool, PutsDistrictsOnAMapInTheColoursOfTheLegendSet) {
  for (const char* version : {"2.40", "2.43"}) {
    PracticeProfile dhis2(version);
    const ToolResult result =
        drawn(dhis2, std::string(R"({"kind":"map",)") + kByDistrict + R"(["202610"]})");
    ASSERT_FALSE(result.is_error) << result.text;
    ASSERT_EQ(result.content.size(), 1U);
    EXPECT_NE(noted(result).find("map of 14 units"), std::string::npos) << noted(result);
    const Picture picture(result.content[0].bytes);
    std::size_t inked = 0;
    for (const Pixel color : {Pixel{0xd7, 0x19, 0x1c}, Pixel{0xfd, 0xae, 0x61},
                              Pixel{0x1a, 0x96, 0x41}, Pixel{0x2b, 0x83, 0xba}}) {
      inked += picture.count(color);
    }
    EXPECT_GT(inked, 30'000U) << version;
  }
}

TEST(ChartTool, MapsFacilitiesAsPointsAndTellsWhoseAreMissing) {
  PracticeProfile dhis2;
  const ToolResult result = drawn(dhis2, R"({"kind":"map","data":["y7qh476Nmd3"],
      "periods":["202610"],"org_units":["LEVEL-4"]})");
  ASSERT_FALSE(result.is_error) << result.text;
  EXPECT_EQ(result.content.size(), 1U);
  EXPECT_NE(noted(result).find("14 units have no geometry"), std::string::npos) << noted(result);
  EXPECT_NE(noted(result).find("map of 105 units"), std::string::npos) << noted(result);
}

TEST(ChartTool, SaysWhereNoUnitHasAPlace) {
  PracticeProfile dhis2;
  const ToolResult result =
      drawn(dhis2, R"({"kind":"map","data":["y7qh476Nmd3"],"periods":["202610"],
                       "org_units":["LEVEL-2"]})");
  ASSERT_TRUE(result.is_error);
  EXPECT_EQ(result.error->kind, ErrorKind::bad_input);
  EXPECT_NE(result.text.find("none of these 4 org units"), std::string::npos) << result.text;
  EXPECT_NE(result.text.find("districts"), std::string::npos) << result.text;
}

TEST(ChartTool, TellsWhichPeriodAMapShows) {
  PracticeProfile dhis2;
  const ToolResult result = drawn(
      dhis2, std::string(R"({"kind":"map",)") + kByDistrict + R"(["202608","202609","202702"]})");
  ASSERT_FALSE(result.is_error) << result.text;
  EXPECT_NE(noted(result).find("this is of 202609"), std::string::npos) << noted(result);
}

TEST(ChartTool, DrawsAKeptResultToo) {
  PracticeProfile dhis2;
  const Json cut =
      dhis2.answer("analytics_query", R"({"data":["y7qh476Nmd3","gXjb5cxcmOh","hwKdrDIQkLU"],
      "periods":["Nov 2024 to Oct 2026"],"org_units":["LEVEL-4"]})");
  ASSERT_TRUE(cut.contains("result")) << cut.dump().substr(0, 500);
  const std::string result = cut["result"];
  const ToolResult line = drawn(dhis2, R"({"kind":"line","result":")" + result + "\"}");
  ASSERT_FALSE(line.is_error) << line.text;
  EXPECT_EQ(line.content.size(), 1U);
  EXPECT_NE(noted(line).find("first 12 of"), std::string::npos) << noted(line);
  const ToolResult map = drawn(dhis2, R"({"kind":"map","result":")" + result + "\"}");
  ASSERT_FALSE(map.is_error) << map.text;
  // Many of the facilities share a name and stand with their uid behind it.
  EXPECT_NE(noted(map).find("map of 105 units"), std::string::npos) << noted(map);
}

TEST(ChartTool, DrawsNothingOfNothing) {
  PracticeProfile dhis2;
  const ToolResult result =
      drawn(dhis2,
            R"({"kind":"line","data":["y7qh476Nmd3"],"periods":["1999"],"org_units":["LEVEL-3"]})");
  ASSERT_FALSE(result.is_error) << result.text;
  EXPECT_TRUE(result.content.empty());
  EXPECT_NE(noted(result).find("No picture"), std::string::npos) << noted(result);
}

TEST(ChartTool, SaysWhatIsMissingOrTooMuch) {
  Instance instance;
  const std::pair<const char*, const char*> cases[] = {
      {R"({"kind":"line"})", "`data` is missing"},
      {R"({"kind":"line","data":["x"],"org_units":["y"]})", "`periods` is missing"},
      {R"({"kind":"line","result":"r-1","data":["x"]})", "not both"},
      {R"({"kind":"pie","result":"r-1"})", "kind"},
      {R"({"kind":"bar","result":"r-0123456789abcdef0123456789abcdef"})", "no such kept result"}};
  for (const auto& [arguments, said] : cases) {
    const ToolResult result = instance.call("chart", arguments);
    EXPECT_TRUE(result.is_error) << arguments;
    EXPECT_NE(result.text.find(said), std::string::npos) << result.text;
  }
}

TEST(ChartTool, TakesATitle) {
  PracticeProfile dhis2;
  const std::string question = std::string(R"({"kind":"bar",)") + kByDistrict + R"(["202610"])";
  const ToolResult plain = drawn(dhis2, question + "}");
  const ToolResult titled = drawn(dhis2, question + R"(,"title":"Where are the mothers?"})");
  ASSERT_FALSE(titled.is_error) << titled.text;
  EXPECT_NE(plain.content.at(0).bytes, titled.content.at(0).bytes);
  EXPECT_EQ(drawn(dhis2, question + "}").content.at(0).bytes, plain.content[0].bytes);
}

TEST(ChartTool, SaysThatRatesDoNotAddUpToAStack) {
  PracticeProfile dhis2;
  const std::string question = std::string(kByDistrict) + R"(["LAST_6_MONTHS"]})";
  const std::pair<std::string, bool> cases[] = {{R"({"kind":"stacked_bar",)" + question, true},
                                                {R"({"kind":"bar",)" + question, false}};
  for (const auto& [arguments, stacked] : cases) {
    const std::string told = noted(drawn(dhis2, arguments));
    EXPECT_EQ(told.find("rates do not add up") != std::string::npos, stacked) << told;
  }
  const std::string counts = noted(drawn(dhis2, R"({"kind":"stacked_bar","data":["y7qh476Nmd3"],
      "periods":["LAST_3_MONTHS"],"org_units":["LEVEL-2"]})"));
  EXPECT_EQ(counts.find("stack"), std::string::npos) << counts;
}

}  // namespace
}  // namespace dhis2mcp::test
