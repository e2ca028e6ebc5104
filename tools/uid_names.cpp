// SPDX-License-Identifier: BSD-3-Clause
// The lists of DHIS2 take many ids in one filter; brackets keep its commas whole on every version.
#include "tools/uid_names.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "dhis2/ascii.h"
#include "dhis2/error.h"
#include "dhis2/json_members.h"
#include "dhis2/text_list.h"
#include "tools/parallel.h"
#include "tools/remembered.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kRemembered = 1'000;  // more at once would push out all others

struct Known {
  std::string name, parent;
};

Remembered<Known>& remembered() {
  static Remembered<Known> names(20'000);
  return names;
}

// "organisationUnits" as people say it.
std::string words_of(const std::string& type) {
  if (type == "organisationUnits") return "org units";
  if (type == "categoryOptionCombos") return "option combos";
  std::string out;
  for (const char c : type) {
    if (is_upper(c)) out += ' ';
    out += lower_letter(c);
  }
  return out;
}

Query names_query(const std::string& type, const std::vector<std::string>& uids) {
  const bool units = type == "organisationUnits";
  Query query;
  query.add("fields", units ? "id,displayName,parent[displayName]" : "id,displayName");
  query.add("filter", "id:in:[" + joined(uids, ",") + "]").add("paging", "false");
  return query;
}

}  // namespace

std::vector<std::vector<std::string>> in_parts(const std::vector<std::string>& all,
                                               std::size_t most) {
  std::vector<std::vector<std::string>> parts;
  for (std::size_t at = 0; at < all.size(); at += most) {
    const std::size_t end = std::min(at + most, all.size());
    parts.emplace_back(all.begin() + static_cast<long>(at), all.begin() + static_cast<long>(end));
  }
  return parts;
}

UidNames::UidNames(SignedClient& client, Patience patience)
    : client_(client), patience_(std::move(patience)) {}

const std::string& UidNames::of(const std::string& uid) const {
  const auto found = labels_.find(uid);
  return found == labels_.end() ? uid : found->second;
}

UidNames::Part UidNames::found_in(const Json& list, const std::string& type) {
  Part found;
  const auto objects = list.find(type);
  if (objects == list.end() || !objects->is_array()) return found;
  found.reserve(objects->size());
  for (const Json& object : *objects) {
    const auto parent = object.find("parent");
    found.push_back({text_of(object, "id"), line_of(object, "displayName"),
                     parent == object.end() ? std::string() : line_of(*parent, "displayName")});
  }
  return found;
}

void UidNames::ask(UidsByType&& unknown, FoundByType& found) {
  // What one request brought, or why it did not. Its document is gone by then: of the units of a
  // country all of them would be many megabytes.
  struct Reply {
    Part found;
    std::optional<Error> failure;
  };
  std::vector<std::pair<std::string, std::vector<std::string>>> requests;
  std::map<std::string, std::size_t> asked_of;
  for (auto& [type, uids] : unknown) {
    asked_of[type] = uids.size();
    for (auto& part : in_parts(uids, kUidsPerFilter)) requests.emplace_back(type, std::move(part));
    uids = {};
  }
  if (requests.empty()) return;
  auto replies = ask_each(requests, [this](const auto& request) {
    const auto& [type, uids] = request;
    Reply reply;
    try {
      reply.found = found_in(client_.get("/api/" + type, names_query(type, uids), patience_), type);
    } catch (const Error& error) {
      reply.failure = error;
    }
    return reply;
  });
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string& type = requests[i].first;
    if (const auto& failure = replies[i].failure) {
      const bool ours =
          failure->kind == ErrorKind::cancelled || failure->kind == ErrorKind::sign_in_required;
      if (ours) throw Error(*failure);
      const bool told = i > 0 && requests[i - 1].first == type && replies[i - 1].failure;
      if (!told) {
        notes_.push_back("Names of " + words_of(type) +
                         " could not be read, UIDs stand instead: " + failure->what());
      }
      continue;
    }
    if (asked_of[type] <= kRemembered) {
      for (const Found& one : replies[i].found) {
        remembered().put(remembered_key(client_.profile(), one.uid), {one.name, one.parent});
      }
    }
    found[type].push_back(std::move(replies[i].found));
  }
}

// Two objects of one name must not look like one.
void UidNames::label(std::vector<Part> found) {
  std::vector<std::string_view> names;
  for (const Part& part : found) {
    for (const Found& one : part) names.push_back(one.name);
  }
  std::ranges::sort(names);
  std::unordered_map<std::string, int> with_parents;  // of names that several have
  const auto with_parent = [](const Found& one) { return one.name + " (" + one.parent + ")"; };
  const auto hash = [](const std::string& label) { return std::hash<std::string>()(label); };
  std::vector<bool> shared;
  for (const Part& part : found) {
    for (const Found& one : part) {
      const auto [first, last] = std::equal_range(names.begin(), names.end(), one.name);
      shared.push_back(last - first > 1 || given_.contains(hash(one.name)));
      if (shared.back()) ++with_parents[with_parent(one)];
    }
  }
  std::size_t at = 0;
  for (Part& part : found) {
    for (Found& one : part) {
      const bool is_shared = shared[at++];
      if (one.name.empty()) continue;
      std::string& label = labels_[one.uid];
      if (!is_shared) {
        label = std::move(one.name);
      } else {
        label = with_parent(one);
        const bool told = !one.parent.empty() && with_parents[label] == 1;
        if (!told || given_.contains(hash(label))) label = one.name + " (" + one.uid + ")";
      }
      given_.insert(hash(label));
    }
    part = {};
  }
}

void UidNames::learn(UidsByType wanted) {
  notes_.clear();
  FoundByType found;
  for (auto& [type, uids] : wanted) {
    Part known;
    std::erase_if(uids, [&](const std::string& uid) {
      if (knows(uid)) return true;
      const auto met = remembered().find(remembered_key(client_.profile(), uid));
      if (met) known.push_back({uid, met->name, met->parent});
      return met.has_value();
    });
    found[type].push_back(std::move(known));
  }
  ask(std::move(wanted), found);
  for (auto& [type, all] : found) label(std::move(all));
}

}  // namespace dhis2mcp
