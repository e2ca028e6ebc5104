// SPDX-License-Identifier: BSD-3-Clause
// Shapes of organisation units as maps read them.
#include <algorithm>

#include "tests/sandbox/analytics_query.h"
#include "tests/sandbox/dimensions.h"

namespace sandbox {
namespace {

bool has_shape(const Country& country, const std::string& uid) {
  const Json* unit = country.find("organisationUnits", uid);
  return unit && unit->contains("geometry") && !(*unit)["geometry"].is_null();
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(';', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Group set -> group, of the sets that are data dimensions.
Json group_sets_of(const Country& country, const OrgUnit& unit) {
  Json chosen = Json::object();
  const Json& object = *country.find("organisationUnits", unit.uid);
  for (const Json& set : country.list("organisationUnitGroupSets")) {
    for (const Json& group : set["organisationUnitGroups"]) {
      for (const Json& own : object.value("organisationUnitGroups", Json::array())) {
        if (own["id"] == group["id"]) chosen[set["id"].get<std::string>()] = group["id"];
      }
    }
  }
  return chosen;
}

Json feature(const Country& country, const OrgUnit& unit, bool with_groups) {
  const Json& object = *country.find("organisationUnits", unit.uid);
  const Json& shape = object["geometry"];
  const OrgUnit* parent = country.unit(unit.parent);
  const bool below = std::any_of(unit.children.begin(), unit.children.end(),
                                 [&](const std::string& uid) { return has_shape(country, uid); });
  Json shown = {{"id", unit.uid},
                {"code", unit.code},
                {"na", unit.name},
                {"hcd", below},
                {"hcu", parent && has_shape(country, parent->uid)},
                {"le", unit.level},
                {"pg", parent ? parent->path.substr(1) : ""}};
  if (parent) {
    shown["pi"] = parent->uid;
    shown["pn"] = parent->name;
  }
  shown["ty"] = shape.value("type", "") == "Point" ? 1 : 2;
  shown["co"] = shape["coordinates"].dump();
  shown["dimensions"] = with_groups ? group_sets_of(country, unit) : Json::object();
  return shown;
}

}  // namespace

Reply geo_features(const Country& country, const Request& request) try {
  const std::string asked = request.param("ou").value_or("");
  const std::vector<std::string> words = words_of(asked.starts_with("ou:") ? asked.substr(3) : "");
  if (words.empty()) {
    return web_message(400, "Dimension is present in query without any valid dimension options");
  }
  AnalyticsQuery query;
  Dimension dimension;
  dimension.kind = Dimension::Kind::kUnit;
  dimension.id = "ou";
  ItemReader{country, request, "UID", query}.read_units(dimension, words);
  const bool with_groups = request.param("includeGroupSets") == "true";
  Json features = Json::array();
  for (const OrgUnit* unit : query.units) {
    if (has_shape(country, unit->uid)) features.push_back(feature(country, *unit, with_groups));
  }
  return json_reply(features);
} catch (const AnalyticsRefusal& refusal) {
  return web_message(refusal.status, refusal.what(), refusal.code);
}

}  // namespace sandbox
