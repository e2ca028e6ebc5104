// SPDX-License-Identifier: BSD-3-Clause
// From the words of a dimension ("LEVEL-3;dol0EV0KIzB") to its items.
#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "tests/sandbox/analytics_query.h"
#include "tests/sandbox/pages.h"

namespace sandbox {
namespace {

constexpr std::array<std::string_view, 5> kMetrics = {"REPORTING_RATE", "REPORTING_RATE_ON_TIME",
                                                      "ACTUAL_REPORTS", "ACTUAL_REPORTS_ON_TIME",
                                                      "EXPECTED_REPORTS"};

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The object that a word means under the input scheme.
const Json* object_of(const Country& country, std::string_view plural, const std::string& word,
                      const std::string& scheme) {
  if (scheme == "UID") return country.find(plural, word);
  const char* key = scheme == "CODE" ? "code" : "name";
  for (const Json& object : country.list(plural)) {
    if (text(object, key) == word) return &object;
  }
  return nullptr;
}

std::optional<DataItem> rate(const Country& country, const std::string& scheme,
                             const std::vector<std::string>& parts) {
  const Json* set = object_of(country, "dataSets", parts[0], scheme);
  if (set == nullptr || std::find(kMetrics.begin(), kMetrics.end(), parts[1]) == kMetrics.end()) {
    return std::nullopt;
  }
  const std::string uid = text(*set, "id");
  return DataItem{DataItem::Kind::kRate, uid + "." + parts[1], uid, "", "", parts[1]};
}

std::optional<DataItem> operand(const Country& country, const std::string& scheme,
                                const std::vector<std::string>& parts) {
  const Json* element = object_of(country, "dataElements", parts[0], scheme);
  if (element == nullptr) return std::nullopt;
  DataItem item{DataItem::Kind::kOperand, text(*element, "id"), text(*element, "id"), "", "", ""};
  std::string id = item.object;
  for (size_t i = 1; i < parts.size() && i < 3; ++i) {
    const bool any = parts[i] == "*";
    const Json* combo =
        any ? nullptr : object_of(country, "categoryOptionCombos", parts[i], scheme);
    if (!any && combo == nullptr) return std::nullopt;
    const std::string uid = any ? "" : text(*combo, "id");
    (i == 1 ? item.co : item.ao) = uid;
    id += "." + (any ? "*" : uid);
  }
  // Asked for any combo, an operand is its data element.
  if (item.co.empty() && item.ao.empty()) {
    item.kind = DataItem::Kind::kElement;
    item.any_combo = true;
  } else {
    item.id = id;
  }
  return item;
}

std::optional<DataItem> data_item(const Country& country, const std::string& scheme,
                                  const std::string& word) {
  const auto parts = split(word, '.');
  if (parts.size() > 1) {
    if (country.find("programs", parts[0]) != nullptr) {
      throw AnalyticsRefusal(501, "The practice DHIS2 does not play program data in analytics");
    }
    if (auto item = parts.size() == 2 ? rate(country, scheme, parts) : std::nullopt) return item;
    return operand(country, scheme, parts);
  }
  if (const Json* element = object_of(country, "dataElements", word, scheme)) {
    const std::string uid = text(*element, "id");
    return DataItem{DataItem::Kind::kElement, uid, uid, "", "", ""};
  }
  if (const Json* indicator = object_of(country, "indicators", word, scheme)) {
    const std::string uid = text(*indicator, "id");
    return DataItem{DataItem::Kind::kIndicator, uid, uid, "", "", ""};
  }
  if (object_of(country, "programIndicators", word, scheme) != nullptr) {
    throw AnalyticsRefusal(501, "The practice DHIS2 does not play program indicators");
  }
  return std::nullopt;
}

void add(AnalyticsQuery& query, DataItem item) {
  if (std::find(query.data.begin(), query.data.end(), item) == query.data.end()) {
    query.data.push_back(std::move(item));
  }
}

Json keyword(const Json& object) {
  Json item = {{"uid", text(object, "id")}};
  if (const std::string code = text(object, "code"); !code.empty()) item["code"] = code;
  item["name"] = text(object, "name");
  return item;
}

// The members of "DE_GROUP-uid" and "IN_GROUP-uid".
bool add_group(ItemReader& reader, const std::string& word) {
  const bool elements = word.starts_with("DE_GROUP-");
  if (!elements && !word.starts_with("IN_GROUP-")) return false;
  const std::string plural = elements ? "dataElementGroups" : "indicatorGroups";
  const Json* group = object_of(reader.country, plural, word.substr(9), reader.scheme);
  if (group == nullptr) return true;
  for (const Json& member : group->value(elements ? "dataElements" : "indicators", Json::array())) {
    const std::string uid = text(member, "id");
    add(reader.query,
        {elements ? DataItem::Kind::kElement : DataItem::Kind::kIndicator, uid, uid, "", "", ""});
  }
  reader.query.keywords[text(*group, "id")] = keyword(*group);
  return true;
}

bool before_ignoring_case(const OrgUnit* a, const OrgUnit* b) {
  return std::lexicographical_compare(
      a->name.begin(), a->name.end(), b->name.begin(), b->name.end(),
      [](unsigned char x, unsigned char y) { return std::tolower(x) < std::tolower(y); });
}

void sort_by_name(std::vector<const OrgUnit*>& units) {
  std::stable_sort(units.begin(), units.end(), before_ignoring_case);
}

std::vector<const OrgUnit*> children(const Country& country, const OrgUnit& unit) {
  std::vector<const OrgUnit*> found;
  for (const std::string& uid : unit.children) found.push_back(country.unit(uid));
  sort_by_name(found);
  return found;
}

// What the words of an ou dimension ask for, before levels and groups are looked up.
struct UnitWords {
  std::vector<const OrgUnit*> units;
  std::set<int> levels;
  std::vector<const Json*> groups;
  bool from_user = false;
};

std::vector<const OrgUnit*> user_units(const ItemReader& reader, const std::string& word) {
  std::vector<std::string> roots = view_units(reader.country, reader.request.user);
  if (const auto named = reader.request.param("userOrgUnit")) {
    roots.assign(1, "");
    for (const char c : *named) {
      if (c == ';') {
        roots.emplace_back();
      } else {
        roots.back() += c;
      }
    }
  }
  std::vector<const OrgUnit*> found;
  for (const std::string& root : roots) {
    if (const OrgUnit* unit = reader.country.unit(root)) found.push_back(unit);
  }
  const int generations = word == "USER_ORGUNIT" ? 0 : word == "USER_ORGUNIT_CHILDREN" ? 1 : 2;
  for (int i = 0; i < generations; ++i) {
    std::vector<const OrgUnit*> next;
    for (const OrgUnit* unit : found) {
      for (const OrgUnit* child : children(reader.country, *unit)) next.push_back(child);
    }
    found = std::move(next);
  }
  return found;
}

void read_level(const ItemReader& reader, const std::string& word, UnitWords& found) {
  const std::string name = word.substr(6, word.find('-', 6) - 6);
  for (const Json& level : reader.country.list("organisationUnitLevels")) {
    const int number = level.value("level", 0);
    if (text(level, "id") != name && std::to_string(number) != name) continue;
    // Of "LEVEL-4-uid" DHIS2 reads the level alone.
    found.levels.insert(number);
    reader.query.keywords[text(level, "id")] = {{"uid", text(level, "id")},
                                                {"name", text(level, "name")}};
  }
}

void read_word(const ItemReader& reader, const std::string& word, UnitWords& found) {
  if (word.starts_with("USER_ORGUNIT")) {
    const auto units = user_units(reader, word);
    Json uids = Json::array();
    for (const OrgUnit* unit : units) uids.push_back(unit->uid);
    if (reader.country.settings().major >= 41) {
      reader.query.keywords[word] = {{"organisationUnits", uids}};
    }
    found.units.insert(found.units.end(), units.begin(), units.end());
    found.from_user = true;
  } else if (word.starts_with("LEVEL-")) {
    read_level(reader, word, found);
  } else if (word.starts_with("OU_GROUP-")) {
    if (const Json* group =
            object_of(reader.country, "organisationUnitGroups", word.substr(9), reader.scheme)) {
      found.groups.push_back(group);
      reader.query.keywords[text(*group, "id")] = keyword(*group);
    }
  } else if (const Json* unit =
                 object_of(reader.country, "organisationUnits", word, reader.scheme)) {
    found.units.push_back(reader.country.unit(text(*unit, "id")));
  }
}

std::vector<std::string> uids_of(const std::vector<const OrgUnit*>& units) {
  std::vector<std::string> uids;
  for (const OrgUnit* unit : units) uids.push_back(unit->uid);
  return uids;
}

std::vector<const OrgUnit*> at_levels(const Country& country, const UnitWords& words) {
  const auto roots = uids_of(words.units);
  std::vector<const OrgUnit*> found;
  for (const OrgUnit& unit : country.units()) {
    if (words.levels.count(unit.level) == 0) continue;
    if (roots.empty() || lies_below(unit, roots)) found.push_back(&unit);
  }
  sort_by_name(found);
  return found;
}

std::vector<const OrgUnit*> in_groups(const Country& country, const UnitWords& words) {
  const auto roots = uids_of(words.units);
  std::set<std::string> members;
  for (const Json* group : words.groups) {
    for (const Json& member : group->value("organisationUnits", Json::array())) {
      members.insert(text(member, "id"));
    }
  }
  std::vector<const OrgUnit*> found;
  for (const OrgUnit& unit : country.units()) {
    if (members.count(unit.uid) == 0) continue;
    if (roots.empty() || lies_below(unit, roots)) found.push_back(&unit);
  }
  sort_by_name(found);
  return found;
}

// The collection of a dimension's items, and the type of the items.
std::pair<const char*, const char*> members_of(Dimension::Kind kind) {
  switch (kind) {
    case Dimension::Kind::kCategory:
      return {"categoryOptions", "categoryOptions"};
    case Dimension::Kind::kOptionGroupSet:
      return {"categoryOptionGroups", "categoryOptionGroups"};
    case Dimension::Kind::kUnitGroupSet:
      return {"organisationUnitGroups", "organisationUnitGroups"};
    case Dimension::Kind::kElementGroupSet:
      return {"dataElementGroups", "dataElementGroups"};
    default:
      return {"", "categoryOptionCombos"};
  }
}

const char* plural_of(Dimension::Kind kind) {
  switch (kind) {
    case Dimension::Kind::kCategory:
      return "categories";
    case Dimension::Kind::kOptionGroupSet:
      return "categoryOptionGroupSets";
    case Dimension::Kind::kUnitGroupSet:
      return "organisationUnitGroupSets";
    default:
      return "dataElementGroupSets";
  }
}

}  // namespace

std::vector<std::string> view_units(const Country&, const User* user) {
  if (user == nullptr) return {};
  return user->view_units.empty() ? user->org_units : user->view_units;
}

bool lies_below(const OrgUnit& unit, const std::vector<std::string>& roots) {
  return std::any_of(roots.begin(), roots.end(), [&](const std::string& root) {
    return unit.path.find(root) != std::string::npos;
  });
}

void ItemReader::read_data(Dimension& dimension, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (add_group(*this, word)) continue;
    if (auto item = data_item(country, scheme, word)) add(query, std::move(*item));
  }
  if (query.data.empty()) {
    throw AnalyticsRefusal(
        409, "Dimension is present in query without any valid dimension options: `dx`", "E7124");
  }
  for (const DataItem& item : query.data) dimension.items.push_back(item.id);
}

