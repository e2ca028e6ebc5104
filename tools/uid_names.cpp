// SPDX-License-Identifier: BSD-3-Clause
// The lists of DHIS2 take many ids in one filter; brackets keep its commas whole on every version.
#include "tools/uid_names.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "dhis2/error.h"
#include "tools/json_members.h"
#include "tools/parallel.h"
#include "tools/remembered_names.h"
#include "tools/untrusted.h"

namespace dhis2mcp {
namespace {

constexpr std::size_t kUidsPerRequest = 400;  // 14 bytes each, of a request line of 8 KB
constexpr std::size_t kRemembered = 1'000;    // more at once would push out all others

RememberedNames& remembered() {
  static RememberedNames names;
  return names;
}

// What one request brought, or why it did not.
struct Reply {
  Json list;
  std::optional<Error> failure;
};

// "organisationUnits" as people say it.
std::string words_of(const std::string& type) {
  if (type == "organisationUnits") return "org units";
  if (type == "categoryOptionCombos") return "option combos";
  std::string out;
  for (const char c : type) {
    if (c >= 'A' && c <= 'Z') {
      out += ' ';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

Query names_query(const std::string& type, const std::vector<std::string>& uids) {
  std::string ids;
  for (const std::string& uid : uids) ids += (ids.empty() ? "" : ",") + uid;
  const bool units = type == "organisationUnits";
  Query query;
  query.add("fields", units ? "id,displayName,parent[displayName]" : "id,displayName");
  query.add("filter", "id:in:[" + ids + "]").add("paging", "false");
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

std::string UidNames::cache_key(const std::string& uid) const {
  const Profile& profile = client_.profile();
  return profile.name + "\n" + profile.url + "\n" + profile.user + "\n" + uid;
}

const std::string& UidNames::of(const std::string& uid) const {
  const auto found = labels_.find(uid);
  return found == labels_.end() ? uid : found->second;
}

std::vector<UidNames::Found> UidNames::found_in(const Json& list, const std::string& type) {
  std::vector<Found> found;
  for (const Json& object : list.value(type, Json::array())) {
    const Json parent = object.value("parent", Json::object());
    found.push_back({text_of(object, "id"), clean_line(text_of(object, "displayName")),
                     clean_line(text_of(parent, "displayName"))});
  }
  return found;
}

std::map<std::string, std::vector<UidNames::Found>> UidNames::ask(const UidsByType& unknown) {
  std::vector<std::pair<std::string, std::vector<std::string>>> requests;
  for (const auto& [type, uids] : unknown) {
    for (auto& part : in_parts(uids, kUidsPerRequest)) requests.emplace_back(type, std::move(part));
  }
  std::map<std::string, std::vector<Found>> found;
  if (requests.empty()) return found;
  const auto replies = ask_each(requests, [this](const auto& request) {
    const auto& [type, uids] = request;
    Reply reply;
    try {
      reply.list = client_.get("/api/" + type, names_query(type, uids), patience_);
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
    std::ranges::move(found_in(replies[i].list, type), std::back_inserter(found[type]));
  }
  return found;
}

// Two objects of one name must not look like one.
void UidNames::label(std::vector<Found> found) {
  std::unordered_map<std::string, int> names, with_parents;
  const auto with_parent = [](const Found& one) { return one.name + " (" + one.parent + ")"; };
  for (const Found& one : found) {
    ++names[one.name];
    ++with_parents[with_parent(one)];
  }
  for (Found& one : found) {
    if (one.name.empty()) continue;
    if (names[one.name] == 1) {
      labels_[one.uid] = std::move(one.name);
    } else if (!one.parent.empty() && with_parents[with_parent(one)] == 1) {
      labels_[one.uid] = with_parent(one);
    } else {
      labels_[one.uid] = one.name + " (" + one.uid + ")";
    }
  }
}

void UidNames::learn(const UidsByType& wanted) {
  notes_.clear();
  std::map<std::string, std::vector<Found>> found;
  UidsByType unknown;
  for (const auto& [type, uids] : wanted) {
    for (const std::string& uid : uids) {
      if (const auto named = remembered().find(cache_key(uid))) {
        found[type].push_back({uid, named->name, named->type});
      } else {
        unknown[type].push_back(uid);
      }
    }
  }
  for (auto& [type, asked] : ask(unknown)) {
    for (const Found& one : asked) {
      if (asked.size() > kRemembered) break;
      remembered().put(cache_key(one.uid), Named{one.uid, one.name, one.parent, one.uid});
    }
    std::ranges::move(asked, std::back_inserter(found[type]));
  }
  for (auto& [type, all] : found) label(std::move(all));
}

}  // namespace dhis2mcp
