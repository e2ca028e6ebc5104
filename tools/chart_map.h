// SPDX-License-Identifier: BSD-3-Clause
// Figures by place as a map: areas and points in the colours of their class.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dhis2/json.h"
#include "tools/chart.h"

namespace dhis2mcp {

// More places are no longer seen one by one; the caller cuts, and tells.
inline constexpr std::size_t kMostPlaces = 2'000;

// Degrees of WGS 84: x is the longitude, y the latitude.
struct MapShape {
  std::string name;
  std::optional<double> value;
  std::vector<std::vector<Point>> rings;  // of an area, holes and further parts among them
  std::optional<Point> point;

  // Takes a GeoJSON geometry: Point, MultiPoint (its first), Polygon or MultiPolygon. False for
  // anything else, and for what has no place on earth.
  bool read(const Json& geometry);
};

struct MapFigures {
  std::string title;
  std::string values_of;
  std::vector<MapShape> shapes;   // each with an area or a point
  std::vector<MapShape> grounds;  // areas drawn pale below them, for orientation
  std::string remark;
};

// Five or so classes of equal width around the figures, from light to dark: for data without a
// legend set.
ChartLegend even_classes(const std::string& name, const std::vector<MapShape>& shapes);

// The PNG. Degrees of longitude are as wide as they are in the map's middle; a country on both
// sides of the date line is drawn in one piece.
std::string draw_map(const MapFigures& figures, const ChartLegend& legend);

}  // namespace dhis2mcp