void ItemReader::read_periods(Dimension& dimension, const std::vector<std::string>& words) {
  const int major = country.settings().major;
  const Day today = day_of(request.param("relativePeriodDate").value_or(""))
                        .value_or(*day_of(country.settings().today()));
  for (const std::string& word : words) {
    std::vector<Period> found;
    if (auto relative = relative_periods(word, today)) {
      found = std::move(*relative);
      query.keywords[word] = {{"name", relative_name(word)}};
    } else if (const auto period = parse_period(word, major)) {
      found.push_back(*period);
      if (const size_t at = word.find('_'); at != std::string::npos) {
        query.keywords[word] = {{"name", iso_day(*day_of(word.substr(0, at))) + " - " +
                                             iso_day(*day_of(word.substr(at + 1)))}};
      } else if (word != period->id) {
        query.keywords[word] = {{"name", period_name(*period)}};
      }
    } else if (major >= 41 && !word.empty()) {
      throw AnalyticsRefusal(409, "Period not valid: `" + word + "`", "E7611");
    }
    for (Period& period : found) {
      if (std::find(query.periods.begin(), query.periods.end(), period) == query.periods.end()) {
        query.periods.push_back(std::move(period));
      }
    }
  }
  for (const Period& period : query.periods) dimension.items.push_back(period.id);
}

