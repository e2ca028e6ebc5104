// SPDX-License-Identifier: BSD-3-Clause
// Large areas first, then small ones, then points, so that nothing hides another.
#include "tools/chart_map.h"

#include <algorithm>
#include <cmath>

#include "tools/chart_frame.h"
#include "tools/chart_scale.h"

namespace dhis2mcp {
namespace {

constexpr double kPi = 3.14159265358979323846;

// More points than this of all shapes together are not read: a country's coast line in full detail.
constexpr std::size_t kMostPoints = 2'000'000;

// Names are written where there are no more places than these.
constexpr std::size_t kNamedAreas = 60, kNamedPoints = 25;

std::optional<Point> position(const Json& pair) {
  if (!pair.is_array() || pair.size() < 2 || !pair[0].is_number() || !pair[1].is_number()) {
    return std::nullopt;
  }
  const Point at = {pair[0].get<double>(), pair[1].get<double>()};
  const bool on_earth = std::abs(at.x) <= 180 && std::abs(at.y) <= 90;
  return on_earth ? std::optional(at) : std::nullopt;
}

bool read_rings(const Json& polygon, std::vector<std::vector<Point>>& rings) {
  if (!polygon.is_array()) return false;
  for (const Json& ring : polygon) {
    if (!ring.is_array() || ring.size() > kMostPoints) return false;
    std::vector<Point> points;
    points.reserve(ring.size());
    for (const Json& pair : ring) {
      const std::optional<Point> at = position(pair);
      if (!at) return false;
      points.push_back(*at);
    }
    if (points.size() > 2) rings.push_back(std::move(points));
  }
  return !rings.empty();
}

struct Box {
  double left = 1e9, right = -1e9, bottom = 1e9, top = -1e9;
  void take(Point at) {
    left = std::min(left, at.x);
    right = std::max(right, at.x);
    bottom = std::min(bottom, at.y);
    top = std::max(top, at.y);
  }
  double width() const { return right - left; }
  double height() const { return top - bottom; }
  double size() const { return std::max(width(), 0.0) * std::max(height(), 0.0); }
};

template <typename Visit>
void each_point(std::vector<MapShape>& shapes, const Visit& visit) {
  for (MapShape& shape : shapes) {
    for (std::vector<Point>& ring : shape.rings) {
      for (Point& at : ring) visit(at);
    }
    if (shape.point) visit(*shape.point);
  }
}

Box box_of(const MapShape& shape) {
  Box box;
  for (const std::vector<Point>& ring : shape.rings) {
    for (const Point at : ring) box.take(at);
  }
  if (shape.point) box.take(*shape.point);
  return box;
}

// The middle of the largest ring, where its name stands.
Point middle_of(const std::vector<std::vector<Point>>& rings) {
  double most = -1;
  Point middle;
  for (const std::vector<Point>& ring : rings) {
    double area = 0, x = 0, y = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point a = ring[i], b = ring[(i + 1) % ring.size()];
      const double cross = a.x * b.y - b.x * a.y;
      area += cross;
      x += (a.x + b.x) * cross;
      y += (a.y + b.y) * cross;
    }
    if (std::abs(area) <= most || area == 0) continue;
    most = std::abs(area);
    middle = {x / (3 * area), y / (3 * area)};
  }
  return middle;
}

class Map {
 public:
  Map(Canvas& canvas, const MapFigures& figures, const ChartLegend& legend)
      : canvas_(canvas), figures_(figures), legend_(legend) {}

  void draw() {
    const double top = draw_title(canvas_, figures_.title);
    const double bottom = draw_legend(canvas_, legend_.name, entries(), figures_.remark);
    std::vector<MapShape> grounds = figures_.grounds, shapes = figures_.shapes;
    project(grounds, shapes, top, bottom - 4);
    for (const MapShape& ground : grounds) {
      canvas_.area(ground.rings, Color::hex(0xF4F5F7), Color::hex(0xC5C9D0), 1);
    }
    std::ranges::stable_sort(shapes, std::ranges::greater{},
                             [](const MapShape& shape) { return box_of(shape).size(); });
    for (const MapShape& shape : shapes) {
      if (!shape.rings.empty()) area(shape);
    }
    for (const MapShape& shape : shapes) {
      if (shape.rings.empty()) canvas_.circle(*shape.point, radius(), color(shape), edge(shape));
    }
    names(shapes);
  }

 private:
  static Color edge(const MapShape& shape) {
    return shape.value ? Color{1, 1, 1} : Color::hex(0x8A9099);
  }

  Color color(const MapShape& shape) const {
    if (!shape.value) return {1, 1, 1};
    const LegendClass* const found = legend_.of(*shape.value);
    return found != nullptr ? found->color : kNoData;
  }

  double radius() const { return figures_.shapes.size() > 300 ? 3.5 : 5.5; }

  void area(const MapShape& shape) {
    if (shape.value) {
      canvas_.area(shape.rings, color(shape), {1, 1, 1}, 1.2);
    } else {
      canvas_.hatch(shape.rings, kNoData, Color::hex(0x8A9099));
    }
  }

