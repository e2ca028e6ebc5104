// SPDX-License-Identifier: BSD-3-Clause
// Every reading of every text is looked up at once, then the first that holds is taken.
#include "tools/place.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/document.h"
#include "tools/name_forms.h"
#include "tools/uid_names.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// Requests for one count of units.
constexpr std::size_t kMostCounts = 20;

constexpr std::size_t kMostUnits = 1'000;

// What one text means: either units, or levels and groups, bounded or not.
struct Place {
  std::vector<Named> scopes, bounds, units;
};

// "districts" within "Bo", "children" of "Bo".
struct Split {
  std::string scope;
  std::vector<std::string> bounds;
};

std::vector<std::string> parts_of(std::string text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    auto cut = std::string::npos;
    std::size_t length = 0;
    for (const std::string_view mark : {" and ", " & ", ", ", " et ", " y ", " e "}) {
      if (const auto at = text.find(mark); at < cut) {
        cut = at;
        length = mark.size();
      }
    }
    parts.push_back(trimmed(text.substr(0, cut)));
    text = cut == std::string::npos ? std::string() : text.substr(cut + length);
  }
  return parts;
}

std::string without_all(const std::string& text) {
  const std::string lower = lower_ascii(text);
  for (const std::string_view word :
       {"all the ", "all ", "every ", "each ", "the ", "tous les ", "todos los ", "todos os "}) {
    if (lower.starts_with(word)) return trimmed(std::string_view(text).substr(word.size()));
  }
  return text;
}

std::vector<Split> splits_of(const std::string& text) {
  std::vector<Split> out;
  const std::string lower = lower_ascii(text);
  if (lower.starts_with("my ")) out.push_back({trimmed(text.substr(3)), {"USER_ORGUNIT"}});
  for (const std::string_view mark : {" in ", " within ", " under ", " below ", " inside ", " of ",
                                      " dans ", " sous ", " de ", " en ", " em ", " do ", " da "}) {
    const auto at = lower.find(mark);
    if (at == std::string::npos) continue;
    const std::string scope = without_all(trimmed(text.substr(0, at)));
    const std::string bound = trimmed(text.substr(at + mark.size()));
    if (scope.empty() || bound.empty()) continue;
    out.push_back({scope, {bound}});
    // A unit's own name may hold an "and".
    if (auto parts = parts_of(bound); parts.size() > 1) out.push_back({scope, std::move(parts)});
  }
  return out;
}

bool is_children(const std::string& scope) {
  const std::string lower = lower_ascii(scope);
  return std::ranges::any_of(
      std::array{"children", "sub-units", "subunits", "sub units", "units", "org units"},
      [&](const char* word) { return lower == word; });
}

// LEVEL-3-<unit> is the level, bounded by the unit.
Place place_of(const Named& named) {
  if (!is_scope(named)) return {{}, {}, {named}};
  const auto dash = named.item.find('-', 6);
  if (!named.item.starts_with("LEVEL-") || dash == std::string::npos) return {{named}, {}, {}};
  const std::string unit = named.item.substr(dash + 1);
  return {{{"", "", "", named.item.substr(0, dash)}}, {{unit, "", "", unit}}, {}};
}

class PlaceReader {
 public:
  PlaceReader(SignedClient& client, Names& names, const Patience& patience)
      : client_(client), names_(names), patience_(patience) {}

  std::vector<Place> read(const std::vector<std::string>& texts) {
    std::vector<UnitText> wanted;
    std::vector<std::vector<Split>> splits;
    for (const std::string& text : texts) {
      const std::string written = trimmed(text), whole = without_all(written);
      wanted.push_back({written, UnitText::Kind::any});
      // "All Saints Clinic" is a name, "all districts" are the districts.
      if (whole != written) wanted.push_back({whole, UnitText::Kind::any});
      const bool is_item = is_uid(whole) || org_unit_item(whole).has_value();
      splits.push_back(is_item ? std::vector<Split>() : splits_of(trimmed(text)));
      for (const Split& split : splits.back()) {
        wanted.push_back({split.scope, UnitText::Kind::scope});
        for (const std::string& bound : split.bounds) {
          wanted.push_back({bound, UnitText::Kind::unit});
        }
      }
    }
    std::vector<Named> found = names_.known_org_units(wanted);
    next_ = found.begin();
    std::vector<Place> out;
    for (std::size_t i = 0; i < texts.size(); ++i) out.push_back(pick(texts[i], splits[i]));
    return out;
  }

