// SPDX-License-Identifier: BSD-3-Clause
// The walk over two objects. Lists, parts and formulas, where one side's members have to be found
// on the other, are in compare_lists.cpp.
#include "tools/compare.h"

#include <algorithm>

#include "dhis2/json_members.h"
#include "tools/catalogue.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kLongestCell = 160;
constexpr const char* kNoAccess = "--------";

// Names and texts, which change nothing about the figures.
bool is_wording(const std::string& member) {
  for (const char* end : {"ame", "code", "escription", "instruction", "url", "style", "Label"}) {
    if (member.ends_with(end)) return true;
  }
  return false;
}

// Options and sections belong to one set: they are made with it, and their codes and names say
// nothing about those of another.
bool is_owned(const std::string& type) { return type == "option" || type == "section"; }

bool same_value(const Json& here, const Json& there) {
  return plain_text(here) == plain_text(there);
}

}  // namespace

std::string words_of_type(const std::string& type) {
  const MetadataType* known = Catalogue::embedded().type(type);
  return known == nullptr ? type : known->words;
}

std::string plain_text(const Json& value) {
  if (value.is_number()) return Json(value.get<double>()).dump();
  if (value.is_array()) {
    std::vector<std::string> items;
    for (const Json& item : value) items.push_back(plain_text(item));
    std::ranges::sort(items);
    std::string out = "[";
    for (const std::string& item : items) out += item + ",";
    return out.size() == 1 ? "" : out + "]";
  }
  if (value.is_object()) {
    std::map<std::string, std::string> members;
    for (const auto& [name, member] : value.items()) {
      if (std::string text = plain_text(member); !text.empty()) members[name] = std::move(text);
    }
    std::string out = "{";
    for (const auto& [name, text] : members) out += name + ":" + text + ",";
    return out.size() == 1 ? "" : out + "}";
  }
  if (value.is_null() || value == Json("")) return "";
  return value.dump();
}

Cell shown_cell(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_number()) return Cell::json(value);
  std::string text = value.is_string() ? clean(value.get<std::string>()) : compact_json(value);
  if (text.empty()) return {};
  if (text.size() > kLongestCell) {
    std::size_t end = kLongestCell;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end) + "...";
  }
  return Cell::text(text);
}

Comparison::Comparison(ComparedSide& here, ComparedSide& there, std::set<std::string> ignored)
    : here_(here), there_(there), ignored_(std::move(ignored)) {}

void Comparison::add(Effort effort, const Place& place, const std::string& property, Cell here,
                     Cell there, std::string advice) {
  differences_.push_back({effort, place.object, place.prefix + property, std::move(here),
                          std::move(there), std::move(advice)});
}

std::vector<Difference> Comparison::differences() const {
  std::vector<Difference> sorted = differences_;
  std::ranges::stable_sort(sorted, {}, &Difference::effort);
  return sorted;
}

void Comparison::compare(const std::string& type, const Json& here, const Json& there) {
  if (!done_.insert({type, text_of(here, "id") + text_of(there, "id")}).second) return;
  ++compared_[type];
  members({type, words_of_type(type) + " " + label_of(here), ""}, here, there);
}

void Comparison::missing(const std::string& type, const Json& object, bool on_here) {
  const Place place{type, words_of_type(type) + " " + label_of(object), ""};
  need_dependencies(type, object, !on_here);
  const Cell there_is = Cell::text("exists");
  add(Effort::object, place, "whole object", on_here ? Cell() : there_is,
      on_here ? there_is : Cell(),
      "Create it on " + side(on_here).name() + ", or delete it on " + side(!on_here).name() + ".");
}

void Comparison::members(const Place& place, const Json& here, const Json& there) {
  const std::vector<Member>& known = compared_members(place.type);
  for (const Member& one : known.empty() ? shown_members(place.type, here, there) : known) {
    const char* name = one.name.c_str();
    const Json &mine = member_of(here, name), &other = member_of(there, name);
    if (!skipped(place, one, mine, other)) member(place, one, mine, other);
  }
}

