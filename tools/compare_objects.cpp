// SPDX-License-Identifier: BSD-3-Clause
// Objects by type and UID, and the three ways to recognise one on another server.
#include "tools/compare_objects.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "dhis2/json_members.h"
#include "tools/catalogue.h"
#include "tools/compare_members.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

// The name as it is compared: "Male, 15-19" and "15-19, Male" are one option combination.
std::string name_key(const std::string& type, const Json& object) {
  std::string name = text_of(object, "name");
  if (type != "categoryOptionCombo") return name;
  std::vector<std::string> parts = comma_list(name);
  std::ranges::sort(parts);
  std::string key;
  for (const std::string& part : parts) key += part + "\n";
  return key;
}

std::string key_of(const std::string& type, const Json& object, MatchedBy by) {
  if (by == MatchedBy::uid) return text_of(object, "id");
  if (by == MatchedBy::code) return text_of(object, "code");
  return name_key(type, object);
}

constexpr MatchedBy kWays[] = {MatchedBy::uid, MatchedBy::code, MatchedBy::name};

}  // namespace

MatchedBy match(const std::string& type, const Json& here, const Json& there) {
  for (const MatchedBy way : kWays) {
    const std::string key = key_of(type, here, way);
    if (!key.empty() && key == key_of(type, there, way)) return way;
  }
  return MatchedBy::none;
}

Pairing pair_up(const std::string& type, const std::vector<const Json*>& here,
                const std::vector<const Json*>& there) {
  std::vector<std::optional<Pairing::Pair>> paired(here.size());
  std::set<const Json*> taken;
  for (const MatchedBy way : kWays) {
    std::map<std::string, const Json*> free;
    for (const Json* object : there) {
      const std::string key = key_of(type, *object, way);
      if (!key.empty() && !taken.contains(object)) free.emplace(key, object);
    }
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (paired[i]) continue;
      const auto found = free.find(key_of(type, *here[i], way));
      if (found == free.end()) continue;
      paired[i] = Pairing::Pair{here[i], found->second, way};
      taken.insert(found->second);
      free.erase(found);
    }
  }
  Pairing out;
  for (std::size_t i = 0; i < here.size(); ++i) {
    if (paired[i]) {
      out.pairs.push_back(*paired[i]);
    } else {
      out.only_here.push_back(here[i]);
    }
  }
  for (const Json* object : there) {
    if (!taken.contains(object)) out.only_there.push_back(object);
  }
  return out;
}

std::vector<const Json*> objects_in(const Json& list) {
  std::vector<const Json*> objects;
  if (!list.is_array()) return objects;
  for (const Json& item : list) {
    if (item.is_object()) objects.push_back(&item);
  }
  return objects;
}

std::string label_of(const Json& reference) {
  for (const char* member : {"name", "displayName", "code", "id"}) {
    std::string text = line_of(reference, member);
    if (!text.empty()) return text;
  }
  return "(no name)";
}

const Json& ComparedSide::absorb(const std::string& type, const Json& object) {
  for (const Member& member : compared_members(type)) {
    const auto value = object.find(member.name);
    if (value == object.end() || member.as == Compared::count) continue;
    const bool part = member.as == Compared::part || member.as == Compared::parts;
    if (!part && !member.inlined) continue;
    const Json list = value->is_array() ? *value : Json::array({*value});
    for (const Json& item : list) {
      if (item.is_object()) absorb(member.type, item);
    }
  }
  const std::string uid = text_of(object, "id");
  if (uid.empty()) return object;  // a part, kept with what it is part of
  know(type, {{"id", uid}, {"code", text_of(object, "code")}, {"name", text_of(object, "name")}});
  return objects_[type].insert_or_assign(uid, object).first->second;
}

const Json* ComparedSide::find(const std::string& type, const std::string& uid) const {
  const auto objects = objects_.find(type);
  if (objects == objects_.end()) return nullptr;
  const auto found = objects->second.find(uid);
  return found == objects->second.end() ? nullptr : &found->second;
}

std::vector<const Json*> ComparedSide::all(const std::string& type) const {
  std::vector<const Json*> out;
  const auto objects = objects_.find(type);
  if (objects == objects_.end()) return out;
  for (const auto& [uid, object] : objects->second) out.push_back(&object);
  return out;
}

namespace {

// The UIDs that an object, or a part of one, refers to, by what has to be asked for.
void references(const std::string& type, const Json& object,
                const std::function<void(const std::string& type, const std::string& uid)>& visit) {
  for (const Member& member : compared_members(type)) {
    const auto value = object.find(member.name);
    if (value == object.end()) continue;
    const Json list = value->is_array() ? *value : Json::array({*value});
    for (const Json& item : list) {
      if (!item.is_object()) continue;
      if (member.as == Compared::parts) references(member.type, item, visit);
      if (member.follow && !member.inlined) visit(member.type, text_of(item, "id"));
    }
  }
}

}  // namespace

UidsByType ComparedSide::pending() const {
  std::map<std::string, std::set<std::string>> wanted;
  for (const auto& [type, objects] : objects_) {
    for (const auto& [uid, object] : objects) {
      references(type, object, [&](const std::string& other, const std::string& referred) {
        if (!referred.empty() && !find(other, referred)) wanted[other].insert(referred);
      });
    }
  }
  UidsByType out;
  for (const auto& [type, uids] : wanted) out[type] = {uids.begin(), uids.end()};
  return out;
}

void ComparedSide::know(const std::string& type, const Json& reference) {
  const std::string uid = text_of(reference, "id");
  if (uid.empty()) return;
  Known& known = known_[type];
  const std::string code = text_of(reference, "code"), name = name_key(type, reference);
  if (!code.empty()) known.by_code.emplace(code, uid);
  if (!name.empty()) known.by_name.emplace(name, uid);
  Json& kept = known.by_uid[uid];
  if (kept.is_null() || text_of(kept, "name").empty()) kept = reference;
}

const Json& ComparedSide::known(const std::string& type, const Json& reference) const {
  if (!text_of(reference, "name").empty()) return reference;
  const auto objects = known_.find(type);
  if (objects == known_.end()) return reference;
  const auto found = objects->second.by_uid.find(text_of(reference, "id"));
  return found == objects->second.by_uid.end() ? reference : found->second;
}

bool ComparedSide::knows(const std::string& type, const std::string& uid) const {
  const auto objects = known_.find(type);
  return objects != known_.end() && objects->second.by_uid.contains(uid);
}

const Json* ComparedSide::seek(const std::string& type, const Json& other) const {
  const auto objects = known_.find(type);
  if (objects == known_.end()) return nullptr;
  const Known& known = objects->second;
  const auto uid = known.by_uid.find(text_of(other, "id"));
  if (uid != known.by_uid.end()) return &uid->second;
  const auto code = known.by_code.find(text_of(other, "code"));
  if (code != known.by_code.end()) return &known.by_uid.at(code->second);
  const auto name = known.by_name.find(name_key(type, other));
  return name == known.by_name.end() ? nullptr : &known.by_uid.at(name->second);
}

}  // namespace dhis2mcp