 private:
  // Takes what belongs to this text off the answers, used or not.
  Place pick(const std::string& text, const std::vector<Split>& splits) {
    Named whole = *next_++;
    if (without_all(trimmed(text)) != trimmed(text)) {
      const Named rest = *next_++;
      if (whole.item.empty()) whole = rest;
    }
    std::optional<Place> place;
    if (!whole.item.empty()) place = place_of(whole);
    for (const Split& split : splits) {
      const Named scope = *next_++;
      const std::vector<Named> bounds(next_, next_ + static_cast<long>(split.bounds.size()));
      next_ += static_cast<long>(split.bounds.size());
      if (place) continue;
      const bool known = std::ranges::none_of(
          bounds, [](const Named& bound) { return bound.item.empty() || is_scope(bound); });
      if (!known) continue;
      if (is_scope(scope)) {
        place = Place{{scope}, bounds, {}};
      } else if (is_children(split.scope) && bounds.size() == 1) {
        place = Place{{level_below(bounds[0])}, bounds, {}};
      }
    }
    // Nothing holds: the look-up of the whole says so, with what is near.
    if (!place) place = place_of(names_.org_units({without_all(trimmed(text))}).front());
    return std::move(*place);
  }

  Named level_below(const Named& unit) {
    if (unit.item == "USER_ORGUNIT") return {"", "", "", "USER_ORGUNIT_CHILDREN"};
    const Json found = client_.get("/api/organisationUnits/" + percent_encode(unit.item),
                                   Query().add("fields", "level"), patience_);
    return {"", "", "", "LEVEL-" + std::to_string(found.value("level", 0) + 1)};
  }

  SignedClient& client_;
  Names& names_;
  Patience patience_;
  std::vector<Named>::iterator next_;
};

void add_new(const std::vector<Named>& some, std::vector<Named>& all) {
  for (const Named& one : some) {
    const bool again =
        std::ranges::any_of(all, [&](const Named& other) { return other.item == one.item; });
    if (!again) all.push_back(one);
  }
}

// For /api/organisationUnits: "level:eq:3". One request for a level that is given by UID.
std::string scope_filter(SignedClient& client, const Named& scope, const Patience& patience) {
  const std::string id = scope.item.substr(scope.item.find('-') + 1);
  if (scope.item.starts_with("OU_GROUP-")) return "organisationUnitGroups.id:eq:" + id;
  if (!is_uid(id)) return "level:eq:" + id;
  const Json level =
      client.get("/api/organisationUnitLevels/" + id, Query().add("fields", "level"), patience);
  return "level:eq:" + std::to_string(level.value("level", 0));
}

// The units of one place, by their UIDs.
std::vector<Named> listed(SignedClient& client, const Place& place, const Patience& patience) {
  std::vector<Named> out = place.units;
  std::vector<std::string> within;
  for (const Named& bound : place.bounds) {
    if (!is_uid(bound.item)) {
      throw Error(ErrorKind::bad_input,
                  "org_units: " + place.scopes[0].item + " within " + bound.item +
                      " cannot be asked together with other units.",
                  "Ask in two calls.");
    }
    within.push_back(bound.item);
  }
  for (const Named& scope : place.scopes) {
    add_new(scope_units(client, scope, within, kMostUnits, patience), out);
  }
  if (out.size() > kMostUnits) {
    throw Error(ErrorKind::bad_input,
                "org_units: these are more than " + std::to_string(kMostUnits) + " units.",
                "Ask for each level or group in a call of its own.");
  }
  return out;
}

std::vector<std::string> items_of(const std::vector<Named>& named) {
  std::vector<std::string> items;
  items.reserve(named.size());
  for (const Named& one : named) items.push_back(one.item);
  std::ranges::sort(items);
  return items;
}

}  // namespace

bool is_scope(const Named& named) {
  return named.item.starts_with("LEVEL-") || named.item.starts_with("OU_GROUP-");
}