bool Comparison::skipped(const Place& place, const Member& member, const Json& here,
                         const Json& there) {
  if (member.as == Compared::place) return true;
  if (ignored_.contains(member.name) || ignored_.contains(place.prefix + member.name)) {
    used_.insert(ignored_.contains(member.name) ? member.name : place.prefix + member.name);
    return true;
  }
  const int older = std::min(here_.major, there_.major);
  const bool lacked = older < member.since || lacks_member(place.type, member.name, here_.major) ||
                      lacks_member(place.type, member.name, there_.major);
  // A default that one major writes down and another leaves out.
  const bool unknown = compared_members(place.type).empty() && here_.major != there_.major &&
                       (here.is_null() || there.is_null()) && says_nothing(here) &&
                       says_nothing(there);
  if (lacked && !same_value(here, there)) not_in_both_.insert(member.name);
  return lacked || unknown;
}

void Comparison::member(const Place& place, const Member& member, const Json& here,
                        const Json& there) {
  switch (member.as) {
    case Compared::reference:
      return reference(place, member, here, there);
    case Compared::set:
    case Compared::sequence:
      return list(place, member, here, there);
    case Compared::part:
      if (here.is_object() && there.is_object()) {
        return members({member.type, place.object, place.prefix + member.name + "."}, here, there);
      }
      return value(place, member, here, there);
    case Compared::parts:
      return parts(place, member, here, there);
    case Compared::formula:
      return formula(place, member, here, there);
    case Compared::sharing:
      return sharing(place, here, there);
    default:
      return value(place, member, here, there);
  }
}

void Comparison::value(const Place& place, const Member& member, const Json& here,
                       const Json& there) {
  if (same_value(here, there)) return;
  const Effort effort = is_wording(member.name) ? Effort::wording : Effort::setting;
  std::string advice =
      "Set it alike: on " + there_.name() + " as on " + here_.name() + ", or the other way round.";
  if (member.as == Compared::count) {
    advice = "Compare which ones they are, then assign those that one side lacks.";
  }
  add(effort, place, member.name, shown_cell(here), shown_cell(there), std::move(advice));
}

void Comparison::reference(const Place& place, const Member& member, const Json& here,
                           const Json& there) {
  if (!here.is_object() && !there.is_object()) return;
  if (here.is_object() && there.is_object()) {
    const Json& mine = here_.known(member.type, here);
    const Json& other = there_.known(member.type, there);
    const MatchedBy by = match(member.type, mine, other);
    if (by != MatchedBy::none) return follow(member.type, {&mine, &other, by}, member.follow);
    want_name(member.type, mine, true);
    want_name(member.type, other, false);
  }
  std::string advice = "Choose the same one on both: on " + there_.name() + " as on " +
                       here_.name() + ", or the other way round.";
  for (const bool on_here : {false, true}) {
    const Json& chosen = on_here ? there : here;
    if (!chosen.is_object() || exists(member.type, chosen, on_here)) continue;
    advice += " It has to be created on " + side(on_here).name() + " first.";
  }
  const auto cell = [&](const Json& one, bool of_here) {
    if (!one.is_object()) return Cell();
    return Cell::text(label_of(side(of_here).known(member.type, one)));
  };
  add(Effort::membership, place, member.name, cell(here, true), cell(there, false),
      std::move(advice));
}

void Comparison::follow(const std::string& type, const Pairing::Pair& pair, bool into) {
  if (pair.by != MatchedBy::uid) {
    matched_[pair.by].insert(words_of_type(type) + " \"" + label_of(*pair.here) + "\"");
  }
  if (!into) return;
  const Json* here = here_.find(type, text_of(*pair.here, "id"));
  const Json* there = there_.find(type, text_of(*pair.there, "id"));
  if (here != nullptr && there != nullptr) compare(type, *here, *there);
}

void Comparison::want_name(const std::string& type, const Json& reference, bool of_here) {
  const std::string uid = text_of(reference, "id");
  if (type.empty() || uid.empty() || !text_of(reference, "name").empty()) return;
  if (!side(of_here).knows(type, uid)) (of_here ? want_here_ : want_there_).uids[type].insert(uid);
}

