// SPDX-License-Identifier: BSD-3-Clause
// geoFeatures would give the same shapes, as texts inside of JSON and for whole dimensions only.
#include "tools/unit_shapes.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/parallel.h"
#include "tools/uid_names.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kUnitsAsked = 60;

// Of all shapes of one map: 64 MB.
constexpr std::size_t kMostPoints = 4'000'000;

using UnitPlaces = std::vector<std::pair<std::string, UnitPlace>>;

std::size_t points_of(const MapShape& shape) {
  std::size_t points = 0;
  for (const std::vector<Point>& ring : shape.rings) points += ring.size();
  return points;
}

UnitPlaces read_units(const Json& answer, std::atomic<std::size_t>& points) {
  UnitPlaces places;
  for (const Json& unit : list_of(answer, "organisationUnits")) {
    if (!unit.is_object()) continue;
    UnitPlace place;
    place.placed = unit.contains("geometry") && place.shape.read(unit["geometry"]);
    if (unit.contains("parent") && unit["parent"].is_object()) {
      place.parent = text_of(unit["parent"], "id");
    }
    if ((points += points_of(place.shape)) > kMostPoints) {
      throw Error(ErrorKind::bad_input,
                  "The shapes of these org units are too detailed to be read for one map.",
                  "Ask for fewer units, or for units of a higher level.");
    }
    places.emplace_back(text_of(unit, "id"), std::move(place));
  }
  return places;
}

}  // namespace

std::map<std::string, UnitPlace> unit_places(Call& call, const std::vector<std::string>& uids) {
  std::vector<Query> questions;
  for (const std::vector<std::string>& some : in_parts(uids, kUnitsAsked)) {
    questions.push_back(Query()
                            .add("filter", "id:in:[" + joined(some, ",") + "]")
                            .add("fields", "id,geometry,parent[id]")
                            .add("paging", "false"));
  }
  std::map<std::string, UnitPlace> places;
  if (questions.empty()) return places;
  SignedClient& client = call.client();
  const Patience patience = call.patience();
  std::atomic<std::size_t> points = 0;
  for (UnitPlaces& some : ask_each(questions, [&](const Query& query) {
         return read_units(client.get("/api/organisationUnits", query, patience), points);
       })) {
    for (auto& [uid, place] : some) places[uid] = std::move(place);
  }
  return places;
}

}  // namespace dhis2mcp
