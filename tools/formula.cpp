// SPDX-License-Identifier: BSD-3-Clause
// Items are a letter or two and braces; what a part of one refers to follows from the letters and
// from its place.
#include "tools/formula.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "dhis2/ascii.h"
#include "tools/document.h"

namespace dhis2mcp {
namespace {

struct Item {
  std::string_view letters;
  const char *first, *second, *third;  // collections of its parts
};

constexpr const char* kElements = "dataElements";
constexpr const char* kCombos = "categoryOptionCombos";

constexpr std::array<Item, 7> kAggregate = {{{"#", kElements, kCombos, kCombos},
                                             {"C", "constants", nullptr, nullptr},
                                             {"OUG", "organisationUnitGroups", nullptr, nullptr},
                                             {"R", "dataSets", nullptr, nullptr},
                                             {"D", "programs", kElements, nullptr},
                                             {"A", "programs", "trackedEntityAttributes", nullptr},
                                             {"I", "programIndicators", nullptr, nullptr}}};
constexpr Item kIndicatorItem = {"N", "indicators", nullptr, nullptr};
constexpr std::array<Item, 3> kProgram = {{{"#", "programStages", kElements, nullptr},
                                           {"A", "trackedEntityAttributes", nullptr, nullptr},
                                           {"C", "constants", nullptr, nullptr}}};

// "coGroup:uid1&uid2" in the place of a combo, "deGroup:uid" in that of an element.
constexpr std::array<std::pair<std::string_view, const char*>, 4> kPrefixes = {
    {{"deGroup:", "dataElementGroups"},
     {"coGroup:", "categoryOptionGroups"},
     {"co:", "categoryOptions"},
     {"PS_EVENTDATE:", "programStages"}}};

const Item* item_of(std::string_view letters, FormulaKind kind) {
  const auto find = [letters](const auto& table) -> const Item* {
    const auto found = std::ranges::find(table, letters, &Item::letters);
    return found == table.end() ? nullptr : &*found;
  };
  if (kind == FormulaKind::program) return find(kProgram);
  return letters == kIndicatorItem.letters ? &kIndicatorItem : find(kAggregate);
}

using OnUid = std::function<std::string(const char* collection, const std::string& uid)>;

// One part of an item, "uid", "*", "REPORTING_RATE" or "coGroup:uid&uid", as `on_uid` writes it.
std::string read_part(std::string_view part, const char* collection, const OnUid& on_uid) {
  std::string out;
  for (const auto& [prefix, other] : kPrefixes) {
    if (!part.starts_with(prefix)) continue;
    collection = other;
    part.remove_prefix(prefix.size());
    break;
  }
  while (!part.empty()) {
    const auto cut = part.find('&');
    const std::string one(part.substr(0, cut));
    out += (out.empty() ? "" : " & ") +
           (collection != nullptr && is_uid(one) ? on_uid(collection, one) : one);
    part = cut == std::string_view::npos ? std::string_view() : part.substr(cut + 1);
  }
  return out;
}

std::string read_item(std::string_view inner, const Item& item, const OnUid& on_uid) {
  const std::array<const char*, 3> collections = {item.first, item.second, item.third};
  std::string out;
  for (std::size_t place = 0; !inner.empty(); ++place) {
    const auto cut = inner.find('.');
    const std::string part = read_part(
        inner.substr(0, cut), place < collections.size() ? collections[place] : nullptr, on_uid);
    // A star stands for every combo, which a name without one says as well.
    if (part != "*") out += (out.empty() ? "" : item.letters == "R" ? " " : ", ") + part;
    inner = cut == std::string_view::npos ? std::string_view() : inner.substr(cut + 1);
  }
  return out;
}

bool of_a_mark(char c) { return is_upper(c) || c == '#'; }

// The formula with each item as `on_uid` names its UIDs.
std::string walk(std::string_view formula, FormulaKind kind, const OnUid& on_uid) {
  std::string out;
  while (!formula.empty()) {
    const auto open = formula.find('{');
    const auto close = formula.find('}', open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    auto start = open;
    while (start > 0 && of_a_mark(formula[start - 1])) --start;
    const Item* item = item_of(formula.substr(start, open - start), kind);
    if (item == nullptr) {
      out += formula.substr(0, close + 1);
    } else {
      out += formula.substr(0, start);
      out += "[" + read_item(formula.substr(open + 1, close - open - 1), *item, on_uid) + "]";
    }
    formula.remove_prefix(close + 1);
  }
  return out + std::string(formula);
}

struct Place {
  const char *type, *outer, *member;  // outer: the member that holds it; nullptr for none
  FormulaKind kind;
};

constexpr std::array<Place, 8> kFormulas = {
    {{"indicator", nullptr, "numerator", FormulaKind::aggregate},
     {"indicator", nullptr, "denominator", FormulaKind::aggregate},
     {"programIndicator", nullptr, "expression", FormulaKind::program},
     {"programIndicator", nullptr, "filter", FormulaKind::program},
     {"validationRule", "leftSide", "expression", FormulaKind::aggregate},
     {"validationRule", "rightSide", "expression", FormulaKind::aggregate},
     {"predictor", "generator", "expression", FormulaKind::aggregate},
     {"predictor", "sampleSkipTest", "expression", FormulaKind::aggregate}}};

// The object that holds the formula; nullptr where there is none.
Json* holder_of(const Place& place, Json& object) {
  Json* holder = &object;
  if (place.outer != nullptr) {
    const auto found = object.find(place.outer);
    if (found == object.end()) return nullptr;
    holder = &*found;
  }
  if (!holder->is_object()) return nullptr;
  const auto formula = holder->find(place.member);
  return formula != holder->end() && formula->is_string() ? holder : nullptr;
}

// Puts a member right behind another.
void put_behind(Json& object, const std::string& before, const std::string& name,
                const Json& value) {
  Json out = Json::object();
  for (auto& [key, member] : object.items()) {
    out[key] = std::move(member);
    if (key == before) out[name] = value;
  }
  object = std::move(out);
}

}  // namespace

void formula_uids(std::string_view formula, FormulaKind kind, UidsByType& wanted) {
  walk(formula, kind, [&wanted](const char* collection, const std::string& uid) {
    std::vector<std::string>& uids = wanted[collection];
    if (std::ranges::find(uids, uid) == uids.end()) uids.push_back(uid);
    return uid;
  });
}

std::string formula_in_names(std::string_view formula, FormulaKind kind, const UidNames& names) {
  return walk(formula, kind,
              [&names](const char*, const std::string& uid) { return names.of(uid); });
}

bool decode_formulas(const std::string& type, Json& object, UidNames& names) {
  UidsByType wanted;
  for (const Place& place : kFormulas) {
    if (type != place.type) continue;
    if (const Json* holder = holder_of(place, object)) {
      formula_uids(holder->at(place.member).get_ref<const std::string&>(), place.kind, wanted);
    }
  }
  if (wanted.empty()) return false;
  names.learn(std::move(wanted));
  for (const Place& place : kFormulas) {
    if (type != place.type) continue;
    Json* holder = holder_of(place, object);
    if (holder == nullptr) continue;
    const std::string formula = holder->at(place.member).get<std::string>();
    const std::string readable = formula_in_names(formula, place.kind, names);
    if (readable == formula) continue;
    put_behind(*holder, place.member, std::string(place.member) + "InNames", readable);
  }
  return true;
}

}  // namespace dhis2mcp
