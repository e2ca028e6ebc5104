// SPDX-License-Identifier: BSD-3-Clause
// geoFeatures would give the same shapes, as texts inside of JSON and for whole dimensions only.
#include "tools/unit_shapes.h"

#include <algorithm>

#include "tools/json_members.h"
#include "tools/parallel.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kUnitsAsked = 60;

}  // namespace

std::map<std::string, UnitPlace> unit_places(Call& call, const std::vector<std::string>& uids) {
  std::vector<Query> questions;
  for (std::size_t i = 0; i < uids.size(); i += kUnitsAsked) {
    std::string list;
    for (std::size_t j = i; j < std::min(uids.size(), i + kUnitsAsked); ++j) {
      list += (list.empty() ? "" : ",") + uids[j];
    }
    questions.push_back(Query()
                            .add("filter", "id:in:[" + list + "]")
                            .add("fields", "id,geometry,parent[id]")
                            .add("paging", "false"));
  }
  std::map<std::string, UnitPlace> places;
  if (questions.empty()) return places;
  SignedClient& client = call.client();
  const Patience patience = call.patience();
  for (const Json& answer : ask_each(questions, [&](const Query& query) {
         return client.get("/api/organisationUnits", query, patience);
       })) {
    for (const Json& unit : list_of(answer, "organisationUnits")) {
      UnitPlace place;
      if (unit.contains("geometry")) place.geometry = unit["geometry"];
      if (unit.contains("parent") && unit["parent"].is_object()) {
        place.parent = text_of(unit["parent"], "id");
      }
      places[text_of(unit, "id")] = std::move(place);
    }
  }
  return places;
}

}  // namespace dhis2mcp