std::vector<Named> scope_units(SignedClient& client, const Named& scope,
                               const std::vector<std::string>& within, std::size_t most,
                               const Patience& patience) {
  const std::string filter = scope_filter(client, scope, patience);
  std::vector<Named> out;
  std::set<std::string> known;
  for (const std::string& bound : within.empty() ? std::vector<std::string>(1) : within) {
    Query query;
    query.add("fields", "id,name").add("filter", filter);
    if (!bound.empty()) query.add("filter", "path:like:" + bound);
    query.add("pageSize", std::to_string(most + 1));
    const Json found = client.get("/api/organisationUnits", query, patience);
    for (const Json& unit : list_of(found, "organisationUnits")) {
      const std::string uid = text_of(unit, "id");
      if (known.insert(uid).second) out.push_back({uid, line_of(unit, "name"), "", uid});
    }
    if (out.size() > most) break;
  }
  return out;
}

UnitCount count_units(SignedClient& client, const std::vector<Named>& units,
                      const Patience& patience) {
  std::vector<Named> scopes, bounds;
  for (const Named& unit : units) (is_scope(unit) ? scopes : bounds).push_back(unit);
  if (scopes.empty()) return {bounds.size(), true};
  UnitCount count;
  count.exact = scopes.size() * bounds.size() <= kMostCounts &&
                std::ranges::all_of(bounds, [](const Named& one) { return is_uid(one.item); });
  std::vector<std::string> within;
  if (count.exact) within = items_of(bounds);
  if (within.empty()) within.emplace_back();
  const std::string path = "/api/organisationUnits";
  for (const Named& scope : scopes) {
    const std::string filter = scope_filter(client, scope, patience);
    for (const std::string& bound : within) {
      Query query;
      query.add("fields", "id").add("filter", filter);
      if (!bound.empty()) query.add("filter", "path:like:" + bound);
      query.add("pageSize", "1");
      count.units += read_paging(client.get(path, query, patience), 1, path).total.value_or(1);
    }
  }
  return count;
}

void tell_dropped_units(SignedClient& client, const std::vector<Named>& units,
                        const std::function<bool(const std::string& uid)>& lacks,
                        const Patience& patience, std::vector<std::string>& notes) {
  std::vector<std::string> dropped;
  for (const Named& unit : units) {
    if (is_uid(unit.item) && lacks(unit.item)) dropped.push_back(unit.item);
  }
  if (dropped.empty()) return;
  UidNames known(client, patience);
  known.learn({{"organisationUnits", dropped}});
  if (!known.complete()) return;
  std::erase_if(dropped, [&](const std::string& uid) { return known.knows(uid); });
  if (dropped.empty()) return;
  const std::string told =
      "org_units: no unit " + some_of(dropped) + " exists here that this account may see";
  const auto scopes = static_cast<std::size_t>(std::ranges::count_if(units, is_scope));
  if (scopes > 0 && scopes + dropped.size() == units.size()) {
    throw Error(ErrorKind::not_found,
                told + "; without it DHIS2 would show the level or group everywhere.",
                "Look it up with org_unit_find.");
  }
  notes.push_back(told + ": left out. Look it up with org_unit_find.");
}

UnitsAsked read_places(SignedClient& client, Names& names, const std::vector<std::string>& texts,
                       const Patience& patience) {
  std::vector<Place> places = PlaceReader(client, names, patience).read(texts);
  for (Place& place : places) {
    // The user's children are units already.
    if (!place.scopes.empty() && !is_scope(place.scopes[0])) {
      place = {{}, {}, place.scopes};
    }
  }
  const bool any_bounds =
      std::ranges::any_of(places, [](const Place& place) { return !place.bounds.empty(); });
  const bool alike = std::ranges::all_of(places, [&](const Place& place) {
    return !place.scopes.empty() && items_of(place.bounds) == items_of(places[0].bounds);
  });
  UnitsAsked out;
  if (any_bounds && !alike) {
    for (const Place& place : places) add_new(listed(client, place, patience), out.units);
    return out;
  }
  bool scoped = false, plain = false;
  for (const Place& place : places) {
    add_new(place.scopes, out.units);
    scoped = scoped || !place.scopes.empty();
    plain = plain || !place.units.empty();
  }
  for (const Place& place : places) {
    add_new(place.units, out.units);
    add_new(place.bounds, out.units);
  }
  if (scoped && plain) {
    out.notes.emplace_back(
        "Beside a level or a group, the other org units bound it and have no rows of their own.");
  }
  return out;
}

}  // namespace dhis2mcp