  std::vector<LegendEntry> entries() const {
    std::vector<LegendEntry> out;
    std::size_t inside = 0, absent = 0;
    for (const LegendClass& one : legend_.classes) {
      const auto count = std::ranges::count_if(figures_.shapes, [&](const MapShape& shape) {
        return shape.value && legend_.of(*shape.value) == &one;
      });
      inside += static_cast<std::size_t>(count);
      std::string range = chart_number(one.from) + "\xE2\x80\x93" + chart_number(one.to);
      if (!one.name.empty()) range = one.name + ": " + range;
      out.push_back({range + " (" + std::to_string(count) + ")", one.color});
    }
    for (const MapShape& shape : figures_.shapes) absent += shape.value ? 0 : 1;
    const std::size_t outside = figures_.shapes.size() - absent - inside;
    if (outside > 0) out.push_back({"in no class (" + std::to_string(outside) + ")", kNoData});
    if (absent > 0) out.push_back({"no data (" + std::to_string(absent) + ")", kNoData, true});
    return out;
  }

  // Degrees become pixels.
  static void project(std::vector<MapShape>& grounds, std::vector<MapShape>& shapes, double top,
                      double bottom) {
    Box box;
    const auto both = [&](const auto& visit) {
      each_point(grounds, visit);
      each_point(shapes, visit);
    };
    both([&](Point& at) { box.take(at); });
    if (box.width() > 180) {
      box = {};
      both([&](Point& at) {
        if (at.x < 0) at.x += 360;
        box.take(at);
      });
    }
    const double narrow = std::max(std::cos((box.top + box.bottom) / 2 * kPi / 180), 0.05);
    const double wide = kChartWidth - 2 * kChartMargin, high = bottom - top;
    // A lone point gets a place of its own as well.
    const double scale =
        std::min(wide / std::max(box.width() * narrow, 0.01), high / std::max(box.height(), 0.01)) *
        0.96;
    const double x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    both([&](Point& at) {
      at = {kChartWidth / 2.0 + (at.x - x) * narrow * scale,
            (top + bottom) / 2 - (at.y - y) * scale};
    });
    for (std::vector<MapShape>* const list : {&grounds, &shapes}) {
      for (MapShape& shape : *list) {
        for (std::vector<Point>& ring : shape.rings) thin(ring);
      }
    }
  }

  // Points that fall on a pixel's part that is drawn already.
  static void thin(std::vector<Point>& ring) {
    std::vector<Point> kept;
    for (const Point at : ring) {
      if (kept.empty() || std::hypot(at.x - kept.back().x, at.y - kept.back().y) > 0.3) {
        kept.push_back(at);
      }
    }
    ring = std::move(kept);
  }

  void names(const std::vector<MapShape>& shapes) {
    TextStyle style;
    style.size = 11;
    style.color = kInk;
    style.halo = true;
    const auto points = static_cast<std::size_t>(
        std::ranges::count_if(shapes, [](const MapShape& shape) { return shape.rings.empty(); }));
    for (const MapShape& shape : shapes) {
      if (shape.rings.empty()) {
        style.side = TextStyle::Side::left;
        style.most = 150;
        if (points <= kNamedPoints) {
          canvas_.text({shape.point->x + 8, shape.point->y}, label(shape), style);
        }
        continue;
      }
      style.side = TextStyle::Side::center;
      style.most = box_of(shape).width() * 0.96;
      if (shapes.size() - points > kNamedAreas || style.most < 26) continue;
      const Point at = middle_of(shape.rings);
      const bool roomy = box_of(shape).height() > 34 && shape.value;
      canvas_.text({at.x, at.y - (roomy ? 7 : 0)}, shape.name, style);
      TextStyle bold = style;
      bold.bold = true;
      if (roomy) canvas_.text({at.x, at.y + 8}, chart_number(*shape.value), bold);
    }
  }

  static std::string label(const MapShape& shape) {
    return shape.value ? shape.name + ": " + chart_number(*shape.value) : shape.name;
  }

  Canvas& canvas_;
  const MapFigures& figures_;
  const ChartLegend& legend_;
};

}  // namespace

bool MapShape::read(const Json& geometry) {
  rings.clear();
  point.reset();
  if (!geometry.is_object()) return false;
  const auto type = geometry.find("type"), coordinates = geometry.find("coordinates");
  if (type == geometry.end() || !type->is_string() || coordinates == geometry.end()) return false;
  if (*type == "Point") point = position(*coordinates);
  if (*type == "MultiPoint" && coordinates->is_array() && !coordinates->empty()) {
    point = position(coordinates->front());
  }
  if (*type == "Polygon" && !read_rings(*coordinates, rings)) rings.clear();
  if (*type == "MultiPolygon" && coordinates->is_array()) {
    for (const Json& polygon : *coordinates) {
      if (read_rings(polygon, rings)) continue;
      rings.clear();
      break;
    }
  }
  return point || !rings.empty();
}

ChartLegend even_classes(const std::string& name, const std::vector<MapShape>& shapes) {
  std::vector<double> values;
  for (const MapShape& shape : shapes) {
    if (shape.value) values.push_back(*shape.value);
  }
  ChartLegend legend;
  legend.name = name;
  if (values.empty()) return legend;
  const auto [least, most] = std::ranges::minmax(values);
  const std::vector<double> ticks = chart_scale(least, most, false).ticks();
  for (std::size_t i = 0; i + 1 < ticks.size(); ++i) {
    const double part =
        ticks.size() > 2 ? static_cast<double>(i) / static_cast<double>(ticks.size() - 2) : 1;
    const Color color = {0.80 - 0.77 * part, 0.88 - 0.63 * part, 0.96 - 0.46 * part};
    legend.classes.push_back({"", ticks[i], ticks[i + 1], color});
  }
  return legend;
}

std::string draw_map(const MapFigures& figures, const ChartLegend& legend) {
  Canvas canvas(kChartWidth, kChartHeight);
  Map(canvas, figures, legend).draw();
  return canvas.png();
}

}  // namespace dhis2mcp
