// SPDX-License-Identifier: BSD-3-Clause
// Matches figures against the items of a query's dimensions.
#include "tests/sandbox/analytics_cells.h"

#include <algorithm>

namespace sandbox {
namespace {

using Kind = Dimension::Kind;

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_one_of(Kind kind, std::initializer_list<Kind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// For group sets, which groups a member is in: member uid to group uids.
void add_members(const Country& country, const char* groups, const char* members,
                 std::unordered_map<std::string, std::vector<std::string>>& memberships) {
  for (const Json& group : country.list(groups)) {
    for (const Json& member : group.value(members, Json::array())) {
      memberships[text(member, "id")].push_back(text(group, "id"));
    }
  }
}

}  // namespace

CellSpace::CellSpace(const Country& country, const AnalyticsQuery& query) {
  Cell stride = 1;
  for (const Dimension* dimension : query.axes()) {
    if (dimension->kind == Kind::kData) continue;
    Axis axis{dimension, dimension->items, stride};
    if (axis.items.empty() && is_one_of(dimension->kind, {Kind::kCombo, Kind::kAttributeCombo})) {
      for (const Json& combo : country.list("categoryOptionCombos")) {
        axis.items.push_back(text(combo, "id"));
      }
    }
    if (axis.items.empty()) axis.items.emplace_back();
    stride *= axis.items.size();
    axes_.push_back(std::move(axis));
  }
}

int CellSpace::days(const AnalyticsQuery& query, Cell cell) const {
  for (const Axis& axis : axes_) {
    if (axis.dimension->kind == Kind::kPeriod && !query.periods.empty()) {
      return query.periods[index(axis, cell)].days();
    }
  }
  int total = 0;
  for (const Period& period : query.periods) total += period.days();
  if (query.start && query.end && total == 0) total = (*query.end - *query.start).count() + 1;
  return total;
}

CellPlaces::CellPlaces(const Country& country, const AnalyticsQuery& query, const CellSpace& space)
    : country_(country), query_(query), space_(space) {
  for (size_t i = 0; i < query.units.size(); ++i) unit_items_[query.units[i]->uid] = i;
  for (const Dimension& dimension : query.dimensions) {
    if (dimension.kind == Kind::kUnitGroupSet) {
      add_members(country, "organisationUnitGroups", "organisationUnits", memberships_);
    } else if (dimension.kind == Kind::kOptionGroupSet) {
      add_members(country, "categoryOptionGroups", "categoryOptions", memberships_);
    } else if (dimension.kind == Kind::kElementGroupSet) {
      add_members(country, "dataElementGroups", "dataElements", memberships_);
    }
  }
}

const std::vector<std::string>& CellPlaces::items(const Dimension& dimension) const {
  for (const Axis& axis : space_.axes()) {
    if (axis.dimension == &dimension) return axis.items;
  }
  return dimension.items;
}

void CellPlaces::join(Offsets& offsets, const Dimension& dimension, const Match& match) const {
  if (match.empty()) {
    offsets.clear();
    return;
  }
  if (dimension.filter) return;
  Cell stride = 1;
  for (const Axis& axis : space_.axes()) {
    if (axis.dimension == &dimension) stride = axis.stride;
  }
  Offsets joined;
  for (const Cell offset : offsets) {
    for (const size_t item : match) joined.push_back(offset + item * stride);
  }
  offsets = std::move(joined);
}

CellPlaces::Match CellPlaces::periods(const Period& period, bool averaged) const {
  Match match;
  for (size_t i = 0; i < query_.periods.size(); ++i) {
    const Period& asked = query_.periods[i];
    const bool longer = frequency_order(period.type) > frequency_order(asked.type);
    const auto found = longer && averaged ? std::optional(period_at(period.type, asked.start))
                                          : period_within(period, asked.type);
    if (found && *found == (longer ? period : asked)) match.push_back(i);
  }
  return match;
}

const Offsets& CellPlaces::of_period(const Period& period, bool averaged) {
  const auto [place, is_new] = by_period_.try_emplace((averaged ? "~" : "") + period.id);
  if (!is_new) return place->second;
  Offsets& offsets = place->second;
  offsets = {0};
  if (query_.start && query_.end && query_.periods.empty() &&
      (period.start < *query_.start || period.end > *query_.end)) {
    offsets.clear();
  }
  for (const Dimension& dimension : query_.dimensions) {
    if (dimension.kind == Kind::kPeriod && !query_.periods.empty()) {
      join(offsets, dimension, periods(period, averaged));
    }
  }
  return offsets;
}

Offsets CellPlaces::of_asked(size_t period) const {
  Offsets offsets = {0};
  for (const Dimension& dimension : query_.dimensions) {
    if (dimension.kind == Kind::kPeriod) join(offsets, dimension, {period});
  }
  return offsets;
}

CellPlaces::Match CellPlaces::units(const OrgUnit& unit, const Dimension& dimension) const {
  Match match;
  if (dimension.kind == Kind::kUnit) {
    size_t from = 1;
    while (from <= unit.path.size()) {
      const size_t to = std::min(unit.path.find('/', from), unit.path.size());
      const auto found = unit_items_.find(unit.path.substr(from, to - from));
      if (found != unit_items_.end()) match.push_back(found->second);
      from = to + 1;
    }
    return match;
  }
  const auto groups = memberships_.find(unit.uid);
  if (groups == memberships_.end()) return match;
  for (size_t i = 0; i < dimension.items.size(); ++i) {
    const auto& all = groups->second;
    if (std::find(all.begin(), all.end(), dimension.items[i]) != all.end()) match.push_back(i);
  }
  return match;
}

const Offsets& CellPlaces::of_unit(const OrgUnit& unit) {
  const auto [place, is_new] = by_unit_.try_emplace(unit.uid);
  if (!is_new) return place->second;
  place->second = {0};
  for (const Dimension& dimension : query_.dimensions) {
    if (is_one_of(dimension.kind, {Kind::kUnit, Kind::kUnitGroupSet})) {
      join(place->second, dimension, units(unit, dimension));
    }
  }
  return place->second;
}

CellPlaces::Match CellPlaces::combos(const std::string& co, const std::string& ao,
                                     const Dimension& dimension) const {
  std::vector<std::string> belongs;
  if (dimension.kind == Kind::kCombo) belongs = {co};
  if (dimension.kind == Kind::kAttributeCombo) belongs = {ao};
  if (is_one_of(dimension.kind, {Kind::kCategory, Kind::kOptionGroupSet})) {
    for (const std::string& uid : {co, ao}) {
      const Json* combo = country_.find("categoryOptionCombos", uid);
      if (combo == nullptr) continue;
      for (const Json& option : combo->value("categoryOptions", Json::array())) {
        const std::string id = text(option, "id");
        belongs.push_back(id);
        const auto groups = memberships_.find(id);
        if (groups != memberships_.end()) {
          belongs.insert(belongs.end(), groups->second.begin(), groups->second.end());
        }
      }
    }
  }
  Match match;
  const auto& all = items(dimension);
  for (size_t i = 0; i < all.size(); ++i) {
    if (std::find(belongs.begin(), belongs.end(), all[i]) != belongs.end()) match.push_back(i);
  }
  // A filter on co or ao that names nothing drops nothing.
  if (all.empty()) match.push_back(0);
  return match;
}

const Offsets& CellPlaces::of_combos(const std::string& co, const std::string& ao) {
  const auto [place, is_new] = by_combos_.try_emplace(co + "." + ao);
  if (!is_new) return place->second;
  place->second = {0};
  for (const Dimension& dimension : query_.dimensions) {
    if (is_one_of(dimension.kind,
                  {Kind::kCombo, Kind::kAttributeCombo, Kind::kCategory, Kind::kOptionGroupSet})) {
      join(place->second, dimension, combos(co, ao, dimension));
    }
  }
  return place->second;
}

Offsets CellPlaces::of_element(const std::string& element) const {
  Offsets offsets = {0};
  for (const Dimension& dimension : query_.dimensions) {
    if (dimension.kind != Kind::kElementGroupSet) continue;
    Match match;
    const auto groups = memberships_.find(element);
    for (size_t i = 0; groups != memberships_.end() && i < dimension.items.size(); ++i) {
      const auto& all = groups->second;
      if (std::find(all.begin(), all.end(), dimension.items[i]) != all.end()) match.push_back(i);
    }
    join(offsets, dimension, match);
  }
  return offsets;
}

}  // namespace sandbox
