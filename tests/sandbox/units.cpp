// SPDX-License-Identifier: BSD-3-Clause
// Lists of organisation units by level, user and kinship.
#include "tests/sandbox/units.h"

#include <algorithm>
#include <cstdlib>

#include "tests/sandbox/metadata.h"

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
  std::vector<const Json*> objects;
  for (const OrgUnit& unit : country.units()) {
    if (level > 0 && unit.level != level) continue;
    if (request.param("level") && level <= 0) continue;
    if (deepest > 0 && unit.level > deepest) continue;
    if (is_true(request, "userOnly") && !among(user.org_units, unit.uid)) continue;
    if (is_true(request, "userDataViewOnly") && !among(user.view_units, unit.uid)) continue;
    if (is_true(request, "userDataViewFallback") && !among(user.view_units, unit.uid)) continue;
    if (is_true(request, "withinUserHierarchy") && !is_below(unit, user.org_units)) continue;
    if (is_true(request, "withinUserSearchHierarchy") && !is_below(unit, user.search_units)) {
      continue;
    }
    objects.push_back(country.find("organisationUnits", unit.uid));
  }
  if (is_true(request, "levelSorted")) {
    return metadata_list(country, request, schema, std::move(objects), kByLevel);
  }
  return metadata_list(country, request, schema, std::move(objects));
}

std::optional<Reply> unit_relatives(const Country& country, const Request& request,
                                    const Schema& schema, const std::string& uid,
                                    const std::string& property) {
  const OrgUnit& unit = *country.unit(uid);
  const bool plain = property.empty();
  std::vector<std::string> uids;
  if (property == "children" && !request.param("level")) {
    uids = unit.children;
    uids.push_back(uid);
  } else if (plain && is_true(request, "includeChildren")) {
    uids = unit.children;
    uids.push_back(uid);
  } else if ((plain || property == "children") && request.param("level")) {
    const int depth = std::atoi(request.param("level")->c_str());
    for (const OrgUnit& other : country.units()) {
      if (other.level == unit.level + depth && is_below(other, {uid})) uids.push_back(other.uid);
    }
  } else if (property == "descendants" || (plain && is_true(request, "includeDescendants"))) {
    for (const OrgUnit& other : country.units()) {
      if (is_below(other, {uid})) uids.push_back(other.uid);
    }
  } else if (property == "ancestors" || (plain && is_true(request, "includeAncestors"))) {
    return metadata_list(country, request, schema, objects_of(country, ancestors_of(unit, true)),
                         kByLevel);
  } else if (property == "parents") {
    return metadata_list(country, request, schema, objects_of(country, ancestors_of(unit, false)),
                         kByLevel);
  } else {
    return std::nullopt;
  }
  return metadata_list(country, request, schema, objects_of(country, uids));
}

}  // namespace sandbox
