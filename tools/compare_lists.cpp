// SPDX-License-Identifier: BSD-3-Clause
// What holds several objects of the other side's: lists in any order or in one, parts that are
// recognised by what they refer to, and formulas.
#include <algorithm>
#include <functional>

#include "dhis2/json_members.h"
#include "tools/catalogue.h"
#include "tools/compare.h"
#include "tools/formula.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kShownOfOrder = 6;

FormulaKind kind_of(const std::string& type) {
  return type.starts_with("program") ? FormulaKind::program : FormulaKind::aggregate;
}

std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
  return text;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The objects of a list; sections stand in the order of their numbers.
std::vector<const Json*> in_order(const std::string& type, const Json& list) {
  std::vector<const Json*> objects = objects_in(list);
  for (const Member& member : compared_members(type)) {
    if (member.as != Compared::place) continue;
    std::ranges::stable_sort(objects, {}, [&](const Json* object) {
      const auto number = object->find(member.name);
      return number != object->end() && number->is_number() ? number->get<double>() : 0;
    });
  }
  return objects;
}

std::vector<const Json*> known_ones(const ComparedSide& side, const std::string& type,
                                    const std::vector<const Json*>& objects) {
  std::vector<const Json*> known;
  for (const Json* object : objects) known.push_back(&side.known(type, *object));
  return known;
}

// From the first one that stands elsewhere.
std::string names_from(const std::vector<const Json*>& objects, std::size_t first) {
  std::string names = first == 0 ? "" : "...";
  for (std::size_t i = first; i < objects.size() && i < first + kShownOfOrder; ++i) {
    names += (names.empty() ? "" : " | ") + label_of(*objects[i]);
  }
  return names + (objects.size() > first + kShownOfOrder ? " | ..." : "");
}

const Json* reference_in(const Json& part, const Member& member) {
  if (member.as != Compared::reference) return nullptr;
  const auto found = part.find(member.name);
  return found != part.end() && found->is_object() ? &*found : nullptr;
}

}  // namespace

void Comparison::list(const Place& place, const Member& member, const Json& here,
                      const Json& there) {
  const auto mine = known_ones(here_, member.type, in_order(member.type, here));
  const auto others = known_ones(there_, member.type, in_order(member.type, there));
  const Pairing pairing = pair_up(member.type, mine, others);
  for (const bool of_here : {true, false}) {
    for (const Json* one : of_here ? pairing.only_here : pairing.only_there) {
      // Where only the UID is known the other side may have it under a UID of its own.
      want_name(member.type, *one, of_here);
      only_on(place, member, *one, of_here);
    }
  }
  for (const Pairing::Pair& pair : pairing.pairs) follow(member.type, pair, member.follow);
  if (member.as == Compared::sequence) order(place, member, pairing, others);
}

// Those that both have, in the order of either side.
void Comparison::order(const Place& place, const Member& member, const Pairing& pairing,
                       const std::vector<const Json*>& there) {
  std::vector<const Json*> mine, others;
  std::map<const Json*, std::size_t> number;
  for (const Pairing::Pair& pair : pairing.pairs) {
    number[pair.there] = mine.size();
    mine.push_back(pair.here);
  }
  for (const Json* other : there) {
    if (number.contains(other)) others.push_back(other);
  }
  std::size_t first = 0;
  while (first < others.size() && number.at(others[first]) == first) ++first;
  if (first == others.size()) return;
  add(Effort::order, place, member.name + " (order)", Cell::text(names_from(mine, first)),
      Cell::text(names_from(others, first)),
      "Put them on " + there_.name() + " into the order of " + here_.name() +
          ", or the other way round.");
}

void Comparison::only_on(const Place& place, const Member& member, const Json& item, bool on_here) {
  const std::string has = side(on_here).name(), lacks = side(!on_here).name();
  const std::string label = part_label(member, item, on_here);
  bool known = true;
  if (member.as != Compared::parts) {
    known = exists(member.type, item, !on_here);
  } else {
    for (const Member& inner : compared_members(member.type)) {
      const Json* reference = reference_in(item, inner);
      if (reference != nullptr && !exists(inner.type, *reference, !on_here)) known = false;
    }
  }
  std::string advice = (known ? "Add it on " : "Create it on ") + lacks +
                       (known ? "" : " and add it there") + ", or take it out on " + has + ".";
  add(known ? Effort::membership : Effort::creation, place, member.name,
      on_here ? Cell::text(label) : Cell(), on_here ? Cell() : Cell::text(label),
      std::move(advice));
}