void ItemReader::read_units(Dimension& dimension, const std::vector<std::string>& words) {
  UnitWords found;
  for (const std::string& word : words) read_word(*this, word, found);
  const bool bounded = !found.levels.empty() || !found.groups.empty();
  std::vector<const OrgUnit*> units;
  if (!found.levels.empty()) units = at_levels(country, found);
  if (!found.groups.empty()) {
    for (const OrgUnit* unit : in_groups(country, found)) units.push_back(unit);
  }
  if (!bounded) {
    units = found.units;
  } else {
    for (const OrgUnit* unit : found.units) {
      query.keywords[unit->uid] = keyword(*country.find("organisationUnits", unit->uid));
    }
  }
  for (const OrgUnit* unit : units) {
    if (std::find(query.units.begin(), query.units.end(), unit) == query.units.end()) {
      query.units.push_back(unit);
      dimension.items.push_back(unit->uid);
    }
  }
  if (query.units.empty() && !found.from_user) {
    throw AnalyticsRefusal(409, "Organisation unit or organisation unit level is not valid",
                           "E7143");
  }
}

void ItemReader::read_others(Dimension& dimension, const std::vector<std::string>& words) {
  const auto [collection, plural] = members_of(dimension.kind);
  for (const std::string& word : words) {
    if (const Json* item = object_of(country, plural, word, scheme)) {
      dimension.items.push_back(text(*item, "id"));
    }
  }
  if (!words.empty() && !words[0].empty()) return;
  if (*collection == '\0') return;
  const Json* object = country.find(plural_of(dimension.kind), dimension.id);
  for (const Json& member : object->value(collection, Json::array())) {
    dimension.items.push_back(text(member, "id"));
  }
}

}  // namespace sandbox
