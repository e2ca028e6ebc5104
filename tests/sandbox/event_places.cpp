// SPDX-License-Identifier: BSD-3-Clause
// Counts and clusters points.
#include "tests/sandbox/event_places.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numbers>

#include "tests/sandbox/analytics_metadata.h"
#include "tests/sandbox/event_facts.h"
#include "tests/sandbox/pages.h"

namespace sandbox {
namespace {

struct Point {
  double x = 0, y = 0;  // degrees
  std::string uid;
};

std::vector<Point> points_of(const Country& country, const EventQuery& query) {
  std::vector<Point> points;
  for (const EventFact& fact : event_facts(country, query)) {
    const Json point = fact_point(fact);
    if (point.is_null()) continue;
    points.push_back({point[0].get<double>(), point[1].get<double>(), fact.event->uid});
  }
  return points;
}

std::string box_of(const std::vector<Point>& points) {
  const auto across = [](const Point& a, const Point& b) { return a.x < b.x; };
  const auto up = [](const Point& a, const Point& b) { return a.y < b.y; };
  const auto [west, east] = std::minmax_element(points.begin(), points.end(), across);
  const auto [south, north] = std::minmax_element(points.begin(), points.end(), up);
  return "BOX(" + Json(west->x).dump() + " " + Json(south->y).dump() + "," + Json(east->x).dump() +
         " " + Json(north->y).dump() + ")";
}

std::pair<long, long> square_of(const Point& point, double size) {
  constexpr double kRadius = 6378137;  // of the sphere of EPSG:3785
  constexpr double kDegree = std::numbers::pi / 180;
  const double x = kRadius * point.x * kDegree;
  const double y = kRadius * std::log(std::tan(std::numbers::pi / 4 + point.y * kDegree / 2));
  return {std::lround(x / size), std::lround(y / size)};
}

std::string center_of(const std::vector<Point>& points) {
  double x = 0, y = 0;
  for (const Point& point : points) {
    x += point.x;
    y += point.y;
  }
  const auto mean = [&](double sum) {
    constexpr double kMillion = 1e6;  // six decimals
    return std::round(sum / static_cast<double>(points.size()) * kMillion) / kMillion;
  };
  return Json({{"type", "Point"}, {"coordinates", {mean(x), mean(y)}}}).dump();
}

}  // namespace

Reply event_count(const Country& country, const EventQuery& query) {
  const std::vector<Point> points = points_of(country, query);
  Json body = {{"count", points.size()}};
  if (!points.empty()) body["extent"] = box_of(points);
  return json_reply(body);
}

std::shared_ptr<const Answer> event_clusters(const Country& country, const EventQuery& query,
                                             double size, const std::string& bbox, bool all_uids) {
  std::vector<Point> points = points_of(country, query);
  std::vector<double> box;
  for (const std::string& side : pieces(bbox, ',')) {
    box.push_back(std::strtod(side.c_str(), nullptr));
  }
  if (box.size() == 4) {
    std::erase_if(points, [&](const Point& point) {
      return point.x < box[0] || point.y < box[1] || point.x > box[2] || point.y > box[3];
    });
  }
  std::map<std::pair<long, long>, std::vector<Point>> squares;
  for (Point& point : points) squares[square_of(point, size)].push_back(std::move(point));
  auto answer = std::make_shared<Answer>();
  static constexpr std::array<const char*, 4> kNames = {"Count", "Center", "Extent", "Points"};
  for (const std::string title : kNames) {
    std::string name = title;
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    answer->headers.push_back(
        analytics_header(name, title, false, title == "Count" ? "NUMBER" : "TEXT"));
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [square, found] : squares) {
    std::string uids;
    for (const Point& point : found) {
      if (all_uids || found.size() == 1) uids += (uids.empty() ? "" : ",") + point.uid;
    }
    rows.push_back({std::to_string(found.size()), center_of(found), box_of(found), uids});
  }
  answer->height = rows.size();
  answer->row = [rows = std::move(rows)](size_t index) { return rows[index]; };
  return answer;
}

}  // namespace sandbox