bool Comparison::exists(const std::string& type, const Json& object, bool on_here) {
  ComparedSide& there = side(on_here);
  const Json& full = side(!on_here).known(type, object);
  const bool found = !is_owned(type) && there.seek(type, full) != nullptr;
  if (type.empty() || found) return true;
  const std::string uid = text_of(full, "id");
  if (uid.empty()) return true;
  if (is_owned(type)) {
    need_dependencies(type, object, !on_here);
    return false;
  }
  if (!there.asked.contains({type, uid})) {
    (on_here ? want_here_ : want_there_)
        .objects[type]
        .push_back({{"id", uid}, {"code", text_of(full, "code")}, {"name", text_of(full, "name")}});
  } else if (lacked_.insert(type + uid + (on_here ? "1" : "0")).second) {
    (on_here ? lack_here_ : lack_there_)
        .push_back(words_of_type(type) + " \"" + label_of(full) + "\"");
  }
  need_dependencies(type, object, !on_here);
  return false;
}

// Of an object that the other side lacks, what it is made of has to be there as well.
void Comparison::need_dependencies(const std::string& type, const Json& object, bool of_here) {
  const Json* whole = side(of_here).find(type, text_of(object, "id"));
  const Json& from = whole == nullptr ? object : *whole;
  for (const Member& member : compared_members(type)) {
    const Json& value = member_of(from, member.name.c_str());
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& item : list) {
      if (!item.is_object()) continue;
      if (member.as == Compared::parts) need_dependencies(member.type, item, of_here);
      if (member.follow) exists(member.type, item, !of_here);
    }
  }
}

void Comparison::sharing(const Place& place, const Json& here, const Json& there) {
  if (!here.is_object() || !there.is_object()) return;  // a side that does not show it
  const auto access = [](const Json& sharing) {
    const std::string text = text_of(sharing, "public");
    return text.empty() ? std::string(kNoAccess) : text;
  };
  if (access(here) != access(there)) {
    add(Effort::access, place, "sharing.public", Cell::text(access(here)),
        Cell::text(access(there)),
        "Set the public access alike on both, if the same people are to see it.");
  }
  grants(place, "userGroups", member_of(here, "userGroups"), member_of(there, "userGroups"));
  grants(place, "users", member_of(here, "users"), member_of(there, "users"));
}

void Comparison::grants(const Place& place, const char* kind, const Json& here, const Json& there) {
  const std::string type = std::string(kind) == "users" ? "user" : "userGroup";
  const auto listed = [&](const Json& grants, bool of_here) {
    Json list = Json::array();
    if (!grants.is_object()) return list;
    for (const auto& [uid, grant] : grants.items()) {
      Json one = {{"id", uid}, {"name", text_of(grant, "displayName")}};
      one = side(of_here).known(type, one);
      one["access"] = text_of(grant, "access");
      if (text_of(one, "name").empty() && type == "userGroup") {
        (of_here ? want_here_ : want_there_).uids[type].insert(uid);
      }
      list.push_back(one);
    }
    return list;
  };
  const Json mine = listed(here, true), others = listed(there, false);
  const Pairing pairing = pair_up(type, objects_in(mine), objects_in(others));
  const auto tell = [&](const Json& named, const Json& one, const Json& other) {
    const std::string who = words_of_type(type) + " " + label_of(named);
    const auto cell = [](const Json& grant) {
      return grant.is_null() ? Cell() : Cell::text(text_of(grant, "access"));
    };
    add(Effort::access, place, "sharing." + std::string(kind) + ": " + who, cell(one), cell(other),
        "Give this " + words_of_type(type) + " the same access on both.");
  };
  for (const Pairing::Pair& pair : pairing.pairs) {
    if (text_of(*pair.here, "access") != text_of(*pair.there, "access"))
      tell(*pair.here, *pair.here, *pair.there);
  }
  for (const Json* one : pairing.only_here) tell(*one, *one, Json());
  for (const Json* other : pairing.only_there) tell(*other, Json(), *other);
}

}  // namespace dhis2mcp