std::string Comparison::part_label(const Member& member, const Json& part, bool of_here,
                                   bool first_alone) const {
  if (member.as != Compared::parts) return label_of(side(of_here).known(member.type, part));
  std::string label;
  for (const Member& inner : part_members(member, part, part)) {
    const Json* reference = reference_in(part, inner);
    if (reference == nullptr) continue;
    label += (label.empty() ? "" : ", ") + label_of(side(of_here).known(inner.type, *reference));
    if (first_alone) break;
  }
  if (!label.empty()) return label;
  return part.contains("name") ? label_of(part) : shown_cell(part).str();
}

std::vector<Member> Comparison::part_members(const Member& member, const Json& here,
                                             const Json& there) const {
  const std::vector<Member>& known = compared_members(member.type);
  return known.empty() ? shown_members(member.type, here, there) : known;
}

namespace {

// A way to recognise parts: the text that has to be equal, empty where a part has none.
using PartKey = std::function<std::string(const Json& part, bool of_here)>;

void pair_by(const PartKey& key, std::vector<const Json*>& mine, std::vector<const Json*>& others,
             std::vector<std::pair<const Json*, const Json*>>& pairs) {
  std::map<std::string, std::vector<const Json*>> free;
  for (const Json* other : others) free[key(*other, false)].push_back(other);
  std::vector<const Json*> left;
  std::set<const Json*> taken;
  for (const Json* one : mine) {
    const std::string text = key(*one, true);
    auto& fitting = free[text];
    if (text.empty() || fitting.empty()) {
      left.push_back(one);
      continue;
    }
    pairs.emplace_back(one, fitting.front());
    taken.insert(fitting.front());
    fitting.erase(fitting.begin());
  }
  mine = std::move(left);
  std::erase_if(others, [&](const Json* other) { return taken.contains(other); });
}

}  // namespace

// What the other side's parts refer to, by the UIDs of this one.
std::map<std::string, std::string> Comparison::own_uids(const std::vector<Member>& inner,
                                                        const std::vector<const Json*>& mine,
                                                        const std::vector<const Json*>& others) {
  std::map<std::string, std::string> own;
  for (const Member& one : inner) {
    std::vector<const Json*> left, right;
    for (const Json* part : mine) left.push_back(reference_in(*part, one));
    for (const Json* part : others) right.push_back(reference_in(*part, one));
    std::erase(left, nullptr);
    std::erase(right, nullptr);
    const Pairing pairing =
        pair_up(one.type, known_ones(here_, one.type, left), known_ones(there_, one.type, right));
    for (const Pairing::Pair& pair : pairing.pairs) {
      own[text_of(*pair.there, "id")] = text_of(*pair.here, "id");
    }
    for (const Json* reference : pairing.only_here) want_name(one.type, *reference, true);
    for (const Json* reference : pairing.only_there) want_name(one.type, *reference, false);
  }
  return own;
}

