// SPDX-License-Identifier: BSD-3-Clause
// Shapes as DHIS2 holds them, and where and how they are drawn.
#include "tools/chart_map.h"

#include <gtest/gtest.h>

#include "tests/tools/picture.h"

namespace dhis2mcp {
namespace {

using test::Picture;
using test::Pixel;

bool reads(const std::string& geometry) {
  MapShape shape;
  return shape.read(Json::parse(geometry));
}

TEST(MapShape, ReadsPointsAndAreas) {
  for (
      const char* geometry :
      {R"({"type":"Point","coordinates":[10.5,4.25]})",
       R"({"type":"Point","coordinates":[10.5,4.25,120]})",
       R"({"type":"MultiPoint","coordinates":[[10.5,4.25]]})",
       R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]})",
       R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6]]]]})"}) {
    EXPECT_TRUE(reads(geometry)) << geometry;
  }
}

TEST(MapShape, ReadsNothingElse) {
  for (const char* geometry :
       {"null", "[]", "{}", R"({"type":"Point"})", R"({"type":"Point","coordinates":["a",1]})",
        R"({"type":"Point","coordinates":[500,1]})", R"({"type":"Point","coordinates":[1]})",
        R"({"type":"Polygon","coordinates":[]})", R"({"type":"Polygon","coordinates":[[[0,0]]]})",
        R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,"x"]]]})",
        R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1]]],7]})",
        R"({"type":"LineString","coordinates":[[0,0],[1,1]]})"}) {
    EXPECT_FALSE(reads(geometry)) << geometry;
  }
}

MapShape square(double x, double y, std::optional<double> value) {
  MapShape shape;
  shape.name = "Unit";
  shape.rings = {{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}}};
  shape.value = value;
  return shape;
}

ChartLegend classes() {
  return {"Set", {{"low", 0, 50, Color::hex(0xd7191c)}, {"high", 50, 100, Color::hex(0x1a9641)}}};
}

constexpr Pixel kLow = {0xd7, 0x19, 0x1c}, kHigh = {0x1a, 0x96, 0x41};

TEST(Map, FillsAreasWithTheColourOfTheirClass) {
  MapFigures map;
  map.shapes = {square(0, 0, 10), square(1, 0, 90), square(2, 0, std::nullopt)};
  const Picture picture(draw_map(map, classes()));
  // From west to east; the colours in the legend are boxes of 144 pixels.
  EXPECT_GT(picture.count(kLow, 0, 330), 10'000U);
  EXPECT_LT(picture.count(kLow, 330), 200U);
  EXPECT_GT(picture.count(kHigh, 310, 600), 10'000U);
  EXPECT_EQ(picture.count(kLow, 620), 0U) << "no data has no class";
}

TEST(Map, DrawsHolesPointsAndFiguresOfNoClass) {
  MapFigures map;
  map.shapes = {square(0, 0, 10)};
  const std::size_t whole = Picture(draw_map(map, classes())).count(kLow);
  map.shapes[0].rings.push_back({{0.2, 0.2}, {0.8, 0.2}, {0.8, 0.8}, {0.2, 0.8}});
  EXPECT_LT(Picture(draw_map(map, classes())).count(kLow), whole * 3 / 4);

  MapShape point;
  point.point = Point{0.5, 0.5};
  point.value = 90;
  map.shapes = {point};
  EXPECT_GT(Picture(draw_map(map, classes())).count(kHigh), 160U) << "the box of the legend and it";
  map.shapes[0].value = 5'000;
  EXPECT_LT(Picture(draw_map(map, classes())).count(kHigh), 160U);
}

TEST(Map, DrawsACountryOnBothSidesOfTheDateLineInOnePiece) {
  MapFigures map;
  map.shapes = {square(178, -17, 10), square(-180, -17, 90)};
  const Picture picture(draw_map(map, classes()));
  EXPECT_GT(picture.count(kLow), 20'000U) << "two specks at the edges of a world else";
  EXPECT_GT(picture.count(kHigh), 20'000U);
}

TEST(Map, MakesClassesWhereThereIsNoLegendSet) {
  const ChartLegend legend =
      even_classes("", {square(0, 0, 3), square(1, 0, 97), square(2, 0, std::nullopt)});
  ASSERT_GE(legend.classes.size(), 4U);
  EXPECT_EQ(legend.classes.front().from, 0);
  EXPECT_EQ(legend.classes.back().to, 100);
  EXPECT_NE(legend.of(3), nullptr);
  EXPECT_NE(legend.of(97), nullptr);
  EXPECT_GT(legend.classes.front().color.red, legend.classes.back().color.red);
  EXPECT_TRUE(even_classes("", {}).classes.empty());
  EXPECT_NE(even_classes("", {square(0, 0, 0)}).of(0), nullptr);
}

}  // namespace
}  // namespace dhis2mcp
