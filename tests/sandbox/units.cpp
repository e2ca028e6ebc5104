// SPDX-License-Identifier: BSD-3-Clause
// Lists of organisation units by level, user and kinship.
#include "tests/sandbox/units.h"

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/fields.h"
#include "tests/sandbox/metadata.h"
#include "tests/sandbox/traits.h"

namespace sandbox {
namespace {

bool is_below(const OrgUnit& unit, const std::vector<std::string>& roots) {
  return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
    return unit.path.find("/" + root) != std::string::npos;
  });
}

bool among(const std::vector<std::string>& uids, const std::string& uid) {
  return std::find(uids.begin(), uids.end(), uid) != uids.end();
}

bool is_true(const Request& request, const char* name) { return request.param(name) == "true"; }

constexpr std::string_view kByLevel = "level:asc,name:iasc";

std::vector<const Json*> objects_of(const Country& country, const std::vector<std::string>& uids) {
  std::vector<const Json*> objects;
  for (const std::string& uid : uids) objects.push_back(country.find("organisationUnits", uid));
  return objects;
}

// 2.41 counts what it shows of such lists, and forgets their order.
Reply list_of_kin(const Country& country, const Request& request, const Schema& schema,
                  std::vector<const Json*> objects, std::string_view order) {
  const bool shown_only = traits_of(country.settings().major).totals_of_page_only;
  Reply reply =
      metadata_list(country, request, schema, std::move(objects), shown_only ? "name:iasc" : order);
  if (!shown_only || reply.status != 200) return reply;
  Json body = Json::parse(reply.body);
  if (!body.contains("pager")) return reply;
  const size_t shown = body["organisationUnits"].size();
  body["pager"]["total"] = shown;
  body["pager"]["pageCount"] = shown > 0 ? 1 : 0;
  body["pager"].erase("nextPage");
  return json_reply(body);
}

std::vector<std::string> ancestors_of(const OrgUnit& unit, bool with_itself) {
  std::vector<std::string> uids;
  for (size_t at = 1; at < unit.path.size(); at += 12) uids.push_back(unit.path.substr(at, 11));
  if (!with_itself) uids.pop_back();
  return uids;
}

}  // namespace

Reply unit_list(const Country& country, const Request& request, const Schema& schema) {
  const User& user = *request.user;
  const int level = std::atoi(request.param("level").value_or("0").c_str());
  const int deepest = std::atoi(request.param("maxLevel").value_or("0").c_str());
  const bool by_user = traits_of(country.settings().major).units_by_user;
  std::vector<const Json*> objects;
  for (const OrgUnit& unit : country.units()) {
    if (level > 0 && unit.level != level) continue;
    if (request.param("level") && level <= 0) continue;
    if (deepest > 0 && unit.level > deepest) continue;
    if (by_user && is_true(request, "userOnly") && !among(user.org_units, unit.uid)) continue;
    if (by_user && is_true(request, "userDataViewOnly") && !among(user.view_units, unit.uid))
      continue;
    if (by_user && is_true(request, "userDataViewFallback") && !among(user.view_units, unit.uid))
      continue;
    if (is_true(request, "withinUserHierarchy") && !is_below(unit, user.org_units)) continue;
    if (is_true(request, "withinUserSearchHierarchy") && !is_below(unit, user.search_units)) {
      continue;
    }
    objects.push_back(country.find("organisationUnits", unit.uid));
  }
  if (is_true(request, "levelSorted")) {
    return list_of_kin(country, request, schema, std::move(objects), kByLevel);
  }
  if (is_true(request, "withinUserHierarchy") || is_true(request, "withinUserSearchHierarchy")) {
    return list_of_kin(country, request, schema, std::move(objects), "name:iasc");
  }
  return metadata_list(country, request, schema, std::move(objects));
}

Reply unit_shapes(const Country& country, const Request& request) {
  const std::vector<std::string> parents = request.all("parent"), levels = request.all("level");
  Json features = Json::array();
  for (const OrgUnit& unit : country.units()) {
    const Json& object = *country.find("organisationUnits", unit.uid);
    if (!object.contains("geometry") || object["geometry"].is_null()) continue;
    if (!parents.empty() && !is_below(unit, parents)) continue;
    if (!levels.empty() && !among(levels, std::to_string(unit.level))) continue;
    Json groups = Json::array();
    for (const Json& group : object.value("organisationUnitGroups", Json::array())) {
      groups.push_back(group["id"]);
    }
    Json properties = {{"code", unit.code},
                       {"name", unit.name},
                       {"level", std::to_string(unit.level)},
                       {"parent", unit.parent},
                       {"parentGraph", unit.path.substr(1, unit.path.size() - 13)},
                       {"groups", groups}};
    features.push_back({{"type", "Feature"},
                        {"id", unit.uid},
                        {"geometry", object["geometry"]},
                        {"properties", std::move(properties)}});
  }
  return json_reply({{"type", "FeatureCollection"}, {"features", std::move(features)}});
}

Reply filled_levels(const Country& country, const Request& request) {
  const Renderer renderer(country, request);
  const Schema& schema = *renderer.schemas().by_plural("organisationUnitLevels");
  std::vector<const Json*> levels;
  for (const Json& level : country.list("organisationUnitLevels")) levels.push_back(&level);
  std::sort(levels.begin(), levels.end(),
            [](const Json* a, const Json* b) { return (*a)["level"] < (*b)["level"]; });
  Json list = Json::array();
  for (const Json* level : levels) {
    list.push_back(renderer.render(schema, *level, *parse_fields("*"), false));
  }
  return json_reply(list);
}

std::optional<Reply> unit_relatives(const Country& country, const Request& request,
                                    const Schema& schema, const std::string& uid,
                                    const std::string& property) {
  const OrgUnit& unit = *country.unit(uid);
  const bool plain = property.empty();
  const bool lists = traits_of(country.settings().major).units_by_user;
  if (!plain && !lists) return std::nullopt;
  const bool by_depth = (plain || property == "children") && request.param("level");
  std::vector<std::string> uids;
  std::string_view order = "name:iasc";
  if (by_depth) {
    const int depth = std::atoi(request.param("level")->c_str());
    for (const OrgUnit& other : country.units()) {
      if (other.level == unit.level + depth && is_below(other, {uid})) uids.push_back(other.uid);
    }
  } else if (property == "children" || (plain && is_true(request, "includeChildren"))) {
    uids = unit.children;
    uids.push_back(uid);
  } else if (property == "descendants" || (plain && is_true(request, "includeDescendants"))) {
    for (const OrgUnit& other : country.units()) {
      if (is_below(other, {uid})) uids.push_back(other.uid);
    }
  } else if (property == "ancestors" || (plain && is_true(request, "includeAncestors"))) {
    uids = ancestors_of(unit, true);
    order = kByLevel;
  } else if (property == "parents") {
    uids = ancestors_of(unit, false);
    order = kByLevel;
  } else {
    return std::nullopt;
  }
  if (lists) return list_of_kin(country, request, schema, objects_of(country, uids), order);
  Request whole = request;
  whole.params.emplace_back("paging", "false");
  return metadata_list(country, whole, schema, objects_of(country, uids), order);
}

}  // namespace sandbox