void Comparison::parts(const Place& place, const Member& member, const Json& here,
                       const Json& there) {
  std::vector<const Json*> mine = objects_in(here), others = objects_in(there);
  if (mine.empty() && others.empty()) return value(place, member, here, there);
  const std::vector<Member> inner =
      part_members(member, mine.empty() ? *others.front() : *mine.front(),
                   others.empty() ? *mine.front() : *others.front());
  const std::map<std::string, std::string> own = own_uids(inner, mine, others);
  const auto key = [&](const Json& part, bool of_here, bool first_alone) {
    std::string text;
    for (const Member& one : inner) {
      if (one.as != Compared::reference) continue;
      const Json* reference = reference_in(part, one);
      const std::string uid = reference == nullptr ? "" : text_of(*reference, "id");
      const auto translated = own.find(uid);
      text += (of_here || translated == own.end() ? uid : translated->second) + ".";
      if (first_alone) break;
    }
    return text.find_first_not_of('.') == std::string::npos ? std::string() : text;
  };
  std::vector<std::pair<const Json*, const Json*>> pairs;
  pair_by([&](const Json& part, bool of_here) { return key(part, of_here, false); }, mine, others,
          pairs);
  const std::size_t alike = pairs.size();
  pair_by([&](const Json& part, bool of_here) { return key(part, of_here, true); }, mine, others,
          pairs);
  for (const char* name : {"id", "name"}) {
    pair_by([&](const Json& part, bool) { return text_of(part, name); }, mine, others, pairs);
  }
  // Some refer to nothing and have only their content.
  const auto content = [&](const Json& part, bool) {
    std::string text;
    for (const Member& one : inner) {
      if (one.as == Compared::reference) return std::string();
      if (one.as == Compared::value) text += plain_text(part.value(one.name, Json())) + "\n";
    }
    return text;
  };
  pair_by(content, mine, others, pairs);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [one, other] = pairs[i];
    members({member.type, place.object + ", " + part_label(member, *one, true, i >= alike),
             place.prefix + member.name + "."},
            *one, *other);
  }
  for (const Json* one : mine) only_on(place, member, *one, true);
  for (const Json* other : others) only_on(place, member, *other, false);
}

void Comparison::want_names(const std::string& formula, const std::string& type, bool of_here) {
  UidsByType uids;
  formula_uids(formula, kind_of(type), uids);
  for (const auto& [collection, all] : uids) {
    const std::string wanted = Catalogue::embedded().known_type(collection).name;
    for (const std::string& uid : all) {
      const bool known =
          side(of_here).knows(wanted, uid) || side(of_here).asked.contains({wanted, uid});
      if (!known) (of_here ? want_here_ : want_there_).uids[wanted].insert(uid);
    }
  }
}

// The formula with the other side's UIDs for what means the same there. Option combinations have a
// UID on each server, so that equal formulas read differently.
std::string Comparison::translated(std::string formula, const UidsByType& from,
                                   const UidsByType& to) const {
  for (const auto& [collection, uids] : from) {
    const std::string type = Catalogue::embedded().known_type(collection).name;
    const auto others = to.find(collection);
    if (others == to.end()) continue;
    for (const std::string& uid : uids) {
      const Json known = there_.known(type, {{"id", uid}});
      const auto same = std::ranges::find_if(others->second, [&](const std::string& other) {
        return match(type, here_.known(type, {{"id", other}}), known) != MatchedBy::none;
      });
      if (same != others->second.end()) replace_all(formula, uid, *same);
    }
  }
  return formula;
}

Cell Comparison::formula_cell(const std::string& formula, const Place& place, bool of_here) const {
  if (formula.empty()) return {};
  UidsByType uids;
  formula_uids(formula, kind_of(place.type), uids);
  UidNames names(side(of_here).client(), {});
  for (const auto& [collection, all] : uids) {
    const std::string type = Catalogue::embedded().known_type(collection).name;
    for (const std::string& uid : all) {
      names.put(uid, label_of(side(of_here).known(type, {{"id", uid}})));
    }
  }
  return Cell::text(formula_in_names(formula, kind_of(place.type), names));
}

void Comparison::formula(const Place& place, const Member& member, const Json& here,
                         const Json& there) {
  const auto text = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  const std::string mine = text(here), other = text(there);
  if (without_spaces(mine) == without_spaces(other)) return;
  want_names(mine, place.type, true);
  want_names(other, place.type, false);
  UidsByType uids, others;
  formula_uids(mine, kind_of(place.type), uids);
  formula_uids(other, kind_of(place.type), others);
  if (without_spaces(mine) == without_spaces(translated(other, others, uids))) return;
  add(Effort::formula, place, member.name, formula_cell(mine, place, true),
      formula_cell(other, place, false),
      "Settle which formula is right, then enter it on the other side.");
}

}  // namespace dhis2mcp
