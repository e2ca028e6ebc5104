// SPDX-License-Identifier: BSD-3-Clause
// Pictures of lines and bars, by their pixels.
#include "tools/chart.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "dhis2/error.h"
#include "tests/tools/picture.h"
#include "tools/chart_map.h"

namespace dhis2mcp {
namespace {

using test::Picture;
using test::Pixel;

// Anti-aliasing differs a little between releases of FreeType and cairo.
constexpr double kTolerance = 0.01;

constexpr Pixel kFirst = {0x00, 0x72, 0xB2}, kSecond = {0xD5, 0x5E, 0x00};

std::optional<double> none() { return std::nullopt; }

ChartFigures months() {
  ChartFigures figures;
  figures.title = "Malaria test positivity rate, Jan 2026 \xE2\x80\x93 Dec 2026";
  figures.values_of = "Malaria test positivity rate";
  figures.categories_of = "Period";
  figures.in_time = true;
  for (const char* month :
       {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}) {
    figures.categories.push_back(std::string(month) + " 2026");
  }
  figures.series = {
      {"District de Band\xC3\xA9",
       {41, 44.5, none(), 39, 40, none(), 43, none(), none(), 48, 50, 52}},
      {"A district whose name is so long that nobody would ever read it to its end in a legend",
       {60, 62, 61, 63, 60, 58, none(), none(), none(), 59, 61, 60}},
      {"\xD8\xA7\xD9\x84\xD8\xAE\xD8\xB1\xD8\xB7\xD9\x88\xD9\x85",
       {12, 15, 18, 14, 13, 17, 16, 15, 14, 12, 11, 10}}};
  figures.remark = "Gaps: no data.";
  return figures;
}

ChartFigures districts() {
  ChartFigures figures;
  figures.title = "Couverture CPN 1, Oct 2026";
  figures.values_of = "Couverture CPN 1";
  figures.categories_of = "Organisation unit";
  figures.categories = {"Band\xC3\xA9",
                        "K\xC3\xA9r\xC3\xA9"
                        "ba",
                        "Tolingui",
                        "Mount Ria",
                        "Half Moon Bay District",
                        "Vall\xC3\xA9"
                        "e Blanche District"};
  figures.series = {{"Oct 2026", {31, 64.2, 88, none(), 104.5, 2000}}};
  return figures;
}

ChartLegend coverage() {
  return {"Couverture (%)",
          {{"Faible", 0, 50, Color::hex(0xd7191c)},
           {"Moyenne", 50, 80, Color::hex(0xfdae61)},
           {"Bonne", 80, 100, Color::hex(0x1a9641)},
           {"> 100 %", 100, 1000, Color::hex(0x2b83ba)}}};
}

MapFigures country() {
  MapFigures map;
  map.title = "Couverture CPN 1, Oct 2026";
  const double values[] = {31, 64.2, 88, 104.5};
  for (int i = 0; i < 5; ++i) {
    MapShape shape;
    shape.name = "District " + std::string(1, static_cast<char>('A' + i));
    const double x = 10 + 1.5 * (i % 3), y = 4 + 1.4 * (i / 3);
    shape.rings = {{{x, y}, {x + 1.4, y}, {x + 1.4, y + 1.3}, {x, y + 1.3}}};
    if (i < 4) shape.value = values[i];
    map.shapes.push_back(std::move(shape));
  }
  MapShape clinic;
  clinic.name = "Clinic";
  clinic.point = Point{13.8, 6.2};
  clinic.value = 55;
  map.shapes.push_back(std::move(clinic));
  return map;
}

// Compares with tests/golden/NAME.png, or writes it when DHIS2_MCP_UPDATE_GOLDEN=1.
void expect_golden(const std::string& name, const std::string& png) {
  const std::string file = std::string(GOLDEN_FOLDER) + "/" + name + ".png";
  if (std::getenv("DHIS2_MCP_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file, std::ios::binary) << png;
  }
  std::ifstream kept(file, std::ios::binary);
  ASSERT_TRUE(kept) << file;
  std::ostringstream bytes;
  bytes << kept.rdbuf();
  EXPECT_LE(Picture(png).difference(Picture(bytes.str())), kTolerance)
      << name << " looks different: see DHIS2_MCP_UPDATE_GOLDEN, and look at the picture";
}

TEST(Chart, LooksAsItDid) {
  expect_golden("chart_line", draw_chart(ChartKind::line, months()));
  expect_golden("chart_bar", draw_chart(ChartKind::bar, districts(), coverage()));
  expect_golden("chart_stacked_bar", draw_chart(ChartKind::stacked_bar, months()));
  expect_golden("chart_map", draw_map(country(), coverage()));
}

TEST(Chart, HasTheSameBytesTwice) {
  for (const ChartKind kind : {ChartKind::line, ChartKind::bar, ChartKind::stacked_bar}) {
    EXPECT_EQ(draw_chart(kind, months()), draw_chart(kind, months()));
  }
  EXPECT_EQ(draw_map(country(), coverage()), draw_map(country(), coverage()));
}

TEST(Chart, HasTheSizeThatAChatShows) {
  const Picture picture(draw_chart(ChartKind::line, months()));
  EXPECT_EQ(picture.width(), 900U);
  EXPECT_EQ(picture.height(), 560U);
}

// Two series that would lie on zero if gaps were zero, and lie far above it.
TEST(Chart, LeavesGapsWhereThereIsNoData) {
  ChartFigures figures;
  figures.in_time = true;
  figures.categories = {"a", "b", "c", "d", "e"};
  figures.series = {{"x", {50, 50, none(), 50, 50}}};
  const Picture gap(draw_chart(ChartKind::line, figures));
  figures.series[0].values[2] = 50;
  const Picture whole(draw_chart(ChartKind::line, figures));
  figures.series[0].values[2] = 0;
  const Picture zero(draw_chart(ChartKind::line, figures));

  // Between the second and the fourth of five points.
  EXPECT_EQ(gap.count(kFirst, 420, 530), 0U);
  EXPECT_GT(whole.count(kFirst, 420, 530), 50U);
  EXPECT_GT(zero.count(kFirst, 420, 530), 50U);
  EXPECT_GT(gap.count(kFirst, 100, 300), 50U);
}

TEST(Chart, DrawsNoBarWhereThereIsNoData) {
  ChartFigures figures;
  figures.in_time = true;
  figures.categories = {"a", "b", "c"};
  figures.series = {{"x", {5, none(), 5}}};
  for (const ChartKind kind : {ChartKind::bar, ChartKind::stacked_bar}) {
    const Picture picture(draw_chart(kind, figures));
    EXPECT_EQ(picture.count(kFirst, 380, 560), 0U);
    EXPECT_GT(picture.count(kFirst, 0, 380), 1'000U);
  }
}

TEST(Chart, ColoursBarsByTheirLegend) {
  const Picture picture(draw_chart(ChartKind::bar, districts(), coverage()));
  // The legend itself has a box of 12 x 12 of each colour; a bar is larger.
  for (const Pixel color : {Pixel{0xd7, 0x19, 0x1c}, Pixel{0xfd, 0xae, 0x61},
                            Pixel{0x1a, 0x96, 0x41}, Pixel{0x2b, 0x83, 0xba}}) {
    EXPECT_GT(picture.count(color), 200U);
  }
  EXPECT_EQ(picture.count(kFirst), 0U);
}

TEST(Chart, StacksNegativeFiguresBelowZero) {
  ChartFigures figures;
  figures.in_time = true;
  figures.categories = {"a", "b"};
  figures.series = {{"x", {10, -10}}, {"y", {-5, 20}}};
  const Picture picture(draw_chart(ChartKind::stacked_bar, figures));
  EXPECT_GT(picture.count(kFirst), 2'000U);
  EXPECT_GT(picture.count(kSecond), 2'000U);
}

TEST(Chart, DrawsWhateverFiguresThereAre) {
  ChartFigures figures;
  figures.title = std::string(5'000, 'W');
  const std::vector<std::vector<std::optional<double>>> cases = {
      {0},      {none()},  {0, 0, 0},          {7, 7, 7},          {1e300, -1e300},
      {1e-300}, {1e18, 1}, {-0.0001, -0.0002}, {none(), none(), 3}};
  for (const auto& values : cases) {
    figures.categories.assign(values.size(), "name");
    figures.series = {{"x", values}, {"y", values}};
    for (const ChartKind kind : {ChartKind::line, ChartKind::bar, ChartKind::stacked_bar}) {
      EXPECT_EQ(Picture(draw_chart(kind, figures)).width(), 900U);
    }
  }
}

TEST(Chart, StaysSmallAndQuickAtItsBounds) {
  ChartFigures figures;
  figures.in_time = true;
  for (std::size_t i = 0; i < kMostSteps; ++i) figures.categories.push_back(std::to_string(i));
  for (std::size_t s = 0; s < kMostSeries; ++s) {
    figures.series.push_back({"Series " + std::to_string(s), {}});
    for (std::size_t i = 0; i < kMostSteps; ++i) {
      figures.series.back().values.push_back(static_cast<double>((i * 7919 + s * 104729) % 1000));
    }
  }
  for (const ChartKind kind : {ChartKind::line, ChartKind::bar, ChartKind::stacked_bar}) {
    EXPECT_LT(draw_chart(kind, figures).size(), 600'000U);
  }
}

TEST(Chart, NamesThePackagesWhereTheLibraryIsMissing) {
  try {
    const Canvas canvas(10, 10, "libnot-here.so.0");
    FAIL() << "drew without a library";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_NE(error.hint.find("libpangocairo-1.0-0"), std::string::npos) << error.hint;
  }
}

TEST(ChartLegend, HoldsTheLowerBoundOfAClassAndTheEndOfTheLast) {
  const ChartLegend legend = coverage();
  EXPECT_EQ(legend.of(0)->name, "Faible");
  EXPECT_EQ(legend.of(50)->name, "Moyenne");
  EXPECT_EQ(legend.of(99.9)->name, "Bonne");
  EXPECT_EQ(legend.of(1000)->name, "> 100 %");
  EXPECT_EQ(legend.of(-1), nullptr);
  EXPECT_EQ(legend.of(1001), nullptr);
}

TEST(Color, ReadsWhatDhis2Holds) {
  EXPECT_DOUBLE_EQ(Color::read("#ff0000", {}).red, 1);
  EXPECT_DOUBLE_EQ(Color::read("red", Color::hex(0x0000FF)).blue, 1);
  EXPECT_DOUBLE_EQ(Color::read("#12345g", Color::hex(0x00FF00)).green, 1);
}

}  // namespace
}  // namespace dhis2mcp
